import { overloadedTurn, rateLimitTurn, textTurn, thinkingTurn, toolTurn } from "@link-assistant/testkit";
import type { Script, Turn } from "@link-assistant/testkit";
import type { Usage } from "@link-assistant/core";
import { afterEach, describe, expect, test } from "vitest";

import { CLIENTS } from "./testing/clients.ts";
import { FRAMEWORKS } from "./testing/frameworks.ts";
import { startHarness } from "./testing/harness.ts";
import type { Harness, HarnessOptions, HarnessUpstream } from "./testing/harness.ts";

/*
 * Every library on every upstream: what a program gets is the same, and what the ledger says is what the upstream billed.
 */

const UPSTREAMS: readonly HarnessUpstream[] = ["anthropic", "openai", "local"];
const PAIRS = [...CLIENTS, ...FRAMEWORKS].flatMap((client) =>
  UPSTREAMS.map((upstream) => ({ client, upstream, name: client.name })),
);

let harness: Harness;
afterEach(() => harness[Symbol.asyncDispose]());

async function start(upstream: HarnessUpstream, script: Script, options: HarnessOptions = {}): Promise<Harness> {
  harness = await startHarness({ upstream, script, ...options });
  return harness;
}

/** The counts of a usage, without zeros and with one sum for cache writes: OpenAI does not tell how long they live. */
function countsOf({ cacheWrite5m = 0, cacheWrite1h = 0, cacheWrite = 0, ...rest }: Usage): Record<string, number> {
  const all = { ...rest, cacheWrites: cacheWrite5m + cacheWrite1h + cacheWrite };
  return Object.fromEntries(Object.entries(all).filter(([, tokens]) => tokens > 0));
}

/** What was written down is what was billed. */
async function expectBooksToBalance(count: number): Promise<void> {
  const rows = await harness.ledger(count);
  const written = rows.toReversed().map(({ usage }) => countsOf(usage));
  expect(written).toEqual(harness.simulator.billed.map(({ usage }) => countsOf(usage)));
  expect(harness.simulator.leaks).toEqual([]);
}

/** Of a stream that broke, what the upstream had reported by then is written down: the prompt at Anthropic, nothing at OpenAI. */
async function expectNothingInvented(upstream: HarnessUpstream): Promise<void> {
  const [row] = await harness.ledger(1);
  const { output: _sent, ...prompt } = countsOf(harness.simulator.billed[0]?.usage ?? {});
  const { output: _reported, ...written } = countsOf(row?.usage ?? {});
  expect(written).toEqual(upstream === "anthropic" ? prompt : {});
  expect(harness.simulator.leaks).toEqual([]);
}

/** Long enough to be cut after several pieces. */
const LONG = Array.from({ length: 60 }, (_, index) => `word ${index}`).join(" ");

const twoCalls = [
  { type: "tool_use", name: "weather", input: { city: "Oslo" } },
  { type: "tool_use", name: "weather", input: { city: "Bergen" } },
] as const;
const parallelTurn: Turn = { blocks: [{ type: "text", text: "I look at both." }, ...twoCalls] };

const thoughtfulTurn: Turn = {
  blocks: [
    { type: "thinking", thinking: "Where is Oslo?" },
    { type: "tool_use", name: "weather", input: { city: "Oslo" } },
  ],
};

