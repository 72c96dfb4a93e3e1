import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { NO_USAGE, isEmptyUsage, totalInputTokens, totalTokens } from "./usage.ts";
import type { Usage } from "./usage.ts";

const count = fc.nat(10_000_000);
const PROMPT_PARTS = ["input", "cacheRead", "cacheWrite5m", "cacheWrite1h", "cacheWrite"] as const;
const anyUsage: fc.Arbitrary<Usage> = fc.record(
  {
    input: count,
    cacheRead: count,
    cacheWrite5m: count,
    cacheWrite1h: count,
    cacheWrite: count,
    output: count,
    reasoning: count,
  },
  { requiredKeys: [] },
);

describe("the whole prompt", () => {
  test("is the sum of its parts", () => {
    const usage = {
      input: 1,
      cacheRead: 20,
      cacheWrite5m: 300,
      cacheWrite1h: 4000,
      cacheWrite: 50_000,
      output: 600_000,
    };
    expect(totalInputTokens(usage)).toBe(54_321);
    expect(totalTokens(usage)).toBe(654_321);
  });

  test("is absent exactly when no part was reported", () => {
    fc.assert(
      fc.property(anyUsage, (usage) => {
        const parts = PROMPT_PARTS.flatMap((part) => usage[part] ?? []);
        const sum = parts.reduce((total, part) => total + part, 0);
        expect(totalInputTokens(usage)).toBe(parts.length === 0 ? undefined : sum);
      }),
    );
  });
});

describe("all tokens", () => {
  test("are prompt and answer, each where it was reported", () => {
    fc.assert(
      fc.property(anyUsage, (usage) => {
        const input = totalInputTokens(usage);
        const known = input !== undefined || usage.output !== undefined;
        expect(totalTokens(usage)).toBe(known ? (input ?? 0) + (usage.output ?? 0) : undefined);
      }),
    );
  });

  test("hold the reasoning once, as part of the answer", () => {
    expect(totalTokens({ output: 10, reasoning: 8 })).toBe(10);
    expect(totalTokens({ reasoning: 8 })).toBeUndefined();
  });
});

describe("absent is not zero", () => {
  test("a reported zero is a number", () => {
    expect(totalInputTokens({ input: 0 })).toBe(0);
    expect(totalTokens({ output: 0 })).toBe(0);
    expect(isEmptyUsage({ reasoning: 0 })).toBe(false);
  });

  test("nothing reported is empty, and nothing else is", () => {
    expect(isEmptyUsage(NO_USAGE)).toBe(true);
    fc.assert(fc.property(anyUsage, (usage) => isEmptyUsage(usage) === (Object.keys(usage).length === 0)));
  });
});

test("the empty usage cannot be filled by accident", () => {
  expect(Object.isFrozen(NO_USAGE)).toBe(true);
});
