import type {
  Admission,
  Allowance,
  CountedLimits,
  Demand,
  LimitLeft,
  LimitName,
  LimitStore,
  Settlement,
  UsedBefore,
} from "@link-assistant/core";
import { RateLimiterMemory } from "rate-limiter-flexible";

import { LIMITER_OPTIONS, Rates } from "./rates.ts";

/** Tokens that are held; beyond it those are forgotten that have been silent for the longest time and have nothing under way. */
const MAX_TOKENS = 20_000;
/** What could not be read is not asked for again so soon: whoever asks would wait for nothing. */
const SEED_RETRY_MS = 5000;
/** When asking again makes sense while too many exchanges are under way. */
const CONCURRENT_RETRY_MS = 1000;

/** What a window of an allowance has lost. */
interface WindowState {
  used: number;
  reserved: number;
  /** Whether what was used before is among `used`. */
  isSeeded: boolean;
}

interface TokenState {
  /** What each exchange under way has reserved, by window. */
  readonly leases: Map<string, readonly (readonly [window: string, amount: number])[]>;
  readonly windows: Map<string, WindowState>;
}

/** What limits in memory need. */
export interface MemoryLimitsOptions {
  /** What a token had used before this process began to count. */
  readonly usedBefore: UsedBefore;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** While that cannot be read: begin at nothing, and read it later; or refuse. Default `continue`. */
  readonly whenDown?: "continue" | "refuse";
}

/** Counts what router tokens use in this process alone. Its leases end with the process, so they need no time to run out. */
export class MemoryLimits implements LimitStore {
  readonly #options: MemoryLimitsOptions;
  readonly #tokens = new Map<string, TokenState>();
  readonly #rates = new Rates({
    requests: new RateLimiterMemory(LIMITER_OPTIONS),
    tokens: new RateLimiterMemory(LIMITER_OPTIONS),
  });
  /** Windows that are being read from the ledger, once for all who wait. */
  readonly #seeding = new Map<string, Promise<void>>();
  #seedAgainAtMs = 0;

  constructor(options: MemoryLimitsOptions) {
    this.#options = options;
  }

  async admit(demand: Demand): Promise<Admission> {
    const { tokenId, leaseId, limits, tokens } = demand;
    await this.#seed(tokenId, limits.allowances);
    const refusal = this.#reserve(demand);
    if (refusal !== undefined) return refusal;
    const refused = limits.rates.length === 0 ? undefined : await this.#rates.take(tokenId, limits.rates, tokens);
    if (refused === undefined) return { kind: "admitted" };
    this.#release(tokenId, leaseId);
    return { kind: "refused", ...refused };
  }

  async settle({ tokenId, leaseId, limits, tokens }: Demand, settlement: Settlement): Promise<void> {
    this.#release(tokenId, leaseId);
    for (const allowance of limits.allowances) {
      const window = this.#state(tokenId).windows.get(keyOf(allowance));
      if (window !== undefined) window.used += amountUsed(allowance, settlement);
    }
    if (settlement.tokens !== undefined && limits.rates.length > 0)
      await this.#rates.correct(tokenId, limits.rates, tokens, settlement.tokens);
  }

  async left(tokenId: string, { rates, concurrent, allowances }: CountedLimits): Promise<LimitLeft[]> {
    await this.#seed(tokenId, allowances);
    const { leases, windows } = this.#state(tokenId);
    return [
      ...(await this.#rates.left(tokenId, rates, this.#options.now())),
      ...concurrentLeft(concurrent, leases.size),
      ...allowances.map((allowance) => {
        const { used = 0, reserved = 0 } = windows.get(keyOf(allowance)) ?? {};
        return allowanceLeft(allowance, used + reserved);
      }),
    ];
  }

  async close(): Promise<void> {}

  /** Reserves all that the call may need, or says what is used up. */
  #reserve({ tokenId, leaseId, limits, nanoUsd }: Demand): Admission | undefined {
    const { leases, windows } = this.#state(tokenId);
    if (limits.concurrent !== undefined && leases.size >= limits.concurrent) return TOO_MANY;
    for (const allowance of limits.allowances) {
      const { used, reserved } = windows.get(keyOf(allowance)) ?? { used: 0, reserved: 0 };
      if (used + reserved >= allowance.bound) return usedUp(allowance, this.#options.now());
    }
    const lease = limits.allowances.map((allowance) => [keyOf(allowance), amountFeared(allowance, nanoUsd)] as const);
    for (const [key, amount] of lease) windowOf(windows, key).reserved += amount;
    leases.set(leaseId, lease);
    return undefined;
  }

  #release(tokenId: string, leaseId: string): void {
    const { leases, windows } = this.#state(tokenId);
    for (const [key, amount] of leases.get(leaseId) ?? []) windowOf(windows, key).reserved -= amount;
    leases.delete(leaseId);
  }

  /** Reads from the ledger what was used of windows that nobody has counted yet. */
  async #seed(tokenId: string, allowances: readonly Allowance[]): Promise<void> {
    for (const allowance of allowances) {
      const { windows } = this.#state(tokenId);
      const key = keyOf(allowance);
      if (windows.get(key)?.isSeeded === true) continue;
      const seedKey = `${tokenId} ${key}`;
      let seeding = this.#seeding.get(seedKey);
      if (seeding === undefined) {
        seeding = this.#read(tokenId, allowance).finally(() => this.#seeding.delete(seedKey));
        this.#seeding.set(seedKey, seeding);
      }
      await seeding;
    }
  }

  async #read(tokenId: string, allowance: Allowance): Promise<void> {
    const { usedBefore, now, whenDown } = this.#options;
    if (now() < this.#seedAgainAtMs && whenDown !== "refuse") return;
    try {
      const used = await usedBefore(tokenId, allowance.sinceMs);
      const { windows } = this.#state(tokenId);
      for (const key of windows.keys()) if (isOver(key, allowance)) windows.delete(key);
      const window = windowOf(windows, keyOf(allowance));
      // What was counted here meanwhile is in the ledger as well.
      window.used = Math.max(window.used, allowance.unit === "requests" ? used.requests : used.nanoUsd);
      window.isSeeded = true;
    } catch (error) {
      if (whenDown === "refuse") throw error;
      this.#seedAgainAtMs = now() + SEED_RETRY_MS;
    }
  }

  #state(tokenId: string): TokenState {
    const known = this.#tokens.get(tokenId);
    const state = known ?? { leases: new Map(), windows: new Map() };
    // The order of the map is that of use.
    this.#tokens.delete(tokenId);
    this.#tokens.set(tokenId, state);
    if (this.#tokens.size > MAX_TOKENS) this.#forgetIdle();
    return state;
  }

  #forgetIdle(): void {
    for (const [tokenId, { leases }] of this.#tokens) {
      if (leases.size > 0) continue;
      this.#tokens.delete(tokenId);
      return;
    }
  }
}

