import { isReady } from "@link-assistant/core";
import type { PooledAccount } from "@link-assistant/core";

import type { Gateway } from "./gateway.ts";

/** Whether the gateway can serve, for load balancers; `ready: false` belongs to status 503. */
export async function readiness(gateway: Gateway): Promise<{ ready: boolean; store: string; accounts: object }> {
  const store = await gateway.store.tokens.get("").then(
    () => "ok",
    () => "unavailable",
  );
  const accounts = gateway.pool.view();
  const ready = accounts.filter(({ state }) => isReady(state, gateway.now())).length;
  return {
    ready: store === "ok" && accounts.length > 0 && !gateway.draining(),
    store,
    accounts: { total: accounts.length, ready, cooling: accounts.length - ready },
  };
}

/** The accounts as operators see them: no credential, no path. */
export function accountsView(gateway: Gateway): { accounts: object[] } {
  const nowMs = gateway.now();
  const kinds = new Map(gateway.config.accounts.map((account) => [account.name, account.kind]));
  return {
    accounts: gateway.pool.view().map((pooled) => ({
      name: pooled.account.name,
      upstream: pooled.account.upstream,
      kind: kinds.get(pooled.account.name) ?? null,
      priority: pooled.account.priority,
      credential: gateway.credentials.get(pooled.account.name)?.header() === undefined ? "unreadable" : "readable",
      ...stateView(pooled, nowMs),
      in_flight: pooled.inFlight,
      attempts: pooled.attempts,
    })),
  };
}

function stateView({ state }: PooledAccount, nowMs: number): object {
  if (state.kind === "ready" || isReady(state, nowMs)) return { state: "ready", reason: null, ready_at: null };
  return { state: "cooling", reason: state.reason, ready_at: new Date(state.untilMs).toISOString() };
}
