import type {
  Admission,
  Allowance,
  CountedLimits,
  Demand,
  LimitLeft,
  LimitStore,
  Settlement,
  UsedBefore,
} from "@link-assistant/core";
import { RateLimiterRedis } from "rate-limiter-flexible";

import {
  MemoryLimits,
  allowanceLeft,
  amountFeared,
  amountUsed,
  concurrentLeft,
  keyOf,
  tooMany,
  usedUp,
} from "./memory-limits.ts";
import { LIMITER_OPTIONS, Rates } from "./rates.ts";
import type { RedisConnection } from "./redis-connection.ts";
import { ADMIT, LEFT, RENEW, SETTLE } from "./redis-scripts.ts";
import { within } from "./within.ts";

/** A window is kept so long after its end, so that late settlements find it. */
const KEPT_AFTER_MS = 86_400_000;
/** A window that never ends is read from the ledger anew after so long without a call. */
const LIFE_KEPT_MS = 35 * 86_400_000;
/** Settlements that wait for Redis to come back; beyond it the oldest is lost, until its window is read from the ledger. */
const MAX_PENDING = 10_000;
const RATE_ANSWER_MS = 500;

/** What limits in Redis need. */
export interface RedisLimitsOptions {
  readonly redis: RedisConnection;
  /** What all keys begin with. */
  readonly prefix: string;
  readonly usedBefore: UsedBefore;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** How long what a dead process had reserved stays reserved. */
  readonly leaseMs: number;
  /** While Redis cannot be asked: count in this process alone, or refuse. */
  readonly whenDown: "continue" | "refuse";
  readonly onError: (problem: string) => void;
}

/** Counts what router tokens use in Redis, for all processes together. */
export class RedisLimits implements LimitStore {
  readonly #options: RedisLimitsOptions;
  readonly #rates: Rates;
  /** Counts while Redis is away. */
  #local: MemoryLimits;
  readonly #localLeases = new Set<string>();
  /** Leases of this process, by token. */
  readonly #leases = new Map<string, Set<string>>();
  #pending: (readonly [Demand, Settlement])[] = [];
  readonly #renewal: NodeJS.Timeout;

