import { END_REASONS, SERIES_GROUPS, SURFACES } from "@link-assistant/core";
import type { ExchangeQuery, SeriesQuery } from "@link-assistant/core";

import { LENGTH_FORMS, TIME_FORMS, parseLength, parseTime } from "./times.ts";

/** A question that cannot be understood; says which part, and what is expected there. */
export class QueryError extends Error {
  override readonly name = "QueryError";
}

/** Parts of a question by their names, as a URL or a command line gives them. */
export type Parts = (name: string) => string | undefined;

const DEFAULT_SPAN_MS = 86_400_000;
/** Steps that people think in; the first that makes few enough of them is taken. */
const STEPS_MS = "1 5 15 60 300 900 3600 14400 86400 604800 2592000"
  .split(" ")
  .map((seconds) => Number(seconds) * 1000);
const USUAL_STEPS = 120;
const DEFAULT_LIMIT = 100;

/** Which parts a question for a series has. */
export const SERIES_PARTS = "from to step group format".split(" ");
/** Which parts a question for exchanges has. */
export const EXCHANGE_PARTS = "from to id token account model surface status end limit cursor format".split(" ");

/** Reads a question for a series: by default of the last 24 hours, in steps of which at most 120 fit. Throws a `QueryError`. */
export function seriesQuery(part: Parts, nowMs: number): SeriesQuery {
  const toMs = timeOf(part, "to", nowMs) ?? nowMs;
  const fromMs = timeOf(part, "from", nowMs) ?? toMs - DEFAULT_SPAN_MS;
  const stepMs = stepOf(part) ?? usualStep(toMs - fromMs);
  return { fromMs, toMs, stepMs, groupBy: oneOf(part, "group", SERIES_GROUPS) };
}

/** Reads a question for exchanges. Throws a `QueryError`. */
export function exchangeQuery(part: Parts, nowMs: number): ExchangeQuery {
  const [fromMs, toMs] = [timeOf(part, "from", nowMs), timeOf(part, "to", nowMs)];
  if (fromMs !== undefined && toMs !== undefined && toMs < fromMs) fail("to", "a time that is not before `from`");
  return {
    fromMs,
    toMs,
    id: part("id"),
    tokenId: part("token"),
    account: part("account"),
    model: part("model"),
    surface: oneOf(part, "surface", SURFACES),
    end: oneOf(part, "end", END_REASONS),
    status: statusOf(part),
    limit: limitOf(part) ?? DEFAULT_LIMIT,
    cursor: part("cursor"),
  };
}

/** Refuses parts that a question does not have, which are mistakes of spelling. Throws a `QueryError`. */
export function refuseOthers(names: Iterable<string>, known: readonly string[]): void {
  for (const name of names)
    if (!known.includes(name)) throw new QueryError(`\`${name}\` is not known; expected ${known.join(", ")}.`);
}

function timeOf(part: Parts, name: string, nowMs: number): number | undefined {
  const text = part(name);
  if (text === undefined) return undefined;
  return parseTime(text, nowMs) ?? fail(name, TIME_FORMS);
}

function stepOf(part: Parts): number | undefined {
  const text = part("step");
  if (text === undefined) return undefined;
  return parseLength(text) ?? fail("step", LENGTH_FORMS);
}

function usualStep(spanMs: number): number {
  return STEPS_MS.find((stepMs) => spanMs / stepMs <= USUAL_STEPS) ?? Math.ceil(spanMs / USUAL_STEPS);
}

function oneOf<T extends string>(part: Parts, name: string, known: readonly T[]): T | undefined {
  const text = part(name);
  if (text === undefined) return undefined;
  return known.find((each) => each === text) ?? fail(name, `one of ${known.join(", ")}`);
}

function statusOf(part: Parts): ExchangeQuery["status"] {
  const text = part("status");
  if (text === undefined || text === "errors") return text;
  return /^\d{3}$/.test(text) ? Number(text) : fail("status", "an HTTP status, or `errors`");
}

function limitOf(part: Parts): number | undefined {
  const text = part("limit");
  if (text === undefined) return undefined;
  const limit = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  return limit >= 1 && limit <= 1000 ? limit : fail("limit", "a whole number from 1 to 1000");
}

function fail(name: string, expected: string): never {
  throw new QueryError(`\`${name}\`: expected ${expected}.`);
}
