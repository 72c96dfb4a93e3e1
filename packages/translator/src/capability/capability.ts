import type { Effort } from "../neutral/request.ts";

/**
 * What a model behind an upstream takes, as far as it decides how a request is worded. Data, not code: the table gives a row for
 * each family, a host may override any field.
 */
export interface Capability {
  /** The most output tokens it takes in a request; absent: not known, so nothing is clamped. */
  readonly maxOutputTokens?: number;
  /** What is asked for where the dialect needs a number and neither the client nor `maxOutputTokens` gives one. */
  readonly defaultOutputTokens: number;
  /** The least output tokens it takes. */
  readonly minOutputTokens: number;
  /** The field that holds them in Chat Completions. */
  readonly maxTokensField: "max_tokens" | "max_completion_tokens";
  /** How much of temperature, top_p and top_k it takes; `one`: all but the first two together. */
  readonly sampling: "all" | "one" | "none";
  readonly topK: boolean;
  readonly maxTemperature: number;
  /** `seed`, `logit_bias`, penalties and log probabilities. */
  readonly openaiSampling: boolean;
  /** How many stop sequences it takes. */
  readonly stopSequences: number;
  /** Anthropic's ways to ask for thinking; empty: it does not think. */
  readonly thinking: readonly ("adaptive" | "enabled" | "disabled")[];
  /** Whether `thinking.display` is known. */
  readonly thinkingDisplay: boolean;
  /** The efforts it knows; empty: its effort cannot be set. */
  readonly efforts: readonly Effort[];
  /** Whether a tool may be forced while it thinks with a budget. */
  readonly forcedToolWithThinking: boolean;
  /** Whether it goes on from an assistant turn at the end. */
  readonly prefill: boolean;
  /** Whether it takes system turns among the others. */
  readonly systemTurns: boolean;
  /** What the operator's messages are called in Chat Completions. */
  readonly systemRole: "system" | "developer";
  /** Whether all that the operator says must stand in one message at the head. */
  readonly singleSystem: boolean;
  /** Whether it keeps to a JSON schema by itself; else a tool is forced in its place. */
  readonly jsonSchema: boolean;
  /** Whether it knows `strict` on tools. */
  readonly strictTools: boolean;
  /** Whether it takes tools with plain text arguments. */
  readonly customTools: boolean;
  /** Hosted tools that a host lets through. */
  readonly hostedTools: readonly "web_search"[];
  /** Whether `parallel_tool_calls` is known. */
  readonly parallelToolsField: boolean;
  readonly images: boolean;
  /** Whether files can be sent inside the request. */
  readonly files: boolean;
  readonly audio: boolean;
  /** Whether tool messages of Chat Completions may hold images. */
  readonly toolMedia: boolean;
  /** Whether message contents must be strings. */
  readonly stringContentOnly: boolean;
  /** Whether an assistant message with calls and no text has `content: null`; else the empty text. */
  readonly nullContent: boolean;
  /** The field in which earlier reasoning goes back to a Chat upstream. */
  readonly reasoningEcho: "none" | "reasoning_content" | "reasoning" | "reasoning_details";
  /** Whether `stream_options` is known. */
  readonly streamUsage: boolean;
  /**
   * Whether an answer in one piece is better asked for as a stream and gathered: it ends when its client goes, and does not say the
   * assistant turn at the end of the request again.
   */
  readonly streamOnly: boolean;
  /** The field that names the client's user. */
  readonly userField: "safety_identifier" | "user" | "metadata" | "none";
  /** The longest name of a user, in UTF-16 units. */
  readonly userMaxLength: number;
  /** Whether `prompt_cache_key`, `service_tier`, `store` and `metadata` are known. */
  readonly openaiFields: boolean;
  /** Whether another verbosity than `medium` is taken. */
  readonly verbosity: boolean;
  /** Whether explicit marks for the prompt cache are known. */
  readonly cacheMarks: boolean;
  /** Whether the whole prompt is marked for the cache when the client marks nothing. */
  readonly autoCache: boolean;
  readonly toolNameMaxLength: number;
  readonly callIdMaxLength: number;
  /** Whether the upstream counts the tokens of a prompt; else they are estimated. */
  readonly countTokens: boolean;
}
