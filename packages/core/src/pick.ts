import { READY, afterBegin, afterFailure, afterSuccess, isUsable } from "./account.ts";
import type { Account, AccountState, CooldownPolicy } from "./account.ts";
import { SessionTable, hashOf, rendezvousScore } from "./affinity.ts";
import type { Failure } from "./failure.ts";
import { Load } from "./load.ts";
import type { AccountStateRecord } from "./store.ts";

/** The ways to order accounts for a call. */
export const STRATEGIES = ["affinity", "round-robin", "priority", "least-used", "weighted"] as const;

/**
 * `affinity`: where the session was before, so that its prompt cache is found again; `round-robin`: in turn; `priority`: always the most
 * preferred one; `least-used`: the one with least under way; `weighted`: in turn, by weight.
 */
export type Strategy = (typeof STRATEGIES)[number];

/** How a pool chooses. */
export interface PoolSettings extends CooldownPolicy {
  readonly strategy: Strategy;
  /** How long a silent session stays with its account. */
  readonly affinityTtlMs: number;
}

/** Which accounts a call may use, and what it is known by. */
export interface Wanted {
  /** The one account that may be used; default any. */
  readonly only?: string | null | undefined;
  /** The upstream whose accounts may be used; default any. */
  readonly upstream?: string | undefined;
  /** The model's name at the upstream: accounts that rest for this model are left out. */
  readonly model?: string | undefined;
  /** The session's key; calls of one key go to one account. Default: the call belongs to no session. */
  readonly session?: string | undefined;
  /** True when the session's earlier answers hold what only their account can read: it is not moved to even out the load. */
  readonly pinned?: boolean | undefined;
}

/** What became of a session's place: first call, same account as before, another one. */
export type AffinityOutcome = "new" | "kept" | "moved";

/** A call's try of one account. */
export interface Trial {
  /** The upstream answered. Tells where the session stands now; undefined for a call without a session. */
  succeeded(nowMs: number): AffinityOutcome | undefined;
  /** The upstream failed, or could not be reached. */
  failed(failure: Failure, nowMs: number): void;
  /** The try is over. Further calls do nothing. */
  end(): void;
}

/** An account of the pool with what is known about it now. */
export interface PooledAccount {
  readonly account: Account;
  readonly state: AccountState;
  /** Models that rest at this account. */
  readonly models: readonly { readonly model: string; readonly state: AccountState }[];
  /** Attempts under way. */
  readonly inFlight: number;
  /** Attempts made since the start. */
  readonly attempts: number;
  /** Attempts of the last minutes, fading. */
  readonly load: number;
  /** The last failure, until an answer comes; `null` when there is none. */
  readonly lastFailure: { readonly kind: Failure["kind"]; readonly atMs: number } | null;
}

/** What a pool tells. */
export interface PoolEvents {
  /** The state of an account, or of a model at an account, has become another kind, or another rest. */
  changed?(record: AccountStateRecord): void;
  /** A session was bound to an account that is not the one its key leads to. */
  bound?(session: string, account: string): void;
}

interface Member {
  account: Account;
  readonly hash: number;
  state: AccountState;
  /** Models that do not stand as if nothing were known of them. */
  readonly models: Map<string, AccountState>;
  inFlight: number;
  attempts: number;
  readonly load: Load;
  lastFailure: PooledAccount["lastFailure"];
  /** For `weighted`: what it is owed. */
  credit: number;
}

/** No account has more than this, compared with its fair share of the load. */
const LOAD_CAP = 1.5;
/** Below this load an account is never too busy for the sessions it has: moving one costs its prompt cache. */
const LEAST_BUSY_LOAD = 16;
/** Models that rest at one account; beyond it the one that began first is forgotten. */
const MAX_RESTING_MODELS = 256;

/** The accounts of a gateway, with their states: which to try for a call, and what each attempt taught. */
export class AccountPool {
  #members = new Map<string, Member>();
  readonly #sessions = new SessionTable();
  readonly #events: PoolEvents;
  #settings: PoolSettings;
  #turn = 0;

