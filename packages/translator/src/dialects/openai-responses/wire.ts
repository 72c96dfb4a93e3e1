/*
 * Names of the Responses API: recorded answers of OpenAI, Azure, OpenRouter, xAI and DeepSeek; read on 2026-11-24.
 */

/** Events that end an answer. Each holds the whole response. */
export const TERMINAL_EVENTS = ["response.completed", "response.incomplete", "response.failed"] as const;

/** Events that hold the response as it stands before its end: without output, and with a null `usage`. */
export const SNAPSHOT_EVENTS = ["response.created", "response.queued", "response.in_progress"] as const;

/** How the names of content events begin or end. */
export const ITEM_EVENTS = "response.output_item.";
export const DELTA_EVENTS = ".delta";

/** A `status` before the end. */
export const RUNNING: ReadonlySet<string> = new Set(["queued", "in_progress"]);

/** Where each count stands in a `usage`. `prompt` holds what the cache took part in; `output` holds the reasoning. */
export const USAGE_PATHS = {
  prompt: ["input_tokens"],
  cached: ["input_tokens_details", "cached_tokens"],
  cacheWrite: ["input_tokens_details", "cache_write_tokens"],
  output: ["output_tokens"],
  reasoning: ["output_tokens_details", "reasoning_tokens"],
  total: ["total_tokens"],
} as const;
