import type { LimitLeft, LimitName, Rate } from "@link-assistant/core";
import type { RateLimiterAbstract } from "rate-limiter-flexible";

/** The options that make a limiter count for a minute at a time. Bounds are compared here, for each token has its own. */
export const LIMITER_OPTIONS = { points: 1, duration: 60 } as const;

/** A counter of what each token has used in its current minute. */
export type MinuteCounter = Pick<RateLimiterAbstract, "penalty" | "reward" | "get">;

/** What is taken of a rate at first: a call that alone is more than the minute has must be possible once in it. */
function pointsOf({ unit, perMinute }: Rate, tokens: number): number {
  return unit === "requests" ? 1 : Math.min(Math.max(1, Math.ceil(tokens)), perMinute);
}

/** Counts what comes back with time, in windows of a minute that begin with a token's first use. */
export class Rates {
  readonly #counters: Readonly<Record<Rate["unit"], MinuteCounter>>;

  constructor(counters: Readonly<Record<Rate["unit"], MinuteCounter>>) {
    this.#counters = counters;
  }

  /** Takes points of all rates, or of none: then it says which is used up, and for how many milliseconds. */
  async take(
    tokenId: string,
    rates: readonly Rate[],
    tokens: number,
  ): Promise<{ readonly limit: LimitName; readonly retryAfterMs: number } | undefined> {
    for (const [index, rate] of rates.entries()) {
      const { consumedPoints, msBeforeNext } = await this.#counters[rate.unit].penalty(tokenId, pointsOf(rate, tokens));
      if (consumedPoints <= rate.perMinute) continue;
      await this.giveBack(tokenId, rates.slice(0, index + 1), tokens);
      return { limit: rate.limit, retryAfterMs: msBeforeNext };
    }
    return undefined;
  }

  /** Gives back what a call took that does not begin. */
  async giveBack(tokenId: string, rates: readonly Rate[], tokens: number): Promise<void> {
    await Promise.all(rates.map((rate) => this.#counters[rate.unit].reward(tokenId, pointsOf(rate, tokens))));
  }

  /** Puts the tokens that a call used in place of those it took. */
  async correct(tokenId: string, rates: readonly Rate[], taken: number, used: number): Promise<void> {
    const { tokens } = this.#counters;
    for (const rate of rates.filter(({ unit }) => unit === "tokens")) {
      const difference = Math.ceil(used) - pointsOf(rate, taken);
      if (difference > 0) await tokens.penalty(tokenId, difference);
      else if (difference < 0) await tokens.reward(tokenId, -difference);
    }
  }

  /** What is left of each rate. */
  async left(tokenId: string, rates: readonly Rate[], nowMs: number): Promise<LimitLeft[]> {
    return Promise.all(
      rates.map(async ({ limit, perMinute, unit }) => {
        const seen = await this.#counters[unit].get(tokenId);
        const used = Math.max(0, seen?.consumedPoints ?? 0);
        return { limit, bound: perMinute, used, resetsAtMs: seen === null ? null : nowMs + seen.msBeforeNext };
      }),
    );
  }
}