const TOO_MANY: Admission = { kind: "refused", limit: "concurrent", retryAfterMs: CONCURRENT_RETRY_MS };

/** The answer to a call whose token has used up an allowance. */
export function usedUp({ limit, untilMs }: Allowance, nowMs: number): Admission {
  return { kind: "refused", limit, ...(untilMs !== null && { retryAfterMs: Math.max(0, untilMs - nowMs) }) };
}

/** The answer to a call of a token that has too many under way. */
export function tooMany(): Admission {
  return TOO_MANY;
}

/** A window's name among all of its token. */
export function keyOf({ unit, window }: Allowance): string {
  return `${unit}:${window}`;
}

/** What a call reserves. */
export function amountFeared({ unit }: Allowance, nanoUsd: number): number {
  return unit === "requests" ? 1 : Math.ceil(nanoUsd);
}

/** What a call has used. */
export function amountUsed({ unit }: Allowance, { requests, nanoUsd }: Settlement): number {
  return unit === "requests" ? requests : nanoUsd;
}

/** What is left of an allowance. */
export function allowanceLeft({ limit, bound, untilMs }: Allowance, used: number): LimitLeft {
  return { limit, bound, used, resetsAtMs: untilMs };
}

/** What is left of a bound on exchanges at once; nothing where there is none. */
export function concurrentLeft(bound: number | undefined, used: number): LimitLeft[] {
  return bound === undefined ? [] : [{ limit: "concurrent" satisfies LimitName, bound, used, resetsAtMs: null }];
}

/** Whether a window is an earlier one of the same kind: earlier days and months are shorter than no other and sort before. */
function isOver(key: string, { unit, window }: Allowance): boolean {
  const [keyUnit, keyWindow = ""] = key.split(":");
  return keyUnit === unit && keyWindow.length === window.length && keyWindow < window;
}

function windowOf(windows: Map<string, WindowState>, key: string): WindowState {
  let window = windows.get(key);
  if (window === undefined) windows.set(key, (window = { used: 0, reserved: 0, isSeeded: false }));
  return window;
}
