import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { costOf, mostOf } from "./price.ts";
import type { ModelPrice } from "./price.ts";
import type { Usage } from "./usage.ts";

const PRICE: ModelPrice = {
  input: { usdPerMillion: 3, longPrompts: [{ aboveTokens: 200_000, usdPerMillion: 6 }] },
  output: { usdPerMillion: 15, longPrompts: [{ aboveTokens: 200_000, usdPerMillion: 22.5 }] },
  cacheRead: { usdPerMillion: 0.3 },
  cacheWrite5m: { usdPerMillion: 3.75 },
  cacheWrite1h: { usdPerMillion: 6 },
};
const USD = 1_000_000_000;

const tokens = fc.option(fc.nat({ max: 2_000_000 }), { nil: undefined });
const anyUsage: fc.Arbitrary<Usage> = fc
  .record(
    {
      input: tokens,
      cacheRead: tokens,
      cacheWrite5m: tokens,
      cacheWrite1h: tokens,
      cacheWrite: tokens,
      output: tokens,
    },
    { noNullPrototype: true },
  )
  .map((usage) => Object.fromEntries(Object.entries(usage).filter(([, count]) => count !== undefined)));

describe("the cost of a usage", () => {
  test("has each part at its own price", () => {
    const million = 1_000_000;
    const short = { ...PRICE, input: { usdPerMillion: 3 }, output: { usdPerMillion: 15 } };
    const costs = (["input", "cacheRead", "cacheWrite5m", "cacheWrite1h", "cacheWrite", "output"] as const).map(
      (part) => costOf(short, { [part]: million }),
    );
    expect(costs).toEqual([3, 0.3, 3.75, 6, 3.75, 15].map((usd) => usd * USD));
  });

  test("does not count reasoning beside the output that holds it", () => {
    expect(costOf(PRICE, { output: 100, reasoning: 80 })).toBe(costOf(PRICE, { output: 100 }));
  });

  test("is of another price for a long prompt, whatever its parts are", () => {
    expect(costOf(PRICE, { input: 200_000 })).toBe(0.6 * USD);
    expect(costOf(PRICE, { input: 200_001 })).toBe(200_001 * 6000);
    expect(costOf(PRICE, { input: 1, cacheRead: 200_000, output: 10 })).toBe(6000 + 200_000 * 300 + 10 * 22_500);
  });

  test("is not known when nothing was reported, and 0 when nothing was used", () => {
    expect([costOf(PRICE, {}), costOf(PRICE, { reasoning: 3 }), costOf(PRICE, { input: 0, output: 0 })]).toEqual([
      null,
      null,
      0,
    ]);
  });

  test("is a whole number that is never negative, and grows with every part", () => {
    fc.assert(
      fc.property(anyUsage, fc.constantFrom("input", "cacheRead", "cacheWrite1h", "output"), (usage, part) => {
        const cost = costOf(PRICE, usage) ?? 0;
        expect(Number.isInteger(cost) && cost >= 0).toBe(true);
        expect(costOf(PRICE, { ...usage, [part]: 3_000_000 })).toBeGreaterThanOrEqual(
          costOf(PRICE, { ...usage, [part]: 0 }) ?? 0,
        );
      }),
    );
  });
});

describe("the most that a call can cost", () => {
  test("is no less than any usage within its tokens", () => {
    fc.assert(
      fc.property(anyUsage, (usage) => {
        const { input = 0, cacheRead = 0, cacheWrite5m = 0, cacheWrite1h = 0, cacheWrite = 0, output = 0 } = usage;
        const prompt = input + cacheRead + cacheWrite5m + cacheWrite1h + cacheWrite;
        expect(mostOf(PRICE, { input: prompt, output })).toBeGreaterThanOrEqual(costOf(PRICE, usage) ?? 0);
      }),
    );
  });
});
