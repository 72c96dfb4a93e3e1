import type { Failure, FailureKind } from "./failure.ts";

/** One identity at an upstream, as the configuration names it. Its credential is kept elsewhere. */
export interface Account {
  /** Unique; shown in metrics, in the ledger and to operators. */
  readonly name: string;
  /** The upstream it belongs to. */
  readonly upstream: string;
  /** Smaller goes first under the strategy `priority`; default 0. */
  readonly priority: number;
  /** Its share of the calls under the strategies `weighted` and `affinity`, beside those of the others; above 0, default 1. */
  readonly weight: number;
}

/** Whether an account, or one model at an account, may be used now. */
export type AccountState =
  | {
      readonly kind: "ready";
      /** Failures in a row that count for a rest. */
      readonly failures: number;
    }
  | {
      /** It rests, and is tried again by itself. */
      readonly kind: "cooling";
      /** Milliseconds since 1970; from then on one call may try it. */
      readonly untilMs: number;
      /** The failure that it rests for. */
      readonly reason: FailureKind;
      /** Failures in a row that count for a rest, those before this rest included. */
      readonly failures: number;
    }
  | {
      /** It has rested, and one call is under way that will tell whether it is well. */
      readonly kind: "probing";
      /** Milliseconds since 1970; from then on another call may try it, for the first has not told. */
      readonly untilMs: number;
      readonly reason: FailureKind;
      readonly failures: number;
    }
  | {
      /** Only a person can mend it: its credential is refused, or its money is gone. */
      readonly kind: "broken";
      /** Milliseconds since 1970; from then on one call may try whether somebody has. */
      readonly untilMs: number;
      readonly reason: FailureKind;
      readonly failures: number;
    };

/** How long accounts rest. */
export interface CooldownPolicy {
  /** The first rest when the upstream names no time. Doubled with each failure in a row. */
  readonly baseMs: number;
  /** No rest is longer, whatever the upstream asks for. */
  readonly maxMs: number;
  /** Failures in a row before the account rests for one that has to repeat itself (`on_repeat`). */
  readonly failuresBeforeRest: number;
  /** Time between two tries of a broken account. */
  readonly brokenMs: number;
  /** How long one call that probes keeps the others away. */
  readonly probeMs: number;
}

/** The state of an account nothing is known about. */
export const READY: AccountState = Object.freeze({ kind: "ready", failures: 0 });

/** Whether a call may use the account at this time. */
export function isUsable(state: AccountState, nowMs: number): boolean {
  return state.kind === "ready" || state.untilMs <= nowMs;
}

/** The state when a call begins: the first one after a rest probes, and keeps the others away until it tells. */
export function afterBegin(state: AccountState, nowMs: number, policy: CooldownPolicy): AccountState {
  if (state.kind === "ready" || state.untilMs > nowMs) return state;
  return { ...state, kind: "probing", untilMs: nowMs + policy.probeMs };
}

/** The state after an attempt that the upstream answered. */
export function afterSuccess(state: AccountState, nowMs: number): AccountState {
  // An answer to a call that began before the account was put to rest says nothing about the reason for the rest.
  if (isResting(state, nowMs)) return state;
  return READY;
}

/** The state after an attempt that failed. */
export function afterFailure(
  state: AccountState,
  failure: Failure,
  nowMs: number,
  policy: CooldownPolicy,
): AccountState {
  if (failure.rest === "never") return state;
  const resting = isResting(state, nowMs);
  // Calls that were under way together fail together: that is one failure, not many in a row.
  const failures = resting ? state.failures : state.failures + 1;
  // An upstream that names a time will be well by itself.
  if (failure.rest === "long" && failure.retryAfterMs === undefined)
    return { kind: "broken", untilMs: nowMs + policy.brokenMs, reason: failure.kind, failures };
  // What has failed for good is not mended by a lesser failure.
  if (resting && state.kind === "broken") return state;
  const restMs = restAfter(failure, failures, policy, state);
  const untilMs = nowMs + restMs;
  // The longer of two rests counts, with its own reason.
  if (resting && state.untilMs >= untilMs) return state;
  return restMs === 0 ? { kind: "ready", failures } : { kind: "cooling", untilMs, reason: failure.kind, failures };
}

type RestingState = Extract<AccountState, { kind: "cooling" | "broken" }>;

function isResting(state: AccountState, nowMs: number): state is RestingState {
  return (state.kind === "cooling" || state.kind === "broken") && state.untilMs > nowMs;
}

function restAfter(failure: Failure, failures: number, policy: CooldownPolicy, state: AccountState): number {
  if (failure.retryAfterMs !== undefined) return Math.min(failure.retryAfterMs, policy.maxMs);
  // A probe that fails shows that the rest was too short.
  const tolerated = failure.rest === "on_repeat" && state.kind !== "probing" ? policy.failuresBeforeRest : 1;
  if (failures < tolerated) return 0;
  return Math.min(policy.baseMs * 2 ** Math.min(failures - tolerated, 30), policy.maxMs);
}
