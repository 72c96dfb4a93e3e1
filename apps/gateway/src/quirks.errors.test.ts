import { contextLengthTurn, errorTurn, overloadedTurn, rateLimitTurn } from "@link-assistant/testkit";
import type { Turn } from "@link-assistant/testkit";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { startHarness } from "./testing/harness.ts";
import type { Harness, HarnessUpstream } from "./testing/harness.ts";

/*
 * Errors of an upstream of another dialect, as each client knows them: status, type and code, whether to ask again, and when.
 */

const HI = [{ role: "user", content: "Hello" }];
const CALLS = {
  messages: { path: "/v1/messages", body: { model: "claude-sonnet-5-5", max_tokens: 64, messages: HI } },
  chat: { path: "/v1/chat/completions", body: { model: "gpt-4o", messages: HI } },
  responses: { path: "/v1/responses", body: { model: "gpt-4o", input: HI } },
} as const;
type ClientApi = keyof typeof CALLS;

/** The pairs whose dialects differ. */
const PAIRS: readonly { readonly api: ClientApi; readonly upstream: HarnessUpstream }[] = [
  { api: "messages", upstream: "openai" },
  { api: "messages", upstream: "local" },
  { api: "chat", upstream: "anthropic" },
  { api: "responses", upstream: "anthropic" },
  { api: "responses", upstream: "local" },
];

type Told = readonly [status: number, type: string, code?: string | null];

/** What the upstream says; how Anthropic's clients hear it, and how OpenAI's do; whether they are told not to ask again. */
const ERRORS: readonly (readonly [name: string, turn: Turn, anthropic: Told, openai: Told, isFinal: boolean])[] = [
  [
    "an invalid request",
    errorTurn("invalid_request_error", "That is wrong."),
    [400, "invalid_request_error"],
    [400, "invalid_request_error", null],
    false,
  ],
  [
    "an empty account",
    errorTurn("billing_error", "No credit is left."),
    [402, "billing_error"],
    [429, "insufficient_quota", "insufficient_quota"],
    true,
  ],
  [
    "a refused credential, which is the gateway's own",
    errorTurn("authentication_error", "invalid key"),
    [502, "api_error"],
    [502, "server_error", "upstream_refused_credential"],
    true,
  ],
  [
    "a permission that is missing",
    errorTurn("permission_error", "Not for you."),
    [403, "permission_error"],
    [403, "invalid_request_error", "permission_denied"],
    false,
  ],
  [
    "something that is not there",
    errorTurn("not_found_error", "Nothing here."),
    [404, "not_found_error"],
    [404, "invalid_request_error", null],
    false,
  ],
  [
    "a request too large",
    errorTurn("request_too_large", "Too large."),
    [413, "request_too_large"],
    [413, "invalid_request_error", "request_too_large"],
    false,
  ],
  [
    "a rate limit",
    rateLimitTurn(7),
    [429, "rate_limit_error"],
    [429, "rate_limit_error", "rate_limit_exceeded"],
    false,
  ],
  ["an overload", overloadedTurn(), [529, "overloaded_error"], [503, "server_error", "server_is_overloaded"], false],
  ["a failure", errorTurn("api_error", "It failed."), [500, "api_error"], [500, "server_error", "server_error"], false],
  [
    "a time-out",
    errorTurn("timeout_error", "Too slow."),
    [504, "timeout_error"],
    [504, "server_error", "timeout"],
    false,
  ],
  [
    "a page of some machine in between",
    errorTurn("", "", {
      status: 502,
      body: "<html><title>Bad gateway</title></html>",
      headers: { "content-type": "text/html" },
    }),
    [502, "api_error"],
    [502, "server_error", "bad_gateway"],
    false,
  ],
];

