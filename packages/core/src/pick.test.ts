import * as fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";

import { READY } from "./account.ts";
import type { Account, CooldownPolicy } from "./account.ts";
import { AccountPool, STRATEGIES } from "./pick.ts";
import type { Strategy } from "./pick.ts";
import { anyFailure, failure } from "./testing/failures.ts";

const POLICY: CooldownPolicy = { baseMs: 1000, maxMs: 60_000, failuresBeforeRest: 3 };
const RATE_LIMIT = failure("rate_limit");

function account(name: string, priority = 0): Account {
  return { name, upstream: "anthropic", priority };
}

function poolOf(strategy: Strategy, ...accounts: readonly (string | Account)[]): AccountPool {
  const whole = accounts.map((each) => (typeof each === "string" ? account(each) : each));
  return new AccountPool(whole, strategy, POLICY);
}

function names(pool: AccountPool, nowMs = 0, only: string | null = null): string[] {
  return pool.pick(nowMs, only).map(({ name }) => name);
}

test("the strategies are spelt like this in the configuration; change them on purpose", () => {
  expect(STRATEGIES).toEqual(["round-robin", "priority", "least-used"]);
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
        const counts = pool.view().map((pooled) => firsts.get(pooled.account.name) ?? 0);
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
      }),
    );
  });

  test("round-robin takes turns among those that are left while one rests", () => {
    const pool = poolOf("round-robin", "a", "b", "c");
    pool.noteFailure("b", RATE_LIMIT, 0);
    expect([1, 2, 3, 4].map(() => names(pool).join(""))).toEqual(["ac", "ca", "ac", "ca"]);
  });

  test("priority prefers the smaller number, and of equal ones the first", () => {
    const pool = poolOf("priority", account("spare", 5), account("a"), account("best", -1), account("b"));
    expect([names(pool), names(pool)]).toEqual([
      ["best", "a", "b", "spare"],
      ["best", "a", "b", "spare"],
    ]);
    pool.noteFailure("best", RATE_LIMIT, 0);
    expect(names(pool)).toEqual(["a", "b", "spare"]);
  });

  test("least-used prefers the one with least under way, and of those the one with fewest attempts", () => {
    const pool = poolOf("least-used", "a", "b", "c");
    for (const end of [pool.begin("a"), pool.begin("a")]) end();
    expect(names(pool)).toEqual(["b", "c", "a"]);
    pool.begin("b");
    expect(names(pool)).toEqual(["c", "a", "b"]);
    pool.begin("c");
    expect(names(pool)).toEqual(["a", "b", "c"]);
  });
});

describe("what is known of an account", () => {
  let pool: AccountPool;
  beforeEach(() => {
    pool = poolOf("priority", "a", "b");
  });

  test("a failure puts it to rest, and the rest ends by itself", () => {
    pool.noteFailure("a", RATE_LIMIT, 500);
    expect([names(pool, 500), names(pool, 1499), names(pool, 1500)]).toEqual([["b"], ["b"], ["a", "b"]]);
  });

  test("an answer after the rest makes it as good as new", () => {
    pool.noteFailure("a", RATE_LIMIT, 0);
    pool.noteSuccess("a", 1000);
    expect(pool.view()[0]?.state).toBe(READY);
  });

  test("a failure that is the caller's changes nothing", () => {
    pool.noteFailure("a", failure("invalid_request"), 0);
    expect(pool.view()[0]?.state).toBe(READY);
  });

  test("a reset makes it ready at once", () => {
    pool.noteFailure("a", failure("authentication"), 0);
    pool.reset("a");
    expect(names(pool)).toEqual(["a", "b"]);
  });

  test("the policy of the pool counts", () => {
    pool.noteFailure("a", failure("billing"), 0);
    expect(pool.readyInMs(0, "a")).toBe(POLICY.maxMs);
  });

  test("attempts are counted while they are under way and after", () => {
    const ends = [pool.begin("a"), pool.begin("a")];
    expect(pool.view()[0]).toMatchObject({ inFlight: 2, attempts: 2 });
    // An end may be told more than once, and each attempt ends by its own.
    for (const end of [...ends, ...ends]) end();
    expect(pool.view()[0]).toMatchObject({ inFlight: 0, attempts: 2 });
  });

  test("a view is of its moment, in the order of preference", () => {
    const view = pool.view();
    pool.begin("a");
    expect(view).toEqual([
      { account: account("a"), state: READY, inFlight: 0, attempts: 0 },
      { account: account("b"), state: READY, inFlight: 0, attempts: 0 },
    ]);
  });

  test("nothing more than the three fields is kept of it, least of all its key", () => {
    const withKey = { ...account("a"), key: "sk-ant-very-secret" };
    const [viewed] = poolOf("priority", withKey).view();
    expect(viewed?.account).toEqual(account("a"));
  });
});

describe("names", () => {
  test("two accounts of one name are refused", () => {
    expect(() => poolOf("priority", "a", "b", "a")).toThrow(new TypeError("two accounts have the same name"));
  });

  test("only the named account is considered", () => {
    const pool = poolOf("round-robin", "a", "b", "c");
    pool.noteFailure("c", RATE_LIMIT, 0);
    expect([names(pool, 0, "b"), names(pool, 0, "c"), names(pool, 0, "other")]).toEqual([["b"], [], []]);
    expect([pool.readyInMs(0, "b"), pool.readyInMs(0, "c"), pool.readyInMs(0, "other")]).toEqual([0, 1000, Infinity]);
  });

  test("a call for one account does not take another's turn", () => {
    const pool = poolOf("round-robin", "a", "b");
    names(pool, 0, "a");
    expect(names(pool)).toEqual(["a", "b"]);
  });

  test("it is known which there are and how many, resting or not", () => {
    const pool = poolOf("priority", "a", "b");
    pool.noteFailure("a", RATE_LIMIT, 0);
    expect([pool.has("a"), pool.has("c"), pool.size]).toEqual([true, false, 2]);
  });

  test.each<[string, (pool: AccountPool) => unknown]>([
    ["begin", (pool) => pool.begin("other")],
    ["noteSuccess", (pool) => pool.noteSuccess("other", 0)],
    ["noteFailure", (pool) => pool.noteFailure("other", RATE_LIMIT, 0)],
    ["reset", (pool) => pool.reset("other")],
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
          if (step.failure === null) pool.noteSuccess(step.name, nowMs);
          else pool.noteFailure(step.name, step.failure, nowMs);
          const waitMs = pool.readyInMs(nowMs, step.only);
          expect(pool.pick(nowMs, step.only).length === 0).toBe(waitMs > 0);
          expect(waitMs === Infinity).toBe(step.only === "other");
          expect(pool.pick(nowMs + waitMs, step.only).length === 0).toBe(step.only === "other");
        }
      }),
    );
  });

  test("every ready account is picked once, and none that rests", () => {
    fc.assert(
      fc.property(fc.constantFrom(...STRATEGIES), fc.array(anyStep, { maxLength: 20 }), (strategy, steps) => {
        const pool = poolOf(strategy, ...NAMES);
        for (const step of steps) if (step.failure !== null) pool.noteFailure(step.name, step.failure, step.afterMs);
        const ready = NAMES.filter((name) => pool.readyInMs(30_000, name) === 0);
        expect(names(pool, 30_000).toSorted()).toEqual(ready);
      }),
    );
  });
});
