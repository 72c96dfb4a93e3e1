import { connect } from "node:net";

import { errorTurn, overloadedTurn, rateLimitTurn, textTurn, toolTurn } from "@link-assistant/testkit";
import type { Script, Turn } from "@link-assistant/testkit";
import { afterEach, describe, expect, test } from "vitest";

import { rawRequest } from "./testing/answers.ts";
import { MESSAGE, post, startHarness } from "./testing/harness.ts";
import type { Harness, HarnessOptions } from "./testing/harness.ts";
import { until } from "./testing/until.ts";

let harness: Harness;
afterEach(() => harness[Symbol.asyncDispose]());

async function start(script: Script, options: HarnessOptions = {}): Promise<Harness> {
  harness = await startHarness({ script, ...options });
  return harness;
}

/** A script with a turn for each account, by its key. */
function byAccount(turns: Readonly<Record<string, Turn>>): Script {
  return ({ credential }) => turns[(credential ?? "").replace("key-of-", "")] ?? errorTurn("api_error", "no such key");
}

const STREAM = { ...MESSAGE, stream: true };
const ERROR_FRAME =
  /event: error\ndata: \{"type":"error","error":\{"type":"\w+","message":"[^"]+"\},"request_id":"req_[^"]+"\}\n\n$/;

describe("what goes up", () => {
  test("the body goes up byte for byte, with its query and the headers of its dialect", async () => {
    await start([textTurn("Hi")]);
    const body = `{ "model":"claude-sonnet-5-5",\n"max_tokens":  16, "messages":[{"role":"user","content":"caf\\u00e9 ☕"}] }`;
    await post(harness, body, {
      "anthropic-version": "2026-10-21",
      "anthropic-beta": "a-2026-01-01, b-2026-02-02",
      "anthropic-something-new": "yes",
      "x-stainless-lang": "js",
      "x-claude-code-session-id": "s1",
      "user-agent": "test/1",
    });
    const [request] = harness.simulator.requests;
    expect(request?.rawBody.toString()).toBe(body);
    expect(request?.headers).toMatchObject({
      "anthropic-version": "2026-10-21",
      "anthropic-beta": "a-2026-01-01, b-2026-02-02",
      "anthropic-something-new": "yes",
      "x-stainless-lang": "js",
      "x-claude-code-session-id": "s1",
      "user-agent": "test/1",
      "accept-encoding": "identity",
      "x-api-key": "key-of-primary",
    });
  });

  test("neither the router token nor cookies nor this hop's headers go up", async () => {
    await start([textTurn("Hi")]);
    await harness.fetch("/v1/messages?beta=true", {
      method: "POST",
      headers: {
        "x-api-key": harness.token,
        authorization: `Bearer ${harness.token}`,
        cookie: "session=1",
        te: "trailers",
        "proxy-authorization": "Basic x",
        "x-forwarded-for": "10.0.0.1",
        "x-user-email": "alice@example.org",
        "anthropic-version": "2023-06-01",
        "content-type": "application/json",
      },
      body: JSON.stringify(MESSAGE),
    });
    const [request] = harness.simulator.requests;
    expect(request?.path).toBe("/v1/messages?beta=true");
    expect(Object.keys(request?.headers ?? {}).toSorted()).toEqual([
      "accept",
      "accept-encoding",
      "anthropic-version",
      "connection",
      "content-length",
      "content-type",
      "host",
      "user-agent",
      "x-api-key",
    ]);
    expect(harness.simulator.leaks).toEqual([]);
  });

  test("a header that `connection` names stays here", async () => {
    await start([textTurn("Hi")]);
    const body = JSON.stringify(MESSAGE);
    const answer = await rawRequest(
      harness.url,
      `POST /v1/messages HTTP/1.1\r\nhost: x\r\nx-api-key: ${harness.token}\r\ncontent-type: application/json\r\n` +
        `anthropic-hop: 1\r\nconnection: close, anthropic-hop\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    expect(answer).toMatch(/^HTTP\/1.1 200 /);
    expect(harness.simulator.requests[0]?.headers).not.toHaveProperty("anthropic-hop");
  });

  test("the legacy prefix is stripped, a call without a version gets one", async () => {
    await start([textTurn("Hi")]);
    const response = await harness.fetch("/api/latest/anthropic/v1/messages", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(MESSAGE),
    });
    expect(response.status).toBe(200);
    expect(harness.simulator.requests[0]).toMatchObject({
      path: "/v1/messages",
      headers: { "anthropic-version": "2023-06-01" },
    });
  });
});

describe("what comes down", () => {
  test("an answer keeps the upstream's id and rate limits, and gets the exchange's own id", async () => {
    await start([textTurn("Hi")]);
    const response = await post(harness, MESSAGE);
    expect(response.headers.get("request-id")).toBe(harness.simulator.requests[0]?.id);
    expect(response.headers.get("x-request-id")).toBe((await harness.ledger(1))[0]?.id);
    expect(response.headers.has("anthropic-ratelimit-requests-remaining")).toBe(true);
    expect(response.headers.has("content-encoding")).toBe(false);
  });

  test("a stream's headers and each of its events come as soon as the upstream sends them", async () => {
    await start([{ blocks: [{ type: "text", text: "Hello" }], cut: { by: "stall", afterEvents: 2 } }]);
    const abort = new AbortController();
    const response = await harness.fetch("/v1/messages", {
      method: "POST",
      headers: { "content-type": "application/json", "anthropic-version": "2023-06-01" },
      body: JSON.stringify(STREAM),
      signal: abort.signal,
    });
    let text = "";
    // Nothing more comes after the second event, so this would wait for ever if anything were held back.
    for await (const chunk of response.body ?? []) {
      text += Buffer.from(chunk).toString();
      if (text.includes("content_block_start")) break;
    }
    abort.abort();
    await harness.simulator.idle();
    expect(harness.simulator.aborted).toBe(1);
  });

  test("an error comes down byte for byte, with what clients act on", async () => {
    await start([rateLimitTurn(7)]);
    const response = await post(harness, MESSAGE);
    expect(response.status).toBe(429);
    expect(response.headers.get("retry-after")).toBe("7");
    expect(await response.json()).toMatchObject({ type: "error", error: { type: "rate_limit_error" } });
    expect((await harness.ledger(1))[0]).toMatchObject({ status: 429, end: "complete", attempts: 1 });
  });

  test("usage and model are written down", async () => {
    await start([toolTurn("lookup", { q: "x" }, { usage: { input: 3, cacheRead: 40, cacheWrite5m: 5, output: 9 } })]);
    await (await post(harness, { ...STREAM, tools: [{ name: "lookup", input_schema: { type: "object" } }] })).text();
    const [row] = await harness.ledger(1);
    expect(row).toMatchObject({
      requestedModel: "claude-sonnet-5-5",
      tokenId: harness.tokenRecord.id,
      stream: true,
      end: "complete",
    });
    expect(row?.usage).toMatchObject({ input: 3, cacheRead: 40, cacheWrite5m: 5, output: 9 });
    expect(row?.usage).toMatchObject(harness.simulator.billed[0]?.usage ?? { none: "billed" });
  });
});

describe("when an attempt fails", () => {
  test.each([
    ["a rate limit", rateLimitTurn(30)],
    ["an overload", overloadedTurn()],
    ["a server error", errorTurn("api_error", "oops")],
    ["a refused credential", errorTurn("authentication_error", "invalid x-api-key")],
    ["an account without permission", errorTurn("permission_error", "not for you")],
    ["an empty account", errorTurn("invalid_request_error", "Your credit balance is too low to access the API.")],
    ["a dropped connection", { silent: "drop" } as const],
  ])("%s goes to the next account, and the client does not notice", async (_name, turn) => {
    await start(byAccount({ a: turn, b: textTurn("from b") }), { accounts: ["a", "b"] });
    const response = await post(harness, STREAM);
    expect(response.status).toBe(200);
    expect(await response.text()).toContain("message_stop");
    expect((await harness.ledger(1))[0]).toMatchObject({ account: "b", attempts: 2, status: 200, end: "complete" });
    expect(harness.gateway.metrics.usageSnapshot()).toMatchObject({
      requests_total: 1,
      errors_total: 0,
      account_calls: { a: 1, b: 1 },
    });
  });

  test.each([
    ["an invalid request", errorTurn("invalid_request_error", "messages: Field required")],
    ["an unknown model", errorTurn("not_found_error", "model: nope")],
    ["a request too large", errorTurn("request_too_large", "too large")],
  ])("%s is the caller's own: no other account, no rest", async (_name, turn) => {
    await start(byAccount({ a: turn, b: textTurn("from b") }), { accounts: ["a", "b"] });
    expect((await post(harness, MESSAGE)).status).toBe("error" in turn ? turn.error.status : 0);
    expect(harness.simulator.requests).toHaveLength(1);
    expect(harness.gateway.pool.readyInMs(harness.gateway.now(), { only: "a" })).toBe(0);
  });

  test("no failure of a count of tokens rests an account", async () => {
    await start([], { credentials: ["another key"] });
    const response = await harness.fetch("/v1/messages/count_tokens", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: "claude-sonnet-5-5", messages: [{ role: "user", content: "Hello" }] }),
    });
    expect(response.status).toBe(502);
    expect(harness.gateway.pool.readyInMs(harness.gateway.now())).toBe(0);
    expect((await post(harness, MESSAGE)).status).toBe(502);
    expect(harness.gateway.pool.readyInMs(harness.gateway.now())).toBeGreaterThan(0);
  });

  test("while every account rests, 503 with the time to wait; afterwards on", async () => {
    await start([rateLimitTurn(30), textTurn("Hi")]);
    expect((await post(harness, MESSAGE)).status).toBe(429);
    const refused = await post(harness, MESSAGE);
    expect(refused.status).toBe(503);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(25);
    expect(refused.headers.has("x-should-retry")).toBe(false);
    harness.gateway.pool.reset("primary", Date.now());
    expect((await post(harness, MESSAGE)).status).toBe(200);
  });

  test("a rest is never longer than the operator allows", async () => {
    await start([rateLimitTurn(86_400)], { config: { routing: { cooldownMaxMs: 2000 } } });
    await post(harness, MESSAGE);
    expect(harness.gateway.pool.readyInMs(harness.gateway.now())).toBeLessThanOrEqual(2000);
  });

  test("the gateway's own credential refused is no 401 for the client", async () => {
    await start([errorTurn("authentication_error", "invalid x-api-key")]);
    const response = await post(harness, MESSAGE);
    expect(response.status).toBe(502);
    expect(response.headers.get("x-should-retry")).toBe("false");
    expect(await response.json()).toMatchObject({ type: "error", error: { type: "api_error" } });
  });

  test("an upstream that nobody answers for is a 502", async () => {
    await start([textTurn("Hi")], { config: { upstreams: { anthropic: { baseUrl: "http://127.0.0.1:1" } } } });
    const response = await post(harness, MESSAGE);
    expect(response.status).toBe(502);
    expect((await harness.ledger(1))[0]).toMatchObject({ status: 502, end: "fault", bytesSent: 0 });
  });

  test("an upstream that says nothing is a 504", async () => {
    await start([{ silent: "stall" }], { upstreamConfig: { firstByteTimeoutMs: 300 } });
    const response = await post(harness, MESSAGE);
    expect(response.status).toBe(504);
    expect(await response.json()).toMatchObject({ error: { type: "timeout_error" } });
  });

  test("a redirect is never followed and never passed on", async () => {
    await start([
      { error: { status: 302, type: "x", message: "x", headers: { location: "http://elsewhere.example" } } },
    ]);
    const response = await post(harness, MESSAGE);
    expect(response.status).toBe(502);
    expect(response.headers.has("location")).toBe(false);
  });

  test("a token bound to an account uses that one only", async () => {
    await start(byAccount({ a: textTurn("a"), b: errorTurn("rate_limit_error", "slow down") }), {
      accounts: ["a", "b"],
    });
    await harness.gateway.tokens.change(harness.tokenRecord.id, { account: "b" });
    expect((await post(harness, MESSAGE)).status).toBe(429);
    expect((await post(harness, MESSAGE)).status).toBe(503);
    await harness.gateway.tokens.change(harness.tokenRecord.id, { account: "gone" });
    expect(await (await post(harness, MESSAGE)).text()).toContain("is not configured");
    expect(harness.simulator.requests).toHaveLength(1);
  });
});

describe("how a stream ends", () => {
  const cutAt = (cut: NonNullable<Extract<Turn, { blocks: unknown }>["cut"]>): Turn => ({
    blocks: [{ type: "text", text: "Hello" }],
    cut,
  });

  test("an error event passes, and counts as an error", async () => {
    await start([cutAt({ by: "error", afterEvents: 4, error: { type: "overloaded_error", message: "Overloaded" } })]);
    const response = await post(harness, STREAM);
    expect(await response.text()).toMatch(/event: error\ndata: .*Overloaded.*\n\n$/);
    expect((await harness.ledger(1))[0]).toMatchObject({ status: 200, end: "upstream_error" });
    expect(harness.gateway.metrics.usageSnapshot()).toMatchObject({
      requests_total: 1,
      errors_total: 1,
      status_counts: { "200": 1 },
    });
  });

  test.each([
    ["dropped between two events", { by: "drop", afterEvents: 4 }],
    ["ended without its last event", { by: "end" }],
  ] as const)("a stream that is %s ends with an error event", async (_name, cut) => {
    await start([cutAt(cut)]);
    expect(await (await post(harness, STREAM)).text()).toMatch(ERROR_FRAME);
    const [row] = await harness.ledger(1);
    expect(row).toMatchObject({ status: 200, end: "upstream_error" });
    expect(row?.usage.input).toBeGreaterThan(0);
    expect(harness.gateway.metrics.usageSnapshot().errors_total).toBe(1);
  });

  test("a stream dropped inside an event is cut for the client too", async () => {
    await start([cutAt({ by: "drop", afterEvents: 4, extraBytes: 20 })]);
    await expect((await post(harness, STREAM)).text()).rejects.toThrow("terminated");
    expect((await harness.ledger(1))[0]).toMatchObject({ status: 200, end: "upstream_error" });
  });

  test("a buffered answer that breaks off before anything of it went out is a 502, or another account's", async () => {
    await start([cutAt({ by: "drop", afterEvents: 4 })]);
    const response = await post(harness, MESSAGE);
    expect(response.status).toBe(502);
    expect(await response.json()).toMatchObject({ type: "error", error: { type: "api_error" } });
    expect((await harness.ledger(1))[0]).toMatchObject({ status: 502, end: "fault" });
    await harness[Symbol.asyncDispose]();

    await start([cutAt({ by: "drop", afterEvents: 4 }), textTurn("Hello")], { accounts: ["a", "b"] });
    expect((await post(harness, MESSAGE)).status).toBe(200);
    expect((await harness.ledger(1))[0]).toMatchObject({ status: 200, end: "complete", attempts: 2 });
  });

  test("a stream that falls silent ends with an error event", async () => {
    await start([cutAt({ by: "stall", afterEvents: 4 })], { upstreamConfig: { idleTimeoutMs: 300 } });
    expect(await (await post(harness, STREAM)).text()).toMatch(ERROR_FRAME);
    expect((await harness.ledger(1))[0]).toMatchObject({ status: 200, end: "idle_timeout" });
  });

  test("a client that leaves ends the call upstream at once; the exchange ends once, with what was seen", async () => {
    await start([cutAt({ by: "stall", afterEvents: 4 })]);
    const abort = new AbortController();
    const response = await fetch(`${harness.url}/v1/messages`, {
      method: "POST",
      headers: { "x-api-key": harness.token, "content-type": "application/json" },
      body: JSON.stringify(STREAM),
      signal: abort.signal,
    });
    expect(response.status).toBe(200);
    abort.abort();
    const [row] = await harness.ledger(1);
    expect(row).toMatchObject({ status: 200, end: "client_abort" });
    expect(row?.usage.input).toBe(harness.simulator.billed[0]?.usage.input);
    await harness.simulator.idle();
    expect(harness.simulator.aborted).toBe(1);
    expect(harness.gateway.metrics.usageSnapshot()).toMatchObject({ requests_total: 1, errors_total: 0 });
  });

  test("a client that leaves before it was answered is written down as such", async () => {
    await start([{ silent: "stall" }], { accounts: ["a", "b"] });
    const abort = new AbortController();
    const refused = fetch(`${harness.url}/v1/messages`, {
      method: "POST",
      headers: { "x-api-key": harness.token, "content-type": "application/json" },
      body: JSON.stringify(MESSAGE),
      signal: abort.signal,
    });
    await until(() => harness.simulator.open === 1);
    abort.abort();
    await expect(refused).rejects.toThrow("aborted");
    expect((await harness.ledger(1))[0]).toMatchObject({ status: 499, end: "client_abort", attempts: 1 });
    await harness.simulator.idle();
    expect(harness.gateway.pool.view(Date.now()).map(({ inFlight, state }) => [inFlight, state.kind])).toEqual([
      [0, "ready"],
      [0, "ready"],
    ]);
  });

  test("a client that stops reading is not waited for without end", async () => {
    const long = "x".repeat(32 * 1024 * 1024);
    await start([{ blocks: [{ type: "text", text: long }], pace: { pieceChars: 1_000_000 } }], {
      config: { server: { stalledClientTimeoutMs: 300 } },
    });
    const body = JSON.stringify(STREAM);
    const socket = connect(Number(new URL(harness.url).port), "127.0.0.1");
    socket.write(
      `POST /v1/messages HTTP/1.1\r\nhost: x\r\nx-api-key: ${harness.token}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    socket.pause();
    socket.on("error", () => {});
    const [row] = await harness.ledger(1);
    socket.destroy();
    expect(row).toMatchObject({ end: "client_abort", status: 200 });
    expect(row?.bytesReceived).toBeLessThan(long.length);
  });
});