describe.each(PAIRS)("$name on $upstream", ({ client, upstream }) => {
  test("a whole answer", async () => {
    await start(upstream, [textTurn("Hello to you, wörld 🌍")]);
    expect(await client.create(harness, "Hello")).toEqual({ text: "Hello to you, wörld 🌍", calls: [] });
    await expectBooksToBalance(1);
  });

  test("a streamed answer, with thinking before it", async () => {
    await start(upstream, [thinkingTurn("Let me see", "Hello to you, wörld 🌍")]);
    expect((await client.stream(harness, "Hello")).text).toBe("Hello to you, wörld 🌍");
    await expectBooksToBalance(1);
  });

  test("a tool loop", async () => {
    await start(upstream, [toolTurn("weather", { city: "Oslo" }), textTurn("It rains in Oslo")]);
    const asked: string[] = [];
    const run = (city: string): string => {
      asked.push(city);
      return "rain";
    };
    expect((await client.toolLoop(harness, "Weather?", run)).text).toContain("It rains in Oslo");
    expect(asked).toEqual(["Oslo"]);
    await expectBooksToBalance(2);
  });

  test("parallel tools, with text before them", async () => {
    await start(upstream, [
      client.garblesTextBeforeCalls === true ? { blocks: twoCalls } : parallelTurn,
      textTurn("Rain in both"),
    ]);
    const asked: string[] = [];
    await client.toolLoop(harness, "Weather?", (city) => {
      asked.push(city);
      return `rain in ${city}`;
    });
    expect(asked).toEqual(["Oslo", "Bergen"]);
    const last = JSON.stringify(harness.simulator.requests.at(-1)?.body);
    expect(last.indexOf("rain in Oslo")).toBeLessThan(last.indexOf("rain in Bergen"));
    await expectBooksToBalance(2);
  });

  test("reasoning before a tool call", async () => {
    await start(upstream, [thoughtfulTurn, textTurn("It rains in Oslo")]);
    expect((await client.toolLoop(harness, "Weather?", () => "rain")).text).toContain("It rains in Oslo");
    await expectBooksToBalance(2);
  });

  test("an answer of a shape that the program asked for", async () => {
    await start(upstream, [textTurn('{"city":"Oslo"}')]);
    expect(await client.structured(harness, "Where?")).toEqual({ city: "Oslo" });
    expect(JSON.stringify(harness.simulator.requests[0]?.body)).toContain('"city":{"type":"string"');
    await expectBooksToBalance(1);
  });

  test("a rate limit on one account is invisible while there is another", async () => {
    const script: Script = ({ credential }) => (credential === "key-of-a" ? rateLimitTurn(60) : textTurn("from b"));
    await start(upstream, script, { accounts: ["a", "b"], config: { routing: { strategy: "priority" } } });
    for (let turn = 0; turn < 3; turn++) expect((await client.create(harness, "Hello")).text).toBe("from b");
    expect(harness.gateway.metrics.usageSnapshot()).toMatchObject({ errors_total: 0, account_calls: { a: 1, b: 3 } });
  });

  test("an error before the answer is an error with its status", async () => {
    await start(upstream, () => overloadedTurn());
    await expect(client.stream(harness, "Hello")).rejects.toThrow(/overloaded|Overloaded/);
    const [row] = await harness.ledger(1);
    expect([503, 529]).toContain(row?.status);
  });

  test.each([
    ["an error event", { by: "error", afterEvents: 6, error: { type: "overloaded_error", message: "Overloaded" } }],
    ["a closed connection", { by: "drop", afterEvents: 6, extraBytes: 5 }],
    ["an end too early", { by: "end", afterEvents: 6 }],
  ] as const)("a stream that breaks by %s is never taken for whole", async (_, cut) => {
    await start(upstream, [textTurn(LONG, { cut })]);
    const outcome = await client.stream(harness, "Hello").then(
      (said) => said.text,
      () => "raised",
    );
    expect(outcome).toBe("raised");
    expect((await harness.ledger(1))[0]).toMatchObject({ status: 200, end: "upstream_error" });
    await expectNothingInvented(upstream);
  });

  test("a client that leaves ends the answer upstream too", async () => {
    await start(upstream, [textTurn(LONG, { cut: { by: "stall", afterEvents: 6 } })]);
    const leaving = new AbortController();
    const answer = client.stream(harness, "Hello", { signal: leaving.signal });
    answer.catch(() => {});
    while (harness.simulator.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
    setTimeout(() => leaving.abort(), 50);
    await expect(answer).rejects.toThrow(/abort/i);
    await harness.simulator.idle();
    expect((await harness.ledger(1))[0]).toMatchObject({ end: "client_abort" });
    expect(harness.simulator.aborted).toBe(1);
  });
});

/** The smallest picture there is: one black point. */
const PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==";

const WITH_PICTURES = PAIRS.filter(({ client }) => client.picture !== undefined);

describe.each(WITH_PICTURES.filter(({ upstream }) => upstream !== "local"))(
  "$name on $upstream",
  ({ client, upstream }) => {
    test("a picture that a tool gives", async () => {
      await start(upstream, [toolTurn("camera", {}), textTurn("A black point")]);
      expect((await client.picture?.(harness, "Look", PNG))?.text).toBe("A black point");
      expect(JSON.stringify(harness.simulator.requests[1]?.body)).toContain(PNG);
      await expectBooksToBalance(2);
    });
  },
);

describe.each(WITH_PICTURES.filter(({ upstream }) => upstream === "local"))(
  "$name on $upstream",
  ({ client, upstream }) => {
    test("a picture that a tool gives is refused in the server's own words, where it takes nothing but text", async () => {
      await start(upstream, [toolTurn("camera", {})]);
      await expect(client.picture?.(harness, "Look", PNG)).rejects.toThrow(
        "expected a string, but got an array instead",
      );
    });
  },
);

/** What proves a thought to the upstream that had it. */
const PROOFS: Readonly<Partial<Record<HarnessUpstream, RegExp>>> = {
  anthropic: /"signature":"[^"]{20,}"/,
  openai: /"encrypted_content":"[^"]{20,}"/,
};

describe.each(PAIRS.filter(({ client }) => client.keepsThoughts === true))(
  "$name on $upstream",
  ({ client, upstream }) => {
    test("thoughts come back with their proof in the next call", async () => {
      await start(upstream, [thoughtfulTurn, textTurn("It rains in Oslo")]);
      await client.toolLoop(harness, "Weather?", () => "rain");
      // The simulators refuse a proof that is not their own.
      expect(JSON.stringify(harness.simulator.requests[1]?.body)).toMatch(PROOFS[upstream] ?? /tool_call_id/);
    });
  },
);
