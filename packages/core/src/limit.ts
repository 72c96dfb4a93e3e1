import { z } from "zod";

import { modelMatches } from "./route.ts";
import { SURFACES } from "./surface.ts";

const count = z.int().min(1).max(1_000_000_000);
const usd = z.number().positive().max(1_000_000);
/** An IPv4 or IPv6 address, or a range of them (`10.0.0.0/8`). */
const addressRange = z.union([z.cidrv4(), z.cidrv6(), z.ipv4(), z.ipv6()]);

/** What a router token may use; what is absent has no bound. */
export const tokenLimitsSchema = z.strictObject({
  requestsPerMinute: count.optional().describe("Exchanges that may begin within a minute."),
  tokensPerMinute: count.optional().describe("Input and output tokens within a minute."),
  concurrent: z.int().min(1).max(100_000).optional().describe("Exchanges under way at once."),
  requestsTotal: count.optional().describe("Exchanges in the token's whole life."),
  budgetUsdPerDay: usd.optional().describe("US dollars within a day, by UTC."),
  budgetUsdPerMonth: usd.optional().describe("US dollars within a calendar month, by UTC."),
  budgetUsdTotal: usd.optional().describe("US dollars in the token's whole life."),
  models: z
    .array(z.string().min(1).max(256))
    .min(1)
    .max(200)
    .optional()
    .describe("Models that may be asked for, with `*` for any letters."),
  surfaces: z.array(z.enum(SURFACES)).min(1).optional().describe("APIs that may be called."),
  addresses: z.array(addressRange).min(1).max(200).optional().describe("Client addresses and ranges it is taken from."),
});

/** What a router token may use; what is absent has no bound. */
export type TokenLimits = z.infer<typeof tokenLimitsSchema>;

/** The limits of a token that has none. */
export const NO_LIMITS: TokenLimits = Object.freeze({});

/** Whether these limits let this model be asked for. */
export function allowsModel({ models }: TokenLimits, model: string): boolean {
  return models === undefined || models.some((pattern) => modelMatches(pattern, model));
}

/** The limits that are counted, by the names that clients, operators and metrics see. */
export const LIMIT_NAMES = [
  "requests_per_minute",
  "tokens_per_minute",
  "concurrent",
  "requests_total",
  "budget_usd_per_day",
  "budget_usd_per_month",
  "budget_usd_total",
] as const;

/** A limit that is counted. */
export type LimitName = (typeof LIMIT_NAMES)[number];

/** Money is counted in billionths of a US dollar, so that sums are exact. */
export const NANO_USD = 1_000_000_000;

/**
 * Something that is used up: dollars of a day, of a month, of a life; requests of a life. Amounts are whole: billionths of a
 * US dollar, or requests.
 */
export interface Allowance {
  readonly limit: LimitName;
  /** Which stretch of time is meant; another name, another account of what was used. */
  readonly window: string;
  /** When the window began, milliseconds since 1970; 0: with the token. */
  readonly sinceMs: number;
  /** When the window ends, milliseconds since 1970; `null`: never. */
  readonly untilMs: number | null;
  /** How much the window has. */
  readonly bound: number;
  /** Whether it counts money or requests. */
  readonly unit: "nano_usd" | "requests";
}

/** Something that comes back with time: so much within a minute. */
export interface Rate {
  readonly limit: LimitName;
  readonly perMinute: number;
  readonly unit: "requests" | "tokens";
}

/** The counted limits of a token, as they are at one time. */
export interface CountedLimits {
  readonly rates: readonly Rate[];
  /** The most exchanges at once; absent: no bound. */
  readonly concurrent?: number | undefined;
  readonly allowances: readonly Allowance[];
}

/** The counted limits at this time; undefined when there is none, so that a call without limits costs nothing. */
export function countedLimits(limits: TokenLimits, nowMs: number): CountedLimits | undefined {
  const rates = ratesOf(limits);
  const allowances = allowancesOf(limits, nowMs);
  const { concurrent } = limits;
  if (rates.length === 0 && allowances.length === 0 && concurrent === undefined) return undefined;
  return { rates, concurrent, allowances };
}

function ratesOf({ requestsPerMinute, tokensPerMinute }: TokenLimits): Rate[] {
  const rates: Rate[] = [];
  if (requestsPerMinute !== undefined)
    rates.push({ limit: "requests_per_minute", perMinute: requestsPerMinute, unit: "requests" });
  if (tokensPerMinute !== undefined)
    rates.push({ limit: "tokens_per_minute", perMinute: tokensPerMinute, unit: "tokens" });
  return rates;
}

