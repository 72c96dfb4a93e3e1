import type { AccountState } from "./account.ts";
import type { FailureKind } from "./failure.ts";
import type { LimitStore, TokenLimits } from "./limit.ts";
import type { Surface } from "./surface.ts";
import type { Usage } from "./usage.ts";

/** What a router token may do: `inference` calls models, `observe` reads metrics, usage and accounts. */
export const TOKEN_SCOPES = ["inference", "observe"] as const;

/** One thing that a router token may do. */
export type TokenScope = (typeof TOKEN_SCOPES)[number];

/** What is kept of a router token. The token itself is never kept: whoever lost it issues another one. */
export interface TokenRecord {
  /** UUID; the `sub` of the token. */
  readonly id: string;
  /** A name for people; may be empty and need not be unique. */
  readonly label: string;
  /** The one account that the token may use; `null` for any. */
  readonly account: string | null;
  readonly scopes: readonly TokenScope[];
  /** Milliseconds since 1970. */
  readonly issuedAtMs: number;
  /** Milliseconds since 1970. From then on the token is refused. */
  readonly expiresAtMs: number;
  /** Milliseconds since 1970; `null` while the token is not revoked. A revoked token never comes back. */
  readonly revokedAtMs: number | null;
  /** What it may use; `{}`: everything, without bound. */
  readonly limits: TokenLimits;
}

/**
 * Where router tokens are kept. Every method either has done its work durably (it survives the end of the process, however
 * sudden) when its promise resolves, or rejects and has changed nothing.
 */
export interface TokenStore {
  /** All records, oldest first; of the same age, by id. */
  list(): Promise<TokenRecord[]>;
  /** The record, or `undefined` when there is none of this id. */
  get(id: string): Promise<TokenRecord | undefined>;
  /** Adds the record, or replaces the one of the same id. */
  put(record: TokenRecord): Promise<void>;
  /**
   * Calls `listener` with every record that another process added or changed, within a second of its change, until the
   * returned function is called. Changes made through this store are not reported. Whoever lists the records after this call
   * misses none: what the list does not hold is reported.
   */
  watch(listener: (record: TokenRecord) => void): () => void;
}

/** How an exchange came to its end. */
export const END_REASONS = ["complete", "client_abort", "upstream_error", "idle_timeout", "fault"] as const;

/** `complete`: answered whole; `fault`: answered by the gateway in its own name; the others are as they say. */
export type EndReason = (typeof END_REASONS)[number];

/** One try of a call against one account. */
export interface TraceStep {
  readonly account: string;
  readonly upstream: string;
  /** The model's name there. */
  readonly model: string;
  /** `served`: its answer went to the client; `abandoned`: the client left; else how it failed. */
  readonly outcome: "served" | "abandoned" | FailureKind;
  /** The upstream's HTTP status; `null` when there was no answer. */
  readonly status: number | null;
  /** From its beginning to its outcome: for `served`, to the first byte for the client. Whole milliseconds. */
  readonly durationMs: number;
}

/** One ended exchange. Holds no word of prompt or answer. */
export interface LedgerEntry {
  /** The id that the client got as `x-request-id`; unique. */
  readonly id: string;
  /** Milliseconds since 1970, of the request's arrival. */
  readonly startedAtMs: number;
  /** From the request's arrival to the last byte of the answer. */
  readonly durationMs: number;
  /** From the request's arrival to the first byte of the answer's body; `null` when there was none. */
  readonly firstByteMs: number | null;
  readonly surface: Surface;
  /** The router token's id; `null` when the exchange was refused before a token was known. */
  readonly tokenId: string | null;
  /** The account of the last attempt; `null` when there was no attempt. */
  readonly account: string | null;
  /** The upstream of the last attempt; `null` when there was no attempt. */
  readonly upstream: string | null;
  /** How many attempts were made. */
  readonly attempts: number;
  /** The model the client asked for; `null` when it named none. At most 256 characters. */
  readonly requestedModel: string | null;
  /** The model the upstream said it used, else the one it was asked for; `null` without an attempt. At most 256 characters. */
  readonly model: string | null;
  /** HTTP status sent to the client; 499 when the client left before one was sent. */
  readonly status: number;
  readonly end: EndReason;
  readonly stream: boolean;
  readonly usage: Usage;
  /** Billionths of a US dollar; `null`: nothing was used that is known, or its model has no price. Unknown is not 0. */
  readonly costNanoUsd: number | null;
  /** Bytes of request bodies sent to upstreams. */
  readonly bytesSent: number;
  /** Bytes of response bodies received from upstreams. */
  readonly bytesReceived: number;
  /** What could not be carried between dialects, as in `x-router-losses`: `outcome:field`. At most 50. */
  readonly losses: readonly string[];
  /** The attempts, in order. At most 20. */
  readonly trace: readonly TraceStep[];
}

/** When the exchange ended: whole milliseconds since 1970. The ledger's axis of time: rows come in this order, or nearly so. */
export function endedAtMs({ startedAtMs, durationMs }: LedgerEntry): number {
  return Math.round(startedAtMs + durationMs);
}

/** By what a series is divided: the model used, the account, the token's id, the surface. */
export const SERIES_GROUPS = ["model", "account", "token", "surface"] as const;

/** By what a series is divided. */
export type SeriesGroup = (typeof SERIES_GROUPS)[number];

/** What to add up, and in which steps. */
export interface SeriesQuery {
  /** Milliseconds since 1970; the first step begins here. */
  readonly fromMs: number;
  /** Milliseconds since 1970; exchanges that ended from then on do not count. */
  readonly toMs: number;
  /** At least 1,000; at most 2,000 steps fit in between. */
  readonly stepMs: number;
  /** Absent: one series of everything. */
  readonly groupBy?: SeriesGroup | undefined;
}

