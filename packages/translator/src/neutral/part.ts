import type { DialectId } from "../dialect.ts";
import type { JsonObject } from "../json.ts";

/*
 * The pieces of a turn in the neutral language: ordered, typed, each with all that any dialect can say about it. The order of
 * parts is content.
 */

/** One piece of a turn. */
export type Part =
  | TextPart
  | RefusalPart
  | MediaPart
  | ReasoningPart
  | ToolCallPart
  | ToolResultPart
  | WebSearchPart
  | OpaquePart;

/** A place up to which the upstream is asked to cache the prompt. */
export interface CacheMark {
  /** How long the cache should live, as the client wrote it (`5m`, `1h`, `30m`, `12h`); absent: the upstream's default. */
  readonly ttl?: string;
}

/** Text for people. */
export interface TextPart {
  readonly type: "text";
  readonly text: string;
  readonly citations?: readonly Citation[];
  /** What a message of the model is to its turn, as the Responses API has it: `commentary` or `final_answer`. */
  readonly phase?: string;
  readonly cache?: CacheMark;
}

/** The model's words for not answering. */
export interface RefusalPart {
  readonly type: "refusal";
  readonly text: string;
}

/** A source for a stretch of text; whatever is not known is absent. */
export interface Citation {
  readonly url?: string;
  readonly title?: string;
  /** The words that are cited. */
  readonly quote?: string;
  /** Where in its own text part the cited stretch begins and ends, in UTF-16 units; absent: the whole part. */
  readonly start?: number;
  readonly end?: number;
  /** The citation as its dialect wrote it. */
  readonly raw: JsonObject;
}

/** An image, a document or a sound. */
export interface MediaPart {
  readonly type: "media";
  readonly kind: "image" | "document" | "audio";
  readonly source: MediaSource;
  /** A file name or a title. */
  readonly name?: string;
  /** How closely an image should be looked at: `low`, `high`, `original`; absent: `auto`. */
  readonly detail?: string;
  /** Words about a document that belong to it but are not in it. */
  readonly context?: string;
  /** Whether the model is asked to cite this document. */
  readonly citable?: boolean;
  readonly cache?: CacheMark;
}

/** Where the bytes of a medium are. */
export type MediaSource =
  /** Base64 without its `data:` prefix. */
  | { readonly type: "base64"; readonly mime: string; readonly data: string }
  | { readonly type: "url"; readonly url: string }
  /** A document of plain text. */
  | { readonly type: "text"; readonly text: string }
  /** A file that an upstream keeps; its id means something there only. */
  | { readonly type: "file"; readonly id: string; readonly origin: DialectId };

/** What the model thought. */
export interface ReasoningPart {
  readonly type: "reasoning";
  /** The readable text, a section each; none where it is hidden. */
  readonly texts: readonly string[];
  /** Whether the text is the thinking itself and not a summary of it. */
  readonly full?: boolean;
  /** What proves to its upstream that this reasoning is its own. Without it no upstream takes it back but as plain text. */
  readonly seal?: Seal;
}

/** An opaque proof of reasoning. It is of use to upstreams of the dialect it came from and to nobody else. */
export interface Seal {
  readonly origin: DialectId;
  /**
   * `signature` signs the text beside it; `redacted` and `encrypted` hold the reasoning themselves; `details` is the JSON of a
   * list of `reasoning_details`, an extension of Chat Completions.
   */
  readonly kind: "signature" | "redacted" | "encrypted" | "details";
  readonly data: string;
}

/** The model calls a tool that the client runs. */
export interface ToolCallPart {
  readonly type: "tool_call";
  readonly id: string;
  /** The name as the client knows it. */
  readonly name: string;
  /** The name space that the tool was declared in, in Responses; absent: none. */
  readonly namespace?: string;
  /** JSON text exactly as it came, for a `function`; plain text for a `custom` tool. May be broken JSON. */
  readonly arguments: string;
  readonly kind: "function" | "custom";
  readonly cache?: CacheMark;
}

/** What a tool gave back. */
export interface ToolResultPart {
  readonly type: "tool_result";
  readonly callId: string;
  /** Text, media and opaque parts; none for an empty result. */
  readonly parts: readonly Part[];
  /** Absent where the dialect cannot say. */
  readonly isError?: boolean;
  /** The kind of the call it answers. */
  readonly kind: "function" | "custom";
  readonly cache?: CacheMark;
}

/** A search of the web that the upstream ran by itself. */
export interface WebSearchPart {
  readonly type: "web_search";
  readonly id: string;
  readonly query?: string;
  readonly origin: DialectId;
}

/** A piece that only its own dialect has: a hosted tool's call or result, a container, a compaction. */
export interface OpaquePart {
  readonly type: "opaque";
  readonly origin: DialectId;
  /** The wire's `type` of the piece. */
  readonly name: string;
  readonly raw: JsonObject;
}
