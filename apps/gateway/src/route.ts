import { GatewayError, NO_LIMITS, allowsModel, orderedFor } from "@link-assistant/core";
import type { Account, Candidate, FailureKind, TokenRecord, Wanted } from "@link-assistant/core";

import type { Gateway } from "./gateway.ts";
import type { Call } from "./surfaces/surface.ts";
import type { Upstream } from "./upstreams/upstream.ts";

/** An upstream to try, with the accounts to try there, in order. */
export interface Destination {
  readonly upstream: Upstream;
  /** The model's name there. */
  readonly model: string;
  readonly accounts: readonly Account[];
  /** Failures after which the next destination is tried; absent: those that another account may not have. */
  readonly fallbackOn?: readonly FailureKind[] | undefined;
}

/** Longest list of models that a fault names. */
const MAX_NAMED = 50;

/**
 * Where a call may go, in order. A fault when its model is not known or not allowed, or when no account can be used for it now.
 * `session` is the key of the call's session.
 */
export async function destinations(
  gateway: Gateway,
  call: Call,
  token: TokenRecord | undefined,
  session: string | undefined,
): Promise<readonly Destination[]> {
  const { pool } = gateway;
  const bound = checkedAccount(gateway, token);
  if (token !== undefined && call.model !== null && !allowsModel(token.limits, call.model))
    throw await modelUnknown(gateway, call, token);
  const only = (await holderOf(gateway, call)) ?? bound;
  const candidates = orderedFor(candidatesFor(gateway, call, only), session ?? "");
  if (candidates.length === 0) throw await modelUnknown(gateway, call, token);
  const wanted = { only, session, pinned: session !== undefined && holdsOpaqueReasoning(call) };
  const nowMs = gateway.now();
  const found = candidates.flatMap((candidate) => destinationOf(gateway, candidate, wanted, nowMs) ?? []);
  if (found.length > 0) return found;
  const waits = candidates.map(({ upstream, model }) => pool.readyInMs(nowMs, { only, upstream, model }));
  throw new GatewayError("accounts_cooling", {
    retryAfterSeconds: Math.max(1, Math.ceil(Math.min(...waits) / 1000)),
  });
}

/** The one account that the token may use, which must be there; `null` for any. */
function checkedAccount({ pool }: Gateway, token: TokenRecord | undefined): string | null {
  const bound = token?.account ?? null;
  if (pool.size === 0) throw new GatewayError("account_none");
  if (bound !== null && !pool.has(bound)) throw new GatewayError("account_unknown");
  return bound;
}

function destinationOf(
  { upstreams, pool }: Gateway,
  { upstream: name, model, fallbackOn }: Candidate,
  wanted: Wanted,
  nowMs: number,
): Destination | undefined {
  const upstream = upstreams.get(name);
  if (upstream === undefined) return undefined;
  const accounts = pool.pick(nowMs, { ...wanted, upstream: name, model });
  return accounts.length === 0 ? undefined : { upstream, model, accounts, fallbackOn };
}

/** Whether the call repeats reasoning that only the account that made it can read. */
function holdsOpaqueReasoning({ body }: Call): boolean {
  return OPAQUE_MARKS.some((mark) => body.includes(mark));
}

const OPAQUE_MARKS = ['"encrypted_content"', '"signature"'];

/** The service and the model that a call goes to first, as far as routes tell; for an estimate of its price. */
export function firstDestination(gateway: Gateway, call: Call): { readonly service: string; readonly model: string } {
  const [first] = gateway.routes.candidates(call.model ?? "");
  const upstream = first === undefined ? undefined : gateway.upstreams.get(first.upstream);
  return { service: upstream?.quirks ?? "", model: first?.model ?? call.model ?? "" };
}

/** The account that keeps what this call builds on. A thread whose keeper is not known cannot go on, unless there is only one place to go. */
async function holderOf({ held, pool }: Gateway, call: Call): Promise<string | undefined> {
  const after = call.held?.after;
  if (after === undefined) return undefined;
  const account = await held.accountOf(after);
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

/**
 * A name that nobody is known to serve goes to the upstreams of the client's own dialect, which know their models best, unless the
 * operator has named those.
 */
function speakers({ upstreams }: Gateway, call: Call, model: string): readonly Candidate[] {
  return [...upstreams.values()]
    .filter(({ dialects, closed }) => !closed && dialects.includes(call.dialect))
    .map(({ name }) => ({ upstream: name, model }));
}

async function modelUnknown(
  { models }: Gateway,
  { model }: Call,
  token: TokenRecord | undefined,
): Promise<GatewayError> {
  if (model === null) return new GatewayError("request_invalid", { detail: "`model` is missing; name one." });
  const known = await models.list().catch(() => []);
  const names = known
    .map(({ id }) => id)
    .filter((id) => allowsModel(token?.limits ?? NO_LIMITS, id))
    .slice(0, MAX_NAMED);
  return names.length === 0
    ? new GatewayError("model_unknown")
    : new GatewayError("model_unknown", { detail: `This token may use: ${names.join(", ")}.` });
}