/** What ended within one step, of one group. Steps in which nothing ended have no row. */
export interface SeriesRow {
  /** The step's beginning, milliseconds since 1970. */
  readonly atMs: number;
  /** The group's name; `null` for exchanges that have none, and for a series of everything. */
  readonly group: string | null;
  readonly requests: number;
  /** Those whose status was 400 or above, and those that broke after a 200. */
  readonly errors: number;
  readonly inputTokens: number;
  readonly cacheReadTokens: number;
  /** Of every lifetime. */
  readonly cacheWriteTokens: number;
  readonly outputTokens: number;
  readonly reasoningTokens: number;
  readonly costNanoUsd: number;
  /** Exchanges with a usage but without a price. */
  readonly unpriced: number;
  /** Exchanges that read from a prompt cache. */
  readonly cacheHits: number;
  /** Sum of `firstByteMs` of the exchanges that have one, and how many those are. */
  readonly firstByteMs: number;
  readonly firstBytes: number;
  readonly durationMs: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
}

/** Which entries to give. What is absent does not restrict. */
export interface ExchangeQuery {
  /** Ended at or after, milliseconds since 1970. */
  readonly fromMs?: number | undefined;
  /** Ended before, milliseconds since 1970. */
  readonly toMs?: number | undefined;
  /** The one with this id. */
  readonly id?: string | undefined;
  readonly tokenId?: string | undefined;
  readonly account?: string | undefined;
  /** The model used. */
  readonly model?: string | undefined;
  readonly surface?: Surface | undefined;
  readonly end?: EndReason | undefined;
  /** Only those with this status; `errors`: 400 and above, and those that broke after a 200. */
  readonly status?: number | "errors" | undefined;
  /** 1 to 1,000. */
  readonly limit: number;
  /** The `next` of the page before. One that no page gave is a `RangeError`. */
  readonly cursor?: string | undefined;
}

/** Entries, the last ended first; of the same millisecond, by id. */
export interface ExchangePage {
  readonly entries: readonly LedgerEntry[];
  /** Where the next page begins; `null` when this is the last. */
  readonly next: string | null;
}

/** What a token has used. */
export interface TokenSpending {
  /** Exchanges with at least one attempt. */
  readonly requests: number;
  /** Billionths of a US dollar. */
  readonly nanoUsd: number;
  /** When its last exchange ended, milliseconds since 1970; `null` when there is none. */
  readonly lastUsedAtMs: number | null;
}

/** The append-only record of ended exchanges. Questions see everything appended before them that could be written. */
export interface Ledger {
  /**
   * Takes the entry; it is written with others in one group. Resolves when it survives the sudden end of this process. Rejects
   * with the store's error when it could not be written now: it is kept and tried again, as long as there is room. An entry whose id is
   * there already changes nothing.
   */
  append(entry: LedgerEntry): Promise<void>;
  /** Entries that are not written yet. */
  readonly waiting: number;
  /** Whether the last try to write failed. */
  readonly failing: boolean;
  /** Resolves when everything appended so far is durable; rejects when it cannot be written. */
  flush(): Promise<void>;
  exchanges(query: ExchangeQuery): Promise<ExchangePage>;
  /** Sums, by step and then by group. Bounds that are not kept are a `RangeError`. */
  series(query: SeriesQuery): Promise<SeriesRow[]>;
  /** What the token has used since that time, what was dropped meanwhile included when it is 0. */
  spending(tokenId: string, sinceMs: number): Promise<TokenSpending>;
  /** Computes costs anew for what ended in this time, in steps that hold nobody up. Returns how many entries changed. */
  reprice(fromMs: number, toMs: number, price: (entry: LedgerEntry) => number | null): Promise<number>;
  /** Drops what ended before this time, but keeps what each token had used. Returns how many entries were dropped. */
  dropBefore(timeMs: number): Promise<number>;
}

/** What is known of an account, or of one model at an account, beyond "ready". */
export interface AccountStateRecord {
  readonly account: string;
  /** `null`: the account as a whole. */
  readonly model: string | null;
  readonly state: AccountState;
  /** Milliseconds since 1970. */
  readonly changedAtMs: number;
}

/** Where the states of accounts outlive the process, and reach the other ones. */
export interface AccountStateStore {
  /** All records. */
  list(): Promise<AccountStateRecord[]>;
  /** Adds or replaces the record of this account and model. A ready state may be kept or forgotten. */
  put(record: AccountStateRecord): Promise<void>;
  /** As `TokenStore.watch`. */
  watch(listener: (record: AccountStateRecord) => void): () => void;
}

/**
 * Which account a session, or an answer that an upstream keeps, belongs to; shared between processes, forgotten in time. Best effort:
 * nobody waits for a binding to be kept, and one that is lost costs a cold prompt cache.
 */
export interface BindingStore {
  /** The account bound to this key; undefined when none is known. */
  find(key: string): Promise<string | undefined>;
  /** Binds for `ttlMs`, in place of an earlier binding. Never throws. */
  bind(key: string, account: string, ttlMs: number): void;
  /** Calls `listener` with bindings that other processes made, until the returned function is called. */
  watch(listener: (key: string, account: string) => void): () => void;
}

/** Everything the gateway keeps. */
export interface Store {
  readonly tokens: TokenStore;
  readonly ledger: Ledger;
  readonly accountStates: AccountStateStore;
  /** Writes what is waiting and lets go of files and connections. Nothing may be called afterwards. */
  close(): Promise<void>;
}

/** What processes share while they run, beside what is kept. */
export interface SharedState {
  readonly limits: LimitStore;
  readonly bindings: BindingStore;
  /** Present when it takes the place of the store's. */
  readonly accountStates?: AccountStateStore;
  close(): Promise<void>;
}
