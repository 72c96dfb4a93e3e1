import { NANO_USD, endedAtMs } from "@link-assistant/core";
import type { LedgerEntry, SeriesRow } from "@link-assistant/core";

/** The label of a token, by its id; undefined where there is none. */
export type LabelOf = (tokenId: string) => string | undefined;

/** A row of a series as it is shown: times in ISO 8601, money in US dollars, means in place of sums of times. */
export interface SeriesView {
  readonly at: string;
  readonly group: string | null;
  readonly requests: number;
  readonly errors: number;
  readonly input_tokens: number;
  readonly cache_read_tokens: number;
  readonly cache_write_tokens: number;
  readonly output_tokens: number;
  readonly reasoning_tokens: number;
  readonly cost_usd: number;
  /** Exchanges with a usage but without a price, which `cost_usd` does not hold. */
  readonly unpriced: number;
  readonly cache_hits: number;
  /** The mean; `null` where nothing was answered. */
  readonly first_byte_ms: number | null;
  readonly duration_ms: number | null;
  readonly bytes_sent: number;
  readonly bytes_received: number;
}

/** The fields of a row of a series, in their order. */
export const SERIES_COLUMNS = [
  "at",
  "group",
  "requests",
  "errors",
  "input_tokens",
  "cache_read_tokens",
  "cache_write_tokens",
  "output_tokens",
  "reasoning_tokens",
  "cost_usd",
  "unpriced",
  "cache_hits",
  "first_byte_ms",
  "duration_ms",
  "bytes_sent",
  "bytes_received",
] as const satisfies readonly (keyof SeriesView)[];

/** The fields of such a row when it is of one token. */
export const TOKEN_SERIES_COLUMNS = [...SERIES_COLUMNS, "label"] as const;

/** The fields of an exchange, in their order. */
export const EXCHANGE_COLUMNS = [
  "id",
  "started_at",
  "ended_at",
  "duration_ms",
  "first_byte_ms",
  "surface",
  "token_id",
  "token_label",
  "account",
  "upstream",
  "attempts",
  "requested_model",
  "model",
  "status",
  "end",
  "stream",
  "input_tokens",
  "cache_read_tokens",
  "cache_write_5m_tokens",
  "cache_write_1h_tokens",
  "cache_write_tokens",
  "output_tokens",
  "reasoning_tokens",
  "cost_usd",
  "bytes_sent",
  "bytes_received",
  "losses",
  "trace",
] as const;

/** A row of a series as it is shown. */
export function seriesView(row: SeriesRow): SeriesView {
  return {
    at: isoTime(row.atMs),
    group: row.group,
    requests: row.requests,
    errors: row.errors,
    input_tokens: row.inputTokens,
    cache_read_tokens: row.cacheReadTokens,
    cache_write_tokens: row.cacheWriteTokens,
    output_tokens: row.outputTokens,
    reasoning_tokens: row.reasoningTokens,
    cost_usd: row.costNanoUsd / NANO_USD,
    unpriced: row.unpriced,
    cache_hits: row.cacheHits,
    first_byte_ms: mean(row.firstByteMs, row.firstBytes),
    duration_ms: mean(row.durationMs, row.requests),
    bytes_sent: row.bytesSent,
    bytes_received: row.bytesReceived,
  };
}

/** An exchange as it is shown. */
export function exchangeView(
  entry: LedgerEntry,
  labelOf: LabelOf,
): Readonly<Record<(typeof EXCHANGE_COLUMNS)[number], unknown>> {
  const { usage } = entry;
  return {
    id: entry.id,
    started_at: isoTime(entry.startedAtMs),
    ended_at: isoTime(endedAtMs(entry)),
    duration_ms: Math.round(entry.durationMs),
    first_byte_ms: entry.firstByteMs === null ? null : Math.round(entry.firstByteMs),
    surface: entry.surface,
    token_id: entry.tokenId,
    token_label: entry.tokenId === null ? null : (labelOf(entry.tokenId) ?? null),
    account: entry.account,
    upstream: entry.upstream,
    attempts: entry.attempts,
    requested_model: entry.requestedModel,
    model: entry.model,
    status: entry.status,
    end: entry.end,
    stream: entry.stream,
    input_tokens: usage.input ?? null,
    cache_read_tokens: usage.cacheRead ?? null,
    cache_write_5m_tokens: usage.cacheWrite5m ?? null,
    cache_write_1h_tokens: usage.cacheWrite1h ?? null,
    cache_write_tokens: usage.cacheWrite ?? null,
    output_tokens: usage.output ?? null,
    reasoning_tokens: usage.reasoning ?? null,
    cost_usd: entry.costNanoUsd === null ? null : entry.costNanoUsd / NANO_USD,
    bytes_sent: entry.bytesSent,
    bytes_received: entry.bytesReceived,
    losses: entry.losses,
    trace: entry.trace.map(({ durationMs, ...step }) => ({ ...step, duration_ms: durationMs })),
  };
}

function mean(sum: number, count: number): number | null {
  return count === 0 ? null : Math.round((sum / count) * 10) / 10;
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
