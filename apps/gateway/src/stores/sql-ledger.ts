import type { ExchangeQuery, SeriesGroup, SeriesQuery, SeriesRow } from "@link-assistant/core";

/** A statement and what its parameters `$1`, `$2`, … stand for; SQLite and PostgreSQL both take it. */
export interface Statement {
  readonly text: string;
  readonly values: readonly (string | number | null)[];
}

const MAX_STEPS = 2000;
const MIN_STEP_MS = 1000;
const ERRORS = `("status" >= 400 OR "endReason" IN ('upstream_error', 'idle_timeout'))`;

/** What a series is divided by, as a column. */
const GROUP_COLUMNS: Readonly<Record<SeriesGroup, string>> = {
  model: `"model"`,
  account: `"account"`,
  token: `"tokenId"`,
  surface: `"surface"`,
};

const sum = (column: string): string => `coalesce(sum("${column}"), 0)`;
const countWhere = (condition: string): string => `coalesce(sum(CASE WHEN ${condition} THEN 1 ELSE 0 END), 0)`;
const HAS_USAGE = `("input" IS NOT NULL OR "cacheRead" IS NOT NULL OR "output" IS NOT NULL)`;

/** Each field of a series row, and how it is added up. */
const SERIES_SUMS: Readonly<Record<string, string>> = {
  requests: "count(*)",
  errors: countWhere(ERRORS),
  inputTokens: sum("input"),
  cacheReadTokens: sum("cacheRead"),
  cacheWriteTokens: `coalesce(sum(coalesce("cacheWrite5m", 0) + coalesce("cacheWrite1h", 0) + coalesce("cacheWrite", 0)), 0)`,
  outputTokens: sum("output"),
  reasoningTokens: sum("reasoning"),
  costNanoUsd: sum("costNanoUsd"),
  unpriced: countWhere(`"costNanoUsd" IS NULL AND ${HAS_USAGE}`),
  cacheHits: countWhere(`"cacheRead" > 0`),
  firstByteMs: sum("firstByteMs"),
  firstBytes: `count("firstByteMs")`,
  durationMs: sum("durationMs"),
  bytesSent: sum("bytesSent"),
  bytesReceived: sum("bytesReceived"),
};

/** The rows of a series; `group` is NULL in a series of everything. Bounds that are not kept are a `RangeError`. */
export function seriesStatement({ fromMs, toMs, stepMs, groupBy }: SeriesQuery): Statement {
  checkSeries(fromMs, toMs, stepMs);
  const group = groupBy === undefined ? "NULL" : GROUP_COLUMNS[groupBy];
  const sums = Object.entries(SERIES_SUMS).map(([name, sql]) => `${sql} AS "${name}"`);
  // Whole numbers are divided as whole numbers by both engines. Which step a row belongs to is worked out before rows are grouped.
  return {
    text: `SELECT "step" AS "atMs", "group", ${sums.join(", ")}
      FROM (SELECT *, CAST($1 AS BIGINT) + (("endedAtMs" - CAST($1 AS BIGINT)) / CAST($3 AS BIGINT)) * CAST($3 AS BIGINT) AS "step",
          CAST(${group} AS TEXT) AS "group"
        FROM ledger WHERE "endedAtMs" >= $1 AND "endedAtMs" < $2) AS rows
      GROUP BY "step", "group"`,
    values: [fromMs, toMs, stepMs],
  };
}

