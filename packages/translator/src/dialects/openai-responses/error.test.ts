import { expect, test } from "vitest";

import { isError, readError } from "./error.ts";

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
