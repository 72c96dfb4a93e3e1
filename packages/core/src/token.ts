import { SignJWT, errors, jwtVerify } from "jose";

import { GatewayError } from "./error.ts";
import { tokenLimitsSchema } from "./limit.ts";
import type { TokenLimits } from "./limit.ts";
import type { Secret } from "./secret.ts";
import type { TokenRecord, TokenScope, TokenStore } from "./store.ts";

/** Every router token starts with this; what follows is a JWT. */
export const TOKEN_PREFIX = "la_sk_";

/** Longer ones are refused unread. A token with the longest label is below, even with an escape for every character. */
const MAX_TOKEN_CHARS = 10_240;
/** The library passes over blanks within a signature, so one token could come in any number of spellings. */
const TOKEN_SHAPE = new RegExp(`^${TOKEN_PREFIX}[\\w-]+\\.[\\w-]+\\.[\\w-]+$`);
const MAX_VERIFIED = 10_000;
const MS_PER_HOUR = 3_600_000;

/** Bounds of what a token can be issued with. */
export const TOKEN_LIMITS = {
  /** Ten years. */
  maxTtlHours: 87_600,
  defaultTtlHours: 24,
  maxLabelChars: 1024,
} as const;

/** What to issue a router token with. */
export interface TokenRequest {
  /** Hours until it expires; above 0, at most 87,600; default 24. */
  readonly ttlHours?: number;
  /** A name for people, at most 1,024 characters; default empty. */
  readonly label?: string;
  /** The one account it may use; default any. */
  readonly account?: string | null;
  /** Default `["inference"]`. */
  readonly scopes?: readonly TokenScope[];
  /** What it may use, a `null` as if it were not there; default everything, without bound. */
  readonly limits?: NonNullable<TokenChange["limits"]>;
}

/** A token just issued: the only time that it is seen. */
export interface IssuedToken {
  /** `la_sk_…` */
  readonly token: string;
  readonly record: TokenRecord;
}

/** What may be changed of a token after it was issued. */
export interface TokenChange {
  /** At most 1,024 characters; absent: as it was. */
  readonly label?: string;
  /** The one account it may use, `null` for any; absent: as it was. */
  readonly account?: string | null;
  /** At least one; absent: as they were. */
  readonly scopes?: readonly TokenScope[];
  /** Those that are named take the place of what was, `null` removes; absent: as they were. */
  readonly limits?: { readonly [Name in keyof TokenLimits]?: TokenLimits[Name] | null };
}

/** Where a registry gets time and ids from. */
export interface TokenSources {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** A new UUID. */
  readonly newId: () => string;
}

/**
 * The router tokens of a gateway. Records are held in memory, so a token that was seen before is checked without a
 * signature and without a store; a revocation works at once on every request that comes after it.
 */
export class TokenRegistry {
  readonly #store: TokenStore;
  readonly #key: Uint8Array;
  readonly #sources: TokenSources;
  readonly #records = new Map<string, TokenRecord>();
  /** Tokens whose signature was found good, with the time they expire at. */
  readonly #verified = new Map<string, { readonly id: string; readonly expiresAtMs: number }>();
  /** Settles when the changes under way are done. They take turns, so that none undoes another. */
  #changes: Promise<unknown> = Promise.resolve();
  #unwatch: () => void = () => {};

  private constructor(store: TokenStore, secret: Secret, sources: TokenSources) {
    this.#store = store;
    this.#key = new TextEncoder().encode(secret.reveal());
    this.#sources = sources;
  }

