import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { table } from "../src/cli/terminal.ts";
import { play } from "./claude-code.ts";
import { SCENARIOS } from "./scenarios.ts";
import type { Scenario } from "./scenarios.ts";

const SCENARIO_TIMEOUT_MS = 60_000;

interface Result {
  /** What is shown in the table. */
  readonly cells: readonly string[];
  /** Absent when everything was as it must be. */
  readonly problem?: string;
}

/** Plays all scenarios and prints what came of them. True when none failed. */
export async function runScenarios(program: string, stop: AbortSignal): Promise<boolean> {
  const results: Result[] = [];
  for (const scenario of SCENARIOS) if (!stop.aborted) results.push(await resultOf(scenario, program, stop));
  const rows = results.map((result) => result.cells);
  process.stdout.write(table(["SCENARIO", "RESULT", "EXCHANGES", "ATTEMPTS", "SECONDS"], rows));
  for (const { cells, problem } of results)
    if (problem !== undefined) process.stdout.write(`\n── ${cells[0]}\n${problem}\n`);
  return !stop.aborted && results.every((result) => result.problem === undefined);
}

async function resultOf(scenario: Scenario, program: string, stop: AbortSignal): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), "claude-code-"));
  const startedAtMs = performance.now();
  const seconds = (): string => ((performance.now() - startedAtMs) / 1000).toFixed(1);
  try {
    const bounded = AbortSignal.any([stop, AbortSignal.timeout(SCENARIO_TIMEOUT_MS)]);
    const rows = await play(scenario, { program, folder, stop: bounded });
    const attempts = rows.reduce((sum, row) => sum + row.attempts, 0);
    return { cells: [scenario.name, "ok", String(rows.length), String(attempts), seconds()] };
  } catch (error) {
    return {
      cells: [scenario.name, "FAILED", "", "", seconds()],
      problem: error instanceof Error ? error.message : String(error),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
