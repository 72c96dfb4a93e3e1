import { GatewayError } from "@link-assistant/core";
import type { Account, Candidate } from "@link-assistant/core";

import type { Gateway } from "./gateway.ts";
import type { Call } from "./surfaces/surface.ts";
import type { Upstream } from "./upstreams/upstream.ts";

/** An upstream to try, with the accounts to try there, in order. */
export interface Destination {
  readonly upstream: Upstream;
  /** The model's name there. */
  readonly model: string;
  readonly accounts: readonly Account[];
}

/** Longest list of models that a fault names. */
const MAX_NAMED = 50;

/**
 * Where a call may go, in order. A fault when its model is not known, or when no account can be used for it now. `bound` names the one
 * account that the call's token may use.
 */
export async function destinations(
  gateway: Gateway,
  call: Call,
  bound: string | null,
): Promise<readonly Destination[]> {
  const { pool } = gateway;
  if (pool.size === 0) throw new GatewayError("account_none");
  if (bound !== null && !pool.has(bound)) throw new GatewayError("account_unknown");
  const only = holderOf(gateway, call) ?? bound;
  const candidates = candidatesFor(gateway, call, only);
  if (candidates.length === 0) throw await modelUnknown(gateway, call);
  const nowMs = gateway.now();
  const found: Destination[] = [];
  for (const { upstream: name, model } of candidates) {
    const upstream = gateway.upstreams.get(name);
    const accounts = pool.pick(nowMs, only, name);
    if (upstream !== undefined && accounts.length > 0) found.push({ upstream, model, accounts });
  }
  if (found.length > 0) return found;
  const readyInMs = Math.min(...candidates.map(({ upstream }) => pool.readyInMs(nowMs, only, upstream)));
  throw new GatewayError("accounts_cooling", { retryAfterSeconds: Math.max(1, Math.ceil(readyInMs / 1000)) });
}

/** The account that keeps what this call builds on. A thread whose keeper is not known cannot go on, unless there is only one place to go. */
function holderOf({ held, pool }: Gateway, call: Call): string | undefined {
  const after = call.held?.after;
  if (after === undefined) return undefined;
  const account = held.accountOf(after);
  if (account !== undefined && pool.has(account)) return account;
  if (call.held?.thread === true && pool.size > 1) throw new GatewayError("thread_not_found");
  return undefined;
}

function candidatesFor(gateway: Gateway, call: Call, only: string | null): readonly Candidate[] {
  const asked = call.model ?? "";
  const routed = gateway.routes.candidates(asked);
  const candidates = routed.length > 0 ? routed : speakers(gateway, call, asked);
  if (only === null) return candidates;
  const { upstream } = gateway.pool.account(only) ?? {};
  const fitting = candidates.filter((candidate) => candidate.upstream === upstream);
  // An account that was chosen by name is asked for whatever model the client names.
  return fitting.length > 0 || upstream === undefined ? fitting : [{ upstream, model: asked }];
}

/** A name that nobody is known to serve goes to the upstreams of the client's own dialect: they know their models best. */
function speakers({ upstreams }: Gateway, call: Call, model: string): readonly Candidate[] {
  return [...upstreams.values()]
    .filter(({ dialects }) => dialects.includes(call.dialect))
    .map(({ name }) => ({ upstream: name, model }));
}

async function modelUnknown({ models }: Gateway, { model }: Call): Promise<GatewayError> {
  if (model === null) return new GatewayError("request_invalid", { detail: "`model` is missing; name one." });
  const known = await models.list().catch(() => []);
  const names = known.slice(0, MAX_NAMED).map(({ id }) => id);
  return names.length === 0
    ? new GatewayError("model_unknown")
    : new GatewayError("model_unknown", { detail: `This token may use: ${names.join(", ")}.` });
}
