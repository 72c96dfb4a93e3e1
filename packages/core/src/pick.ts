import { READY, afterFailure, afterSuccess, isReady } from "./account.ts";
import type { Account, AccountState, CooldownPolicy } from "./account.ts";
import type { Failure } from "./failure.ts";

/** The ways to order accounts for a call. */
export const STRATEGIES = ["round-robin", "priority", "least-used"] as const;

/** `round-robin`: in turn; `priority`: always the most preferred ready one; `least-used`: the one with least under way. */
export type Strategy = (typeof STRATEGIES)[number];

/** An account of the pool with what is known about it now. */
export interface PooledAccount {
  readonly account: Account;
  readonly state: AccountState;
  /** Attempts under way. */
  readonly inFlight: number;
  /** Attempts made since the start. */
  readonly attempts: number;
}

interface Member {
  readonly account: Account;
  state: AccountState;
  inFlight: number;
  attempts: number;
}

const ORDERS: Readonly<Record<Strategy, (ready: Member[], turn: number) => Member[]>> = {
  "round-robin": (ready, turn) => {
    const first = turn % ready.length;
    return first === 0 ? ready : [...ready.slice(first), ...ready.slice(0, first)];
  },
  priority: (ready) => ready.toSorted((a, b) => a.account.priority - b.account.priority),
  "least-used": (ready) => ready.toSorted((a, b) => a.inFlight - b.inFlight || a.attempts - b.attempts),
};

/** The accounts of a gateway, with their states: which to try for a call, and what each attempt taught. */
export class AccountPool {
  readonly #members: Map<string, Member>;
  readonly #order: (ready: Member[], turn: number) => Member[];
  readonly #policy: CooldownPolicy;
  #turn = 0;

  /** @param accounts in the order of preference; two of one name are a `TypeError`. Nothing else of them is kept. */
  constructor(accounts: readonly Account[], strategy: Strategy, policy: CooldownPolicy) {
    this.#members = new Map(
      accounts.map(({ name, upstream, priority }) => [
        name,
        { account: { name, upstream, priority }, state: READY, inFlight: 0, attempts: 0 },
      ]),
    );
    if (this.#members.size !== accounts.length) throw new TypeError("two accounts have the same name");
    this.#order = ORDERS[strategy];
    this.#policy = policy;
  }

  /**
   * The ready accounts, the one to try first at the front. `only` names the one account that may be used, `upstream` the one
   * upstream whose accounts may.
   */
  pick(nowMs: number, only: string | null = null, upstream: string | null = null): readonly Account[] {
    const ready: Member[] = [];
    for (const member of this.#members.values()) {
      if (isAmong(member.account, only, upstream) && isReady(member.state, nowMs)) ready.push(member);
    }
    if (ready.length < 2) return ready.map((member) => member.account);
    return this.#order(ready, this.#turn++).map((member) => member.account);
  }

  /**
   * Milliseconds until the first of the accounts that `pick` considers is ready again; 0 when one is, `Infinity` when there
   * is no such account.
   */
  readyInMs(nowMs: number, only: string | null = null, upstream: string | null = null): number {
    let soonest = Number.POSITIVE_INFINITY;
    for (const { account, state } of this.#members.values()) {
      if (!isAmong(account, only, upstream)) continue;
      soonest = Math.min(soonest, state.kind === "ready" ? 0 : Math.max(0, state.untilMs - nowMs));
    }
    return soonest;
  }

  /** Whether there is an account of this name, ready or not. */
  has(name: string): boolean {
    return this.#members.has(name);
  }

  /** The account of this name; undefined when there is none. */
  account(name: string): Account | undefined {
    return this.#members.get(name)?.account;
  }

  /** How many accounts there are, ready or not. */
  get size(): number {
    return this.#members.size;
  }

  /** An attempt begins. The returned function ends it; further calls do nothing. An unknown name is a `TypeError`. */
  begin(name: string): () => void {
    const member = this.#member(name);
    member.inFlight += 1;
    member.attempts += 1;
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      member.inFlight -= 1;
    };
  }

  /** The upstream answered an attempt with this account. An unknown name is a `TypeError`. */
  noteSuccess(name: string, nowMs: number): void {
    const member = this.#member(name);
    member.state = afterSuccess(member.state, nowMs);
  }

  /** An attempt with this account failed. An unknown name is a `TypeError`. */
  noteFailure(name: string, failure: Failure, nowMs: number): void {
    const member = this.#member(name);
    member.state = afterFailure(member.state, failure, nowMs, this.#policy);
  }

  /** Makes the account ready at once, as when its credential was replaced. An unknown name is a `TypeError`. */
  reset(name: string): void {
    this.#member(name).state = READY;
  }

  /** All accounts as they are now, in the order of preference. */
  view(): PooledAccount[] {
    return [...this.#members.values()].map((member) => ({ ...member }));
  }

  #member(name: string): Member {
    const member = this.#members.get(name);
    if (member === undefined) throw new TypeError(`there is no account named ${name}`);
    return member;
  }
}

function isAmong(account: Account, only: string | null, upstream: string | null): boolean {
  return (only === null || account.name === only) && (upstream === null || account.upstream === upstream);
}
