import { END_REASONS, FAILURES, SURFACES, endedAtMs } from "@link-assistant/core";
import type { FailureKind, LedgerEntry, SeriesRow, TokenSpending, Usage } from "@link-assistant/core";
import { z } from "zod";

import { parseRow } from "./parse-row.ts";
import type { Row } from "./parse-row.ts";

const count = z.number().nullable();
const usageRow = z.object({
  input: count,
  cacheRead: count,
  cacheWrite5m: count,
  cacheWrite1h: count,
  cacheWrite: count,
  output: count,
  reasoning: count,
} satisfies Record<keyof Usage, typeof count>);

const failureKinds = Object.keys(FAILURES).filter((kind): kind is FailureKind => kind in FAILURES);
const json = z.string().transform((text): unknown => JSON.parse(text));
const trace = z.array(
  z.object({
    account: z.string(),
    upstream: z.string(),
    model: z.string(),
    outcome: z.enum(["served", "abandoned", ...failureKinds]),
    status: z.number().nullable(),
    durationMs: z.number(),
  }),
);

const ledgerRow = z.object({
  id: z.string(),
  startedAtMs: z.number(),
  durationMs: z.number(),
  firstByteMs: z.number().nullable(),
  surface: z.enum(SURFACES),
  tokenId: z.string().nullable(),
  account: z.string().nullable(),
  upstream: z.string().nullable(),
  attempts: z.number(),
  requestedModel: z.string().nullable(),
  model: z.string().nullable(),
  status: z.number(),
  endReason: z.enum(END_REASONS),
  stream: z.number().transform((flag) => flag === 1),
  costNanoUsd: z.number().nullable(),
  bytesSent: z.number(),
  bytesReceived: z.number(),
  losses: json.pipe(z.array(z.string())),
  trace: json.pipe(trace),
});

/** The columns that a ledger entry is read from. */
export const LEDGER_COLUMNS: readonly string[] = Object.keys({ ...ledgerRow.shape, ...usageRow.shape });
/** The columns that a ledger entry is written to. */
export const WRITTEN_COLUMNS: readonly string[] = ["endedAtMs", ...LEDGER_COLUMNS];

/** What stands in `WRITTEN_COLUMNS`, in their order. Tokens not reported are NULL. */
export function ledgerValues(entry: LedgerEntry): (string | number | null)[] {
  const { usage, end, stream, losses, trace: steps, ...columns } = entry;
  const named: Record<string, string | number | null> = {
    ...columns,
    ...usage,
    endedAtMs: endedAtMs(entry),
    endReason: end,
    stream: stream ? 1 : 0,
    losses: losses.length === 0 ? "[]" : JSON.stringify(losses),
    trace: steps.length === 0 ? "[]" : JSON.stringify(steps),
  };
  return WRITTEN_COLUMNS.map((name) => named[name] ?? null);
}

/** Throws a `StoreError` when the row holds no ledger entry. `place` is the database, for people. */
export function parseLedgerRow(row: Row, place: string): LedgerEntry {
  const { endReason: end, ...columns } = parseRow(ledgerRow, row, place);
  const counts = Object.entries(parseRow(usageRow, row, place));
  return {
    ...columns,
    end,
    usage: Object.fromEntries(counts.filter((pair): pair is [string, number] => pair[1] !== null)),
  };
}

const seriesRow = z.object({
  atMs: z.number(),
  group: z.string().nullable(),
  requests: z.number(),
  errors: z.number(),
  inputTokens: z.number(),
  cacheReadTokens: z.number(),
  cacheWriteTokens: z.number(),
  outputTokens: z.number(),
  reasoningTokens: z.number(),
  costNanoUsd: z.number(),
  unpriced: z.number(),
  cacheHits: z.number(),
  firstByteMs: z.number(),
  firstBytes: z.number(),
  durationMs: z.number(),
  bytesSent: z.number(),
  bytesReceived: z.number(),
});

/** Throws a `StoreError` when the row is none of a series. */
export function parseSeriesRow(row: Row, place: string): SeriesRow {
  return parseRow(seriesRow, row, place);
}

const spendingRow = z.object({ requests: z.number(), nanoUsd: z.number(), lastUsedAtMs: z.number().nullable() });
const spentBeforeRow = z.object({ requests: z.number(), nanoUsd: z.number() });

/** What a token has used: in rows, and before, where rows were dropped. */
export function parseSpending(row: Row, before: Row | undefined, place: string): TokenSpending {
  const now = parseRow(spendingRow, row, place);
  if (before === undefined) return now;
  const { requests, nanoUsd } = parseRow(spentBeforeRow, before, place);
  return { ...now, requests: now.requests + requests, nanoUsd: now.nanoUsd + nanoUsd };
}
