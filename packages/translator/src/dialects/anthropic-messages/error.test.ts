import { describe, expect, test } from "vitest";

import type { JsonObject } from "../../json.ts";
import type { ErrorKind } from "../../neutral/error.ts";
import { decodeError, encodeError, readError } from "./error.ts";

test.each([
  [
    { type: "error", error: { type: "api_error", message: "no" }, request_id: "r" },
    { type: "api_error", message: "no" },
  ],
  [
    { error: { type: "not_found_error", message: "no", details: { error_code: "thread_not_found" } } },
    { type: "not_found_error", code: "thread_not_found", message: "no" },
  ],
  [{ error: { message: "no", details: "more" } }, { message: "no" }],
  [{ error: "no" }, { message: "no" }],
  [{ error: { type: 7, message: "" } }, {}],
  [{ error: null }, {}],
  [{ detail: "no" }, {}],
  [null, {}],
])("%j says %j", (body, error) => {
  expect(readError(body)).toEqual(error);
});

describe("the kind of an error", () => {
  test.each<[number, string, string, ErrorKind]>([
    [400, "invalid_request_error", "messages: too few", "bad_request"],
    [400, "invalid_request_error", "prompt is too long: 5 tokens > 4 maximum", "context_length"],
    [400, "invalid_request_error", "input length and `max_tokens` exceed context limit: 1 + 2 > 2", "context_length"],
    [400, "invalid_request_error", "Your credit balance is too low to access the API.", "billing"],
    [400, "invalid_request_error", "Output blocked by content filtering policy", "content_policy"],
    [401, "authentication_error", "invalid x-api-key", "authentication"],
    [402, "billing_error", "no", "billing"],
    [403, "permission_error", "no", "permission"],
    [404, "not_found_error", "model: claude-9", "model_not_found"],
    [404, "not_found_error", "file", "not_found"],
    [409, "conflict_error", "no", "conflict"],
    [413, "request_too_large", "no", "too_large"],
    [429, "rate_limit_error", "no", "rate_limit"],
    [500, "api_error", "Internal server error", "server"],
    [504, "timeout_error", "no", "timeout"],
    [529, "overloaded_error", "Overloaded", "overloaded"],
    // The type goes first.
    [500, "overloaded_error", "Overloaded", "overloaded"],
    [418, "teapot_error", "no", "bad_request"],
  ])("%d %s %s", (status, type, message, kind) => {
    expect(decodeError(status, { type: "error", error: { type, message }, request_id: "req_1" }, "")).toEqual({
      kind,
      message,
      requestId: "req_1",
    });
  });

  test.each<[JsonObject | undefined, string, JsonObject]>([
    [{ error: { message: "no", code: "insufficient_quota" } }, "", { kind: "billing", message: "no" }],
    [{ message: "no" }, "", { kind: "bad_gateway", message: "no" }],
    [{ detail: "no" }, "", { kind: "bad_gateway", message: "no" }],
    [{}, "", { kind: "bad_gateway", message: "The upstream answered with status 502." }],
    [undefined, "busy", { kind: "bad_gateway", message: "busy" }],
    [
      { error: { type: "not_found_error", message: "no", details: { error_code: "thread_not_found" } } },
      "",
      { kind: "bad_gateway", code: "thread_not_found" },
    ],
  ])("%j in another form", (body, text, error) => {
    expect(decodeError(502, body, text)).toMatchObject(error);
  });
});

describe("an error for a client", () => {
  test("has its status, type and ids", () => {
    expect(encodeError({ kind: "rate_limit", message: "Slow down.", requestId: "req_1" })).toEqual({
      status: 429,
      body: { type: "error", error: { type: "rate_limit_error", message: "Slow down." }, request_id: "req_1" },
    });
  });

  test("about threads tells the SDK to do without", () => {
    expect(encodeError({ kind: "bad_request", message: "No.", param: "thread" }).body.error).toEqual({
      type: "invalid_request_error",
      message: "No.",
      details: { error_code: "thread_unsupported_request" },
    });
  });

  test.each([
    [
      "This model's maximum context length is 128000 tokens. However, your messages resulted in 150000 tokens. Please reduce the length of the messages.",
      "prompt is too long: 150000 tokens > 128000 maximum",
    ],
    [
      "This model's maximum context length is 8192 tokens, however you requested 10000 tokens (9000 in your prompt; 1000 for the completion).",
      "prompt is too long: 10000 tokens > 8192 maximum",
    ],
    [
      "This model's maximum context length is 8192 tokens. However, you requested 9192 tokens (8000 in the messages, 1192 in the completion).",
      "input length and `max_tokens` exceed context limit: 8000 + 1192 > 8192, decrease",
    ],
    [
      "request (4019 tokens) exceeds the available context size (2048 tokens), try increasing it",
      "prompt is too long: 4019 tokens > 2048 maximum (request",
    ],
    ["Your input exceeds the context window of this model.", "prompt is too long ("],
    ["prompt is too long: 5 tokens > 4 maximum", "prompt is too long: 5 tokens > 4 maximum"],
  ])("about a long conversation is in words that clients know: %s", (message, begins) => {
    const { status, body } = encodeError({ kind: "context_length", message });
    const said = String(Object(body.error).message);
    expect(status).toBe(400);
    expect(said.startsWith(begins)).toBe(true);
    expect(said).toContain(message);
  });
});
