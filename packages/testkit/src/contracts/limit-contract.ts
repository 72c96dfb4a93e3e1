import { countedLimits } from "@link-assistant/core";
import type { CountedLimits, Demand, LimitStore, TokenLimits, UsedBefore } from "@link-assistant/core";
import * as fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";

/** Opens limits that nobody has counted before, with what tokens had used until then. */
export type OpenLimits = (usedBefore?: UsedBefore) => Promise<LimitStore>;

const NOTHING: UsedBefore = async () => ({ requests: 0, nanoUsd: 0 });
const USD = 1_000_000_000;

let leases = 0;

function countedOf(limits: TokenLimits): CountedLimits {
  return countedLimits(limits, Date.now()) ?? { rates: [], allowances: [] };
}

/** What a new call of this token asks for. */
function demandOf(limits: TokenLimits, fields: Partial<Demand> = {}): Demand {
  leases += 1;
  return { tokenId: "token", leaseId: `lease-${leases}`, limits: countedOf(limits), tokens: 10, nanoUsd: 0, ...fields };
}

/**
 * Declares the tests that every driver of `LimitStore` passes. `openAgain` opens what the latest `open` opened, as another process would;
 * absent where limits end with their process.
 */
export function limitContract(name: string, open: OpenLimits, openAgain?: OpenLimits): void {
  describe(`limits contract: ${name}`, () => {
    const opened: LimitStore[] = [];
    const closingLater =
      (opener: OpenLimits): OpenLimits =>
      async (usedBefore = NOTHING) => {
        const limits = await opener(usedBefore);
        opened.push(limits);
        return limits;
      };
    afterEach(async () => {
      for (const limits of opened.splice(0)) await limits.close();
    });
    const [first, second] = [closingLater(open), closingLater(openAgain ?? open)];
    describeRates(first);
    describeAllowances(first);
    describeConcurrency(first);
    describeAll(first);
    if (openAgain !== undefined) describeReplicas(first, second);
  });
}

async function outcomes(store: LimitStore, demands: readonly Demand[]): Promise<string[]> {
  const admissions = await Promise.all(demands.map((demand) => store.admit(demand)));
  return admissions.map((admission) => (admission.kind === "admitted" ? "admitted" : admission.limit));
}

const count = (all: readonly string[], one: string): number => all.filter((each) => each === one).length;

function describeRates(open: OpenLimits): void {
  it("admits so many requests in a minute and not one more, at whatever moment they come", async () => {
    const store = await open();
    const all = await outcomes(
      store,
      Array.from({ length: 200 }, () => demandOf({ requestsPerMinute: 50 })),
    );
    expect([count(all, "admitted"), count(all, "requests_per_minute")]).toEqual([50, 150]);
    const late = await store.admit(demandOf({ requestsPerMinute: 50 }));
    expect(late).toMatchObject({ kind: "refused", limit: "requests_per_minute" });
    expect("retryAfterMs" in late && late.retryAfterMs).toBeLessThanOrEqual(60_000);
  });

  it("counts the tokens that were used in place of those that were estimated", async () => {
    const store = await open();
    const limits = { tokensPerMinute: 100 };
    const demand = demandOf(limits, { tokens: 90 });
    expect(await outcomes(store, [demand, demandOf(limits, { tokens: 90 })])).toEqual([
      "admitted",
      "tokens_per_minute",
    ]);
    await store.settle(demand, { tokens: 5, nanoUsd: 0, requests: 1 });
    const second = demandOf(limits, { tokens: 90 });
    expect(await outcomes(store, [second])).toEqual(["admitted"]);
    await store.settle(second, { tokens: 200, nanoUsd: 0, requests: 1 });
    expect(await outcomes(store, [demandOf(limits, { tokens: 1 })])).toEqual(["tokens_per_minute"]);
  });

  it("lets a call that alone is above the minute's tokens begin when nothing else was used", async () => {
    const store = await open();
    expect(await outcomes(store, [demandOf({ tokensPerMinute: 100 }, { tokens: 5000 })])).toEqual(["admitted"]);
  });

  it("follows a rate that is changed", async () => {
    const store = await open();
    expect(await outcomes(store, [demandOf({ requestsPerMinute: 1 }), demandOf({ requestsPerMinute: 1 })])).toEqual([
      "admitted",
      "requests_per_minute",
    ]);
    expect(await outcomes(store, [demandOf({ requestsPerMinute: 2 })])).toEqual(["admitted"]);
  });
}

