import type { SimRequest } from "./request.ts";

/** Something that must never reach an upstream. */
export interface Leak {
  /** The id of the request; absent when it was too malformed to be read. */
  readonly requestId?: string;
  /** What leaked, in words. */
  readonly what: string;
}

interface LeakRule {
  readonly what: string;
  readonly found: (request: SimRequest) => boolean;
}

const ROUTER_TOKEN = "la_sk_";
const HARMLESS_CONNECTION = new Set(["keep-alive", "close"]);

const LEAK_RULES: readonly LeakRule[] = [
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
  ].map((name) => ({
    what: `the header ${name}`,
    found: (request: SimRequest) => request.headers[name] !== undefined,
  })),
];

/** Everything in a request that must not reach an upstream: router tokens, cookies, hop-by-hop headers. */
export function leaksOf(request: SimRequest): Leak[] {
  return LEAK_RULES.filter((rule) => rule.found(request)).map((rule) => ({ requestId: request.id, what: rule.what }));
}

function namesOtherHeaders({ headers }: SimRequest): boolean {
  const names = (headers.connection ?? "keep-alive").split(",");
  return !names.every((name) => HARMLESS_CONNECTION.has(name.trim().toLowerCase()));
}
