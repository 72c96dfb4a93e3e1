import type { IncomingMessage } from "node:http";

/** Headers that an upstream may see as the client sent them. Everything else stays here, credentials above all. */
const NAMES = new Set(["accept", "content-type", "user-agent", "idempotency-key", "x-app", "x-client-request-id"]);
const PREFIXES = ["anthropic-", "x-stainless-", "x-claude-"];

/** The headers of a request that go to the upstream. One that `connection` names belongs to this hop and does not. */
export function forwardedHeaders(req: IncomingMessage): Record<string, string> {
  const kept: Record<string, string> = {};
  const ofThisHop = req.headers.connection?.toLowerCase() ?? "";
  for (const name in req.headers) {
    if (!NAMES.has(name) && !PREFIXES.some((prefix) => name.startsWith(prefix))) continue;
    const value = req.headers[name];
    if (value === undefined || (ofThisHop.length > 10 && namesHeader(ofThisHop, name))) continue;
    kept[name] = typeof value === "string" ? value : value.join(", ");
  }
  return kept;
}

function namesHeader(connection: string, name: string): boolean {
  return connection.split(",").some((part) => part.trim() === name);
}
