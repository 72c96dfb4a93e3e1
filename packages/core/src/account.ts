import type { Failure, FailureKind } from "./failure.ts";

/** One identity at an upstream, as the configuration names it. Its credential is kept elsewhere. */
export interface Account {
  /** Unique; shown in metrics, in the ledger and to operators. */
  readonly name: string;
  /** The upstream it belongs to. */
  readonly upstream: string;
  /** Smaller goes first under the strategy `priority`; default 0. */
  readonly priority: number;
}

/** Whether an account may be used now. */
export type AccountState =
  | { readonly kind: "ready"; /** Failures in a row that count for a rest. */ readonly failures: number }
  | {
      readonly kind: "cooling";
      /** Milliseconds since 1970; from then on the account is tried again. */
      readonly untilMs: number;
      /** The failure that it rests for. */
      readonly reason: FailureKind;
      /** Failures in a row that count for a rest, those before this rest included. */
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
}

/** The state of an account nothing is known about. */
export const READY: AccountState = Object.freeze({ kind: "ready", failures: 0 });

/** Whether the account may be used at this time. */
export function isReady(state: AccountState, nowMs: number): boolean {
  return state.kind === "ready" || state.untilMs <= nowMs;
}

/** The state after an attempt that the upstream answered. */
export function afterSuccess(state: AccountState, nowMs: number): AccountState {
  // An answer to a call that began before the account was put to rest says nothing about the reason for the rest.
  if (state.kind === "cooling" && state.untilMs > nowMs) return state;
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
  const resting = state.kind === "cooling" && state.untilMs > nowMs;
  // Calls that were under way together fail together: that is one failure, not many in a row.
  const failures = resting ? state.failures : state.failures + 1;
  const restMs = restAfter(failure, failures, policy);
  const untilMs = nowMs + restMs;
  // The longer of two rests counts, with its own reason.
  if (resting && state.untilMs >= untilMs) return state;
  return restMs === 0 ? { kind: "ready", failures } : { kind: "cooling", untilMs, reason: failure.kind, failures };
}

function restAfter(failure: Failure, failures: number, policy: CooldownPolicy): number {
  if (failure.retryAfterMs !== undefined) return Math.min(failure.retryAfterMs, policy.maxMs);
  if (failure.rest === "long") return policy.maxMs;
  const tolerated = failure.rest === "on_repeat" ? policy.failuresBeforeRest : 1;
  if (failures < tolerated) return 0;
  return Math.min(policy.baseMs * 2 ** (failures - tolerated), policy.maxMs);
}
