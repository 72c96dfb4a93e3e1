import { expect, test } from "vitest";
import { exportErrorTeller } from "./export-errors.ts";

function teller(): { lines: string[]; fail: (error?: Error) => void; clock: { nowMs: number } } {
  const lines: string[] = [];
  const clock = { nowMs: 5 };
  const fail = exportErrorTeller(
    "metrics",
    "http://collector:4318",
    (line) => lines.push(line),
    () => clock.nowMs,
  );
  return { lines, fail, clock };
}

test("the first failure is told at once, then at most one a minute", () => {
  const { lines, fail, clock } = teller();
  fail(new Error("first"));
  fail(new Error("second"));
  clock.nowMs += 59_999;
  fail(new Error("third"));
  clock.nowMs += 1;
  fail(new Error("fourth"));
  expect(lines).toEqual([
    "metrics were not exported to http://collector:4318: first",
    "metrics were not exported to http://collector:4318: fourth",
  ]);
});

test.each<[string, Error | undefined]>([
  [
    "connect ECONNREFUSED 127.0.0.1:4318",
    Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:4318"), { code: "ECONNREFUSED" }),
  ],
  ["ECONNREFUSED", Object.assign(new AggregateError([]), { code: "ECONNREFUSED" })],
  ["401 Unauthorized", Object.assign(new Error("Unauthorized"), { code: 401 })],
  ["two lines", new Error("two\r\nlines\u001B")],
  ["x".repeat(200), new Error("x".repeat(5000))],
  ["TypeError", new TypeError("")],
  ["unknown reason", undefined],
])("the reason is one short line: %s", (reason, error) => {
  const { lines, fail } = teller();
  fail(error);
  expect(lines).toEqual([`metrics were not exported to http://collector:4318: ${reason}`]);
});
