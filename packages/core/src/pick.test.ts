import * as fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";

import { READY } from "./account.ts";
import type { Account } from "./account.ts";
import type { AccountStateRecord } from "./store.ts";
import { AccountPool, STRATEGIES } from "./pick.ts";
import type { AffinityOutcome, PoolSettings, Strategy } from "./pick.ts";
import type { Failure } from "./failure.ts";
import { anyFailure, failure } from "./testing/failures.ts";

const POLICY: Omit<PoolSettings, "strategy"> = {
  baseMs: 1000,
  maxMs: 60_000,
  failuresBeforeRest: 3,
  brokenMs: 60_000,
  probeMs: 5000,
  affinityTtlMs: 3_600_000,
};
/** A failure that puts the account as a whole to rest at once. */
const RATE_LIMIT: Failure = { ...failure("rate_limit"), scope: "account" };
const UNTOUCHED = { state: READY, models: [], inFlight: 0, attempts: 0, load: 0, lastFailure: null };

function account(name: string, priority = 0, weight = 1): Account {
  return { name, upstream: "anthropic", priority, weight };
}

function poolOf(strategy: Strategy, ...accounts: readonly (string | Account)[]): AccountPool {
  const whole = accounts.map((each) => (typeof each === "string" ? account(each) : each));
  return new AccountPool(whole, { ...POLICY, strategy });
}

function names(pool: AccountPool, nowMs = 0, only: string | null = null): string[] {
  return pool.pick(nowMs, { only }).map(({ name }) => name);
}

function fail(pool: AccountPool, name: string, why: Failure, nowMs = 0, model?: string): void {
  const trial = pool.begin(name, nowMs, { model });
  trial.failed(why, nowMs);
  trial.end();
}

function answer(pool: AccountPool, name: string, nowMs: number, session?: string): AffinityOutcome | undefined {
  const trial = pool.begin(name, nowMs, { session });
  const outcome = trial.succeeded(nowMs);
  trial.end();
  return outcome;
}

test("the strategies are spelt like this in the configuration; change them on purpose", () => {
  expect(STRATEGIES).toEqual(["affinity", "round-robin", "priority", "least-used", "weighted"]);
});

describe("the order of accounts", () => {
  test("round-robin takes turns", () => {
    const pool = poolOf("round-robin", "a", "b", "c");
    expect([1, 2, 3, 4].map(() => names(pool).join(""))).toEqual(["abc", "bca", "cab", "abc"]);
  });

  test("round-robin is fair: of any calls in a row, none goes first more than once more often than another", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), fc.nat(50), (size, calls) => {
        const pool = poolOf("round-robin", ...Array.from({ length: size }, (_, index) => `account-${index}`));
        const firsts = new Map<string | undefined, number>();
        for (let call = 0; call < calls; call++) {
          const [first] = names(pool);
          firsts.set(first, (firsts.get(first) ?? 0) + 1);
        }
        const counts = pool.view(0).map((pooled) => firsts.get(pooled.account.name) ?? 0);
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
      }),
    );
  });

  test("round-robin takes turns among those that are left while one rests", () => {
    const pool = poolOf("round-robin", "a", "b", "c");
    fail(pool, "b", RATE_LIMIT, 0);
    expect([1, 2, 3, 4].map(() => names(pool).join(""))).toEqual(["ac", "ca", "ac", "ca"]);
  });

  test("priority prefers the smaller number, and of equal ones the first", () => {
    const pool = poolOf("priority", account("spare", 5), account("a"), account("best", -1), account("b"));
    expect([names(pool), names(pool)]).toEqual([
      ["best", "a", "b", "spare"],
      ["best", "a", "b", "spare"],
    ]);
    fail(pool, "best", RATE_LIMIT, 0);
    expect(names(pool)).toEqual(["a", "b", "spare"]);
  });

  test("least-used prefers the one with least under way, and of those the one with fewest attempts", () => {
    const pool = poolOf("least-used", "a", "b", "c");
    for (const trial of [pool.begin("a", 0), pool.begin("a", 0)]) trial.end();
    expect(names(pool)).toEqual(["b", "c", "a"]);
    pool.begin("b", 0);
    expect(names(pool)).toEqual(["c", "a", "b"]);
    pool.begin("c", 0);
    expect(names(pool)).toEqual(["a", "b", "c"]);
  });
});

