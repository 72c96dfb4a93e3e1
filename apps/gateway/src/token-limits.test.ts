import { textTurn } from "@link-assistant/testkit";
import type { TokenLimits } from "@link-assistant/core";
import { afterEach, describe, expect, test } from "vitest";

import { MESSAGE, startHarness } from "./testing/harness.ts";
import type { Harness, HarnessOptions } from "./testing/harness.ts";

let harness: Harness;
afterEach(() => harness[Symbol.asyncDispose]());

/** Calls with a new token of these limits, on any surface. */
async function start(limits: TokenLimits, options: HarnessOptions = {}): Promise<Call> {
  harness = await startHarness({ script: () => textTurn("Hello"), ...options });
  const { token } = await harness.gateway.tokens.issue({ limits });
  return (path = "/v1/messages", body = BODIES[path], headers = {}) =>
    fetch(harness.url + path, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${token}`, ...headers },
      body: JSON.stringify(body),
    });
}

type Call = (path?: string, body?: unknown, headers?: Record<string, string>) => Promise<Response>;

const BODIES: Readonly<Record<string, object>> = {
  "/v1/messages": MESSAGE,
  "/v1/chat/completions": { model: "claude-sonnet-5-5", messages: [{ role: "user", content: "Hello" }] },
  "/v1/responses": { model: "claude-sonnet-5-5", input: "Hello", store: false },
};
const PATHS = Object.keys(BODIES);

async function refusal(response: Response): Promise<unknown[]> {
  const { headers, status } = response;
  const { error } = await response.json();
  return [status, headers.get("x-router-limit"), headers.get("x-should-retry"), error.type, error.code];
}

describe("a limit that is reached", () => {
  test("is a 429 that names it, in every dialect, with the time to wait", async () => {
    const call = await start({ requestsPerMinute: 1 });
    expect((await call()).status).toBe(200);
    for (const path of PATHS) {
      const response = await call(path);
      expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0);
      expect((await refusal(response)).slice(0, 4)).toEqual([429, "requests_per_minute", null, "rate_limit_error"]);
    }
    expect(harness.simulator.requests).toHaveLength(1);
    const [entry] = await harness.ledger(4);
    expect(entry).toMatchObject({ status: 429, end: "fault", attempts: 0, trace: [] });
  });

  test("is one that time alone does not mend, where a budget is used up", async () => {
    const call = await start(
      { budgetUsdTotal: 0.000001 },
      { config: { prices: { "claude-*": { input: 3, output: 15 } } } },
    );
    expect((await call()).status).toBe(200);
    for (const path of PATHS) {
      expect((await refusal(await call(path))).slice(0, 4)).toEqual([
        429,
        "budget_usd_total",
        "false",
        "rate_limit_error",
      ]);
    }
  });

  test("counts the tokens that were used, not those that were feared", async () => {
    const call = await start({ tokensPerMinute: 1000 });
    // Each call may use up to 256 tokens of output and uses a handful.
    const statuses = [];
    for (let index = 0; index < 10; index += 1) statuses.push((await call()).status);
    expect(statuses).toEqual(Array.from({ length: 10 }, () => 200));
  });

  test("holds for exchanges at once, and ends with them", async () => {
    const gate = Promise.withResolvers<void>();
    const call = await start(
      { concurrent: 2 },
      {
        script: async () => {
          await gate.promise;
          return textTurn("Hello");
        },
      },
    );
    const running = [call(), call()];
    while (harness.simulator.requests.length < 2) await new Promise((resolve) => setImmediate(resolve));
    expect((await refusal(await call("/v1/responses"))).slice(0, 2)).toEqual([429, "concurrent"]);
    gate.resolve();
    expect((await Promise.all(running)).map(({ status }) => status)).toEqual([200, 200]);
    expect((await call()).status).toBe(200);
  });

  test("of requests in a token's life counts those that reached an upstream", async () => {
    const call = await start({ requestsTotal: 2, models: ["claude-sonnet*"] });
    const statuses = [];
    for (const body of [{ ...MESSAGE, model: "claude-opus-5-5" }, MESSAGE, MESSAGE, MESSAGE])
      statuses.push((await call("/v1/messages", body)).status);
    expect(statuses).toEqual([404, 200, 200, 429]);
  });
});

describe("what a token may do at all", () => {
  test("is said where it asks for another model, with those that it may use", async () => {
    const call = await start({ models: ["claude-haiku*"] });
    const response = await call("/v1/chat/completions");
    expect(response.status).toBe(404);
    const { error } = await response.json();
    expect(error.message).toContain("claude-haiku-4-5");
    expect(error.message).not.toContain("claude-sonnet");
    expect((await call("/v1/messages", { ...MESSAGE, model: "claude-haiku-4-5" })).status).toBe(200);
  });

  test("are the surfaces that it is for", async () => {
    const call = await start({ surfaces: ["openai_responses"] });
    expect(await Promise.all(PATHS.map(async (path) => (await call(path)).status))).toEqual([403, 403, 200]);
  });

  test("depends on the address that it comes from", async () => {
    expect((await (await start({ addresses: ["127.0.0.0/8"] }))()).status).toBe(200);
    await harness[Symbol.asyncDispose]();
    expect((await (await start({ addresses: ["10.0.0.0/8", "::1"] }))()).status).toBe(403);
  });

  test("believes what a trusted proxy says of the address, and nobody else", async () => {
    const trusting = { config: { server: { trustedProxies: ["127.0.0.1", "10.9.0.0/16"] } } };
    const via = (call: Call, chain: string): Promise<number> =>
      call("/v1/messages", MESSAGE, { "x-forwarded-for": chain }).then(({ status }) => status);
    const call = await start({ addresses: ["203.0.113.7"] }, trusting);
    const chains = ["203.0.113.7", "203.0.113.7, 10.9.1.1", "203.0.113.7, 198.51.100.1", "198.51.100.1", "nonsense"];
    const statuses = [];
    for (const chain of chains) statuses.push(await via(call, chain));
    expect(statuses).toEqual([200, 200, 403, 403, 403]);
    await harness[Symbol.asyncDispose]();
    expect(await via(await start({ addresses: ["203.0.113.7"] }), "203.0.113.7")).toBe(403);
  });
});
