import { isObject } from "../../simulator/json.ts";
import { leakRefusal } from "../../simulator/leak-refusal.ts";
import type { Envelope } from "../../simulator/service.ts";
import { foundIf, type Rule } from "../../simulator/rule.ts";
import { CONVERSATIONS, type AnthropicEndpoint } from "./endpoint.ts";

/** The API versions there are. Source: `@anthropic-ai/sdk` 1.12.0 sends the newer one, all other clients the older. */
const VERSIONS: ReadonlySet<string> = new Set(["2023-06-01", "2026-10-21"]);

const EVERYWHERE: readonly AnthropicEndpoint[] = ["messages", "count_tokens", "models"];
const UNAUTHENTICATED = { status: 401, type: "authentication_error" };

/** What is refused for its headers, its size or for not being JSON. */
export const ENVELOPE_RULES: readonly Rule<Envelope, AnthropicEndpoint>[] = [
  leakRefusal(EVERYWHERE),
  {
    name: "body size",
    on: EVERYWHERE,
    find: ({ request }) => foundIf(request.tooLong),
    message: () => "Request exceeds the maximum size",
    status: 413,
    type: "request_too_large",
  },
  {
    name: "credential sent",
    on: EVERYWHERE,
    find: ({ request }) => foundIf(request.credential === undefined),
    message: () => "x-api-key header is required",
    ...UNAUTHENTICATED,
  },
  {
    name: "credential accepted",
    on: EVERYWHERE,
    find: ({ request: { credential = "", headers }, credentials }) =>
      foundIf(credentials?.includes(credential) === false, headers["x-api-key"] === credential ? "key" : "bearer"),
    message: ({ at }) => (at === "key" ? "invalid x-api-key" : "Invalid bearer token"),
    ...UNAUTHENTICATED,
  },
  {
    name: "version sent",
    on: EVERYWHERE,
    find: ({ request }) => foundIf(request.headers["anthropic-version"] === undefined),
    message: () => "anthropic-version: header is required",
  },
  {
    name: "version known",
    on: EVERYWHERE,
    find: ({ request }) => {
      const version = String(request.headers["anthropic-version"]);
      return foundIf(!VERSIONS.has(version), version);
    },
    message: ({ at }) => `anthropic-version: "${at}" is not a valid version`,
  },
  {
    name: "content type",
    on: CONVERSATIONS,
    find: ({ request }) => foundIf(!/^application\/json\s*(;|$)/i.test(request.headers["content-type"] ?? "")),
    message: () => "content-type: application/json is required",
  },
  {
    name: "JSON",
    on: CONVERSATIONS,
    find: ({ request }) => foundIf(request.body === undefined),
    message: () => "The request body is not valid JSON: unexpected character: line 1 column 1 (char 0)",
  },
  {
    name: "JSON object",
    on: CONVERSATIONS,
    find: ({ request }) => foundIf(!isObject(request.body)),
    message: () => "Input should be an object",
  },
];