  constructor(options: RedisLimitsOptions) {
    const { redis, prefix, leaseMs } = options;
    this.#options = options;
    this.#local = new MemoryLimits(options);
    const counter = (unit: string): RateLimiterRedis =>
      new RateLimiterRedis({
        ...LIMITER_OPTIONS,
        storeClient: redis.client,
        useRedisPackage: true,
        rejectIfRedisNotReady: true,
        keyPrefix: `${prefix}rate:${unit}`,
      });
    this.#rates = new Rates({ requests: counter("requests"), tokens: counter("tokens") });
    this.#renewal = setInterval(() => void this.#renew(), Math.max(10, leaseMs / 3)).unref();
    redis.onReady(() => {
      // What was counted here alone is told to Redis; another time without it begins anew.
      if (this.#localLeases.size === 0) this.#local = new MemoryLimits(options);
      void this.#settlePending();
    });
  }

  async admit(demand: Demand): Promise<Admission> {
    try {
      return await this.#admit(demand);
    } catch (error) {
      this.#options.onError(`Limits cannot be counted in Redis: ${String(error)}`);
      if (this.#options.whenDown === "refuse") throw error;
      this.#localLeases.add(demand.leaseId);
      return this.#local.admit(demand);
    }
  }

  async settle(demand: Demand, settlement: Settlement): Promise<void> {
    const { tokenId, leaseId, limits, tokens } = demand;
    if (this.#localLeases.delete(leaseId)) await this.#local.settle(demand, settlement);
    this.#forgetLease(tokenId, leaseId);
    try {
      await this.#settle(demand, settlement);
      if (settlement.tokens !== undefined && limits.rates.length > 0)
        await within(RATE_ANSWER_MS, this.#rates.correct(tokenId, limits.rates, tokens, settlement.tokens));
    } catch {
      this.#pending.push([demand, settlement]);
      if (this.#pending.length > MAX_PENDING) this.#pending.shift();
    }
  }

  async left(tokenId: string, limits: CountedLimits): Promise<LimitLeft[]> {
    const { rates, concurrent, allowances } = limits;
    const { redis, usedBefore, now } = this.#options;
    const keys = this.#keys(tokenId, allowances);
    const answer = await redis.ask((client) => client.eval(LEFT, { keys }));
    const [leases = 0, ...counted] = numbersOf(answer);
    const allowancesLeft = await Promise.all(
      allowances.map(async (allowance, index) => {
        const sum = counted[index] ?? -1;
        if (sum >= 0) return allowanceLeft(allowance, sum);
        const used = await usedBefore(tokenId, allowance.sinceMs);
        return allowanceLeft(allowance, allowance.unit === "requests" ? used.requests : used.nanoUsd);
      }),
    );
    const ratesLeft = await within(RATE_ANSWER_MS, this.#rates.left(tokenId, rates, now()));
    return [...ratesLeft, ...concurrentLeft(concurrent, leases), ...allowancesLeft];
  }

  async close(): Promise<void> {
    clearInterval(this.#renewal);
    await this.#settlePending();
  }

  async #admit(demand: Demand): Promise<Admission> {
    const { tokenId, leaseId, limits, tokens } = demand;
    const refusal = await this.#reserve(demand);
    if (refusal !== undefined) return refusal;
    this.#noteLease(tokenId, leaseId);
    if (limits.rates.length === 0) return { kind: "admitted" };
    const refused = await within(RATE_ANSWER_MS, this.#rates.take(tokenId, limits.rates, tokens));
    if (refused === undefined) return { kind: "admitted" };
    this.#forgetLease(tokenId, leaseId);
    await this.#settle(demand, { nanoUsd: 0, requests: 0 });
    return { kind: "refused", ...refused };
  }

  /** Reserves all that the call may need, or says what is used up. What nobody counts yet is read from the ledger first. */
  async #reserve(demand: Demand, seeds: ReadonlyMap<number, number> = new Map()): Promise<Admission | undefined> {
    const { tokenId, leaseId, limits, nanoUsd } = demand;
    const { allowances, concurrent = -1 } = limits;
    const { redis, leaseMs, now, usedBefore } = this.#options;
    if (allowances.length === 0 && concurrent < 0) return undefined;
    const nowMs = now();
    const perAllowance = allowances.flatMap((allowance, index) => [
      allowance.bound,
      amountFeared(allowance, nanoUsd),
      keptMs(allowance, nowMs),
      seeds.get(index) ?? -1,
    ]);
    const args = [leaseId, leaseMs, concurrent, ...perAllowance].map(String);
    const keys = this.#keys(tokenId, allowances);
    const answer = await redis.ask((client) => client.eval(ADMIT, { keys, arguments: args }));
    const [verdict, number] = verdictOf(answer);
    if (verdict === "ok") return undefined;
    if (verdict === "concurrent") return tooMany();
    const allowance = allowances[number];
    if (allowance === undefined) throw new TypeError(`an answer that was not expected: ${verdict} ${number}`);
    if (verdict === "used") return usedUp(allowance, nowMs);
    const used = await usedBefore(tokenId, allowance.sinceMs);
    const seed = allowance.unit === "requests" ? used.requests : used.nanoUsd;
    return this.#reserve(demand, new Map([...seeds, [number, seed]]));
  }

  async #settle({ tokenId, leaseId, limits }: Demand, settlement: Settlement): Promise<void> {
    const { allowances, concurrent } = limits;
    if (allowances.length === 0 && concurrent === undefined) return;
    const args = [leaseId, ...allowances.map((allowance) => String(amountUsed(allowance, settlement)))];
    const keys = this.#keys(tokenId, allowances);
    await this.#options.redis.ask((client) => client.eval(SETTLE, { keys, arguments: args }));
  }

  /** Tells Redis what was used while it was away. */
  async #settlePending(): Promise<void> {
    const pending = this.#pending;
    this.#pending = [];
    for (const [index, [demand, settlement]] of pending.entries()) {
      try {
        await this.#settle(demand, settlement);
      } catch {
        this.#pending.unshift(...pending.slice(index));
        return;
      }
    }
  }

  async #renew(): Promise<void> {
    const { redis, leaseMs, onError } = this.#options;
    if (!redis.isReady) return;
    const renewals = [...this.#leases].map(([tokenId, leases]) =>
      redis.ask((client) =>
        client.eval(RENEW, { keys: this.#keys(tokenId, []), arguments: [String(leaseMs), ...leases] }),
      ),
    );
    await Promise.all(renewals).catch((error: unknown) => onError(`Leases could not be renewed: ${String(error)}`));
    if (this.#pending.length > 0) await this.#settlePending();
  }

  #noteLease(tokenId: string, leaseId: string): void {
    const leases = this.#leases.get(tokenId) ?? new Set();
    this.#leases.set(tokenId, leases.add(leaseId));
  }

  #forgetLease(tokenId: string, leaseId: string): void {
    const leases = this.#leases.get(tokenId);
    leases?.delete(leaseId);
    if (leases?.size === 0) this.#leases.delete(tokenId);
  }

  #keys(tokenId: string, allowances: readonly Allowance[]): string[] {
    const base = `${this.#options.prefix}{${tokenId}}`;
    return [
      `${base}:leases`,
      `${base}:amounts`,
      ...allowances.map((allowance) => `${base}:used:${keyOf(allowance)}`),
      ...allowances.map((allowance) => `${base}:reserved:${keyOf(allowance)}`),
    ];
  }
}

function keptMs({ untilMs }: Allowance, nowMs: number): number {
  return untilMs === null ? LIFE_KEPT_MS : Math.max(0, untilMs - nowMs) + KEPT_AFTER_MS;
}

/** What the script for admissions says, and of which allowance. */
function verdictOf(answer: unknown): readonly [verdict: string, index: number] {
  const [verdict, number]: unknown[] = Array.isArray(answer) ? answer : [];
  return [typeof verdict === "string" ? verdict : "", Number(number) - 1];
}

function numbersOf(answer: unknown): number[] {
  return Array.isArray(answer) ? answer.map(Number) : [];
}