describe.each(PAIRS)("$api at $upstream", ({ api, upstream }) => {
  let harness: Harness;
  let turn: Turn = overloadedTurn();
  beforeAll(async () => {
    harness = await startHarness({ upstream, script: () => turn });
  });
  beforeEach(() => harness.gateway.pool.reset("primary", Date.now()));
  afterAll(() => harness[Symbol.asyncDispose]());

  async function answerTo(next: Turn, stream: boolean): Promise<Response> {
    turn = next;
    const { path, body } = CALLS[api];
    const init = { method: "POST", headers: { "content-type": "application/json" } };
    return harness.fetch(path, { ...init, body: JSON.stringify({ ...body, stream }) });
  }

  test.each(ERRORS)("%s", async (_name, next, anthropic, openai, isFinal) => {
    const [status, type, code] = api === "messages" ? anthropic : openai;
    for (const stream of [false, true]) {
      harness.gateway.pool.reset("primary", Date.now());
      const response = await answerTo(next, stream);
      expect(response.status).toBe(status);
      expect(response.headers.get("content-type")).toContain("application/json");
      expect(response.headers.get("x-should-retry")).toBe(isFinal ? "false" : null);
      const body = await response.json();
      expect(body.error).toMatchObject({ type, message: expect.any(String), ...(code !== undefined && { code }) });
      expect(body.type).toBe(api === "messages" ? "error" : undefined);
      expect(JSON.stringify(body)).not.toContain("key-of-");
    }
  });

  test("a rate limit says in the client's words how long to wait, and what is left", async () => {
    const response = await answerTo(rateLimitTurn(7), false);
    expect(response.headers.get("retry-after")).toBe("7");
    const names = [...response.headers.keys()].filter((name) => name.includes("ratelimit"));
    const own = api === "messages" ? /^anthropic-ratelimit-/ : /^x-ratelimit-/;
    expect(names.filter((name) => !own.test(name))).toEqual([]);
  });
});

describe("a prompt that is too long", () => {
  test.each([
    [
      "messages",
      "local",
      contextLengthTurn("openai-chat", 130_000, 128_000),
      /^prompt is too long: 130000 tokens > 128000 maximum/,
    ],
    [
      "messages",
      "openai",
      contextLengthTurn("openai-responses"),
      /^prompt is too long \(Your input exceeds the context window/,
    ],
    [
      "chat",
      "anthropic",
      errorTurn("invalid_request_error", "prompt is too long: 208310 tokens > 200000 maximum"),
      /^This model's maximum context length is 200000 tokens\. However, your messages resulted in 208310 tokens/,
    ],
    [
      "responses",
      "anthropic",
      errorTurn("invalid_request_error", "input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000"),
      /^This model's maximum context length is 200000 tokens\. However, you requested 210000 tokens/,
    ],
  ] as const)("is told to a client of %s at %s in words that it acts on", async (api, upstream, next, says) => {
    await using harness = await startHarness({ upstream, script: () => next, accounts: ["a", "b"] });
    const { path, body } = CALLS[api];
    const init = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
    const response = await harness.fetch(path, init);
    expect(response.status).toBe(400);
    const { error } = await response.json();
    expect(error).toMatchObject({ type: "invalid_request_error", message: expect.stringMatching(says) });
    expect(error.code).toBe(api === "messages" ? undefined : "context_length_exceeded");
    // It is the caller's own: no other account is asked.
    expect(harness.simulator.requests).toHaveLength(1);
  });
});

test("an image that Anthropic cannot read is told in the words after which Codex leaves it out", async () => {
  const script = [
    errorTurn("invalid_request_error", "messages.0.content.1.image.source.base64.data: Could not process image"),
  ];
  await using harness = await startHarness({ script });
  const { path, body } = CALLS.responses;
  const init = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  const response = await harness.fetch(path, init);
  expect(response.status).toBe(400);
  expect((await response.json()).error).toMatchObject({
    code: "invalid_value",
    message: expect.stringMatching(
      /^The image data you provided does not represent a valid image\. .*Could not process/,
    ),
  });
});
