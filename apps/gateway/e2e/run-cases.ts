import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";

import { table } from "../src/cli/terminal.ts";
import { CLIENTS } from "./clients.ts";
import { play } from "./play.ts";
import type { Case } from "./play.ts";
import { SCENARIOS } from "./scenarios.ts";
import { UPSTREAMS } from "./upstreams.ts";

const CASE_TIMEOUT_MS = 30_000;
/** Clients at work at once, at the most. */
const MAX_CLIENTS = 4;

interface Result extends Case {
  readonly seconds: number;
  /** Absent when everything was as it must be. */
  readonly problem?: string;
}

/** How cases are played. */
export interface Playing {
  /** The clients' programs by the names of their releases. */
  readonly programs: Readonly<Record<string, string>>;
  /** Words, all of which the name of a case holds. None: all cases. */
  readonly wanted: readonly string[];
  readonly stop: AbortSignal;
}

/** Plays all cases and prints what came of them. True when none failed. */
export async function runCases(playing: Playing): Promise<boolean> {
  const cases = allCases().filter((each) =>
    playing.wanted.every((word) => nameOf(each).toLowerCase().includes(word.toLowerCase())),
  );
  const results: Result[] = [];
  const waiting = cases.values();
  const work = async (): Promise<void> => {
    for (const next of waiting) if (!playing.stop.aborted) results.push(await resultOf(next, playing));
  };
  await Promise.all(Array.from({ length: Math.min(MAX_CLIENTS, availableParallelism()) }, work));
  const failed = results.filter(({ problem }) => problem !== undefined);
  for (const each of failed) process.stdout.write(`── ${nameOf(each)}\n${each.problem}\n\n`);
  process.stdout.write(matrix(results));
  for (const each of failed) process.stdout.write(`\nFAILED  ${nameOf(each)}: ${each.problem?.split("\n")[0]}`);
  process.stdout.write(`\n${results.length - failed.length} of ${cases.length} ok\n`);
  return results.length === cases.length && cases.length > 0 && failed.length === 0;
}

function allCases(): Case[] {
  return CLIENTS.flatMap((client) =>
    UPSTREAMS.flatMap((upstream) => SCENARIOS.map((scenario): Case => ({ client, upstream, scenario }))),
  ).filter(({ client, upstream, scenario }) => scenario.except?.(client, upstream) !== true);
}

function nameOf({ client, upstream, scenario }: Case): string {
  return `${client.name} → ${upstream.name}: ${scenario.name}`;
}

async function resultOf(played: Case, { programs, stop }: Playing): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), "router-e2e-"));
  const startedAtMs = performance.now();
  const seconds = (): number => (performance.now() - startedAtMs) / 1000;
  try {
    const program = programs[played.client.release.id] ?? "";
    const bounded = AbortSignal.any([stop, AbortSignal.timeout(CASE_TIMEOUT_MS)]);
    await play(played, { program, folder, stop: bounded });
    return { ...played, seconds: seconds() };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return { ...played, seconds: seconds(), problem };
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** A line for each client at each upstream, a column for each scenario. */
function matrix(results: readonly Result[]): string {
  const lines = CLIENTS.flatMap((client) =>
    UPSTREAMS.flatMap((upstream) => {
      const own = results.filter((result) => result.client === client && result.upstream === upstream);
      if (own.length === 0) return [];
      const cells = SCENARIOS.map((scenario) => cellOf(own.find((result) => result.scenario === scenario)));
      const seconds = own.reduce((sum, result) => sum + result.seconds, 0);
      return [[client.name, upstream.name, ...cells, seconds.toFixed(0)]];
    }),
  );
  return table(["CLIENT", "UPSTREAM", ...SCENARIOS.map(({ name }) => name.toUpperCase()), "SECONDS"], lines);
}

function cellOf(result: Result | undefined): string {
  if (result === undefined) return "-";
  return result.problem === undefined ? "ok" : "FAILED";
}
