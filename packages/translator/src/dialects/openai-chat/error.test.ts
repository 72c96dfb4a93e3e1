import { expect, test } from "vitest";

import { isError, readError } from "./error.ts";

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
