import { expect, test } from "vitest";

import { usageRows } from "./usage-rows.ts";

test("totals become lines with the reader's numbers", () => {
  expect(usageRows({ requests_total: 12_345, bytes_in: 0 }, "de-DE")).toEqual([
    { label: "Requests", value: "12.345" },
    { label: "Bytes in", value: "0" },
  ]);
});

test("counts by label become one line each", () => {
  expect(usageRows({ status_counts: { "200": 2, "500": 1 } }, "en-US")).toEqual([
    { label: "Status: 200", value: "2" },
    { label: "Status: 500", value: "1" },
  ]);
});

test("an answer without counts has no lines", () => {
  expect(usageRows({ account_calls: {} }, "en-US")).toEqual([]);
});