describe("what is known of an account", () => {
  let pool: AccountPool;
  beforeEach(() => {
    pool = poolOf("priority", "a", "b");
  });

  test("a failure puts it to rest, and the rest ends by itself", () => {
    fail(pool, "a", RATE_LIMIT, 500);
    expect([names(pool, 500), names(pool, 1499), names(pool, 1500)]).toEqual([["b"], ["b"], ["a", "b"]]);
  });

  test("an answer after the rest makes it as good as new", () => {
    fail(pool, "a", RATE_LIMIT, 0);
    answer(pool, "a", 1000);
    expect(pool.view(0)[0]?.state).toBe(READY);
  });

  test("a failure that is the caller's changes nothing", () => {
    fail(pool, "a", failure("invalid_request"), 0);
    expect(pool.view(0)[0]?.state).toBe(READY);
  });

  test("a reset makes it ready at once", () => {
    fail(pool, "a", failure("authentication"), 0);
    pool.reset("a", 0);
    expect(names(pool)).toEqual(["a", "b"]);
  });

  test("the policy of the pool counts", () => {
    fail(pool, "a", failure("billing"), 0);
    expect(pool.readyInMs(0, { only: "a" })).toBe(POLICY.maxMs);
  });

  test("attempts are counted while they are under way and after", () => {
    const trials = [pool.begin("a", 0), pool.begin("a", 0)];
    expect(pool.view(0)[0]).toMatchObject({ inFlight: 2, attempts: 2 });
    // An end may be told more than once, and each attempt ends by its own.
    for (const trial of [...trials, ...trials]) trial.end();
    expect(pool.view(0)[0]).toMatchObject({ inFlight: 0, attempts: 2 });
  });

  test("a view is of its moment, in the order of preference", () => {
    const view = pool.view(0);
    pool.begin("a", 0);
    expect(view).toEqual([
      { account: account("a"), ...UNTOUCHED },
      { account: account("b"), ...UNTOUCHED },
    ]);
  });

  test("nothing more than the four fields is kept of it, least of all its key", () => {
    const withKey = { ...account("a"), key: "sk-ant-very-secret" };
    const [viewed] = poolOf("priority", withKey).view(0);
    expect(viewed?.account).toEqual(account("a"));
  });
});

describe("weights", () => {
  test("weighted takes turns by weight, evenly spread", () => {
    const pool = poolOf("weighted", account("a", 0, 3), account("b", 0, 1));
    expect(Array.from({ length: 8 }, () => names(pool)[0]).join("")).toBe("aabaaaba");
  });
});

describe("a model that rests at an account", () => {
  const forModel = (pool: AccountPool, model: string | undefined, nowMs: number): string[] =>
    pool.pick(nowMs, { model }).map(({ name }) => name);

  test("leaves the account's other models alone, and is probed by one call", () => {
    const pool = poolOf("priority", "a", "b");
    fail(pool, "a", failure("rate_limit", 5000), 0, "opus");
    expect([forModel(pool, "opus", 0), forModel(pool, "haiku", 0), forModel(pool, undefined, 0)]).toEqual([
      ["b"],
      ["a", "b"],
      ["a", "b"],
    ]);
    expect(pool.readyInMs(1000, { only: "a", model: "opus" })).toBe(4000);
    expect(forModel(pool, "opus", 5000)).toEqual(["a", "b"]);
    const probe = pool.begin("a", 5000, { model: "opus" });
    expect(forModel(pool, "opus", 5001)).toEqual(["b"]);
    probe.succeeded(5002);
    expect([forModel(pool, "opus", 5003), pool.view(5003)[0]?.models]).toEqual([["a", "b"], []]);
  });

  test("is one of a bounded number", () => {
    const pool = poolOf("priority", "a");
    for (let model = 0; model < 1000; model += 1) fail(pool, "a", failure("rate_limit", 5000), 0, `model-${model}`);
    expect(pool.view(0)[0]?.models).toHaveLength(256);
  });

  test("is forgotten by a reset", () => {
    const pool = poolOf("priority", "a");
    fail(pool, "a", failure("rate_limit", 5000), 0, "opus");
    pool.reset("a", 0);
    expect(forModel(pool, "opus", 0)).toEqual(["a"]);
  });
});

