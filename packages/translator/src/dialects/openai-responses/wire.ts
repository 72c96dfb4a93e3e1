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

/** The fields of a request that are decoded; any other is not known. */
export const REQUEST_FIELDS: ReadonlySet<string> = new Set(
  (
    "model input instructions tools tool_choice parallel_tool_calls max_output_tokens max_tool_calls temperature top_p top_logprobs " +
    "reasoning text stream stream_options store include metadata user safety_identifier service_tier prompt_cache_key " +
    "prompt_cache_retention prompt_cache_options previous_response_id conversation background prompt truncation client_metadata " +
    "access_programs context_management moderation"
  ).split(" "),
);

/** What must be asked for so that reasoning comes with its proof. */
export const ENCRYPTED_REASONING = "reasoning.encrypted_content";
