import { expect, test } from "vitest";

import { decodeError, encodeError, isError, readError } from "./error.ts";

test.each([
  [
    { error: { message: "no", type: "invalid_request_error", param: null, code: "model_not_found" } },
    { type: "invalid_request_error", code: "model_not_found", message: "no" },
  ],
  [{ error: { message: "no", type: "server_error", code: null } }, { type: "server_error", message: "no" }],
  [
    { type: "error", code: "server_error", message: "no", param: null },
    { code: "server_error", message: "no" },
  ],
  [
    { type: "error", error: { type: "api_error", message: "no" } },
    { type: "api_error", message: "no" },
  ],
  [
    { status: "failed", error: { code: "server_error", message: "no" } },
    { code: "server_error", message: "no" },
  ],
  [{ error: { code: 502, message: "no" } }, { code: "502", message: "no" }],
  [
    { object: "error", type: "BadRequestError", message: "no" },
    { type: "BadRequestError", message: "no" },
  ],
  [{ error: "no" }, { message: "no" }],
  [{ message: "no" }, { message: "no" }],
  [{ detail: "no" }, { message: "no" }],
  [{ detail: [{ msg: "no" }] }, {}],
  [{ error: [] }, {}],
  [{}, {}],
])("%j says %j", (body, error) => {
  expect(readError(body)).toEqual(error);
});

test.each([
  [{ status: "failed", error: null }, true],
  [{ status: "completed", error: { code: "server_error" } }, true],
  [{ error: "no" }, true],
  [{ status: "completed", error: null }, false],
  [{ status: "incomplete" }, false],
  [{ error: "" }, false],
])("%j is an error: %j", (body, error) => {
  expect(isError(body)).toBe(error);
});

test.each([
  [
    400,
    { error: { message: "no", type: "invalid_request_error", code: null } },
    { kind: "bad_request", message: "no" },
  ],
  [
    400,
    { error: { message: "too long", code: "context_length_exceeded" } },
    { kind: "context_length", message: "too long", code: "context_length_exceeded" },
  ],
  [
    429,
    { error: { message: "pay", code: "insufficient_quota" } },
    { kind: "billing", message: "pay", code: "insufficient_quota" },
  ],
  [401, { detail: "Unauthorized" }, { kind: "authentication", message: "Unauthorized" }],
  [503, {}, { kind: "unavailable", message: "The upstream broke the answer off with an error." }],
])("status %d with %j is %j", (status, body, error) => {
  expect(decodeError(status, body, JSON.stringify(body))).toEqual(error);
});

test("a body that is no JSON is read as text", () => {
  expect(decodeError(401, undefined, "Unauthorized\n")).toEqual({ kind: "authentication", message: "Unauthorized" });
  expect(decodeError(502, undefined, "")).toEqual({
    kind: "bad_gateway",
    message: "The upstream answered with status 502.",
  });
});

test("an error for a client names the field of this API", () => {
  expect(encodeError({ kind: "context_length", message: "prompt is too long: 9 tokens > 8 maximum" })).toMatchObject({
    status: 400,
    body: {
      error: { code: "context_length_exceeded", param: "input", message: expect.stringContaining("your input") },
    },
  });
});
