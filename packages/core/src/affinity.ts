import { Load } from "./load.ts";

/** Sessions beyond this number are forgotten, those first that have been silent for the longest time. */
const MAX_SESSIONS = 50_000;

/** A session's place. */
export interface BoundSession {
  /** The name of the account that it calls. */
  account: string;
  /** Its own attempts. */
  readonly load: Load;
  /** Milliseconds since 1970; from then on it is forgotten. */
  untilMs: number;
}

/** Which account each session calls, so that it finds its prompt cache there again. In memory, bounded. */
export class SessionTable {
  readonly #sessions = new Map<string, BoundSession>();

  /** The session of this key; undefined when there is none or it was silent for too long. */
  get(key: string, nowMs: number): BoundSession | undefined {
    const session = this.#sessions.get(key);
    return session === undefined || session.untilMs <= nowMs ? undefined : session;
  }

  /** Binds the session to the account, for so long from now on. A new session has no load. */
  bind(key: string, account: string, nowMs: number, ttlMs: number): BoundSession {
    const session = this.get(key, nowMs) ?? { account, load: new Load(), untilMs: 0 };
    session.account = account;
    session.untilMs = nowMs + ttlMs;
    // The order of the map is that of use, so that the first one is the one to forget.
    this.#sessions.delete(key);
    this.#sessions.set(key, session);
    if (this.#sessions.size > MAX_SESSIONS) this.#forgetOldest();
    return session;
  }

  /** How many sessions are held, those included that were silent for too long and not dropped yet. */
  get size(): number {
    return this.#sessions.size;
  }

  #forgetOldest(): void {
    const [oldest] = this.#sessions.keys();
    if (oldest !== undefined) this.#sessions.delete(oldest);
  }
}

/** A number of 32 bits for a text: FNV-1a. */
export function hashOf(text: string): number {
  let hash = 0x811c_9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x0100_0193);
  return hash >>> 0;
}

/**
 * How well a session and an account go together: the account with the highest score is the session's. When an account comes or goes,
 * only its own sessions move, and each account gets sessions in proportion to its weight (weighted rendezvous hashing,
 * `weight / -ln(u)` with u evenly spread between 0 and 1).
 */
export function rendezvousScore(sessionHash: number, accountHash: number, weight: number): number {
  const spread = (mixed(sessionHash ^ mixed(accountHash)) + 0.5) / 2 ** 32;
  return weight / -Math.log(spread);
}

/** Spreads every bit over all others: the last step of MurmurHash3. */
function mixed(bits: number): number {
  let hash = bits;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
