import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { READY, afterBegin, afterFailure, afterSuccess, isUsable } from "./account.ts";
import type { AccountState, CooldownPolicy } from "./account.ts";
import type { Failure } from "./failure.ts";
import { anyFailure, failure } from "./testing/failures.ts";

const POLICY: CooldownPolicy = {
  baseMs: 1000,
  maxMs: 60_000,
  failuresBeforeRest: 3,
  brokenMs: 60_000,
  probeMs: 5000,
};

const anyPolicy: fc.Arbitrary<CooldownPolicy> = fc.record({
  baseMs: fc.integer({ min: 1, max: 86_400_000 }),
  maxMs: fc.integer({ min: 1, max: 86_400_000 }),
  failuresBeforeRest: fc.integer({ min: 1, max: 100 }),
  brokenMs: fc.integer({ min: 1, max: 86_400_000 }),
  probeMs: fc.integer({ min: 1, max: 60_000 }),
});

/** One thing that happens to an account, and what it is before and after; `failure` is null for an answer. */
interface Transition {
  readonly before: AccountState;
  readonly after: AccountState;
  readonly nowMs: number;
  readonly failure: Failure | null;
}

/** What happens, one after the other, each `afterMs` after the last. */
const anySteps = fc.array(
  fc.record({
    afterMs: fc.oneof(fc.constant(0), fc.nat(100_000)),
    failure: fc.option(anyFailure),
  }),
  { maxLength: 30 },
);

/** Checks every transition of any account's life that `of` selects. Every life begins with nothing known. */
function always(of: (transition: Transition) => boolean, law: (it: Transition, policy: CooldownPolicy) => void): void {
  fc.assert(
    fc.property(anySteps, anyPolicy, (steps, policy) => {
      let [after, nowMs]: [AccountState, number] = [READY, 0];
      for (const { afterMs, failure } of steps) {
        nowMs += afterMs;
        // Frozen: a transition makes a new state.
        const before = Object.freeze(after);
        after = failure === null ? afterSuccess(before, nowMs) : afterFailure(before, failure, nowMs, policy);
        const transition = { before, after, nowMs, failure };
        if (of(transition)) law(transition, policy);
      }
    }),
  );
}

const anything = (): boolean => true;
const failed = ({ failure }: Transition): boolean => failure !== null;
const answered = ({ failure }: Transition): boolean => failure === null;
const whileResting = ({ before, nowMs }: Transition): boolean => !isUsable(before, nowMs);

/** Milliseconds until the account is ready. */
function restOf(state: AccountState, nowMs: number): number {
  return state.kind === "ready" ? 0 : Math.max(0, state.untilMs - nowMs);
}

/** The state after failures that came one by one, each when the rest before it was over. */
function afterOnes(kinds: readonly Failure[], policy: CooldownPolicy = POLICY): { state: AccountState; nowMs: number } {
  let [state, nowMs]: [AccountState, number] = [READY, 0];
  for (const each of kinds) {
    nowMs += restOf(state, nowMs);
    state = afterFailure(state, each, nowMs, policy);
  }
  return { state, nowMs };
}

describe("laws of every life of an account", () => {
  test("it never rests longer than the policy allows", () => {
    always(anything, ({ after, nowMs }, { maxMs, brokenMs }) =>
      expect(restOf(after, nowMs)).toBeLessThanOrEqual(after.kind === "broken" ? brokenMs : maxMs),
    );
  });

  test("a failure for which nobody rests changes nothing", () => {
    always(
      (it) => it.failure?.rest === "never",
      ({ before, after }) => expect(after).toBe(before),
    );
  });

  test("a rest is never cut short, but by what only a person can mend", () => {
    always(
      (it) => whileResting(it) && it.after.kind !== "broken",
      ({ before, after, nowMs }) => {
        expect(restOf(after, nowMs)).toBeGreaterThanOrEqual(restOf(before, nowMs));
      },
    );
  });

  test("what fails during a rest does not count as one more failure in a row", () => {
    always(whileResting, ({ before, after }) => expect(after.failures).toBe(before.failures));
  });

  test("a failure adds at most one to those in a row", () => {
    always(failed, ({ before, after }) => expect([0, 1]).toContain(after.failures - before.failures));
  });

  test("an answer makes it as good as new, unless it is resting", () => {
    always(answered, ({ before, after, nowMs }) => expect(after).toBe(isUsable(before, nowMs) ? READY : before));
  });

  test("another failure becomes its reason to rest only with a longer rest", () => {
    always(
      (it) => failed(it) && it.after.kind === "cooling" && it.after !== it.before,
      ({ before, after, nowMs, failure }) => {
        expect(after).toHaveProperty("reason", failure?.kind);
        expect(restOf(after, nowMs)).toBeGreaterThan(restOf(before, nowMs));
      },
    );
  });
});