  /** @param accounts in the order of preference; two of one name are a `TypeError`. Nothing else of them is kept. */
  constructor(accounts: readonly Account[], settings: PoolSettings, events: PoolEvents = {}) {
    this.#settings = settings;
    this.#events = events;
    this.configure(accounts, settings);
  }

  /** Takes other accounts and settings. What is known of accounts that stay is kept. */
  configure(accounts: readonly Account[], settings: PoolSettings): void {
    const members = new Map<string, Member>();
    for (const { name, upstream, priority, weight } of accounts) {
      if (members.has(name)) throw new TypeError("two accounts have the same name");
      const account: Account = { name, upstream, priority, weight };
      const known = this.#members.get(name);
      // The same name at another upstream is another account.
      const member = known?.account.upstream === upstream ? known : newMember(account);
      member.account = account;
      members.set(name, member);
    }
    this.#members = members;
    this.#settings = settings;
  }

  /** The accounts that may be used now, the one to try first at the front. */
  pick(nowMs: number, wanted: Wanted = {}): readonly Account[] {
    const usable: Member[] = [];
    for (const member of this.#members.values()) {
      if (isAmong(member.account, wanted) && isReadyFor(member, wanted.model, nowMs)) usable.push(member);
    }
    const ordered = usable.length < 2 ? usable : this.#ordered(usable, wanted, nowMs);
    return ordered.map((member) => member.account);
  }

