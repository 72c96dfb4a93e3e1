import { errorTurn, rateLimitTurn, startSimulator, textTurn } from "@link-assistant/testkit";
import type { Turn } from "@link-assistant/testkit";
import { afterEach, describe, expect, onTestFinished, test } from "vitest";

import { MESSAGE, post, startHarness } from "./testing/harness.ts";
import type { Harness, HarnessOptions } from "./testing/harness.ts";
import { temporaryDirectory } from "./testing/temporary-directory.ts";

let harness: Harness;
afterEach(() => harness[Symbol.asyncDispose]());

/** A simulator that answers each account in its own way. */
async function start(turns: Readonly<Record<string, () => Turn>>, options: HarnessOptions = {}): Promise<void> {
  harness = await startHarness({
    accounts: Object.keys(turns),
    script: ({ headers }) =>
      turns[String(headers["x-api-key"]).replace("key-of-", "")]?.() ?? errorTurn("api_error", "?"),
    ...options,
  });
}

const hello = (): Turn => textTurn("Hello");
const session = (id: string): Record<string, string> => ({ "x-claude-code-session-id": id });

function accountsCalled(): string[] {
  return harness.simulator.requests.map(({ headers }) => String(headers["x-api-key"]).replace("key-of-", ""));
}

describe("a session", () => {
  test("stays at one account, and sessions are spread over all", async () => {
    await start({ a: hello, b: hello, c: hello });
    const byId = new Map<string, Set<string>>();
    for (const id of Array.from({ length: 24 }, (_, index) => `session-${index % 12}`)) {
      await post(harness, MESSAGE, session(id));
      byId.set(id, (byId.get(id) ?? new Set()).add(accountsCalled().at(-1) ?? ""));
    }
    expect([...byId.values()].map(({ size }) => size)).toEqual(Array.from({ length: 12 }, () => 1));
    expect(new Set(accountsCalled()).size).toBe(3);
  });

  test("is known by the beginning of its conversation where its client names none", async () => {
    await start({ a: hello, b: hello, c: hello, d: hello });
    const calledFor = async (first: string, ...later: string[]): Promise<string | undefined> => {
      const texts = [first, ...later];
      const messages = texts.map((content, index) => ({ role: index % 2 === 0 ? "user" : "assistant", content }));
      await post(harness, { ...MESSAGE, messages });
      return accountsCalled().at(-1);
    };
    for (const first of ["one", "two", "three", "four", "five"]) {
      const account = await calledFor(first);
      expect(await calledFor(first, "Hello", "go on")).toBe(account);
    }
    expect(new Set(accountsCalled()).size).toBeGreaterThan(1);
  });

  test("goes elsewhere when its account fails, and stays there", async () => {
    let failing = "";
    const unless = (name: string) => (): Turn => (name === failing ? rateLimitTurn(1) : textTurn(name));
    await start({ a: unless("a"), b: unless("b") });
    await post(harness, MESSAGE, session("s"));
    failing = accountsCalled()[0] ?? "";
    expect((await post(harness, MESSAGE, session("s"))).status).toBe(200);
    const refuge = accountsCalled().at(-1);
    expect(refuge).not.toBe(failing);
    failing = "";
    harness.gateway.pool.reset(accountsCalled()[0] ?? "", Date.now());
    await post(harness, MESSAGE, session("s"));
    expect(accountsCalled().at(-1)).toBe(refuge);
  });
});