function allowancesOf(limits: TokenLimits, nowMs: number): Allowance[] {
  const { requestsTotal, budgetUsdPerDay, budgetUsdPerMonth, budgetUsdTotal } = limits;
  const allowances: Allowance[] = [];
  if (requestsTotal !== undefined)
    allowances.push({ limit: "requests_total", ...LIFE, bound: requestsTotal, unit: "requests" });
  if (budgetUsdPerDay !== undefined) allowances.push(money("budget_usd_per_day", budgetUsdPerDay, dayOf(nowMs)));
  if (budgetUsdPerMonth !== undefined)
    allowances.push(money("budget_usd_per_month", budgetUsdPerMonth, monthOf(nowMs)));
  if (budgetUsdTotal !== undefined) allowances.push(money("budget_usd_total", budgetUsdTotal, LIFE));
  return allowances;
}

function money(limit: LimitName, usdBound: number, window: Window): Allowance {
  return { limit, ...window, bound: Math.round(usdBound * NANO_USD), unit: "nano_usd" };
}

type Window = Pick<Allowance, "window" | "sinceMs" | "untilMs">;

const LIFE: Window = { window: "life", sinceMs: 0, untilMs: null };
const DAY_MS = 86_400_000;

function dayOf(nowMs: number): Window {
  const sinceMs = Math.floor(nowMs / DAY_MS) * DAY_MS;
  return { window: new Date(sinceMs).toISOString().slice(0, 10), sinceMs, untilMs: sinceMs + DAY_MS };
}

function monthOf(nowMs: number): Window {
  const now = new Date(nowMs);
  const sinceMs = Date.UTC(now.getUTCFullYear(), now.getUTCMonth());
  const untilMs = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1);
  return { window: new Date(sinceMs).toISOString().slice(0, 7), sinceMs, untilMs };
}

/** What a call that is about to begin takes of its token's limits until its end tells more. */
export interface Demand {
  readonly tokenId: string;
  /** Unique; the exchange's id. */
  readonly leaseId: string;
  readonly limits: CountedLimits;
  /** Input tokens, estimated, and output tokens as far as they can be known; for the rate of tokens. */
  readonly tokens: number;
  /** The most that the call can cost, in billionths of a US dollar; 0 when its model has no price. */
  readonly nanoUsd: number;
}

/** What a call has used, in place of what was reserved for it. */
export interface Settlement {
  /** Input and output tokens; absent when none were reported: then the estimate stands. */
  readonly tokens?: number;
  /** Billionths of a US dollar; 0 when its model has no price. */
  readonly nanoUsd: number;
  /** 1, or 0 for an exchange that reached no upstream. */
  readonly requests: 0 | 1;
}

/** Whether a call may begin. */
export type Admission =
  | { readonly kind: "admitted" }
  | {
      readonly kind: "refused";
      readonly limit: LimitName;
      /** Milliseconds until asking again makes sense; absent: time alone does not help. */
      readonly retryAfterMs?: number;
    };

/** What is left of one limit. */
export interface LimitLeft {
  readonly limit: LimitName;
  readonly bound: number;
  /** Used and reserved, in the limit's own unit. */
  readonly used: number;
  /** Milliseconds since 1970 at which what is used comes back; `null`: never, or as exchanges end. */
  readonly resetsAtMs: number | null;
}

/** What a token has used of an allowance before anybody counted, read from the ledger. */
export type UsedBefore = (
  tokenId: string,
  sinceMs: number,
) => Promise<{ readonly requests: number; readonly nanoUsd: number }>;

/**
 * Counts what router tokens use. A call takes what it may need before it begins, all of it or nothing, and gives back what it did not
 * need when it ends. An allowance is open while what is used and what is reserved are together below its bound: it can be
 * overdrawn by one call at the most. What a process that died had reserved comes back when its leases run out.
 */
export interface LimitStore {
  /** Takes what the call may need; never rejects for a limit. Rejects when the store cannot be asked. */
  admit(demand: Demand): Promise<Admission>;
  /** Puts what was used in place of what was reserved. Of an unknown lease, only what was used is counted. */
  settle(demand: Demand, settlement: Settlement): Promise<void>;
  /** What is left of these limits. */
  left(tokenId: string, limits: CountedLimits): Promise<LimitLeft[]>;
  /** Lets go of timers and connections. What is reserved here and not settled comes back when its leases run out. */
  close(): Promise<void>;
}