  /**
   * Milliseconds until the first of the accounts that `pick` considers may be used again; 0 when one may, `Infinity` when there
   * is no such account.
   */
  readyInMs(nowMs: number, wanted: Wanted = {}): number {
    let soonest = Number.POSITIVE_INFINITY;
    for (const member of this.#members.values()) {
      if (!isAmong(member.account, wanted)) continue;
      const rests = [member.state, modelState(member, wanted.model)].map((state) =>
        state.kind === "ready" ? 0 : Math.max(0, state.untilMs - nowMs),
      );
      soonest = Math.min(soonest, Math.max(...rests));
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

  /** An attempt begins. An unknown name is a `TypeError`. */
  begin(name: string, nowMs: number, wanted: Pick<Wanted, "model" | "session"> = {}): Trial {
    const member = this.#member(name);
    const { model, session } = wanted;
    member.state = afterBegin(member.state, nowMs, this.#settings);
    if (model !== undefined && member.models.has(model))
      member.models.set(model, afterBegin(modelState(member, model), nowMs, this.#settings));
    member.inFlight += 1;
    member.attempts += 1;
    member.load.add(1, nowMs);
    let ended = false;
    return {
      succeeded: (atMs) => this.#succeeded(member, model, session, atMs),
      failed: (failure, atMs) => this.#failed(member, model, failure, atMs),
      end: () => {
        if (!ended) member.inFlight -= 1;
        ended = true;
      },
    };
  }

  /** Makes the account and its models ready at once, as when its credential was replaced. An unknown name is a `TypeError`. */
  reset(name: string, nowMs: number): void {
    const member = this.#member(name);
    const models = [...member.models.keys()];
    member.models.clear();
    member.lastFailure = null;
    this.#set(member, null, READY, nowMs);
    for (const model of models) this.#events.changed?.({ account: name, model, state: READY, changedAtMs: nowMs });
  }

  /** Takes over what another process, or this one before its restart, knew. Of an unknown account nothing is kept. */
  restore({ account, model, state }: AccountStateRecord): void {
    const member = this.#members.get(account);
    if (member === undefined) return;
    if (model === null) member.state = state;
    else keepModel(member, model, state);
  }

  /** Takes over where another process bound a session. Of an unknown account nothing is kept. */
  bind(session: string, account: string, nowMs: number): void {
    if (this.#members.has(account)) this.#sessions.bind(session, account, nowMs, this.#settings.affinityTtlMs);
  }

  /** All accounts as they are now, in the order of preference. */
  view(nowMs: number): PooledAccount[] {
    return [...this.#members.values()].map(({ account, state, models, inFlight, attempts, load, lastFailure }) => ({
      account,
      state,
      models: [...models].map(([model, modelsState]) => ({ model, state: modelsState })),
      inFlight,
      attempts,
      load: load.at(nowMs),
      lastFailure,
    }));
  }

  #ordered(usable: Member[], { session, pinned }: Wanted, nowMs: number): Member[] {
    const { strategy } = this.#settings;
    if (strategy !== "affinity") return ORDERS[strategy](usable, this.#turn++);
    if (session === undefined) return ORDERS["least-used"](usable, this.#turn++);
    return this.#bySession(usable, session, pinned === true, nowMs);
  }

  /** The session's own account first, then the others as the session's key leads. */
  #bySession(usable: Member[], key: string, pinned: boolean, nowMs: number): Member[] {
    const ordered = byScore(usable, key);
    const session = this.#sessions.get(key, nowMs);
    const own = ordered.find(({ account }) => account.name === session?.account);
    if (session === undefined || own === undefined) return toFront(ordered, firstWithRoom(ordered, nowMs));
    const lighter = pinned ? undefined : lighterPlace(ordered, own, session.load.at(nowMs), nowMs);
    return toFront(ordered, lighter ?? own);
  }

  #succeeded(
    member: Member,
    model: string | undefined,
    key: string | undefined,
    nowMs: number,
  ): AffinityOutcome | undefined {
    if (member.state !== READY) this.#set(member, null, afterSuccess(member.state, nowMs), nowMs);
    if (model !== undefined && member.models.has(model))
      this.#set(member, model, afterSuccess(modelState(member, model), nowMs), nowMs);
    member.lastFailure = null;
    return key === undefined ? undefined : this.#place(member, key, nowMs);
  }

  /** Notes that the session was served by this account; from now on it is at home there. */
  #place(member: Member, key: string, nowMs: number): AffinityOutcome {
    const { name } = member.account;
    const before = this.#sessions.get(key, nowMs);
    const outcome = outcomeOf(before?.account, name);
    if (before !== undefined && outcome === "moved") {
      // Its earlier calls will not come again where they were: both accounts' loads say what is to be expected.
      const moved = before.load.at(nowMs);
      this.#members.get(before.account)?.load.add(-moved, nowMs);
      member.load.add(moved, nowMs);
    }
    const session = this.#sessions.bind(key, name, nowMs, this.#settings.affinityTtlMs);
    session.load.add(1, nowMs);
    const isTold =
      outcome === "moved" || (outcome === "new" && byScore([...this.#members.values()], key)[0] !== member);
    if (isTold) this.#events.bound?.(key, name);
    return outcome;
  }

  #failed(member: Member, model: string | undefined, failure: Failure, nowMs: number): void {
    member.lastFailure = { kind: failure.kind, atMs: nowMs };
    if (failure.scope === "model" && model !== undefined) {
      const state = afterFailure(modelState(member, model), failure, nowMs, this.#settings);
      this.#set(member, model, state, nowMs);
    } else this.#set(member, null, afterFailure(member.state, failure, nowMs, this.#settings), nowMs);
  }

  #set(member: Member, model: string | null, state: AccountState, nowMs: number): void {
    const before = model === null ? member.state : modelState(member, model);
    if (model === null) member.state = state;
    else keepModel(member, model, state);
    if (before === state || (before.kind === "ready" && state.kind === "ready")) return;
    this.#events.changed?.({ account: member.account.name, model, state, changedAtMs: nowMs });
  }

  #member(name: string): Member {
    const member = this.#members.get(name);
    if (member === undefined) throw new TypeError(`there is no account named ${name}`);
    return member;
  }
}

const ORDERS: Readonly<Record<Exclude<Strategy, "affinity">, (usable: Member[], turn: number) => Member[]>> = {
  "round-robin": (usable, turn) => {
    const first = turn % usable.length;
    return first === 0 ? usable : [...usable.slice(first), ...usable.slice(0, first)];
  },
  priority: (usable) => usable.toSorted((a, b) => a.account.priority - b.account.priority),
  "least-used": (usable) => usable.toSorted((a, b) => a.inFlight - b.inFlight || a.attempts - b.attempts),
  weighted: (usable) => {
    // Each is owed its weight at every turn, and whoever is owed most goes first and pays for all: evenly spread turns.
    let weights = 0;
    for (const member of usable) {
      member.credit += member.account.weight;
      weights += member.account.weight;
    }
    const ordered = usable.toSorted((a, b) => b.credit - a.credit);
    const [first] = ordered;
    if (first !== undefined) first.credit -= weights;
    return ordered;
  },
};

function newMember(account: Account): Member {
  return {
    account,
    hash: hashOf(account.name),
    state: READY,
    models: new Map(),
    inFlight: 0,
    attempts: 0,
    load: new Load(),
    lastFailure: null,
    credit: 0,
  };
}

function isAmong(account: Account, { only, upstream }: Wanted): boolean {
  return (
    (only === undefined || only === null || account.name === only) &&
    (upstream === undefined || account.upstream === upstream)
  );
}

function isReadyFor(member: Member, model: string | undefined, nowMs: number): boolean {
  return isUsable(member.state, nowMs) && isUsable(modelState(member, model), nowMs);
}

function modelState(member: Member, model: string | undefined): AccountState {
  return model === undefined ? READY : (member.models.get(model) ?? READY);
}

function keepModel({ models }: Member, model: string, state: AccountState): void {
  models.delete(model);
  if (state.kind === "ready" && state.failures === 0) return;
  models.set(model, state);
  if (models.size <= MAX_RESTING_MODELS) return;
  const [oldest] = models.keys();
  if (oldest !== undefined) models.delete(oldest);
}

function byScore(members: readonly Member[], key: string): Member[] {
  const hash = hashOf(key);
  return members
    .map((member) => ({ member, score: rendezvousScore(hash, member.hash, member.account.weight) }))
    .toSorted((a, b) => b.score - a.score)
    .map(({ member }) => member);
}

function toFront(ordered: Member[], first: Member | undefined): Member[] {
  return first === undefined || first === ordered[0]
    ? ordered
    : [first, ...ordered.filter((member) => member !== first)];
}

/** The first account that another session does not bring above its share. */
function firstWithRoom(ordered: readonly Member[], nowMs: number): Member | undefined {
  const shareOf = shares(ordered, nowMs);
  return ordered.find((member) => member.load.at(nowMs) < LOAD_CAP * shareOf(member));
}

/** Where a session that is one of many at a busy account goes, when that evens out the load; undefined: it stays. */
function lighterPlace(ordered: readonly Member[], own: Member, load: number, nowMs: number): Member | undefined {
  const ownLoad = own.load.at(nowMs);
  if (ownLoad < LEAST_BUSY_LOAD || ownLoad <= LOAD_CAP * shares(ordered, nowMs)(own)) return undefined;
  const lightest = ordered.toSorted((a, b) => relativeLoad(a, nowMs) - relativeLoad(b, nowMs))[0];
  if (lightest === undefined || lightest === own) return undefined;
  const after = (lightest.load.at(nowMs) + load) / lightest.account.weight;
  return after < ownLoad / own.account.weight ? lightest : undefined;
}

function relativeLoad({ load, account }: Member, nowMs: number): number {
  return load.at(nowMs) / account.weight;
}

/** The part of the load, one more call included, that is each account's by its weight. */
function shares(members: readonly Member[], nowMs: number): (member: Member) => number {
  let load = 1;
  let weights = 0;
  for (const member of members) {
    load += member.load.at(nowMs);
    weights += member.account.weight;
  }
  return ({ account }) => (load * account.weight) / weights;
}

function outcomeOf(before: string | undefined, now: string): AffinityOutcome {
  if (before === undefined) return "new";
  return before === now ? "kept" : "moved";
}
