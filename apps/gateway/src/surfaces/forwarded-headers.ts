import type { IncomingMessage } from "node:http";

import type { DialectId } from "@link-assistant/translator";

/** Headers that an upstream may see as the client sent them. Everything else stays here, credentials above all. */
const NAMES = ["accept", "content-type", "user-agent", "idempotency-key", "x-client-request-id"];
const PREFIXES = ["x-stainless-"];

interface Forwarded {
  readonly names: ReadonlySet<string>;
  readonly prefixes: readonly string[];
}

// OpenAI's organisation and project belong to the account, not to the client.
const OPENAI: Forwarded = {
  names: new Set([...NAMES, "openai-beta", "originator", "session-id", "thread-id", "version"]),
  prefixes: [...PREFIXES, "x-codex-", "x-openai-"],
};

/** What clients of each dialect say to their service in headers. */
const BY_DIALECT: Readonly<Record<DialectId, Forwarded>> = {
  "anthropic-messages": {
    names: new Set([...NAMES, "x-app"]),
    prefixes: [...PREFIXES, "anthropic-", "x-claude-"],
  },
  "openai-chat": OPENAI,
  "openai-responses": OPENAI,
};

/** The headers of a request that go to an upstream of its dialect. One that `connection` names belongs to this hop and does not. */
export function forwardedHeaders(dialect: DialectId, req: IncomingMessage): Record<string, string> {
  const { names, prefixes } = BY_DIALECT[dialect];
  const kept: Record<string, string> = {};
  const ofThisHop = req.headers.connection?.toLowerCase() ?? "";
  for (const name in req.headers) {
    if (!names.has(name) && !prefixes.some((prefix) => name.startsWith(prefix))) continue;
    const value = req.headers[name];
    if (value === undefined || (ofThisHop.length > 10 && namesHeader(ofThisHop, name))) continue;
    kept[name] = typeof value === "string" ? value : value.join(", ");
  }
  return kept;
}

function namesHeader(connection: string, name: string): boolean {
  return connection.split(",").some((part) => part.trim() === name);
}
