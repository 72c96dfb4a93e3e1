import type { SimRequest } from "./request.ts";

/** Something that must never reach an upstream. */
export interface Leak {
  /** The id of the request; absent when it was too malformed to be read. */
  readonly requestId?: string;
  /** What leaked, in words. */
  readonly what: string;
}

/** One thing that must never reach an upstream. */
export interface LeakRule {
  readonly what: string;
  readonly found: (request: SimRequest) => boolean;
}

/** How the tokens begin that the router gives to its own clients. */
export const ROUTER_TOKEN = "la_sk_";
const HARMLESS_CONNECTION = new Set(["keep-alive", "close"]);

/** What must not reach any upstream: router tokens, cookies, hop-by-hop headers. */
export const LEAK_RULES: readonly LeakRule[] = [
  { what: "a router token in a header", found: ({ headers }) => JSON.stringify(headers).includes(ROUTER_TOKEN) },
  { what: "a router token in the path", found: ({ path }) => path.includes(ROUTER_TOKEN) },
  { what: "a connection header that names other headers", found: namesOtherHeaders },
  ...[
    "cookie",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "upgrade",
  ].map(headerLeak),
];

/** A header that must not reach an upstream. */
export function headerLeak(name: string): LeakRule {
  return { what: `the header ${name}`, found: ({ headers }) => headers[name] !== undefined };
}

/** Everything in a request that must not reach an upstream by these rules. */
export function leaksOf(request: SimRequest, rules: readonly LeakRule[]): Leak[] {
  return rules.filter((rule) => rule.found(request)).map((rule) => ({ requestId: request.id, what: rule.what }));
}

function namesOtherHeaders({ headers }: SimRequest): boolean {
  const names = (headers.connection ?? "keep-alive").split(",");
  return !names.every((name) => HARMLESS_CONNECTION.has(name.trim().toLowerCase()));
}
