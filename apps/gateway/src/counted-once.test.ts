import { errorTurn, rateLimitTurn, textTurn } from "@link-assistant/testkit";
import type { Turn } from "@link-assistant/testkit";
import { afterEach, describe, expect, test } from "vitest";

import { MESSAGE, post, startHarness } from "./testing/harness.ts";
import type { Harness, HarnessOptions } from "./testing/harness.ts";

let harness: Harness;
afterEach(() => harness[Symbol.asyncDispose]());

/** What `/metrics` says: each series by its name and labels. */
async function counted(): Promise<Record<string, number>> {
  const text = await (await harness.admin("/metrics")).text();
  const samples = text.split("\n").flatMap((line) => {
    const [, series, count] = /^link_assistant_(\S+) (\S+)$/.exec(line) ?? [];
    return series === undefined ? [] : [[series, Number(count)] as const];
  });
  return Object.fromEntries(samples);
}

async function start(script: HarnessOptions["script"], options: HarnessOptions = {}): Promise<void> {
  harness = await startHarness({ ...(script !== undefined && { script }), ...options });
}

const STREAM = { ...MESSAGE, stream: true };
const LONG = Array.from({ length: 60 }, (_, index) => `word ${index}`).join(" ");

describe("every kind of end is counted once, in the metrics as in the ledger", () => {
  test("an answer, with what it cost and whether its prompt was cached", async () => {
    await start(() => textTurn("Hello"));
    for (const body of [MESSAGE, STREAM]) await (await post(harness, body)).text();
    const [entry] = await harness.ledger(2);
    const cost = (entry?.costNanoUsd ?? 0) / 1e9;
    expect(await counted()).toMatchObject({
      requests_total: 2,
      errors_total: 0,
      'status_total{code="200"}': 2,
      'upstream_attempts_total{account="primary",outcome="served"}': 2,
      'stream_end_total{reason="complete"}': 1,
      'prompt_cache_requests_total{outcome="miss"}': 2,
      'cost_lookup_total{status="priced"}': 2,
      'cost_usd_total{model="claude-sonnet-5-5"}': expect.closeTo(2 * cost, 9),
      'in_flight{surface="anthropic_messages"}': 0,
    });
  });

  test("a retry at another account", async () => {
    const turns: Record<string, () => Turn> = {
      "key-of-a": () => rateLimitTurn(30),
      "key-of-b": () => textTurn("Hello"),
    };
    await start(({ headers }) => turns[String(headers["x-api-key"])]?.() ?? errorTurn("api_error", "?"), {
      accounts: ["a", "b"],
      config: { routing: { strategy: "priority" } },
    });
    await (await post(harness, MESSAGE)).text();
    expect(await counted()).toMatchObject({
      requests_total: 1,
      'upstream_attempts_total{account="a",outcome="rate_limit"}': 1,
      'upstream_attempts_total{account="b",outcome="served"}': 1,
      'retries_total{reason="rate_limit"}': 1,
    });
  });

  test("a session that stays and one that is new", async () => {
    await start(() => textTurn("Hello"), { accounts: ["a", "b"] });
    for (const id of ["s", "s", "t"]) await (await post(harness, MESSAGE, { "x-claude-code-session-id": id })).text();
    expect(await counted()).toMatchObject({ 'affinity_total{outcome="new"}': 2, 'affinity_total{outcome="kept"}': 1 });
  });

  test("a stream that broke, one that fell silent, and one whose client left", async () => {
    const cuts = [
      { by: "drop", afterEvents: 6 },
      { by: "stall", afterEvents: 6 },
      { by: "stall", afterEvents: 6 },
    ] as const;
    let call = 0;
    await start(() => textTurn(LONG, { cut: cuts[call++] ?? cuts[0] }), { upstreamConfig: { idleTimeoutMs: 1000 } });
    for (const _ of [1, 2]) await (await post(harness, STREAM)).text();
    const leaving = new AbortController();
    const response = await harness.fetch("/v1/messages", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(STREAM),
      signal: leaving.signal,
    });
    await response.body?.getReader().read();
    leaving.abort();
    await harness.ledger(3);
    expect(await counted()).toMatchObject({
      requests_total: 3,
      errors_total: 2,
      'stream_end_total{reason="upstream_error"}': 1,
      'stream_end_total{reason="idle_timeout"}': 1,
      'stream_end_total{reason="client_abort"}': 1,
      'in_flight{surface="anthropic_messages"}': 0,
    });
  });

  test("what was refused before an upstream was asked", async () => {
    await start(() => textTurn("Hello"));
    const { token } = await harness.gateway.tokens.issue({ limits: { requestsPerMinute: 1 } });
    const headers = { authorization: `Bearer ${token}` };
    for (const _ of [1, 2, 3]) await (await post(harness, MESSAGE, headers)).text();
    await (await post(harness, "{", headers)).text();
    expect(await counted()).toMatchObject({
      requests_total: 4,
      errors_total: 3,
      'limit_rejections_total{limit="requests_per_minute"}': 2,
      'upstream_attempts_total{account="primary",outcome="served"}': 1,
      'in_flight{surface="anthropic_messages"}': 0,
    });
  });

  test("names that clients make up are no labels", async () => {
    await start(() => textTurn("Hello"));
    for (let index = 0; index < 20; index += 1)
      await (await post(harness, { ...MESSAGE, model: `claude-made-up-${index}` })).text();
    const models = Object.keys(await counted()).filter((series) => series.includes("made-up"));
    expect(models).toEqual([]);
  });
});
