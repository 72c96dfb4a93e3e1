/*
 * Names of the Messages API: types of `@anthropic-ai/sdk` 1.12.0, checked against recorded answers; read on 2026-11-23.
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
