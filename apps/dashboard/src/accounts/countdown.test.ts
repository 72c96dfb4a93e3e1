import { expect, test } from "vitest";

import { countdown } from "./countdown.ts";

const NOW = new Date("2026-11-25T12:00:00.400Z");

test.each([
  ["2026-11-25T12:00:05.000Z", "0:05"],
  ["2026-11-25T12:12:30.400Z", "12:30"],
  ["2026-11-25T13:02:03.400Z", "1:02:03"],
  ["2026-11-25T12:00:00.400Z", null],
  ["2026-11-25T11:00:00.000Z", null],
  ["no time", null],
  [null, null],
])("until %s it is %s", (until, expected) => {
  expect(countdown(until, NOW)).toBe(expected);
});
