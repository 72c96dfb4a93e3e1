import { expect, test } from "vitest";

import { readFinish } from "./finish.ts";

test.each([
  [{ status: "completed", incomplete_details: null }, "completed"],
  [{ status: "incomplete", incomplete_details: { reason: "max_output_tokens" } }, "max_output_tokens"],
  [{ status: "incomplete", incomplete_details: { reason: null } }, "incomplete"],
  [{ status: "incomplete" }, "incomplete"],
  [{ status: "failed" }, "failed"],
  [{ status: "cancelled" }, "cancelled"],
  [{ status: "complete" }, "complete"],
  [{ status: "queued" }, undefined],
  [{ status: "in_progress", incomplete_details: null }, undefined],
  [{ status: 401 }, undefined],
  [{}, undefined],
])("%j stopped for %j", (response, finish) => {
  expect(readFinish(response)).toBe(finish);
});