describe("how long it rests", () => {
  test("as long as the upstream asks, and not longer than the policy allows", () => {
    const restMs = (retryAfterMs: number): number =>
      restOf(afterFailure(READY, failure("rate_limit", retryAfterMs), 0, POLICY), 0);
    expect([0, 1, 2500, 60_000, 60_001, 3_600_000].map(restMs)).toEqual([0, 1, 2500, 60_000, 60_000, 60_000]);
  });

  test("doubled with each failure in a row, when the upstream names no time", () => {
    const rests = [1, 2, 3, 4, 6, 7, 40, 2000].map((times) => {
      const { state, nowMs } = afterOnes(Array.from({ length: times }, () => failure("rate_limit")));
      return restOf(state, nowMs);
    });
    expect(rests).toEqual([1000, 2000, 4000, 8000, 32_000, 60_000, 60_000, 60_000]);
  });

  test.each(["server_error", "overloaded", "timeout", "unreachable"] as const)(
    "not before %s has repeated itself",
    (kind) => {
      const rests = [1, 2, 3, 4].map((times) => {
        const { state, nowMs } = afterOnes(Array.from({ length: times }, () => failure(kind)));
        return restOf(state, nowMs);
      });
      expect(rests).toEqual([0, 0, 1000, 2000]);
    },
  );

  test("at once for overload too, when the upstream names a time", () => {
    expect(restOf(afterFailure(READY, failure("overloaded", 1500), 0, POLICY), 0)).toBe(1500);
  });

  test.each(["authentication", "billing", "quota"] as const)("until somebody mends it, after %s", (kind) => {
    expect(afterFailure(READY, failure(kind), 100, POLICY)).toEqual({
      kind: "broken",
      untilMs: 60_100,
      reason: kind,
      failures: 1,
    });
  });

  test("as long as the upstream says of a quota, for then it will be well by itself", () => {
    const state = afterFailure(READY, failure("quota", 18 * 86_400_000), 100, POLICY);
    expect(state).toEqual({ kind: "cooling", untilMs: 60_100, reason: "quota", failures: 1 });
  });

  test("an answer in between starts the count anew", () => {
    const twice = afterOnes([failure("server_error"), failure("server_error")]).state;
    expect(twice).toEqual({ kind: "ready", failures: 2 });
    expect(afterFailure(afterSuccess(twice, 0), failure("server_error"), 0, POLICY)).toEqual({
      kind: "ready",
      failures: 1,
    });
  });
});

describe("calls that were under way together", () => {
  test("fail together as one failure", () => {
    const once = afterFailure(READY, failure("rate_limit"), 0, POLICY);
    const many = [1, 2, 3].reduce((state, nowMs) => afterFailure(state, failure("rate_limit"), nowMs, POLICY), once);
    expect(many).toEqual({ kind: "cooling", untilMs: 1003, reason: "rate_limit", failures: 1 });
  });

  test("do not hide why the account rests", () => {
    const broke = afterFailure(READY, failure("billing"), 0, POLICY);
    expect(afterFailure(broke, failure("rate_limit"), 1, POLICY)).toBe(broke);
  });

  test("and the answers among them do not end the rest", () => {
    const resting = afterFailure(READY, failure("rate_limit", 5000), 0, POLICY);
    expect(afterSuccess(resting, 4999)).toBe(resting);
    expect(afterSuccess(resting, 5000)).toBe(READY);
  });
});

describe("after a rest", () => {
  const resting = afterFailure(READY, failure("overloaded", 5000), 0, POLICY);
  const probing = afterBegin(resting, 5000, POLICY);

  test("one call probes, and the others stay away until it tells or takes too long", () => {
    expect(probing).toEqual({ ...resting, kind: "probing", untilMs: 10_000 });
    expect([isUsable(probing, 5000), isUsable(probing, 9999), isUsable(probing, 10_000)]).toEqual([false, false, true]);
    expect(afterSuccess(probing, 5100)).toBe(READY);
  });

  test("a probe that fails means a longer rest at once, even for what otherwise has to repeat itself", () => {
    const again = afterFailure(probing, failure("overloaded"), 5100, POLICY);
    expect(again).toEqual({ kind: "cooling", untilMs: 7100, reason: "overloaded", failures: 2 });
  });

  test("a call that begins while nothing was the matter, or during the rest, changes nothing", () => {
    expect(afterBegin(READY, 0, POLICY)).toBe(READY);
    expect(afterBegin(resting, 4999, POLICY)).toBe(resting);
  });

  test("what only a person can mend is probed as well", () => {
    const broken = afterFailure(READY, failure("billing"), 0, POLICY);
    expect(afterBegin(broken, 60_000, POLICY)).toEqual({ ...broken, kind: "probing", untilMs: 65_000 });
    expect(afterFailure(broken, failure("rate_limit", 59_999), 1, POLICY)).toBe(broken);
  });
});

test("a rest is over at its end, not after it", () => {
  const resting = afterFailure(READY, failure("rate_limit", 5000), 0, POLICY);
  expect(isUsable(resting, 4999)).toBe(false);
  expect(isUsable(resting, 5000)).toBe(true);
});

test("an account of which nothing is known is ready, and that cannot be changed", () => {
  expect(READY).toEqual({ kind: "ready", failures: 0 });
  expect(Object.isFrozen(READY)).toBe(true);
});
