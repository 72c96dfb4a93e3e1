import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { temporaryDirectory } from "./children.ts";
import type { Cores } from "./cores.ts";
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

/** The part of the `.cpuprofile` format that is read here; times in microseconds of the system's monotonic clock. */
interface CpuProfile {
  readonly nodes: readonly { readonly id: number; readonly callFrame: CallFrame }[];
  readonly startTime: number;
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

interface CallFrame {
  readonly functionName: string;
  readonly url: string;
}

interface Window {
  readonly scenario: Scenario;
  readonly requests: number;
  readonly from: number;
  readonly to: number;
}

/** Where the gateway's time goes in one scenario, idle time aside. */
export interface Profile {
  readonly scenario: string;
  readonly title: string;
  /** All of it per request, in microseconds; more than without the profiler. */
  readonly microseconds: number;
  /** The most expensive functions, the first first. */
  readonly functions: readonly FunctionCost[];
}

/** What a function costs by itself, without what it calls. */
export interface FunctionCost {
  readonly name: string;
  /** Empty for what is not written in JavaScript. */
  readonly file: string;
  /** Of all; 0 to 1. */
  readonly share: number;
  /** Per request. */
  readonly microseconds: number;
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
  const recorded = readProfile(directory);
  return windows.map((window) => profileOf(recorded, window));
}

function readProfile(directory: string): CpuProfile {
  // A worker thread has a file of its own; the main thread's is by far the longest.
  const [longest] = readdirSync(directory)
    .map((name) => readFileSync(join(directory, name), "utf8"))
    .toSorted((a, b) => b.length - a.length);
  if (longest === undefined) throw new Error("the gateway left no profile");
  const recorded: CpuProfile = JSON.parse(longest);
  return recorded;
}

function profileOf(recorded: CpuProfile, { scenario, requests, from, to }: Window): Profile {
  const frames = new Map(recorded.nodes.map(({ id, callFrame }) => [id, callFrame]));
  const selfTime = new Map<string, number>();
  let total = 0;
  let now = recorded.startTime;
  for (const [at, id] of recorded.samples.entries()) {
    const duration = recorded.timeDeltas[at + 1] ?? 0;
    now += recorded.timeDeltas[at] ?? 0;
    const frame = frames.get(id);
    if (frame === undefined || now < from || now > to || frame.functionName === "(idle)") continue;
    const key = `${frame.functionName || "(anonymous)"}\n${fileOf(frame.url)}`;
    selfTime.set(key, (selfTime.get(key) ?? 0) + duration);
    total += duration;
  }
  const functions = [...selfTime]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, TOP)
    .map(([key, time]) => {
      const [name = "", file = ""] = key.split("\n");
      return { name, file, share: time / total, microseconds: time / requests };
    });
  return { scenario: scenario.name, title: scenario.title, microseconds: total / requests, functions };
}

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** `undici/lib/…` for a package, `apps/…` for this repository, `node:…` for Node itself. */
function fileOf(url: string): string {
  const path = url.startsWith("file:") ? fileURLToPath(url) : url;
  return path.replace(/^.*\/node_modules\//, "").replace(ROOT, "");
}

function monotonicMicroseconds(): number {
  return Number(process.hrtime.bigint() / 1000n);
}

/** The profiles for people. */
export function profileText(profiles: readonly Profile[]): string {
  return profiles
    .map(({ scenario, title, microseconds, functions }) =>
      table(
        [`${scenario}: ${title}`, "self %", "µs a request", "file"],
        [
          ["all", 1, microseconds, ""] as const,
          ...functions.map((cost) => [cost.name, cost.share, cost.microseconds, cost.file] as const),
        ].map(([name, share, own, file]) => [name, (share * 100).toFixed(1), own.toFixed(1), file]),
      ),
    )
    .join("\n");
}
