import type { SQLOutputValue } from "node:sqlite";

import { END_REASONS, SURFACES, TOKEN_SCOPES } from "@link-assistant/core";
import type { LedgerEntry, TokenRecord, Usage } from "@link-assistant/core";
import { z } from "zod";

import { StoreError } from "./store-error.ts";

/** A row as SQLite gives it. */
type Row = Record<string, SQLOutputValue>;
/** What is bound to the named parameters of a statement. */
type Parameters = Record<string, string | number | null>;

const tokenRow = z.object({
  id: z.string(),
  label: z.string(),
  account: z.string().nullable(),
  scopes: z
    .string()
    .transform((text) => text.split(" ").filter((scope) => scope !== ""))
    .pipe(z.array(z.enum(TOKEN_SCOPES))),
  issuedAtMs: z.number(),
  expiresAtMs: z.number(),
  revokedAtMs: z.number().nullable(),
});

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

const ledgerRow = z.object({
  id: z.string(),
  startedAtMs: z.number(),
  durationMs: z.number(),
  firstByteMs: z.number().nullable(),
  surface: z.enum(SURFACES),
  tokenId: z.string().nullable(),
  account: z.string().nullable(),
  attempts: z.number(),
  requestedModel: z.string().nullable(),
  model: z.string().nullable(),
  status: z.number(),
  endReason: z.enum(END_REASONS),
  stream: z.number().transform((flag) => flag === 1),
  bytesSent: z.number(),
  bytesReceived: z.number(),
});

/** The columns that hold a token record. */
export const TOKEN_COLUMNS: readonly string[] = Object.keys(tokenRow.shape);
/** The columns that hold a ledger entry. */
export const LEDGER_COLUMNS: readonly string[] = Object.keys({ ...ledgerRow.shape, ...usageRow.shape });

/** The columns of a token record. Scopes are kept as words with spaces between them. */
export function tokenParameters(record: TokenRecord): Parameters {
  return { ...record, scopes: record.scopes.join(" ") };
}

/** Throws a `StoreError` when the row holds no token record. */
export function parseTokenRow(row: Row, path: string): TokenRecord {
  return parseRow(tokenRow, row, path);
}

/** What stands in `LEDGER_COLUMNS`, in their order: bound by name it takes three times as long. Tokens not reported are NULL. */
export function ledgerValues({ usage, end, stream, ...columns }: LedgerEntry): (string | number | null)[] {
  const named: Parameters = { ...columns, endReason: end, stream: Number(stream), ...usage };
  return LEDGER_COLUMNS.map((name) => named[name] ?? null);
}

/** Throws a `StoreError` when the row holds no ledger entry. */
export function parseLedgerRow(row: Row, path: string): LedgerEntry {
  const { endReason: end, ...columns } = parseRow(ledgerRow, row, path);
  const counts = Object.entries(parseRow(usageRow, row, path));
  return {
    ...columns,
    end,
    usage: Object.fromEntries(counts.filter((pair): pair is [string, number] => pair[1] !== null)),
  };
}

function parseRow<T>(schema: z.ZodType<T>, row: Row, path: string): T {
  const { success, data, error } = schema.safeParse(row);
  if (success) return data;
  const reasons = error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  throw new StoreError("corrupt", path, `row ${String(row["id"])}: ${reasons.join("; ")}`);
}