/** Rows of a series in their order: by step, then by group, those without one first. */
export function inSeriesOrder(rows: SeriesRow[]): SeriesRow[] {
  return rows.toSorted((a, b) => a.atMs - b.atMs || compare(a.group ?? "", b.group ?? ""));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** Throws a `RangeError` unless a series keeps its bounds. */
export function checkSeries(fromMs: number, toMs: number, stepMs: number): void {
  if (![fromMs, toMs, stepMs].every(Number.isSafeInteger)) throw new RangeError("times: expected whole milliseconds");
  if (stepMs < MIN_STEP_MS) throw new RangeError(`step: expected at least ${MIN_STEP_MS} ms, got ${stepMs}`);
  if (toMs < fromMs) throw new RangeError("to: expected a time that is not before `from`");
  const steps = Math.ceil((toMs - fromMs) / stepMs);
  if (steps > MAX_STEPS) throw new RangeError(`step: at most ${MAX_STEPS} fit between from and to, but ${steps} would`);
}

/** A page of entries and one more, if there is one, so that it is known whether another page follows. */
export function exchangesStatement(query: ExchangeQuery, columns: readonly string[]): Statement {
  checkPage(query.limit);
  const values: (string | number)[] = [];
  const parameter = (value: string | number): string => `$${values.push(value)}`;
  const conditions = conditionsOf(query, parameter);
  if (query.cursor !== undefined) {
    const { endedAtMs, id } = parseCursor(query.cursor);
    const [at, after] = [parameter(endedAtMs), parameter(id)];
    conditions.push(`("endedAtMs" < ${at} OR ("endedAtMs" = ${at} AND "id" > ${after}))`);
  }
  const where = conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`;
  const names = columns.map((name) => `"${name}"`).join(", ");
  return {
    text: `SELECT ${names} FROM ledger ${where} ORDER BY "endedAtMs" DESC, "id" LIMIT ${parameter(query.limit + 1)}`,
    values,
  };
}

function conditionsOf(query: ExchangeQuery, parameter: (value: string | number) => string): string[] {
  const equal: readonly (readonly [column: string, value: string | number | undefined])[] = [
    ["id", query.id],
    ["tokenId", query.tokenId],
    ["account", query.account],
    ["model", query.model],
    ["surface", query.surface],
    ["endReason", query.end],
    ["status", query.status === "errors" ? undefined : query.status],
  ];
  const conditions = equal.flatMap(([column, value]) =>
    value === undefined ? [] : [`"${column}" = ${parameter(value)}`],
  );
  if (query.fromMs !== undefined) conditions.push(`"endedAtMs" >= ${parameter(query.fromMs)}`);
  if (query.toMs !== undefined) conditions.push(`"endedAtMs" < ${parameter(query.toMs)}`);
  if (query.status === "errors") conditions.push(ERRORS);
  return conditions;
}

/** Throws a `RangeError` unless the limit of a page is a whole number from 1 to 1,000. */
export function checkPage(limit: number): void {
  if (Number.isInteger(limit) && limit >= 1 && limit <= 1000) return;
  throw new RangeError(`limit: expected a whole number from 1 to 1,000, got ${limit}`);
}

/** Where the page after this entry begins. */
export function cursorAfter(endedAtMs: number, id: string): string {
  return Buffer.from(`${endedAtMs}:${id}`).toString("base64url");
}

/** What a cursor holds; a `RangeError` for a text that is none. */
export function parseCursor(cursor: string): { readonly endedAtMs: number; readonly id: string } {
  const match = /^(\d{1,16}):(.{0,256})$/s.exec(Buffer.from(cursor, "base64url").toString());
  const [, endedAtMs = "", id = ""] = match ?? [];
  if (match === null || cursorAfter(Number(endedAtMs), id) !== cursor)
    throw new RangeError("cursor: expected the `next` of a page");
  return { endedAtMs: Number(endedAtMs), id };
}

/** What a token has used since a time, as the rows of the ledger say. */
export function spendingStatement(tokenId: string, sinceMs: number): Statement {
  return {
    text: `SELECT ${countWhere(`"attempts" > 0`)} AS "requests", ${sum("costNanoUsd")} AS "nanoUsd", max("endedAtMs") AS "lastUsedAtMs"
      FROM ledger WHERE "tokenId" = $1 AND "endedAtMs" >= $2`,
    values: [tokenId, sinceMs],
  };
}

/** What a token had used in rows that were dropped. */
export function spentBeforeStatement(tokenId: string): Statement {
  return { text: `SELECT "requests", "nanoUsd" FROM "spentBefore" WHERE "tokenId" = $1`, values: [tokenId] };
}

/** Adds what the tokens of rows that ended in this time have used to what is kept of dropped rows. */
export function foldStatement(fromMs: number, toMs: number): Statement {
  return {
    text: `INSERT INTO "spentBefore" ("tokenId", "requests", "nanoUsd")
      SELECT "tokenId", ${countWhere(`"attempts" > 0`)}, ${sum("costNanoUsd")} FROM ledger
      WHERE "endedAtMs" >= $1 AND "endedAtMs" < $2 AND "tokenId" IS NOT NULL GROUP BY "tokenId"
      ON CONFLICT ("tokenId") DO UPDATE SET
        "requests" = "spentBefore"."requests" + excluded."requests", "nanoUsd" = "spentBefore"."nanoUsd" + excluded."nanoUsd"`,
    values: [fromMs, toMs],
  };
}

/** Drops the rows that ended in this time. */
export function dropStatement(fromMs: number, toMs: number): Statement {
  return { text: `DELETE FROM ledger WHERE "endedAtMs" >= $1 AND "endedAtMs" < $2`, values: [fromMs, toMs] };
}

/** Sets the cost of one entry. */
export function repriceStatement(endedAtMs: number, id: string, costNanoUsd: number | null): Statement {
  return {
    text: `UPDATE ledger SET "costNanoUsd" = $3 WHERE "endedAtMs" = $1 AND "id" = $2`,
    values: [endedAtMs, id, costNanoUsd],
  };
}
