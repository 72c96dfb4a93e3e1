import type { SeriesRow } from "../api/answers.ts";

/** Sums over rows of a series. */
export interface Totals {
  readonly requests: number;
  readonly errors: number;
  readonly costUsd: number;
  readonly unpriced: number;
  readonly inputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  readonly outputTokens: number;
  readonly cacheHits: number;
  /** The mean; `null` where nothing was answered. */
  readonly firstByteMs: number | null;
}

/** Adds rows up. The mean time is weighed by requests, since a row has no other count. */
export function totalsOf(rows: readonly SeriesRow[]): Totals {
  const sum = (value: (row: SeriesRow) => number): number => rows.reduce((total, row) => total + value(row), 0);
  const timed = rows.filter((row) => row.first_byte_ms !== null);
  const timedRequests = timed.reduce((total, row) => total + row.requests, 0);
  const times = timed.reduce((total, row) => total + (row.first_byte_ms ?? 0) * row.requests, 0);
  return {
    requests: sum((row) => row.requests),
    errors: sum((row) => row.errors),
    costUsd: sum((row) => row.cost_usd),
    unpriced: sum((row) => row.unpriced),
    inputTokens: sum((row) => row.input_tokens),
    cacheReadTokens: sum((row) => row.cache_read_tokens),
    cacheWriteTokens: sum((row) => row.cache_write_tokens),
    outputTokens: sum((row) => row.output_tokens),
    cacheHits: sum((row) => row.cache_hits),
    firstByteMs: timedRequests === 0 ? null : times / timedRequests,
  };
}

/** The totals of a period and of the one before it, out of one series over both. */
export function compared(
  rows: readonly SeriesRow[],
  fromMs: number,
): { readonly now: Totals; readonly before: Totals } {
  const isNow = (row: SeriesRow): boolean => Date.parse(row.at) >= fromMs;
  return { now: totalsOf(rows.filter(isNow)), before: totalsOf(rows.filter((row) => !isNow(row))) };
}

/** By which share a figure grew; `null` where there is nothing to compare with. */
export function growth(now: number | null, before: number | null): number | null {
  return now === null || before === null || before === 0 ? null : (now - before) / before;
}

/** Which share of the exchanges that ended well had a prompt read from a cache; `null` where there were none. */
export function cacheHitRate({
  requests,
  errors,
  cacheHits,
}: Pick<Totals, "requests" | "errors" | "cacheHits">): number | null {
  const answered = requests - errors;
  return answered <= 0 ? null : Math.min(1, cacheHits / answered);
}
