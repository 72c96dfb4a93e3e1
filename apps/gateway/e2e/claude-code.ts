import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { LedgerEntry } from "@link-assistant/core";
import { rateLimitTurn } from "@link-assistant/testkit";
import type { Cut, Script } from "@link-assistant/testkit";

import { startHarness } from "../src/testing/harness.ts";
import type { Harness } from "../src/testing/harness.ts";
import { checkBooks, ledgerRows } from "./books.ts";
import { DONE, EDIT, editPrompt, editScript } from "./edit-turns.ts";
import { runClient } from "./run-client.ts";
import type { ClientRun } from "./run-client.ts";

/** A task for Claude Code, and what must have come of it. */
export interface Scenario {
  readonly name: string;
  /** Default: one. */
  readonly accounts?: readonly string[];
  readonly script: Script;
  /** Spoils the router token before the client gets it. Default: it is good. */
  readonly spoil?: (harness: Harness) => Promise<unknown>;
  /** What the client must say when it gives up. Default: it does not, and the file is edited. */
  readonly givesUpWith?: RegExp;
  /** The exchanges, oldest first: each with at least these fields. */
  readonly exchanges: readonly Partial<LedgerEntry>[];
}

const WHOLE: Partial<LedgerEntry> = { status: 200, end: "complete", stream: true };
const BROKEN: Partial<LedgerEntry> = { status: 200, end: "upstream_error", stream: true };

const cutSecondCall = (cut: Cut): Script => editScript(2, (turn) => ({ ...turn, cut }));

export const SCENARIOS: readonly Scenario[] = [
  { name: "a file is edited", script: editScript(), exchanges: [WHOLE, WHOLE, WHOLE] },
  {
    name: "the first account is at its limit",
    accounts: ["first", "second"],
    script: editScript(1, () => rateLimitTurn(1)),
    exchanges: [{ ...WHOLE, attempts: 2, account: "second" }, WHOLE, WHOLE],
  },
  {
    name: "a stream ends in an error",
    script: cutSecondCall({ by: "error", afterEvents: 6, error: { type: "overloaded_error", message: "Overloaded" } }),
    exchanges: [WHOLE, BROKEN, WHOLE, WHOLE],
  },
  {
    name: "a stream breaks inside an event",
    script: cutSecondCall({ by: "drop", afterEvents: 6, extraBytes: 20 }),
    exchanges: [WHOLE, BROKEN, WHOLE, WHOLE],
  },
  {
    name: "the router token is revoked",
    script: editScript(),
    spoil: ({ gateway, tokenRecord }) => gateway.tokens.revoke(tokenRecord.id),
    givesUpWith: /This router token was revoked/,
    exchanges: [{ status: 403, end: "fault", attempts: 0 }],
  },
  {
    name: "the router token has expired",
    script: editScript(),
    spoil: ({ gateway, tokenRecord }) => gateway.tokens.expire(tokenRecord.id),
    givesUpWith: /This router token has expired/,
    exchanges: [{ status: 401, end: "fault", attempts: 0 }],
  },
];

/** Plays a scenario in a folder of its own; throws when something is not as it must be. Gives the exchanges. */
export async function play(scenario: Scenario, binary: string, folder: string, stop: AbortSignal): Promise<LedgerEntry[]> {
  const { accounts = ["primary"], script, spoil } = scenario;
  const credentials = accounts.map((name) => `key-of-${name}`);
  await using harness = await startHarness({ accounts, credentials, script });
  await spoil?.(harness);
  const work = join(folder, "work");
  const file = join(work, "notes.txt");
  await mkdir(work, { recursive: true });
  await writeFile(file, `${EDIT.from}\nand another\n`);
  const run = await runClaudeCode(harness, binary, editPrompt(file), folder, stop);
  console.log(run);
  const rows = await ledgerRows(harness);
  console.log(rows);
  assert.ok(!stop.aborted, "stopped");
  checkEnd(scenario, run, await readFile(file, "utf8"));
  assert.equal(rows.length, scenario.exchanges.length);
  assert.partialDeepStrictEqual(rows, scenario.exchanges);
  await checkBooks(harness, rows);
  return rows;
}

function runClaudeCode(harness: Harness, binary: string, prompt: string, folder: string, stop: AbortSignal): Promise<ClientRun> {
  return runClient(binary, ["-p", prompt, "--output-format", "json", "--dangerously-skip-permissions"], {
    cwd: join(folder, "work"),
    env: {
      PATH: process.env["PATH"] ?? "",
      HOME: folder,
      TMPDIR: folder,
      CLAUDE_CONFIG_DIR: join(folder, "claude"),
      ANTHROPIC_BASE_URL: harness.url,
      ANTHROPIC_AUTH_TOKEN: harness.token,
      // Without it Claude Code does not skip permissions for root.
      IS_SANDBOX: "1",
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
      DISABLE_TELEMETRY: "1",
      DISABLE_ERROR_REPORTING: "1",
      DISABLE_AUTOUPDATER: "1",
    },
    stop,
  });
}

function checkEnd({ givesUpWith }: Scenario, { exitCode, stdout, stderr }: ClientRun, file: string): void {
  const said: unknown = JSON.parse(stdout);
  assert.ok(typeof said === "object" && said !== null && "result" in said, "no result");
  if (givesUpWith === undefined) {
    assert.partialDeepStrictEqual({ exitCode, ...said }, { exitCode: 0, is_error: false, result: DONE });
    assert.equal(file, `${EDIT.to}\nand another\n`);
  } else {
    assert.equal(exitCode, 1, stderr);
    assert.match(String(said.result), givesUpWith);
    assert.equal(file, `${EDIT.from}\nand another\n`);
  }
}