  /**
   * Reads all records from the store and follows its changes until `close`.
   *
   * @param secret signs and checks the tokens. Those signed with another one are refused.
   */
  static async open(store: TokenStore, secret: Secret, sources: TokenSources): Promise<TokenRegistry> {
    const registry = new TokenRegistry(store, secret, sources);
    registry.#unwatch = store.watch((record) => registry.#records.set(record.id, record));
    for (const record of await store.list()) {
      // What was reported in the meantime is newer than the list.
      if (!registry.#records.has(record.id)) registry.#records.set(record.id, record);
    }
    return registry;
  }

  /** Stops following the store. */
  close(): void {
    this.#unwatch();
  }

  /** All records, oldest first. */
  list(): TokenRecord[] {
    return [...this.#records.values()].toSorted((a, b) => a.issuedAtMs - b.issuedAtMs || (a.id < b.id ? -1 : 1));
  }

  /** The record of this id, expired and revoked ones too; `undefined` when there is none. */
  get(id: string): TokenRecord | undefined {
    return this.#records.get(id);
  }

  /** Issues a token. When this resolves, the token works and its record is kept. Bad bounds are a `request_invalid`. */
  async issue(request: TokenRequest): Promise<IssuedToken> {
    const ttlHours = request.ttlHours ?? TOKEN_LIMITS.defaultTtlHours;
    const label = checkedLabel(request.label ?? "");
    if (!(ttlHours > 0 && ttlHours <= TOKEN_LIMITS.maxTtlHours)) {
      throw new GatewayError("request_invalid", {
        detail: `\`ttl_hours\` must be above 0 and at most ${TOKEN_LIMITS.maxTtlHours}.`,
      });
    }
    const issuedAtMs = this.#sources.now();
    const record: TokenRecord = {
      id: this.#sources.newId(),
      label,
      account: request.account ?? null,
      scopes: checkedScopes(request.scopes ?? ["inference"]),
      issuedAtMs,
      expiresAtMs: issuedAtMs + Math.ceil(ttlHours * MS_PER_HOUR),
      revokedAtMs: null,
      limits: changedLimits({}, request.limits ?? {}),
    };
    const jwt = await new SignJWT({ label })
      .setProtectedHeader({ alg: "HS256", typ: "JWT" })
      .setSubject(record.id)
      .setIssuedAt(Math.floor(issuedAtMs / 1000))
      .setExpirationTime(Math.ceil(record.expiresAtMs / 1000))
      .sign(this.#key);
    await this.#keep(record);
    return { token: TOKEN_PREFIX + jwt, record };
  }

  /** Adds records made elsewhere. Those of known ids are left as they are, so importing twice changes nothing. */
  import(records: readonly TokenRecord[]): Promise<{ imported: number; known: number }> {
    return this.#inTurn(async () => {
      let imported = 0;
      for (const record of records) {
        if (this.#records.has(record.id)) continue;
        await this.#keep(record);
        imported += 1;
      }
      return { imported, known: records.length - imported };
    });
  }

  /**
   * Revokes for good. A token that is revoked already stays as it was: `changed` is false then. An unknown id is a
   * `token_not_found`.
   */
  revoke(id: string): Promise<{ record: TokenRecord; changed: boolean }> {
    return this.#inTurn(async () => {
      const record = await this.#current(id);
      if (record.revokedAtMs !== null) return { record, changed: false };
      return { record: await this.#keep({ ...record, revokedAtMs: this.#sources.now() }), changed: true };
    });
  }

  /**
   * Lets the token expire at `atMs` (milliseconds since 1970; default now), but never later than it would have. An unknown
   * id is a `token_not_found`.
   */
  expire(id: string, atMs: number = this.#sources.now()): Promise<TokenRecord> {
    return this.#inTurn(async () => {
      const record = await this.#current(id);
      return this.#keep({ ...record, expiresAtMs: Math.min(atMs, record.expiresAtMs) });
    });
  }

  /**
   * Changes what is named and leaves the rest as it was; the token itself stays the same. Bad bounds are a
   * `request_invalid`, an unknown id is a `token_not_found`.
   */
  change(id: string, change: TokenChange): Promise<TokenRecord> {
    return this.#inTurn(async () => {
      const record = await this.#current(id);
      return this.#keep({
        ...record,
        label: checkedLabel(change.label ?? record.label),
        account: change.account === undefined ? record.account : change.account,
        scopes: change.scopes === undefined ? record.scopes : checkedScopes(change.scopes),
        limits: change.limits === undefined ? record.limits : changedLimits(record.limits, change.limits),
      });
    });
  }

  /**
   * The record of a token that is good now, at once, when its signature was checked before; `undefined` when it has to be
   * checked by `verify`. Throws what `verify` throws.
   */
  recall(token: string): TokenRecord | undefined {
    const seen = this.#verified.get(token);
    return seen === undefined ? undefined : this.#checked(seen.id, seen.expiresAtMs);
  }

  /** The record of a token that is good now; else a fault: malformed, expired, unknown (401) or revoked (403). */
  async verify(token: string): Promise<TokenRecord> {
    const recalled = this.recall(token);
    if (recalled !== undefined) return recalled;
    if (token.length > MAX_TOKEN_CHARS || !TOKEN_SHAPE.test(token)) throw new GatewayError("token_malformed");
    const { id, expiresAtMs } = await this.#readJwt(token.slice(TOKEN_PREFIX.length));
    const record = this.#checked(id, expiresAtMs);
    this.#remember(token, id, expiresAtMs);
    return record;
  }

  async #readJwt(jwt: string): Promise<{ id: string; expiresAtMs: number }> {
    try {
      const { payload } = await jwtVerify(jwt, this.#key, {
        algorithms: ["HS256"],
        currentDate: new Date(this.#sources.now()),
      });
      if (typeof payload.sub !== "string" || payload.exp === undefined) throw new GatewayError("token_malformed");
      return { id: payload.sub, expiresAtMs: payload.exp * 1000 };
    } catch (error) {
      throw new GatewayError(error instanceof errors.JWTExpired ? "token_expired" : "token_malformed");
    }
  }

  #checked(id: string, expiresAtMs: number): TokenRecord {
    const nowMs = this.#sources.now();
    // First, as when the signature is checked: a token gets the same answer, remembered or not.
    if (nowMs >= expiresAtMs) throw new GatewayError("token_expired");
    const record = this.#records.get(id);
    if (record === undefined) throw new GatewayError("token_unknown");
    if (record.revokedAtMs !== null) throw new GatewayError("token_revoked");
    if (nowMs >= record.expiresAtMs) throw new GatewayError("token_expired");
    return record;
  }

  #remember(token: string, id: string, expiresAtMs: number): void {
    if (this.#verified.size >= MAX_VERIFIED) {
      const oldest = this.#verified.keys().next();
      if (oldest.done !== true) this.#verified.delete(oldest.value);
    }
    this.#verified.set(token, { id, expiresAtMs });
  }

  async #keep(record: TokenRecord): Promise<TokenRecord> {
    await this.#store.put(record);
    this.#records.set(record.id, record);
    return record;
  }

  #inTurn<T>(change: () => Promise<T>): Promise<T> {
    const done = this.#changes.then(change);
    this.#changes = done.catch(() => {});
    return done;
  }

  /** The record as the store has it: another process may have changed it since it was last reported. */
  async #current(id: string): Promise<TokenRecord> {
    const record = await this.#store.get(id);
    if (record === undefined) throw new GatewayError("token_not_found");
    this.#records.set(id, record);
    return record;
  }
}

function checkedLabel(label: string): string {
  if (label.length <= TOKEN_LIMITS.maxLabelChars) return label;
  throw new GatewayError("request_invalid", {
    detail: `\`label\` is longer than ${TOKEN_LIMITS.maxLabelChars} characters.`,
  });
}

function checkedScopes(scopes: readonly TokenScope[]): readonly TokenScope[] {
  if (scopes.length > 0) return [...new Set(scopes)];
  throw new GatewayError("request_invalid", { detail: "`scopes` must name at least one scope." });
}

function checkedLimits(limits: object): TokenLimits {
  const { success, data, error } = tokenLimitsSchema.safeParse(limits);
  if (success) return data;
  const detail = error.issues.map(({ path, message }) => `\`limits.${path.join(".")}\`: ${message}`).join("; ");
  throw new GatewayError("request_invalid", { detail: `${detail}.` });
}

function changedLimits(limits: TokenLimits, change: NonNullable<TokenChange["limits"]>): TokenLimits {
  const named = Object.entries(change).filter(([, value]) => value !== undefined);
  const merged = Object.entries({ ...limits, ...Object.fromEntries(named) });
  return checkedLimits(Object.fromEntries(merged.filter(([, value]) => value !== null)));
}
