import { FAILURES, TOKEN_SCOPES, tokenLimitsSchema } from "@link-assistant/core";
import type { AccountStateRecord, FailureKind, TokenRecord } from "@link-assistant/core";
import { z } from "zod";

import { parseRow } from "./parse-row.ts";
import type { Row } from "./parse-row.ts";

/** What is bound to the named parameters of a statement. */
type Parameters = Record<string, string | number | null>;

const json = z.string().transform((text): unknown => JSON.parse(text));

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
  limits: json.pipe(tokenLimitsSchema),
});

/** The columns that hold a token record. */
export const TOKEN_COLUMNS: readonly string[] = Object.keys(tokenRow.shape);

/** The columns of a token record. Scopes are kept as words with spaces between them, limits as JSON. */
export function tokenParameters(record: TokenRecord): Parameters {
  return { ...record, scopes: record.scopes.join(" "), limits: JSON.stringify(record.limits) };
}

/** Throws a `StoreError` when the row holds no token record. */
export function parseTokenRow(row: Row, place: string): TokenRecord {
  return parseRow(tokenRow, row, place);
}

const reason = z.enum(Object.keys(FAILURES).filter((kind): kind is FailureKind => kind in FAILURES));
const resting = { untilMs: z.number(), reason, failures: z.number() };
const state = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("ready"), failures: z.number() }),
  z.object({ kind: z.literal("cooling"), ...resting }),
  z.object({ kind: z.literal("probing"), ...resting }),
  z.object({ kind: z.literal("broken"), ...resting }),
]);

const accountStateRow = z.object({
  account: z.string(),
  model: z.string().transform((model) => (model === "" ? null : model)),
  state: json.pipe(state),
  changedAtMs: z.number(),
});

/** The columns that hold the state of an account. */
export const ACCOUNT_STATE_COLUMNS: readonly string[] = Object.keys(accountStateRow.shape);

/** The columns of an account's state. The account as a whole has an empty model. */
export function accountStateParameters(record: AccountStateRecord): Parameters {
  return { ...record, model: record.model ?? "", state: JSON.stringify(record.state) };
}

/** Throws a `StoreError` when the row holds no state of an account. */
export function parseAccountStateRow(row: Row, place: string): AccountStateRecord {
  return parseRow(accountStateRow, row, place);
}
