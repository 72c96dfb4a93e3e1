/*
 * Names of the Messages API: types of `@anthropic-ai/sdk` 1.12.0, checked against recorded answers and requests; read on 2026-11-25.
 */

/** Where each count stands in a `usage`. Input leaves out what the cache took part in; output includes thinking. */
export const USAGE_PATHS = [
  ["input", ["input_tokens"]],
  ["cacheRead", ["cache_read_input_tokens"]],
  ["cacheWrites", ["cache_creation_input_tokens"]],
  ["cacheWrite5m", ["cache_creation", "ephemeral_5m_input_tokens"]],
  ["cacheWrite1h", ["cache_creation", "ephemeral_1h_input_tokens"]],
  ["output", ["output_tokens"]],
  ["reasoning", ["output_tokens_details", "thinking_tokens"]],
] as const;

/** What is counted: the fields of a usage, but for `cacheWrites`, the sum of all cache writes. */
export type CountName = (typeof USAGE_PATHS)[number][0];

/** The fields of a request that are read. */
export const REQUEST_FIELDS: ReadonlySet<string> = new Set(
  (
    "model max_tokens messages system tools tool_choice thinking output_config output_format stop_sequences stream temperature " +
    "top_p top_k metadata service_tier cache_control speed container context_management mcp_servers thread"
  ).split(" "),
);

/** The fields of a request that a question for its tokens takes, too. */
export const COUNT_FIELDS = [
  "model",
  "system",
  "messages",
  "tools",
  "tool_choice",
  "thinking",
  "output_config",
] as const;

/** What ids of answers begin with. */
export const ID_PREFIX = "msg_";

/** The web search that every model since it came knows. */
export const WEB_SEARCH_TYPE = "web_search_20250305";

/** How a model and its client name the web search. */
export const WEB_SEARCH_NAME = "web_search";

/** A block, a tool or a message while it is written. */
export type WireBlock = Record<string, unknown>;