function describeAllowances(open: OpenLimits): void {
  it("is overdrawn by one call at the most, whatever runs at once", async () => {
    const store = await open();
    const all = await outcomes(
      store,
      Array.from({ length: 100 }, () => demandOf({ budgetUsdTotal: 1 }, { nanoUsd: 0.3 * USD })),
    );
    // 0, 0.3, 0.6 and 0.9 are below 1.
    expect([count(all, "admitted"), count(all, "budget_usd_total")]).toEqual([4, 96]);
  });

  it("puts what was used in place of what was reserved", async () => {
    const store = await open();
    const demand = demandOf({ budgetUsdPerDay: 1 }, { nanoUsd: 2 * USD });
    expect(await outcomes(store, [demand, demandOf({ budgetUsdPerDay: 1 })])).toEqual([
      "admitted",
      "budget_usd_per_day",
    ]);
    await store.settle(demand, { nanoUsd: 0.4 * USD, requests: 1 });
    expect(await store.left("token", demand.limits)).toMatchObject([
      { limit: "budget_usd_per_day", bound: USD, used: 0.4 * USD },
    ]);
    expect(await outcomes(store, [demandOf({ budgetUsdPerDay: 1 })])).toEqual(["admitted"]);
  });

  it("begins with what the token had used before, once for all who ask at first", async () => {
    let asked = 0;
    const store = await open(async () => {
      asked += 1;
      return { requests: 3, nanoUsd: 0.9 * USD };
    });
    const all = await outcomes(
      store,
      Array.from({ length: 20 }, () => demandOf({ requestsTotal: 5 }, { tokenId: "seeded" })),
    );
    expect(count(all, "admitted")).toBe(2);
    expect(asked).toBeGreaterThan(0);
    const usd = countedOf({ budgetUsdTotal: 1 });
    expect(await store.left("seeded", usd)).toMatchObject([{ used: 0.9 * USD }]);
  });

  it("says when a day or a month is over, and nothing of a life", async () => {
    const store = await open();
    for (const [limits, isOver] of [
      [{ budgetUsdPerDay: 1 }, true],
      [{ budgetUsdPerMonth: 1 }, true],
      [{ budgetUsdTotal: 1 }, false],
    ] as const) {
      const tokenId = JSON.stringify(limits);
      const demand = demandOf(limits, { tokenId, nanoUsd: USD });
      await store.admit(demand);
      const refusal = await store.admit(demandOf(limits, { tokenId }));
      expect(refusal.kind).toBe("refused");
      expect("retryAfterMs" in refusal).toBe(isOver);
    }
  });
}

function describeConcurrency(open: OpenLimits): void {
  it("admits so many exchanges at once, and another when one ends, however often its end is told", async () => {
    const store = await open();
    const limits = { concurrent: 3 };
    const demands = Array.from({ length: 10 }, () => demandOf(limits));
    const all = await outcomes(store, demands);
    expect([count(all, "admitted"), count(all, "concurrent")]).toEqual([3, 7]);
    const running = demands.filter((_, index) => all[index] === "admitted");
    for (const demand of running.slice(0, 1)) {
      await store.settle(demand, { nanoUsd: 0, requests: 1 });
      await store.settle(demand, { nanoUsd: 0, requests: 1 });
    }
    expect(count(await outcomes(store, [demandOf(limits), demandOf(limits)]), "admitted")).toBe(1);
  });
}

function describeAll(open: OpenLimits): void {
  it("takes all or nothing: what refuses leaves the other limits as they were", async () => {
    const store = await open();
    const limits = { requestsPerMinute: 1, tokensPerMinute: 1000, concurrent: 5, budgetUsdTotal: 1, requestsTotal: 9 };
    const demand = demandOf(limits, { nanoUsd: 0.1 * USD });
    expect(await outcomes(store, [demand])).toEqual(["admitted"]);
    const before = await store.left("token", demand.limits);
    expect(await outcomes(store, [demandOf(limits), demandOf(limits)])).toEqual([
      "requests_per_minute",
      "requests_per_minute",
    ]);
    const withoutTimes = (left: typeof before): unknown[] => left.map(({ limit, bound, used }) => [limit, bound, used]);
    expect(withoutTimes(await store.left("token", demand.limits))).toEqual(withoutTimes(before));
    expect(withoutTimes(before)).toEqual([
      ["requests_per_minute", 1, 1],
      ["tokens_per_minute", 1000, 10],
      ["concurrent", 5, 1],
      ["requests_total", 9, 1],
      ["budget_usd_total", USD, 0.1 * USD],
    ]);
  });

  it("never passes a bound by more than one call, whatever begins and ends in whatever order", async () => {
    const step = fc.oneof(
      fc.record({ does: fc.constant("admit" as const), nanoUsd: fc.nat({ max: USD }) }),
      fc.record({ does: fc.constant("settle" as const), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
    );
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const store = await open();
        const tokenId = `law-${(run += 1)}`;
        const limits = { budgetUsdTotal: 2, concurrent: 4 };
        const running: Demand[] = [];
        const verdicts: [string, string][] = [];
        let used = 0;
        for (const each of steps) {
          if (each.does === "admit") {
            const reserved = running.reduce((sum, { nanoUsd }) => sum + nanoUsd, 0);
            const isOpen = used + reserved < 2 * USD && running.length < 4;
            const demand = demandOf(limits, { tokenId, nanoUsd: each.nanoUsd });
            verdicts.push([(await store.admit(demand)).kind, isOpen ? "admitted" : "refused"]);
            if (isOpen) running.push(demand);
            continue;
          }
          const demand = running.shift();
          if (demand === undefined) continue;
          const cost = Math.floor(demand.nanoUsd * each.share);
          await store.settle(demand, { nanoUsd: cost, requests: 1 });
          used += cost;
        }
        expect(verdicts.map(([is]) => is)).toEqual(verdicts.map(([, expected]) => expected));
        expect(used).toBeLessThanOrEqual(3 * USD);
        for (const demand of running) await store.settle(demand, { nanoUsd: 0, requests: 1 });
      }),
      { numRuns: 20 },
    );
  });
}

function describeReplicas(open: OpenLimits, openAgain: OpenLimits): void {
  it("is one limit for all processes", async () => {
    const stores = [await open(), await openAgain(), await openAgain()];
    const limits = { requestsPerMinute: 60, budgetUsdTotal: 1 };
    const all = await Promise.all(
      stores.map((store) =>
        outcomes(
          store,
          Array.from({ length: 50 }, () => demandOf(limits, { nanoUsd: 0.01 * USD })),
        ),
      ),
    );
    expect(count(all.flat(), "admitted")).toBe(60);
    const left = await Promise.all(stores.map((store) => store.left("token", countedOf(limits))));
    for (const [, budget] of left) expect(budget?.used).toBe(0.6 * USD);
  });
}
