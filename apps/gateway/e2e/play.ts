import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { LedgerEntry } from "@link-assistant/core";

import { startHarness } from "../src/testing/harness.ts";
import type { Harness } from "../src/testing/harness.ts";
import { checkBooks, ledgerRows } from "./books.ts";
import { tokensOf } from "./client.ts";
import type { Client, Said } from "./client.ts";
import { DONE, EDIT, editPlan, editPrompt, scriptOf } from "./model.ts";
import type { ClientRun } from "./run-client.ts";
import type { Scenario } from "./scenarios.ts";
import type { E2eUpstream } from "./upstreams.ts";

/** One field of the matrix. */
export interface Case {
  readonly client: Client;
  readonly upstream: E2eUpstream;
  readonly scenario: Scenario;
}

/** Where a case is played. */
export interface Stage {
  /** The client's program. */
  readonly program: string;
  /** An empty folder: home, configuration and working directory are made in it. */
  readonly folder: string;
  /** When the client is killed, which fails the case. */
  readonly stop: AbortSignal;
}

/** Plays a case; throws when something is not as it must be. The first line of the message says what. */
export async function play({ client, upstream, scenario }: Case, stage: Stage): Promise<void> {
  const { accounts = ["primary"], plan = editPlan, disturbance, spoil } = scenario;
  const credentials = accounts.map((name) => `key-of-${name}`);
  const script = scriptOf(plan, client.tools, disturbance?.(upstream));
  // In their order, so that the one with the limit is called first.
  const config = { routing: { strategy: "priority" } };
  await using harness = await startHarness({ upstream: upstream.kind, accounts, credentials, script, config });
  await spoil?.(harness);
  const cwd = join(stage.folder, "work");
  const file = join(cwd, "notes.txt");
  await mkdir(cwd);
  await writeFile(file, `${EDIT.from}\nand another\n`);
  const { url, token } = harness;
  const { program, folder: home, stop } = stage;
  const run = await client.run({ program, prompt: editPrompt(file), url, token, cwd, home, stop });
  const rows = await ledgerRows(harness);
  try {
    assert.notEqual(run.exitCode, null, `${client.name} did not end by itself`);
    const said = client.said(run);
    checkEnd(scenario, run, said);
    checkExchanges({ client, upstream, scenario }, rows);
    const line = scenario.givesUpWith === undefined ? EDIT.to : EDIT.from;
    assert.equal(await readFile(file, "utf8"), `${line}\nand another\n`);
    scenario.check?.(harness.simulator.requests, upstream);
    checkTally(said, rows);
    await checkBooks(harness, upstream, rows);
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new Error(`${problem}\n\n${evidence(run, rows, harness)}`, { cause: error });
  }
}

function checkEnd({ givesUpWith }: Scenario, { exitCode }: ClientRun, { failed, text }: Said): void {
  if (givesUpWith === undefined)
    assert.deepEqual({ exitCode, failed, text }, { exitCode: 0, failed: false, text: DONE }, `ended with: ${text}`);
  else {
    assert.deepEqual({ exitCode, failed }, { exitCode: 1, failed: true }, "the client did not give up");
    assert.match(text, givesUpWith);
  }
}

function checkExchanges({ client, scenario }: Case, rows: readonly LedgerEntry[]): void {
  const times = scenario.givesUpWith === undefined ? 1 : client.asksWhenRefused;
  const exchanges = Array.from({ length: times }, () => scenario.exchanges).flat();
  assert.equal(rows.length, exchanges.length, `${rows.length} exchanges where there must be ${exchanges.length}`);
  exchanges.forEach((exchange, index) =>
    assert.partialDeepStrictEqual(rows[index], { ...exchange, surface: client.surface }),
  );
}

/** The client has added up the same tokens. Of a broken answer it counts what it sees fit. */
function checkTally({ tokens = {} }: Said, rows: readonly LedgerEntry[]): void {
  if (rows.some((row) => row.end === "upstream_error")) return;
  const booked = tokensOf(rows.map(({ usage }) => usage));
  assert.deepEqual({ ...booked, ...tokens }, booked, "the client has counted other tokens than the ledger");
}

const MAX_LINE = 1000;

function evidence({ exitCode, stdout, stderr }: ClientRun, rows: readonly LedgerEntry[], harness: Harness): string {
  const printed = [`the client ended with ${exitCode}`, ...`${stdout}\n${stderr}`.split("\n")];
  const lines = [
    ...printed,
    ...rows.map((row) => `ledger ${JSON.stringify(row)}`),
    ...harness.logged.map((line) => line.trimEnd()),
  ];
  return lines.map((line) => (line.length > MAX_LINE ? `${line.slice(0, MAX_LINE)}…` : line)).join("\n");
}
