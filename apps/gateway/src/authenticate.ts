import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";

import { GatewayError, TOKEN_PREFIX } from "@link-assistant/core";
import type { Secret, TokenRecord, TokenRegistry, TokenScope } from "@link-assistant/core";

/**
 * The router token of a request, from `authorization: Bearer` or `x-api-key`. Clients may send both, one of them left over
 * from another service: the one that looks like a router token counts.
 */
function presentedToken(headers: IncomingHttpHeaders): string | undefined {
  const bearer = bearerOf(headers);
  const apiKey = headers["x-api-key"];
  if (bearer?.startsWith(TOKEN_PREFIX) === true || typeof apiKey !== "string" || apiKey === "") return bearer;
  return bearer === undefined || apiKey.startsWith(TOKEN_PREFIX) ? apiKey : bearer;
}

/** The credential of `authorization: Bearer …`; the scheme in any case. */
function bearerOf(headers: IncomingHttpHeaders): string | undefined {
  const value = headers.authorization;
  if (value === undefined || value.length < 8 || value.slice(0, 7).toLowerCase() !== "bearer ") return undefined;
  const credential = value.slice(7).trim();
  return credential === "" ? undefined : credential;
}

/**
 * The record of the router token that came with a request and that has the scope (`null`: any will do); else the fault that
 * says why not. A token that was seen before is answered without waiting.
 */
export function authenticate(
  tokens: TokenRegistry,
  headers: IncomingHttpHeaders,
  scope: TokenScope | null,
): TokenRecord | Promise<TokenRecord> {
  const token = presentedToken(headers);
  if (token === undefined) throw new GatewayError("token_missing");
  const known = tokens.recall(token);
  return known === undefined ? tokens.verify(token).then((record) => inScope(record, scope)) : inScope(known, scope);
}

function inScope(record: TokenRecord, scope: TokenScope | null): TokenRecord {
  if (scope === null || record.scopes.includes(scope)) return record;
  throw new GatewayError("scope_missing", { detail: `It needs the scope \`${scope}\`.` });
}

/** Lets the admin key pass, compared in constant time; anything else is a fault. */
export function requireAdmin(adminKey: Secret, headers: IncomingHttpHeaders): void {
  if (!isAdmin(adminKey, headers)) throw new GatewayError("admin_key_required");
}

/** Lets the admin key pass, and router tokens of scope `observe`. */
export async function requireObserver(
  adminKey: Secret,
  tokens: TokenRegistry,
  headers: IncomingHttpHeaders,
): Promise<void> {
  if (isAdmin(adminKey, headers)) return;
  if (presentedToken(headers)?.startsWith(TOKEN_PREFIX) !== true) throw new GatewayError("observer_required");
  await authenticate(tokens, headers, "observe");
}

/** Whether the answer may tell which way it went: asked for by `x-router-debug: 1`, with the admin key or a token of scope `observe`. */
export function mayDebug(adminKey: Secret, token: TokenRecord, headers: IncomingHttpHeaders): boolean {
  if (headers["x-router-debug"] !== "1") return false;
  return token.scopes.includes("observe") || isAdmin(adminKey, headers);
}

function isAdmin(adminKey: Secret, headers: IncomingHttpHeaders): boolean {
  const presented = bearerOf(headers);
  if (presented === undefined) return false;
  // Digests have one length, so the comparison tells nothing of the key's length either.
  return timingSafeEqual(sha256(presented), sha256(adminKey.reveal()));
}

function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
