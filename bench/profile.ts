import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

import { temporaryDirectory } from "./children.ts";
import type { Cores } from "./cores.ts";
import { functionCosts, monotonicMicroseconds } from "./cpuprofile.ts";
import type { FunctionCost } from "./cpuprofile.ts";
import { Load } from "./load.ts";
import type { Extent } from "./measure.ts";
import type { Scenario } from "./scenarios.ts";
import { startGateway, startUpstream } from "./servers.ts";
import { table } from "./table.ts";

const TOP = 25;
/** Time between two samples, in microseconds. */
const INTERVAL = 200;
/** Requests of a profile, as a multiple of a round's. */
const ROUNDS = 10;

/** Where the gateway's time goes in one scenario. Times are per request, and longer than without the profiler. */
export interface Profile {
  readonly scenario: string;
  readonly title: string;
  /** All functions together. */
  readonly microseconds: number;
  /** The most expensive functions, the first first. */
  readonly functions: readonly FunctionCost[];
}

interface Window {
  readonly scenario: Scenario;
  readonly requests: number;
  readonly from: number;
  readonly to: number;
}

/** Runs the gateway under Node's sampling profiler. Start and warm-up are not counted. */
export async function profile(
  scenarios: readonly Scenario[],
  { share, connections }: Extent,
  cores: Cores | undefined,
): Promise<Profile[]> {
  const directory = temporaryDirectory();
  const upstream = await startUpstream();
  const flags = ["--cpu-prof", `--cpu-prof-dir=${directory}`, `--cpu-prof-interval=${INTERVAL}`];
  const gateway = await startGateway(upstream, cores, flags);
  const windows: Window[] = [];
  for (const scenario of scenarios) {
    const load = new Load(gateway, connections);
    const requests = Math.ceil(scenario.requests * share * ROUNDS);
    await load.run(scenario, requests);
    const from = monotonicMicroseconds();
    await load.run(scenario, requests);
    windows.push({ scenario, requests, from, to: monotonicMicroseconds() });
    load.close();
  }
  await gateway.stop();
  await upstream.stop();
  const path = longestFile(directory);
  return windows.map((window) => profileOf(path, window));
}

/** A worker thread has a file of its own; the main thread's is by far the longest. */
function longestFile(directory: string): string {
  const [longest] = readdirSync(directory)
    .map((name) => join(directory, name))
    .toSorted((a, b) => statSync(b).size - statSync(a).size);
  if (longest === undefined) throw new Error("the gateway left no profile");
  return longest;
}

function profileOf(path: string, { scenario: { name, title }, requests, from, to }: Window): Profile {
  const costs = functionCosts(path, from, to)
    .map((cost) => ({ ...cost, microseconds: cost.microseconds / requests }))
    .toSorted((a, b) => b.microseconds - a.microseconds);
  const microseconds = costs.reduce((sum, cost) => sum + cost.microseconds, 0);
  return { scenario: name, title, microseconds, functions: costs.slice(0, TOP) };
}

/** The profiles for people. */
export function profileText(profiles: readonly Profile[]): string {
  return profiles.map(oneProfileText).join("\n");
}

function oneProfileText({ scenario, title, microseconds: all, functions }: Profile): string {
  return table(
    [`${scenario}: ${title}`, "self %", "µs a request", "file"],
    [{ name: "all", file: "", microseconds: all }, ...functions].map(({ name, file, microseconds }) => [
      name,
      ((microseconds / all) * 100).toFixed(1),
      microseconds.toFixed(1),
      file,
    ]),
  );
}
