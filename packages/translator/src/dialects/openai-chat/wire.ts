/*
 * Names of the Chat Completions API, with those that other services add: types of `openai` 7.57.0; recorded answers of OpenAI, Azure,
 * OpenRouter, Mistral, Groq, DeepSeek, xAI, Snowflake and others; read on 2026-11-25.
 */

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

/** The fields of a request that are read, or that say nothing to anybody but OpenAI's own servers. */
export const REQUEST_FIELDS: ReadonlySet<string> = new Set(
  (
    "messages model audio cache_control frequency_penalty function_call functions logit_bias logprobs max_completion_tokens " +
    "max_tokens metadata modalities n parallel_tool_calls prediction presence_penalty prompt_cache_key prompt_cache_options " +
    "prompt_cache_retention reasoning reasoning_effort response_format safety_identifier seed service_tier stop store stream " +
    "stream_options temperature thinking tool_choice tools top_k top_logprobs top_p user verbosity web_search_options"
  ).split(" "),
);

/** The roles of the operator: one for older models, one for newer. */
export const SYSTEM_ROLES: ReadonlySet<unknown> = new Set(["system", "developer"]);

/** What ids of answers begin with. */
export const ID_PREFIX = "chatcmpl-";
