import type { Call } from "./call.ts";
import { firstFound, found, foundIf, type Rule } from "../../simulator/rule.ts";
import { CONVERSATIONS, type AnthropicEndpoint } from "./endpoint.ts";

// The fields of both request types in `@anthropic-ai/sdk` 1.12.0, and `safeguards`, which Claude Code 2.1.330 sends.
const COUNTED_FIELDS = [
  "billing_policy",
  "cache_control",
  "compaction",
  "context_management",
  "mcp_servers",
  "messages",
  "model",
  "output_config",
  "output_format",
  "speed",
  "system",
  "thinking",
  "tool_choice",
  "tools",
  "user_profile_id",
  "workspace_id",
];
const MESSAGE_FIELDS = [
  ...COUNTED_FIELDS,
  "container",
  "diagnostics",
  "fallback_credit_token",
  "fallbacks",
  "inference_geo",
  "max_tokens",
  "metadata",
  "safeguards",
  "service_tier",
  "stop_sequences",
  "stream",
  "temperature",
  "thread",
  "top_k",
  "top_p",
];

/** Fields that exist only with a beta: each with the beginnings of the `anthropic-beta` values that bring it. */
const BETA_FIELDS: Readonly<Record<string, readonly string[]>> = {
  context_management: ["context-management-", "compact-"],
  compaction: ["compact-"],
  fallbacks: ["server-side-fallback-"],
  fallback_credit_token: ["fallback-credit-"],
  mcp_servers: ["mcp-client-"],
  output_format: ["structured-outputs-"],
  safeguards: ["dangerous-tool-use-"],
  thread: ["message-threads-"],
};

/** What the fields of the body must be when they are there. */
const FIELD_TYPES: readonly { field: string; is: (value: unknown) => boolean; words: string }[] = [
  { field: "model", is: (value) => typeof value === "string", words: "Input should be a valid string" },
  { field: "messages", is: Array.isArray, words: "Input should be a valid list" },
  { field: "max_tokens", is: Number.isInteger, words: "Input should be a valid integer" },
  { field: "stream", is: (value) => typeof value === "boolean", words: "Input should be a valid boolean" },
  {
    field: "system",
    is: (value) => typeof value === "string" || Array.isArray(value),
    words: "Input should be a valid list",
  },
  { field: "tools", is: Array.isArray, words: "Input should be a valid list" },
  { field: "stop_sequences", is: Array.isArray, words: "Input should be a valid list" },
];

const EXTRA_INPUT = "Extra inputs are not permitted";

/** What is refused for the fields that are there or are missing. */
export const FIELD_RULES: readonly Rule<Call, AnthropicEndpoint>[] = [
  {
    name: "fields that a conversation must have",
    on: CONVERSATIONS,
    find: ({ body }) => firstFound(["model", "messages"], (field) => foundIf(body[field] === undefined, field)),
    message: ({ at }) => `${at}: Field required`,
  },
  {
    name: "max_tokens",
    on: ["messages"],
    find: ({ body }) => foundIf(body["max_tokens"] === undefined),
    message: () => "max_tokens: Field required",
  },
  {
    name: "fields of a message",
    on: ["messages"],
    find: ({ body }) => extraField(body, MESSAGE_FIELDS),
    message: ({ at }) => `${at}: ${EXTRA_INPUT}`,
  },
  {
    name: "fields of a count",
    on: ["count_tokens"],
    find: ({ body }) => extraField(body, COUNTED_FIELDS),
    message: ({ at }) => `${at}: ${EXTRA_INPUT}`,
  },
  {
    name: "fields of a beta",
    on: CONVERSATIONS,
    find: ({ body, betas }) =>
      firstFound(Object.entries(BETA_FIELDS), ([field, prefixes]) =>
        foundIf(body[field] != null && !hasBeta(betas, prefixes), field),
      ),
    message: ({ at }) => `${at}: ${EXTRA_INPUT}`,
  },
  {
    name: "types of fields",
    on: CONVERSATIONS,
    find: ({ body }) =>
      firstFound(FIELD_TYPES, ({ field, is, words }) =>
        body[field] === undefined || is(body[field]) ? undefined : found(field, words),
      ),
    message: ({ at, what }) => `${at}: ${what}`,
  },
];

/** Whether one of the betas begins with one of the prefixes. */
export function hasBeta(betas: readonly string[], prefixes: readonly string[]): boolean {
  return betas.some((beta) => prefixes.some((prefix) => beta.startsWith(prefix)));
}

function extraField(body: Call["body"], known: readonly string[]): ReturnType<Rule<Call, AnthropicEndpoint>["find"]> {
  const extra = Object.keys(body).find((field) => !known.includes(field));
  return extra === undefined ? undefined : found(extra);
}
