import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { SessionTable, hashOf, rendezvousScore } from "./affinity.ts";
import { AccountPool } from "./pick.ts";
import type { PoolSettings, Strategy } from "./pick.ts";
import { failure } from "./testing/failures.ts";

const SETTINGS: PoolSettings = {
  strategy: "affinity",
  baseMs: 1000,
  maxMs: 300_000,
  failuresBeforeRest: 3,
  brokenMs: 300_000,
  probeMs: 5000,
  affinityTtlMs: 3_600_000,
};

function poolOf(count: number, strategy: Strategy = "affinity"): AccountPool {
  const accounts = Array.from({ length: count }, (_, index) => ({
    name: `account-${index}`,
    upstream: "anthropic",
    priority: 0,
    weight: 1,
  }));
  return new AccountPool(accounts, { ...SETTINGS, strategy });
}

/** A call that succeeds at the first account picked. */
function call(pool: AccountPool, session: string, nowMs: number, pinned = false): string {
  const [first] = pool.pick(nowMs, { session, pinned });
  if (first === undefined) throw new Error("nobody was picked");
  const trial = pool.begin(first.name, nowMs, { session });
  trial.succeeded(nowMs);
  trial.end();
  return first.name;
}

describe("rendezvous hashing", () => {
  const sessions = Array.from({ length: 20_000 }, (_, index) => hashOf(`session-${index}`));
  const winner = (session: number, weights: readonly number[]): number => {
    const scores = weights.map((weight, index) => rendezvousScore(session, hashOf(`account-${index}`), weight));
    return scores.indexOf(Math.max(...scores));
  };

  test("gives each account sessions in proportion to its weight", () => {
    const weights = [1, 2, 5];
    const counts = [0, 0, 0];
    for (const session of sessions) counts[winner(session, weights)] = (counts[winner(session, weights)] ?? 0) + 1;
    const shares = counts.map((count) => count / sessions.length);
    weights.forEach((weight, index) => expect(shares[index]).toBeCloseTo(weight / 8, 1));
  });

  test("moves only the sessions of the account that is gone", () => {
    for (const session of sessions.slice(0, 2000)) {
      const before = winner(session, [1, 1, 1, 1]);
      const after = winner(session, [1, 1, 1]);
      expect(before === 3 || before === after).toBe(true);
    }
  });
});

describe("sessions", () => {
  test("stay where they are, and are forgotten after silence", () => {
    const table = new SessionTable();
    table.bind("s", "a", 0, 1000);
    expect([table.get("s", 999)?.account, table.get("s", 1000)]).toEqual(["a", undefined]);
    table.bind("s", "b", 500, 1000);
    expect(table.get("s", 1499)?.account).toBe("b");
  });

  test("are bounded, and those go first that were silent for the longest time", () => {
    const table = new SessionTable();
    for (let index = 0; index < 50_000; index += 1) table.bind(`s${index}`, "a", 0, 1000);
    table.bind("s0", "a", 1, 1000);
    table.bind("new", "a", 2, 1000);
    expect([table.size, table.get("s0", 3)?.account, table.get("s1", 3)]).toEqual([50_000, "a", undefined]);
  });
});

describe("a session in a pool", () => {
  test("calls one account, alone as it may be and however much it calls", () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 8 }), fc.array(fc.nat(10_000)), (session, count, pauses) => {
        const pool = poolOf(count);
        let nowMs = 0;
        const first = call(pool, session, nowMs);
        for (const pause of [...pauses, ...Array.from({ length: 100 }, () => 1)]) {
          nowMs += pause;
          expect(call(pool, session, nowMs)).toBe(first);
        }
      }),
      { numRuns: 30 },
    );
  });

  test("goes elsewhere while its account rests, and stays there", () => {
    const pool = poolOf(4);
    const home = call(pool, "s", 0);
    const trial = pool.begin(home, 1, { session: "s" });
    trial.failed({ ...failure("rate_limit", 5000), scope: "account" }, 1);
    const refuge = call(pool, "s", 2);
    expect(refuge).not.toBe(home);
    expect(call(pool, "s", 10_000)).toBe(refuge);
  });

  test("tells whether it came back, moved or is new", () => {
    const pool = poolOf(2);
    const outcomes = ["account-0", "account-0", "account-1"].map((name) =>
      pool.begin(name, 0, { session: "s" }).succeeded(0),
    );
    expect(outcomes).toEqual(["new", "kept", "moved"]);
  });

  test("leaves an account that is too busy with others, unless it is pinned", () => {
    const busy = (pinned: boolean): Set<string> => {
      const pool = poolOf(2);
      for (const session of ["heavy", "s"]) pool.bind(session, "account-0", 0);
      for (let index = 0; index < 40; index += 1) pool.begin("account-0", 0, { session: "heavy" }).succeeded(0);
      return new Set(Array.from({ length: 3 }, () => call(pool, "s", 0, pinned)));
    };
    expect([[...busy(false)], [...busy(true)]]).toEqual([["account-1"], ["account-0"]]);
  });
});

