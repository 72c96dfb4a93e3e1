import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { LIMIT_NAMES, NANO_USD, NO_LIMITS, allowsModel, countedLimits, tokenLimitsSchema } from "./limit.ts";

const NOW = Date.UTC(2026, 1, 28, 13, 30);

test("the names of limits are these; change them on purpose", () => {
  expect(LIMIT_NAMES).toEqual([
    "requests_per_minute",
    "tokens_per_minute",
    "concurrent",
    "requests_total",
    "budget_usd_per_day",
    "budget_usd_per_month",
    "budget_usd_total",
  ]);
});

describe("what is counted", () => {
  test("is nothing for a token without counted limits", () => {
    expect(countedLimits(NO_LIMITS, NOW)).toBeUndefined();
    expect(countedLimits({ models: ["claude-*"], surfaces: ["openai_responses"] }, NOW)).toBeUndefined();
  });

  test("is rates, exchanges at once, and allowances of the day, the month and the token's life by UTC", () => {
    const limits = {
      requestsPerMinute: 60,
      tokensPerMinute: 1000,
      concurrent: 3,
      requestsTotal: 10,
      budgetUsdPerDay: 1.5,
      budgetUsdPerMonth: 20,
      budgetUsdTotal: 100,
    };
    expect(countedLimits(limits, NOW)).toEqual({
      rates: [
        { limit: "requests_per_minute", perMinute: 60, unit: "requests" },
        { limit: "tokens_per_minute", perMinute: 1000, unit: "tokens" },
      ],
      concurrent: 3,
      allowances: [
        { limit: "requests_total", window: "life", sinceMs: 0, untilMs: null, bound: 10, unit: "requests" },
        {
          limit: "budget_usd_per_day",
          window: "2026-02-28",
          sinceMs: Date.UTC(2026, 1, 28),
          untilMs: Date.UTC(2026, 2, 1),
          bound: 1_500_000_000,
          unit: "nano_usd",
        },
        {
          limit: "budget_usd_per_month",
          window: "2026-02",
          sinceMs: Date.UTC(2026, 1, 1),
          untilMs: Date.UTC(2026, 2, 1),
          bound: 20 * NANO_USD,
          unit: "nano_usd",
        },
        {
          limit: "budget_usd_total",
          window: "life",
          sinceMs: 0,
          untilMs: null,
          bound: 100 * NANO_USD,
          unit: "nano_usd",
        },
      ],
    });
  });

  test("lies in a window that holds the present, whenever that is", () => {
    fc.assert(
      fc.property(fc.date({ min: new Date(0), max: new Date("2200-01-01"), noInvalidDate: true }), (date) => {
        const nowMs = date.getTime();
        const { allowances = [] } = countedLimits({ budgetUsdPerDay: 1, budgetUsdPerMonth: 1 }, nowMs) ?? {};
        expect(allowances).toHaveLength(2);
        for (const { sinceMs, untilMs } of allowances) {
          expect(sinceMs).toBeLessThanOrEqual(nowMs);
          expect(untilMs).toBeGreaterThan(nowMs);
        }
      }),
    );
  });
});

describe("what may be asked for", () => {
  test("is every model where none is named", () => expect(allowsModel(NO_LIMITS, "any")).toBe(true));

  test("is what fits one of the patterns", () => {
    const allowed = ["claude-haiku-4-5", "gpt-5.5-mini", "claude-opus-4-7"].map((model) =>
      allowsModel({ models: ["claude-haiku*", "gpt-5.5-mini"] }, model),
    );
    expect(allowed).toEqual([true, true, false]);
  });
});

describe("limits as people write them", () => {
  test("may be addresses and ranges of both kinds", () => {
    const addresses = ["10.0.0.0/8", "192.168.1.7", "2001:db8::/32", "::1"];
    expect(tokenLimitsSchema.parse({ addresses })).toEqual({ addresses });
  });

  test.each([
    [{ requestsPerMinute: 0 }],
    [{ concurrent: 1.5 }],
    [{ budgetUsdPerDay: -1 }],
    [{ budgetUsdTotal: Number.POSITIVE_INFINITY }],
    [{ models: [] }],
    [{ surfaces: ["chat"] }],
    [{ addresses: ["10.0.0.0/33"] }],
    [{ unknown: 1 }],
  ])("may not be %j", (limits) => expect(tokenLimitsSchema.safeParse(limits).success).toBe(false));
});
