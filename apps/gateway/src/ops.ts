import { isUsable } from "@link-assistant/core";
import type { AccountState } from "@link-assistant/core";

import type { Gateway } from "./gateway.ts";

/** Whether the gateway can serve, for load balancers; `ready: false` belongs to status 503. */
export async function readiness(gateway: Gateway): Promise<{ ready: boolean; store: string; accounts: object }> {
  const store = await gateway.store.tokens.get("").then(
    () => "ok",
    () => "unavailable",
  );
  const nowMs = gateway.now();
  const accounts = gateway.pool.view(nowMs);
  const ready = accounts.filter(({ state }) => isUsable(state, nowMs)).length;
  return {
    ready: store === "ok" && accounts.length > 0 && !gateway.draining(),
    store,
    accounts: { total: accounts.length, ready, cooling: accounts.length - ready },
  };
}

interface AccountsView {
  /** Whether answers come from the built-in simulator. */
  readonly simulated: boolean;
  readonly accounts: readonly (object & { readonly name: string })[];
}

/** The accounts as operators see them: no credential, no path. */
export function accountsView(gateway: Gateway): AccountsView {
  const nowMs = gateway.now();
  const kinds = new Map(gateway.config.accounts.map((account) => [account.name, account.kind]));
  const pooled = gateway.pool.view(nowMs);
  const load = pooled.reduce((sum, each) => sum + each.load, 0);
  return {
    simulated: gateway.simulated,
    accounts: pooled.map((each) => ({
      name: each.account.name,
      upstream: each.account.upstream,
      kind: kinds.get(each.account.name) ?? null,
      priority: each.account.priority,
      weight: each.account.weight,
      credential: gateway.credentials.get(each.account.name)?.header() === undefined ? "unreadable" : "readable",
      ...stateView(each.state, nowMs),
      models: each.models
        .filter(({ state }) => !isUsable(state, nowMs))
        .map(({ model, state }) => ({ model, ...stateView(state, nowMs) })),
      last_failure:
        each.lastFailure === null
          ? null
          : { kind: each.lastFailure.kind, at: new Date(each.lastFailure.atMs).toISOString() },
      in_flight: each.inFlight,
      attempts: each.attempts,
      load_share: load === 0 ? 0 : each.load / load,
    })),
  };
}

/** What has rested is ready, for the next call tries it. */
function stateView(state: AccountState, nowMs: number): object {
  const { failures } = state;
  if (state.kind === "ready" || isUsable(state, nowMs))
    return { state: "ready", reason: null, ready_at: null, failures };
  return { state: state.kind, reason: state.reason, ready_at: new Date(state.untilMs).toISOString(), failures };
}