/** Provider caches that forget a prefix five minutes after its last use. */
class Caches {
  readonly #usedAtMs = new Map<string, number>();
  hits = 0;
  calls = 0;

  call(account: string, session: string, nowMs: number): void {
    const key = `${account} ${session}`;
    const usedAtMs = this.#usedAtMs.get(key);
    this.calls += 1;
    if (usedAtMs !== undefined && nowMs - usedAtMs < 300_000) this.hits += 1;
    this.#usedAtMs.set(key, nowMs);
  }
}

/** The numbers below `count` in an order of chance, the same for the same seed. */
function shuffled(count: number, seed: number): number[] {
  return Array.from({ length: count }, (_, index) => index).toSorted(
    (a, b) => hashOf(`${seed} ${a}`) - hashOf(`${seed} ${b}`),
  );
}

describe("eight accounts and 500 sessions of forty calls each", () => {
  const ACCOUNTS = 8;
  const SESSIONS = 500;
  const ROUNDS = 40;
  const ROUND_MS = 60_000;

  /** Every session calls once a minute; `down` says which account fails in a round. */
  function run(strategy: Strategy, down: (round: number) => string | undefined = () => undefined) {
    const pool = poolOf(ACCOUNTS, strategy);
    const caches = new Caches();
    const loads = new Map<string, number>();
    for (let round = 0; round < ROUNDS; round += 1) {
      // In another order each minute; otherwise the turns of round-robin would fall together with those of the sessions.
      for (const [turn, session] of shuffled(SESSIONS, round).entries()) {
        const nowMs = round * ROUND_MS + turn * (ROUND_MS / SESSIONS);
        const key = `session-${session}`;
        const failing = down(round);
        for (const { name } of pool.pick(nowMs, { session: key })) {
          const trial = pool.begin(name, nowMs, { session: key });
          trial.end();
          if (name === failing) trial.failed({ ...failure("rate_limit"), scope: "account" }, nowMs);
          else {
            trial.succeeded(nowMs);
            caches.call(name, key, nowMs);
            loads.set(name, (loads.get(name) ?? 0) + 1);
            break;
          }
        }
      }
    }
    const fairShare = caches.calls / ACCOUNTS;
    const shares = [...loads.values()].map((load) => load / fairShare);
    return { hitRate: caches.hits / caches.calls, calls: caches.calls, shares, last: pool };
  }

  test("find their prompt cache in 97 % of their calls, which round-robin does not", () => {
    const [affine, turns] = [run("affinity"), run("round-robin")];
    expect(affine.calls).toBe(SESSIONS * ROUNDS);
    // The first call of a session finds nothing.
    expect(affine.hitRate).toBeGreaterThanOrEqual(1 - 1 / ROUNDS - 0.002);
    expect(turns.hitRate).toBeLessThan(0.6);
  });

  test("load no account above one and a half times its fair share", () => {
    const { shares } = run("affinity");
    expect(shares).toHaveLength(ACCOUNTS);
    expect(Math.max(...shares)).toBeLessThanOrEqual(1.5);
  });

  test("all go on while one account fails, and it gets its share again", () => {
    const { hitRate, calls, shares, last } = run("affinity", (round) =>
      round >= 10 && round < 15 ? "account-3" : undefined,
    );
    expect(calls).toBe(SESSIONS * ROUNDS);
    expect(hitRate).toBeGreaterThanOrEqual(0.95);
    expect(Math.max(...shares)).toBeLessThanOrEqual(1.5);
    const fresh = Array.from({ length: 800 }, (_, index) => call(last, `fresh-${index}`, ROUNDS * ROUND_MS + index));
    expect(fresh.filter((name) => name === "account-3").length).toBeGreaterThan(800 / ACCOUNTS / 2);
  });
});
