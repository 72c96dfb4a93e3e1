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
   * returned function is called. Changes made through this store are not reported.
   */
  watch(listener: (record: TokenRecord) => void): () => void;
}

/** How an exchange came to its end. */
export const END_REASONS = ["complete", "client_abort", "upstream_error", "idle_timeout", "fault"] as const;

/** `complete`: answered whole; `fault`: answered by the gateway in its own name; the others are as they say. */
export type EndReason = (typeof END_REASONS)[number];

/** One ended exchange. Holds no word of prompt or answer. */
export interface LedgerEntry {
  /** The id that the client got as `x-request-id`. */
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
  /** How many attempts were made. */
  readonly attempts: number;
  /** The model the client asked for; `null` when it named none. At most 256 characters. */
  readonly requestedModel: string | null;
  /** The model the upstream said it used; `null` when it said none. At most 256 characters. */
  readonly model: string | null;
  /** HTTP status sent to the client; 499 when the client left before one was sent. */
  readonly status: number;
  readonly end: EndReason;
  readonly stream: boolean;
  readonly usage: Usage;
  /** Bytes of request bodies sent to upstreams. */
  readonly bytesSent: number;
  /** Bytes of response bodies received from upstreams. */
  readonly bytesReceived: number;
}

/** The append-only record of ended exchanges. */
export interface Ledger {
  /**
   * Takes the entry and returns at once; it is written with others in one group, within 100 ms. When more than the
   * store's bound are waiting, the oldest waiting ones are written first, in this call.
   */
  append(entry: LedgerEntry): void;
  /** Resolves when everything appended so far is durable. */
  flush(): Promise<void>;
  /** The newest entries first, at most `limit` (1 to 1,000). */
  recent(limit: number): Promise<LedgerEntry[]>;
}

/** Everything the gateway keeps, from one engine. */
export interface Store {
  readonly tokens: TokenStore;
  readonly ledger: Ledger;
  /** Writes what is waiting and lets go of files and connections. Nothing may be called afterwards. */
  close(): Promise<void>;
}
