import * as fc from "fast-check";
import { expect, test } from "vitest";

import { countsOfUsage, usageOfCounts } from "./openai-usage.ts";

const counts = {
  prompt: undefined,
  cached: undefined,
  cacheWrite: undefined,
  output: undefined,
  reasoning: undefined,
  total: undefined,
};

test.each([
  [
    { prompt: 1203, cached: 1000, cacheWrite: 200, output: 50, reasoning: 30 },
    { input: 3, cacheRead: 1000, cacheWrite: 200, output: 50, reasoning: 30 },
  ],
  [
    { prompt: 100, cached: 120, output: 1 },
    { input: 0, cacheRead: 100, output: 1 },
  ],
  [
    { prompt: 100, cached: 0, output: 20, reasoning: 80, total: 200 },
    { input: 100, cacheRead: 0, output: 100, reasoning: 80 },
  ],
  [{ cached: 7 }, { cacheRead: 7 }],
  [{}, {}],
])("%j is %j", (given, usage) => {
  expect(usageOfCounts({ ...counts, ...given })).toEqual(usage);
});

test("what is written says the same when it is read", () => {
  const count = fc.nat(1_000_000);
  const usages = fc.record({ input: count, cacheRead: count, cacheWrite: count, output: count });
  fc.assert(
    fc.property(usages, (usage) => {
      expect(usageOfCounts(countsOfUsage(usage))).toEqual(usage);
    }),
  );
});

test("nothing is zeros, but reasoning stays unknown", () => {
  expect(countsOfUsage({})).toEqual({ prompt: 0, cached: 0, cacheWrite: 0, output: 0, reasoning: undefined, total: 0 });
});
