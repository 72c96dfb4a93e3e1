import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { LedgerEntry, Usage } from "@link-assistant/core";

import { startHarness } from "../src/testing/harness.ts";
import type { Harness } from "../src/testing/harness.ts";
import { checkBooks, ledgerRows } from "./books.ts";
import { DONE, EDIT, editPrompt } from "./edit-turns.ts";
import { runClient } from "./run-client.ts";
import type { ClientRun } from "./run-client.ts";
import type { Scenario } from "./scenarios.ts";

/** Where a scenario is played. */
export interface Stage {
  /** Claude Code's program. */
  readonly program: string;
  /** An empty folder: home, configuration and working directory are made in it. */
  readonly folder: string;
  /** When Claude Code is killed, which fails the scenario. */
  readonly stop: AbortSignal;
}

/** Plays a scenario with Claude Code and gives its exchanges, oldest first; throws when something is not as it must be. */
export async function play(scenario: Scenario, stage: Stage): Promise<LedgerEntry[]> {
  const { accounts = ["primary"], script, spoil } = scenario;
  const credentials = accounts.map((name) => `key-of-${name}`);
  await using harness = await startHarness({ accounts, credentials, script });
  await spoil?.(harness);
  const work = join(stage.folder, "work");
  const file = join(work, "notes.txt");
  await mkdir(work);
  await writeFile(file, `${EDIT.from}\nand another\n`);
  const run = await runClaudeCode(harness, editPrompt(file), work, stage);
  const rows = await ledgerRows(harness);
  try {
    checkRun(scenario, run);
    const line = scenario.givesUpWith === undefined ? EDIT.to : EDIT.from;
    assert.equal(await readFile(file, "utf8"), `${line}\nand another\n`);
    checkExchanges(scenario, rows);
    checkTally(run, rows);
    await checkBooks(harness, rows);
    return rows;
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new Error(`${problem}\n\n${evidence(run, rows, harness)}`, { cause: error });
  }
}

function runClaudeCode(harness: Harness, prompt: string, cwd: string, stage: Stage): Promise<ClientRun> {
  const { program, folder, stop } = stage;
  return runClient(program, ["-p", prompt, "--output-format", "json", "--dangerously-skip-permissions"], {
    cwd,
    env: {
      PATH: process.env["PATH"],
      HOME: folder,
      TMPDIR: folder,
      CLAUDE_CONFIG_DIR: join(folder, "config"),
      ANTHROPIC_BASE_URL: harness.url,
      ANTHROPIC_AUTH_TOKEN: harness.token,
      // Without it Claude Code does not let root skip the permissions.
      IS_SANDBOX: "1",
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
      DISABLE_TELEMETRY: "1",
      DISABLE_ERROR_REPORTING: "1",
      DISABLE_AUTOUPDATER: "1",
    },
    stop,
  });
}

/** What Claude Code prints of a run with `--output-format json`, as far as it is looked at. */
interface Said {
  readonly result: string;
  readonly is_error: boolean;
  readonly usage: Readonly<Record<string, unknown>>;
}

function saidBy({ exitCode, stdout }: ClientRun): Said {
  assert.notEqual(exitCode, null, "Claude Code did not end by itself");
  return JSON.parse(stdout);
}

function checkRun({ givesUpWith }: Scenario, run: ClientRun): void {
  const { exitCode } = run;
  const { result, is_error } = saidBy(run);
  if (givesUpWith === undefined)
    assert.deepEqual({ exitCode, is_error, result }, { exitCode: 0, is_error: false, result: DONE });
  else {
    assert.deepEqual({ exitCode, is_error }, { exitCode: 1, is_error: true });
    assert.match(result, givesUpWith);
  }
}

function checkExchanges({ exchanges }: Scenario, rows: readonly LedgerEntry[]): void {
  assert.equal(rows.length, exchanges.length, "there are more or fewer exchanges than there must be");
  exchanges.forEach((exchange, index) => assert.partialDeepStrictEqual(rows[index], exchange));
}

/** The client has added up the same tokens. Of a broken answer it counts what it sees fit. */
function checkTally(run: ClientRun, rows: readonly LedgerEntry[]): void {
  if (rows.some((row) => row.end === "upstream_error")) return;
  const sum = (tokens: (usage: Usage) => number | undefined): number =>
    rows.reduce((total, row) => total + (tokens(row.usage) ?? 0), 0);
  assert.partialDeepStrictEqual(saidBy(run).usage, {
    input_tokens: sum((usage) => usage.input),
    cache_creation_input_tokens: sum((usage) => usage.cacheWrite5m) + sum((usage) => usage.cacheWrite1h),
    cache_read_input_tokens: sum((usage) => usage.cacheRead),
    output_tokens: sum((usage) => usage.output),
  });
}

function evidence({ exitCode, stdout, stderr }: ClientRun, rows: readonly LedgerEntry[], { logged }: Harness): string {
  const ended = `Claude Code ended with ${exitCode}\n${stdout}${stderr}`;
  return [ended, ...rows.map((row) => `ledger ${JSON.stringify(row)}`), ...logged].join("\n");
}