describe("the way that an exchange went", () => {
  test("is in its ledger row and, on demand, in its headers", async () => {
    await start(
      { a: () => rateLimitTurn(30), b: () => errorTurn("overloaded_error", "busy"), c: hello },
      { config: { routing: { strategy: "priority" } } },
    );
    const { token } = await harness.gateway.tokens.issue({ scopes: ["inference", "observe"] });
    const response = await post(harness, MESSAGE, { authorization: `Bearer ${token}`, "x-router-debug": "1" });
    expect(response.headers.get("x-router-attempts")).toBe("3");
    expect(response.headers.get("x-router-trace")).toMatch(
      /^anthropic\/a rate_limit 429 \d+ms, anthropic\/b overloaded 529 \d+ms, anthropic\/c served 200 \d+ms$/,
    );
    const model = "claude-sonnet-5-5";
    const [entry] = await harness.ledger(1);
    expect(entry?.trace).toMatchObject([
      { account: "a", upstream: "anthropic", model, outcome: "rate_limit", status: 429 },
      { account: "b", upstream: "anthropic", model, outcome: "overloaded", status: 529 },
      { account: "c", upstream: "anthropic", model, outcome: "served", status: 200 },
    ]);
    expect(entry).toMatchObject({ account: "c", upstream: "anthropic", attempts: 3 });
  });
});

describe("a rate limit of one model", () => {
  test("does not keep the account's other models away", async () => {
    let limited = true;
    await start({ a: () => (limited ? rateLimitTurn(30) : textTurn("Hello")) });
    expect((await post(harness, MESSAGE)).status).toBe(429);
    limited = false;
    expect((await post(harness, MESSAGE)).status).toBe(503);
    expect((await post(harness, { ...MESSAGE, model: "claude-haiku-4-5" })).status).toBe(200);
  });
});

describe("a credential that is refused", () => {
  test("is read again at once, and the call goes on with the new one", async () => {
    using directory = temporaryDirectory();
    const file = directory.write("key", "old-key");
    await start(
      {},
      {
        accounts: [],
        credentials: ["new-key"],
        script: hello,
        config: { accounts: [{ name: "a", kind: "api-key", key: { file } }] },
      },
    );
    directory.write("key", "new-key");
    expect((await post(harness, MESSAGE)).status).toBe(200);
    const [entry] = await harness.ledger(1);
    expect(entry?.trace).toMatchObject([
      { account: "a", outcome: "authentication", status: 401 },
      { account: "a", outcome: "served", status: 200 },
    ]);
    expect(harness.gateway.pool.view(Date.now())[0]?.state.kind).toBe("ready");
  });

  test("breaks the account when it is the same, and the next account answers", async () => {
    await start(
      { a: () => errorTurn("authentication_error", "invalid x-api-key"), b: hello },
      { config: { routing: { strategy: "priority" } } },
    );
    expect((await post(harness, MESSAGE)).status).toBe(200);
    expect(accountsCalled()).toEqual(["a", "b"]);
    expect(harness.gateway.pool.view(Date.now())[0]).toMatchObject({
      state: { kind: "broken", reason: "authentication" },
      lastFailure: { kind: "authentication" },
    });
    await post(harness, MESSAGE);
    expect(accountsCalled()).toEqual(["a", "b", "b"]);
  });
});

describe("upstreams in an order", () => {
  const TOO_LONG = errorTurn("invalid_request_error", "prompt is too long: 9 tokens > 8 maximum");

  test.each([
    ["are tried after the failures that the rule names", ["context_too_long"], 200],
    ["and after no other", ["rate_limit"], 400],
    ["by default, not after what the caller has done wrong", undefined, 400],
  ])("%s", async (_name, fallbackOn, status) => {
    const second = await startSimulator({ script: hello });
    onTestFinished(() => second.close());
    await start(
      { a: () => TOO_LONG },
      {
        config: {
          accounts: [
            { name: "a", kind: "api-key", key: "key-of-a" },
            { name: "b", upstream: "second", kind: "api-key", key: "key-of-b" },
          ],
          routes: [{ model: "claude*", to: [{ upstream: "anthropic" }, { upstream: "second" }], fallbackOn }],
        },
        upstreamConfig: { services: { second: { kind: "anthropic", baseUrl: second.url } } },
      },
    );
    expect((await post(harness, MESSAGE)).status).toBe(status);
  });
});
