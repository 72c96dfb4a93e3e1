import type { JsonObject } from "../json.ts";
import type { CacheMark, Part, TextPart } from "./part.ts";

/** What a client asks of a model, in no dialect's own words. Whatever the client left out is absent. */
export interface NeutralRequest {
  readonly model: string;
  /** What the operator of the client says before the conversation, a part for each block or message. */
  readonly system: readonly TextPart[];
  readonly turns: readonly Turn[];
  readonly tools: readonly Tool[];
  readonly toolChoice?: ToolChoice;
  /** Whether the model may call several tools in one turn. */
  readonly parallelTools?: boolean;
  /** The most tokens of the answer, reasoning included; 0 asks for no answer, only for a warm prompt cache. */
  readonly maxOutputTokens?: number;
  readonly stop?: readonly string[];
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly seed?: number;
  readonly frequencyPenalty?: number;
  readonly presencePenalty?: number;
  /** How many most likely tokens to report at each place; 0: the chosen one's likelihood only. */
  readonly topLogprobs?: number;
  readonly reasoning?: Reasoning;
  readonly format?: OutputFormat;
  /** `low`, `medium` or `high`. */
  readonly verbosity?: string;
  readonly cache?: CacheWishes;
  /** The service tier as OpenAI names it: `auto`, `default`, `flex`, `scale`, `priority`. */
  readonly tier?: string;
  /** Who the client's own user is; opaque. */
  readonly user?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  /** The largest number of hosted tool calls. */
  readonly maxToolCalls?: number;
  readonly stream: boolean;
  /** Whether a Chat client asked for usage in its stream. */
  readonly includeUsage?: boolean;
}

/** A stretch of the conversation by one speaker. `system` is the operator's word in the midst of it. */
export interface Turn {
  readonly role: "user" | "assistant" | "system";
  readonly parts: readonly Part[];
  /** The speaker's own name, which Chat Completions can say. */
  readonly name?: string;
}

/** Something the model may call. */
export type Tool = FunctionTool | CustomTool | HostedTool;

/** A tool that the client runs, called with JSON. */
export interface FunctionTool {
  readonly type: "function";
  readonly name: string;
  readonly namespace?: string;
  readonly description?: string;
  /** JSON Schema of the arguments as the client wrote it; absent: no arguments. */
  readonly parameters?: unknown;
  /** Whether arguments must fit the schema; absent: the client did not say. */
  readonly strict?: boolean;
  readonly cache?: CacheMark;
}

/** A tool that the client runs, called with plain text. */
export interface CustomTool {
  readonly type: "custom";
  readonly name: string;
  readonly namespace?: string;
  readonly description?: string;
  /** What the text must look like, as OpenAI words it: `{"type": "grammar", …}`; absent: anything. */
  readonly format?: JsonObject;
}

/** A tool that the upstream runs. */
export interface HostedTool {
  readonly type: "hosted";
  /** What it does; `other` is one that no two dialects share. */
  readonly kind: "web_search" | "other";
  /** The wire's `type`, such as `web_search_20250305`. */
  readonly name: string;
  /** Hosts that a web search keeps to. */
  readonly allowedDomains?: readonly string[];
  readonly blockedDomains?: readonly string[];
  /** Roughly where the user is, as both Anthropic and OpenAI word it. */
  readonly location?: JsonObject;
  readonly maxUses?: number;
}

/** Which tools the model may, must or must not call. */
export type ToolChoice =
  | { readonly type: "auto" | "none" | "required" }
  | { readonly type: "tool"; readonly name: string; readonly namespace?: string }
  /** One of these only; `required` says whether one of them must be called. */
  | { readonly type: "allowed"; readonly names: readonly string[]; readonly required: boolean };

/** How hard a model should think, from not at all to as hard as it can. */
export const EFFORTS = ["none", "minimal", "low", "medium", "high", "xhigh", "max"] as const;

/** How hard a model should think. */
export type Effort = (typeof EFFORTS)[number];

/** What a client wants of the model's reasoning. */
export interface Reasoning {
  readonly effort?: Effort;
  /** `adaptive`: the model decides; `enabled`: with `budgetTokens`; `disabled`: none. Anthropic's word; absent elsewhere. */
  readonly mode?: "adaptive" | "enabled" | "disabled";
  readonly budgetTokens?: number;
  /** Whether the client wants to read the reasoning; absent: it did not say. */
  readonly show?: boolean;
}

/** The shape that the model's text must have. */
export type OutputFormat =
  | { readonly type: "json_object" }
  | {
      readonly type: "json_schema";
      readonly name?: string;
      readonly description?: string;
      readonly schema: JsonObject;
      /** Absent: the client did not say. */
      readonly strict?: boolean;
    };

/** What a client says of prompt caching beside the marks on parts. */
export interface CacheWishes {
  /** A mark for the whole prompt. */
  readonly auto?: CacheMark;
  /** Requests with the same key should reach the same cache. */
  readonly key?: string;
}