describe("what is told, and what is taken over", () => {
  function observed(...accounts: readonly string[]): { pool: AccountPool; changes: AccountStateRecord[] } {
    const changes: AccountStateRecord[] = [];
    const pool = new AccountPool(
      accounts.map((name) => account(name)),
      { ...POLICY, strategy: "priority" },
      { changed: (record) => void changes.push(record) },
    );
    return { pool, changes };
  }

  test("every rest and its end, and nothing that changes nothing", () => {
    const { pool, changes } = observed("a");
    answer(pool, "a", 0);
    fail(pool, "a", failure("server_error"), 0);
    fail(pool, "a", failure("rate_limit", 5000), 1, "opus");
    fail(pool, "a", failure("authentication"), 2);
    answer(pool, "a", 60_002);
    expect(changes.map(({ model, state, changedAtMs }) => [model, state.kind, changedAtMs])).toEqual([
      ["opus", "cooling", 1],
      [null, "broken", 2],
      [null, "ready", 60_002],
    ]);
  });

  test("another pool that is told the same picks the same", () => {
    const { pool, changes } = observed("a", "b");
    fail(pool, "a", failure("authentication"), 0);
    fail(pool, "b", failure("rate_limit", 5000), 0, "opus");
    const other = poolOf("priority", "a", "b");
    for (const record of changes) other.restore(record);
    other.restore({ account: "gone", model: null, state: READY, changedAtMs: 0 });
    expect(other.view(0).map(({ state, models }) => [state, models])).toEqual(
      pool.view(0).map(({ state, models }) => [state, models]),
    );
  });

  test("other accounts and settings, without forgetting those that stay", () => {
    const { pool } = observed("a", "b");
    const underWay = pool.begin("a", 0);
    fail(pool, "b", failure("authentication"), 0);
    pool.configure([account("b", 7), account("c"), { ...account("a"), upstream: "openai" }], {
      ...POLICY,
      strategy: "priority",
    });
    expect(names(pool)).toEqual(["c", "a"]);
    // The try of an account that is gone ends as it would have.
    underWay.failed(failure("authentication"), 1);
    underWay.end();
    expect(names(pool)).toEqual(["c", "a"]);
    expect(pool.view(0).map(({ account: { name, priority }, inFlight }) => [name, priority, inFlight])).toEqual([
      ["b", 7, 0],
      ["c", 0, 0],
      ["a", 0, 0],
    ]);
  });
});

describe("names", () => {
  test("two accounts of one name are refused", () => {
    expect(() => poolOf("priority", "a", "b", "a")).toThrow(new TypeError("two accounts have the same name"));
  });

  test("only the named account is considered", () => {
    const pool = poolOf("round-robin", "a", "b", "c");
    fail(pool, "c", RATE_LIMIT, 0);
    expect([names(pool, 0, "b"), names(pool, 0, "c"), names(pool, 0, "other")]).toEqual([["b"], [], []]);
    expect([
      pool.readyInMs(0, { only: "b" }),
      pool.readyInMs(0, { only: "c" }),
      pool.readyInMs(0, { only: "other" }),
    ]).toEqual([0, 1000, Infinity]);
  });

  test("a call for one account does not take another's turn", () => {
    const pool = poolOf("round-robin", "a", "b");
    names(pool, 0, "a");
    expect(names(pool)).toEqual(["a", "b"]);
  });

  test("it is known which there are and how many, resting or not", () => {
    const pool = poolOf("priority", "a", "b");
    fail(pool, "a", RATE_LIMIT, 0);
    expect([pool.has("a"), pool.has("c"), pool.size]).toEqual([true, false, 2]);
  });

  test.each<[string, (pool: AccountPool) => unknown]>([
    ["begin", (pool) => pool.begin("other", 0)],
    ["reset", (pool) => pool.reset("other", 0)],
  ])("%s refuses a name that is none", (_, call) => {
    expect(() => call(poolOf("priority", "a"))).toThrow(new TypeError("there is no account named other"));
  });
});

test("a pool without accounts picks none, and waiting does not help", () => {
  const pool = poolOf("round-robin");
  expect([names(pool), pool.size, pool.readyInMs(0)]).toEqual([[], 0, Infinity]);
});

describe("laws of any history", () => {
  const NAMES = ["a", "b", "c"] as const;
  const anyStep = fc.record({
    afterMs: fc.nat(70_000),
    name: fc.constantFrom(...NAMES),
    failure: fc.option(anyFailure),
    // Not an account's name: one that a token may be bound to all the same.
    only: fc.constantFrom(null, ...NAMES, "other"),
  });

  test("there is nobody to pick exactly when one has to wait, and after that time there is somebody", () => {
    fc.assert(
      fc.property(fc.constantFrom(...STRATEGIES), fc.array(anyStep, { maxLength: 20 }), (strategy, steps) => {
        const pool = poolOf(strategy, ...NAMES);
        let nowMs = 0;
        for (const step of steps) {
          nowMs += step.afterMs;
          if (step.failure === null) answer(pool, step.name, nowMs);
          else fail(pool, step.name, step.failure, nowMs);
          const waitMs = pool.readyInMs(nowMs, { only: step.only });
          expect(pool.pick(nowMs, { only: step.only }).length === 0).toBe(waitMs > 0);
          expect(waitMs === Infinity).toBe(step.only === "other");
          expect(pool.pick(nowMs + waitMs, { only: step.only }).length === 0).toBe(step.only === "other");
        }
      }),
    );
  });

  test("every ready account is picked once, and none that rests", () => {
    fc.assert(
      fc.property(fc.constantFrom(...STRATEGIES), fc.array(anyStep, { maxLength: 20 }), (strategy, steps) => {
        const pool = poolOf(strategy, ...NAMES);
        for (const step of steps) if (step.failure !== null) fail(pool, step.name, step.failure, step.afterMs);
        const ready = NAMES.filter((name) => pool.readyInMs(30_000, { only: name }) === 0);
        expect(names(pool, 30_000).toSorted()).toEqual(ready);
      }),
    );
  });
});
