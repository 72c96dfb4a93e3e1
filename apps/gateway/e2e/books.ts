import assert from "node:assert/strict";

import { SURFACES } from "@link-assistant/core";
import type { LedgerEntry } from "@link-assistant/core";

import type { Harness } from "../src/testing/harness.ts";
import type { E2eUpstream } from "./upstreams.ts";

/** All ended exchanges, oldest first. */
export async function ledgerRows({ gateway }: Harness): Promise<LedgerEntry[]> {
  await gateway.store.ledger.flush();
  return (await gateway.store.ledger.exchanges({ limit: 1000 })).entries.toReversed();
}

/** Holds ledger, metrics and simulator against each other; throws where they do not agree. */
export async function checkBooks(harness: Harness, upstream: E2eUpstream, rows: readonly LedgerEntry[]): Promise<void> {
  checkSecrets(harness);
  checkUsage(harness, upstream, rows);
  assert.deepEqual(await counted(harness), expectedCounts(harness, rows), "/metrics disagrees with the ledger");
}

function checkSecrets({ simulator, gateway, token }: Harness): void {
  assert.deepEqual(simulator.leaks, []);
  const keys = new Set(gateway.config.accounts.map(({ name }) => `key-of-${name}`));
  for (const { credential = "", headers, path, rawBody } of simulator.requests) {
    assert.ok(keys.has(credential), "a request came without the key of an account");
    assert.ok(!JSON.stringify([headers, path, rawBody.toString()]).includes(token), "a router token was sent on");
  }
}

function checkUsage({ simulator }: Harness, { named, toldBeforeEnd }: E2eUpstream, rows: readonly LedgerEntry[]): void {
  const answered = rows.filter((row) => row.status < 400);
  assert.deepEqual(
    answered.map(({ model, usage, end }) => ({ model, usage: end === "complete" ? usage : toldBeforeEnd(usage) })),
    simulator.billed.map(({ model, usage, complete }) => ({
      model,
      usage: complete ? { ...named, ...usage } : toldBeforeEnd(usage),
    })),
    "the ledger disagrees with what was billed",
  );
}

/** What exchanges move, with its labels as `/metrics` writes them. */
const SAMPLES =
  /^link_assistant_((?:requests|errors|anthropic_messages|openai_responses|openai_chat_completions|bytes_in|bytes_out|status|account_calls)_total\S*) (\d+)$/gm;

async function counted(harness: Harness): Promise<Readonly<Record<string, number>>> {
  const text = await (await harness.admin("/metrics")).text();
  return Object.fromEntries([...text.matchAll(SAMPLES)].map(([, name = "", value]) => [name, Number(value)]));
}

/** What was sent upstream is counted where it arrived. */
function expectedCounts({ simulator }: Harness, rows: readonly LedgerEntry[]): Readonly<Record<string, number>> {
  const failed = rows.filter(({ status, end }) => status >= 400 || end === "upstream_error");
  const counts: Record<string, number> = {
    requests_total: rows.length,
    errors_total: failed.length,
    bytes_in_total: rows.reduce((sum, row) => sum + row.bytesReceived, 0),
    bytes_out_total: simulator.requests.reduce((sum, request) => sum + request.rawBody.length, 0),
  };
  for (const surface of SURFACES) counts[`${surface}_total`] = rows.filter((row) => row.surface === surface).length;
  const count = (name: string): void => void (counts[name] = (counts[name] ?? 0) + 1);
  for (const { status } of rows) count(`status_total{code="${status}"}`);
  for (const { credential = "" } of simulator.requests)
    count(`account_calls_total{account="${credential.replace("key-of-", "")}"}`);
  return counts;
}
