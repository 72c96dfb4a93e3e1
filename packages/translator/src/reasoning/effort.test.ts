import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { EFFORTS } from "../neutral/request.ts";
import type { Effort, Reasoning } from "../neutral/request.ts";
import { budgetOfEffort, effortOfReasoning, nearestEffort } from "./effort.ts";

describe("the nearest effort that a model knows", () => {
  test.each<[Effort, readonly Effort[], Effort | undefined]>([
    ["high", ["low", "medium", "high"], "high"],
    ["max", ["low", "medium", "high"], "high"],
    ["max", ["low", "high", "xhigh"], "xhigh"],
    ["xhigh", ["low", "medium", "high", "max"], "high"],
    ["minimal", ["low", "medium"], "low"],
    ["minimal", ["none", "low"], "low"],
    ["none", ["minimal", "low"], "minimal"],
    ["low", ["none"], undefined],
    ["high", [], undefined],
  ])("64: %s of %j is %s", (asked, known, nearest) => {
    expect(nearestEffort(asked, known)).toBe(nearest);
  });

  test("is one that it knows, is never off unless that was asked, and is the lower of two", () => {
    fc.assert(
      fc.property(fc.constantFrom(...EFFORTS), fc.subarray([...EFFORTS]), (asked, known) => {
        const nearest = nearestEffort(asked, known);
        if (nearest === undefined) return;
        expect(known).toContain(nearest);
        expect(nearest === "none" && asked !== "none").toBe(false);
        const lower = known.some((each) => each !== "none" && EFFORTS.indexOf(each) <= EFFORTS.indexOf(asked));
        expect(lower && EFFORTS.indexOf(nearest) > EFFORTS.indexOf(asked)).toBe(false);
      }),
    );
  });
});

test.each<[Reasoning, Effort | undefined]>([
  [{}, undefined],
  [{ mode: "adaptive" }, undefined],
  [{ effort: "xhigh" }, "xhigh"],
  [{ mode: "adaptive", effort: "low" }, "low"],
  [{ mode: "enabled", budgetTokens: 1024 }, "low"],
  [{ mode: "enabled", budgetTokens: 4095 }, "low"],
  [{ mode: "enabled", budgetTokens: 4096 }, "medium"],
  [{ mode: "enabled", budgetTokens: 16_383 }, "medium"],
  [{ mode: "enabled", budgetTokens: 16_384 }, "high"],
  [{ mode: "enabled", budgetTokens: 16_384, effort: "low" }, "low"],
  [{ mode: "enabled" }, undefined],
  [{ mode: "disabled" }, "none"],
  [{ show: true }, undefined],
])("the effort in %j is %s", (reasoning, effort) => {
  expect(effortOfReasoning(reasoning)).toBe(effort);
});

test("63: off wins over an effort", () => {
  expect(effortOfReasoning({ mode: "disabled", effort: "high" })).toBe("none");
});

test.each<[Effort, number, number | undefined]>([
  ["none", 16_384, undefined],
  ["minimal", 16_384, 1024],
  ["low", 20_000, 2000],
  ["medium", 20_000, 6000],
  ["high", 20_000, 12_000],
  ["xhigh", 20_000, 18_000],
  ["max", 20_000, 18_000],
  ["low", 2000, 1024],
  ["high", 1025, 1024],
  ["high", 1024, undefined],
  ["high", 0, undefined],
])("effort %s within %d tokens is worth %j", (effort, maxTokens, budget) => {
  expect(budgetOfEffort(effort, maxTokens)).toBe(budget);
});

test("a budget is within what Anthropic takes", () => {
  fc.assert(
    fc.property(fc.constantFrom(...EFFORTS), fc.nat({ max: 200_000 }), (effort, maxTokens) => {
      const budget = budgetOfEffort(effort, maxTokens) ?? 1024;
      expect(budget).toBeGreaterThanOrEqual(1024);
      expect(budget).toBeLessThan(Math.max(1025, maxTokens));
    }),
  );
});
