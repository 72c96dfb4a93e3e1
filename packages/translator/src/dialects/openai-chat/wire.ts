/*
 * Names of the Chat Completions API, with those that other services add: recorded answers of OpenAI, Azure, OpenRouter,
 * Mistral, Groq, DeepSeek, xAI, Snowflake and others; read on 2026-11-24.
 */

/** Places of one count in a `usage`, each as its path of keys; the first that holds a count is it. */
type Places = readonly (readonly string[])[];

/** Where each count stands. `prompt` holds what the cache took part in; `output` holds the reasoning. */
export const USAGE_PLACES = {
  prompt: [["prompt_tokens"]],
  // OpenAI; Moonshot; DeepSeek; Mistral.
  cacheRead: [
    ["prompt_tokens_details", "cached_tokens"],
    ["cached_tokens"],
    ["prompt_cache_hit_tokens"],
    ["num_cached_tokens"],
  ],
  cacheWrite: [["prompt_tokens_details", "cache_write_tokens"]],
  output: [["completion_tokens"]],
  reasoning: [["completion_tokens_details", "reasoning_tokens"]],
  total: [["total_tokens"]],
} as const satisfies Record<string, Places>;

/** What is counted. */
export type CountName = keyof typeof USAGE_PLACES;

/** The fields of a `delta` or a `message` that are content; the rest, such as `role`, comes without any. */
export const CONTENT_FIELDS = [
  "content",
  "tool_calls",
  "function_call",
  "refusal",
  "audio",
  // DeepSeek and most others; Groq, Ollama and OpenRouter; OpenRouter, Snowflake and Vercel.
  "reasoning_content",
  "reasoning",
  "reasoning_details",
] as const;

/** The data of the frame after which nothing comes. */
export const DONE = "[DONE]";
