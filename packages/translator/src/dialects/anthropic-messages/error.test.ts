import { expect, test } from "vitest";

import { readError } from "./error.ts";

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
