import { expect, test } from "vitest";

import { decodeError, encodeError, isError, readError } from "./error.ts";

test.each([
  [
    { error: { message: "no", type: "invalid_request_error", param: null, code: "model_not_found" } },
    { type: "invalid_request_error", code: "model_not_found", message: "no" },
  ],
  [{ error: { message: "no", type: "server_error", code: null } }, { type: "server_error", message: "no" }],
  [{ error: { code: 400, message: "no", type: "t" } }, { type: "t", code: "400", message: "no" }],
  [
    { error: { code: "content_filter", message: "no", innererror: { code: "x" } } },
    { code: "content_filter", message: "no" },
  ],
  [
    { type: "error", error: { type: "api_error", message: "no" } },
    { type: "api_error", message: "no" },
  ],
  [
    { object: "error", message: "no", type: "invalid_model", param: null, code: "1500" },
    { type: "invalid_model", code: "1500", message: "no" },
  ],
  [
    { object: "error", message: { detail: [{ type: "missing", msg: "Field required" }] } },
    { message: "Field required" },
  ],
  [{ detail: [{ type: "missing", loc: ["body"], msg: "Field required" }] }, { message: "Field required" }],
  [{ detail: "Unauthorized" }, { message: "Unauthorized" }],
  [{ message: "no" }, { message: "no" }],
  [{ statusCode: 401, message: "no" }, { message: "no" }],
  [{ error: "no" }, { message: "no" }],
  [{ error: 503 }, { code: "503" }],
  [{ type: "error", message: "no" }, { message: "no" }],
  [{ error: { type: 7, message: "" } }, {}],
  [{ detail: [] }, {}],
  [{ error: [] }, {}],
  [{}, {}],
])("%j says %j", (body, error) => {
  expect(readError(body)).toEqual(error);
});

test.each([
  [{ error: {} }, true],
  [{ error: "no" }, true],
  [{ error: 500 }, true],
  [{ object: "error", message: "no" }, true],
  [{ error: null }, false],
  [{ error: "" }, false],
  [{ object: "chat.completion.chunk" }, false],
])("%j is an error: %j", (body, error) => {
  expect(isError(body)).toBe(error);
});

test.each([
  [
    401,
    { error: { message: "no", type: "invalid_request_error", code: "invalid_api_key" } },
    { kind: "authentication", message: "no", code: "invalid_api_key" },
  ],
  [502, { error: { message: "no", code: 429 } }, { kind: "bad_gateway", message: "no", code: "429" }],
  [
    400,
    {
      error: {
        message: "Provider returned error",
        code: 400,
        metadata: { raw: '{"error":{"message":"prompt is too long"}}' },
      },
    },
    { kind: "context_length", message: "Provider returned error: prompt is too long", code: "400" },
  ],
  [
    500,
    { error: { message: "Provider returned error", metadata: { raw: "busy" } } },
    { kind: "server", message: "Provider returned error: busy" },
  ],
  [
    529,
    { type: "error", error: { type: "overloaded_error", message: "busy" }, request_id: "r" },
    { kind: "overloaded", message: "busy", requestId: "r" },
  ],
  [503, {}, { kind: "unavailable", message: "The upstream answered with status 503." }],
  [422, { detail: [{ msg: "Field required" }] }, { kind: "unprocessable", message: "Field required" }],
])("a body with status %d: %j", (status, body, error) => {
  expect(decodeError(status, body, JSON.stringify(body))).toEqual(error);
});

test.each([
  [
    502,
    "<html><head><title>Bad gateway</title></head></html>",
    "bad_gateway",
    "The upstream answered with status 502: Bad gateway",
  ],
  [504, "<html>", "timeout", "The upstream answered with status 504."],
  [429, "slow down", "rate_limit", "slow down"],
  [500, "", "server", "The upstream answered with status 500."],
])("no body with status %d: %j", (status, text, kind, message) => {
  expect(decodeError(status, undefined, text)).toEqual({ kind, message });
});

test("a prompt that is too long is at fault in the messages", () => {
  expect(encodeError({ kind: "context_length", message: "prompt is too long: 7 tokens > 5 maximum" })).toEqual({
    status: 400,
    body: {
      error: {
        message:
          "This model's maximum context length is 5 tokens. However, your messages resulted in 7 tokens. Please reduce the length of the messages.",
        type: "invalid_request_error",
        param: "messages",
        code: "context_length_exceeded",
      },
    },
  });
});
