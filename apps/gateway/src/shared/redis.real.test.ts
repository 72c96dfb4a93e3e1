import { countedLimits } from "@link-assistant/core";
import type { Demand, SharedState, TokenLimits, UsedBefore } from "@link-assistant/core";
import { describeAccountStates, limitContract } from "@link-assistant/testkit/contracts";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";

import { hasRedis, startRedis } from "../testing/real-redis.ts";
import type { RealRedis } from "../testing/real-redis.ts";
import { mustSkip } from "../testing/real-server.ts";
import { until } from "../testing/until.ts";
import { openRedisShared } from "./redis.ts";
import type { RedisSharedOptions } from "./redis.ts";

describe.skipIf(mustSkip(hasRedis))("a real Redis (skipped where redis-server is not installed)", () => {
  let redis: RealRedis;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis[Symbol.asyncDispose]());

  const opened: SharedState[] = [];
  afterEach(async () => {
    for (const shared of opened.splice(0)) await shared.close();
  });

  let places = 0;
  const problems: string[] = [];
  async function openAgain(options: Partial<RedisSharedOptions> = {}): Promise<SharedState> {
    const shared = await openRedisShared({
      url: redis.url,
      prefix: `test-${places}:`,
      usedBefore: async () => ({ requests: 0, nanoUsd: 0 }),
      now: Date.now,
      leaseMs: 60_000,
      whenDown: "continue",
      onError: (problem) => void problems.push(problem),
      ...options,
    });
    opened.push(shared);
    return shared;
  }
  const open = (options: Partial<RedisSharedOptions> = {}): Promise<SharedState> => {
    places += 1;
    return openAgain(options);
  };
  const withUsed =
    (opener: typeof open) =>
    async (usedBefore?: UsedBefore): Promise<SharedState["limits"]> =>
      (await opener(usedBefore === undefined ? {} : { usedBefore })).limits;
  limitContract("Redis", withUsed(open), withUsed(openAgain));

  const states =
    (opener: typeof open) => async (): Promise<{ accountStates: NonNullable<SharedState["accountStates"]> }> => {
      const { accountStates } = await opener();
      if (accountStates === undefined) throw new TypeError("Redis keeps the states of accounts");
      return { accountStates };
    };
  describeAccountStates(states(open), states(openAgain));

  let leases = 0;
  const demandOf = (limits: TokenLimits, nanoUsd = 0): Demand => {
    const counted = countedLimits(limits, Date.now());
    if (counted === undefined) throw new TypeError("a counted limit was expected");
    return { tokenId: "t", leaseId: `l${(leases += 1)}`, limits: counted, tokens: 1, nanoUsd };
  };
  const USD = 1_000_000_000;

  describe("a lease", () => {
    test("of a process that is gone runs out, and what it had reserved comes back", async () => {
      const dead = await openRedisShared({
        url: redis.url,
        prefix: `test-${(places += 1)}:`,
        usedBefore: async () => ({ requests: 0, nanoUsd: 0 }),
        now: Date.now,
        leaseMs: 300,
        whenDown: "continue",
        onError: () => {},
      });
      const limits = { budgetUsdTotal: 1, concurrent: 1 };
      await dead.limits.admit(demandOf(limits, USD));
      const alive = await openAgain({ leaseMs: 300 });
      expect(await alive.limits.admit(demandOf(limits))).toMatchObject({ kind: "refused" });
      await dead.close();
      await until(async () => (await alive.limits.admit(demandOf({ concurrent: 1 }))).kind === "admitted");
      const left = await alive.limits.left("t", demandOf(limits).limits);
      expect(left.map(({ used }) => used)).toEqual([1, 0]);
    });

    test("of a process that lives is renewed for as long as its exchange takes", async () => {
      const shared = await open({ leaseMs: 150 });
      const limits = { concurrent: 1 };
      const demand = demandOf(limits);
      await shared.limits.admit(demand);
      const startMs = Date.now();
      while (Date.now() - startMs < 600)
        expect(await shared.limits.admit(demandOf(limits))).toMatchObject({ kind: "refused" });
      await shared.limits.settle(demand, { nanoUsd: 0, requests: 1 });
      expect(await shared.limits.admit(demandOf(limits))).toEqual({ kind: "admitted" });
    });
  });

  describe("bindings", () => {
    test("are found by other processes, told to those that listen, and not to whoever made them", async () => {
      const [here, there] = [await open(), await openAgain()];
      const seen: string[][] = [];
      for (const shared of [here, there]) shared.bindings.watch((...bound) => void seen.push(bound));
      await until(() => {
        here.bindings.bind("s:1", "primary", 60_000);
        return seen.length > 0;
      });
      expect(seen[0]).toEqual(["s:1", "primary"]);
      expect(await there.bindings.find("s:1")).toBe("primary");
      expect(await there.bindings.find("s:2")).toBeUndefined();
    });
  });

  describe("a Redis that goes away and comes back", () => {
    const limits = { requestsPerMinute: 1000, budgetUsdTotal: 1 };

    test("is done without meanwhile, and hears afterwards what was used", async () => {
      let inLedger = 0;
      const shared = await open({ usedBefore: async () => ({ requests: 0, nanoUsd: inLedger }) });
      const early = demandOf(limits, 0.1 * USD);
      expect(await shared.limits.admit(early)).toEqual({ kind: "admitted" });
      await redis.stop();
      const late = demandOf(limits, 0.1 * USD);
      expect(await shared.limits.admit(late)).toEqual({ kind: "admitted" });
      for (const demand of [early, late]) await shared.limits.settle(demand, { nanoUsd: 0.1 * USD, requests: 1 });
      inLedger = 0.2 * USD;
      await redis.start();
      await until(async () => {
        const left = await shared.limits.left("t", late.limits).catch(() => []);
        return left[1]?.used === 0.2 * USD;
      });
      expect(problems.length).toBeGreaterThan(0);
    });

    test("is waited for by nobody where calls are to be refused", async () => {
      const shared = await open({ whenDown: "refuse" });
      await redis.stop();
      await expect(shared.limits.admit(demandOf(limits))).rejects.toThrow(/not connected|closed|Socket|Redis/);
      await redis.start();
      await until(
        async () => (await shared.limits.admit(demandOf(limits)).catch(() => ({ kind: "" }))).kind === "admitted",
      );
    });

    test("is an error at the start, and no hang", async () => {
      await expect(open({ url: "redis://127.0.0.1:1" })).rejects.toThrow(/ECONNREFUSED/);
    });
  });
});
