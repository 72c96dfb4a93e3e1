import { GatewayError, TOKEN_LIMITS, TOKEN_SCOPES, countedLimits } from "@link-assistant/core";
import type { LimitLeft, TokenRecord } from "@link-assistant/core";
import { z } from "zod";

import type { Gateway } from "../gateway.ts";
import { TokenFileError, parseTokensLino } from "../lino/tokens-lino.ts";
import { limitFields, limitsOf, limitsView, usd } from "./limits.ts";

const label = z.string().max(TOKEN_LIMITS.maxLabelChars);
const account = z.string().max(64).nullable();
const scopes = z.array(z.enum(TOKEN_SCOPES)).min(1);

const issueSchema = z.strictObject({
  ttl_hours: z.number().positive().max(TOKEN_LIMITS.maxTtlHours).nullish(),
  label: label.nullish(),
  account: account.optional(),
  scopes: scopes.optional(),
  ...limitFields,
});
const revokeSchema = z.strictObject({ id: z.string().max(64) });
const changeSchema = z.strictObject({
  label: label.optional(),
  account: account.optional(),
  scopes: scopes.optional(),
  ...limitFields,
});

/** A token's record as the API gives it: times in Unix seconds, as the original did. */
export function tokenView(record: TokenRecord): object {
  return {
    id: record.id,
    label: record.label,
    account: record.account,
    scopes: record.scopes,
    issued_at: Math.floor(record.issuedAtMs / 1000),
    expires_at: Math.floor(record.expiresAtMs / 1000),
    revoked: record.revokedAtMs !== null,
    revoked_at: record.revokedAtMs === null ? null : Math.floor(record.revokedAtMs / 1000),
    limits: limitsView(record.limits),
  };
}

/** `POST /api/tokens` */
export async function issueToken(gateway: Gateway, body: unknown): Promise<object> {
  const asked = parse(issueSchema, body ?? {});
  checkAccount(gateway, asked.account);
  const ttlHours = asked.ttl_hours ?? TOKEN_LIMITS.defaultTtlHours;
  const { token, record } = await stored(
    gateway,
    gateway.tokens.issue({
      ttlHours,
      label: asked.label ?? "",
      account: asked.account ?? null,
      ...(asked.scopes === undefined ? {} : { scopes: asked.scopes }),
      limits: limitsOf(asked),
    }),
  );
  gateway.metrics.recordTokenIssued();
  return {
    token,
    id: record.id,
    ttl_hours: ttlHours,
    label: record.label,
    account: record.account,
    scopes: record.scopes,
    limits: limitsView(record.limits),
    expires_at: new Date(record.expiresAtMs).toISOString(),
  };
}

/** `POST /api/tokens/import`: the records of a `tokens.lino` that are not known yet; all of its text is understood, or nothing is taken. */
export function importTokens(gateway: Gateway, text: string): Promise<object> {
  return stored(gateway, gateway.tokens.import(recordsOf(text)));
}

function recordsOf(text: string): TokenRecord[] {
  try {
    return parseTokensLino(text);
  } catch (error) {
    if (!(error instanceof TokenFileError)) throw error;
    throw new GatewayError("request_invalid", { detail: `In ${error.message}. Nothing was imported.` });
  }
}

/** `GET /api/tokens/list` */
export function listTokens(gateway: Gateway): object {
  return { data: gateway.tokens.list().map(tokenView) };
}

/** `POST /api/tokens/revoke` */
export function revokeToken(gateway: Gateway, body: unknown): Promise<object> {
  return revokeById(gateway, parse(revokeSchema, body).id);
}

/** `DELETE /api/tokens/{id}` */
export async function revokeById(gateway: Gateway, id: string): Promise<object> {
  const { changed } = await stored(gateway, gateway.tokens.revoke(id));
  if (changed) gateway.metrics.recordTokenRevoked();
  return { revoked: id };
}

/** `GET /api/tokens/{id}`: the record, what is left of its limits, and what it has used. */
export async function showToken(gateway: Gateway, id: string): Promise<object> {
  const record = gateway.tokens.get(id);
  if (record === undefined) throw new GatewayError("token_not_found");
  const [view, spending] = await Promise.all([
    describeToken(gateway, record),
    stored(gateway, gateway.store.ledger.spending(id, 0)),
  ]);
  return {
    ...view,
    requests: spending.requests,
    cost_usd: usd(spending.nanoUsd),
    last_used_at: spending.lastUsedAtMs === null ? null : new Date(spending.lastUsedAtMs).toISOString(),
  };
}

/** A token's record and what is left of its limits, as `GET /api/tokens/self` shows it to its holder. */
export async function describeToken(gateway: Gateway, record: TokenRecord): Promise<object> {
  const counted = countedLimits(record.limits, gateway.now());
  const left = counted === undefined ? [] : await stored(gateway, gateway.shared.limits.left(record.id, counted));
  return { ...tokenView(record), limits_left: left.map(leftView) };
}

function leftView({ limit, bound, used, resetsAtMs }: LimitLeft): object {
  const inUnit = limit.startsWith("budget_usd") ? usd : (amount: number): number => amount;
  return {
    limit,
    bound: inUnit(bound),
    used: inUnit(used),
    left: inUnit(Math.max(0, bound - used)),
    resets_at: resetsAtMs === null ? null : new Date(resetsAtMs).toISOString(),
  };
}

/** `PATCH /api/tokens/{id}` */
export async function changeToken(gateway: Gateway, id: string, body: unknown): Promise<object> {
  const asked = parse(changeSchema, body);
  const { label, account, scopes } = asked;
  checkAccount(gateway, account);
  const record = await stored(
    gateway,
    gateway.tokens.change(id, {
      ...(label === undefined ? {} : { label }),
      ...(account === undefined ? {} : { account }),
      ...(scopes === undefined ? {} : { scopes }),
      limits: limitsOf(asked),
    }),
  );
  return tokenView(record);
}

/** What a store refuses is a fault that says so; its own words go to the log. */
async function stored<T>(gateway: Gateway, change: Promise<T>): Promise<T> {
  try {
    return await change;
  } catch (error) {
    if (error instanceof GatewayError) throw error;
    gateway.log.error({ err: error }, "the store could not be used for a router token");
    throw new GatewayError("store_unavailable");
  }
}

function checkAccount(gateway: Gateway, name: string | null | undefined): void {
  if (name === null || name === undefined || gateway.pool.has(name)) return;
  throw new GatewayError("request_invalid", { detail: "`account` names no configured account." });
}

function parse<T>(schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const detail = result.error.issues
    .map((issue) => `${issue.path.length === 0 ? "body" : issue.path.join(".")}: ${issue.message}`)
    .join("; ");
  throw new GatewayError("request_invalid", { detail: `${detail}.` });
}
