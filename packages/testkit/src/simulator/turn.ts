import type { Usage } from "@link-assistant/core";

import type { Recording } from "../recordings.ts";
import type { JsonObject } from "./json.ts";

/**
 * What the simulated model does with one call. The same turn can be played by every simulator: each says it in its own dialect, and
 * leaves out what its dialect cannot say.
 */
export type Turn = MessageTurn | ErrorTurn | SilentTurn | RecordingTurn;

/** An answer of the model, sent buffered or as a stream, whichever the request asks for. */
export interface MessageTurn {
  readonly blocks: readonly Block[];
  /**
   * Why the model stopped, in Anthropic's words; the OpenAI simulator says it in OpenAI's, and sends words it does not know as they
   * are. Default: `tool_use` when a block is one, else `end_turn`; in Anthropic's dialect `refusal` when a block is one.
   */
  readonly stopReason?: string;
  /** The stop sequence that was hit; only Anthropic's dialect says it. Default: none. */
  readonly stopSequence?: string;
  /**
   * What the answer costs. Figures that are absent go out as 0. Default: estimated from request and answer, with a prompt cache that
   * remembers earlier requests.
   */
  readonly usage?: Usage;
  /** The model the answer names. Default: the one that was asked for, an alias by its full name. */
  readonly model?: string;
  /** How the bytes are laid out in time. Default: one event a write, no pauses. */
  readonly pace?: Pace;
  /** How the answer breaks off. Default: it does not. */
  readonly cut?: Cut;
}

/** One block of an answer. */
export type Block =
  | {
      readonly type: "text";
      readonly text: string;
      /** The `phase` of the message item: `commentary` or `final_answer`. Only Responses says it. Default: absent. */
      readonly phase?: string;
    }
  | {
      readonly type: "thinking";
      /** Not sent when the request does not want to see it; the signature is. */
      readonly thinking: string;
      /** The `signature`, or the `encrypted_content`. Default: one that this simulator accepts when it comes back. */
      readonly signature?: string;
      /** The parts of the summary; only Responses has parts. Default: the thinking as one part. */
      readonly summary?: readonly string[];
    }
  | {
      readonly type: "redacted_thinking";
      /** What the opaque content stands for. */
      readonly hidden: string;
    }
  | {
      readonly type: "tool_use";
      readonly name: string;
      /** For a free-form tool its text, as `{ input: "…" }`. */
      readonly input: JsonObject;
      /** Default: the next numbered one. */
      readonly id?: string;
      /** Sent by the OpenAI simulator as it stands in place of the JSON of `input`: arguments that were cut. Default: absent. */
      readonly rawArguments?: string;
      /** The namespace of the tool; only Responses says it. Default: the one in which the request declares the tool, if any. */
      readonly namespace?: string;
    }
  | {
      /** A refusal in words; Anthropic's dialect says it as text. */
      readonly type: "refusal";
      readonly refusal: string;
    }
  | {
      /**
       * Anything else, sent in one piece as it stands: a block of Anthropic's, an output item of Responses, members of the message in
       * Chat.
       */
      readonly type: "whole";
      readonly block: JsonObject;
    };

/** How bytes are laid out in time. */
export interface Pace {
  /** Pause before each write but the first, in milliseconds. Default 0. */
  readonly pauseMs?: number;
  /** Bytes of each write: one number for all, or a list whose last number is used for the rest. Default: one event a write. */
  readonly chunkBytes?: number | readonly number[];
  /** Length of the text in one delta, in UTF-16 units; one more where that would cut a character in two. Default 16. */
  readonly pieceChars?: number;
  /** Whether the fragments of parallel tool calls alternate; only Chat can. Default false: one call after the other. */
  readonly interleaved?: boolean;
}

/**
 * How an answer breaks off after a number of stream events, counting every event of the dialect. A buffered answer is not made of
 * events: an `error` takes its place, the other cuts fall in the middle of its body.
 */
export type Cut =
  | { readonly by: "error"; readonly afterEvents: number; readonly error: WireError }
  | {
      /** The connection is closed, `extraBytes` bytes into the next event (default 0). */
      readonly by: "drop";
      readonly afterEvents: number;
      readonly extraBytes?: number;
    }
  | {
      /** Nothing more is sent, the connection stays open until the client or the simulator closes it. */
      readonly by: "stall";
      readonly afterEvents: number;
    }
  | {
      /**
       * The body ends cleanly. Default `afterEvents`: as many as leave the answer without its end, which is `message_stop`, the chunk
       * with the `finish_reason` or `response.completed`.
       */
      readonly by: "end";
      readonly afterEvents?: number;
    };

/** The `error` member of an error body or event. */
export interface WireError {
  /**
   * `overloaded_error`, `rate_limit_error`, `api_error`, …: the OpenAI simulator says Anthropic's types as OpenAI does, and any other
   * type as it stands.
   */
  readonly type: string;
  readonly message: string;
  /** Such as `{ error_code: "thread_not_found" }`; only Anthropic's dialect says it. Default: absent. */
  readonly details?: JsonObject;
  /** Such as `context_length_exceeded`; only OpenAI's dialects say it. Default: the one that goes with the type, else null. */
  readonly code?: string | null;
  /** The parameter at fault; only OpenAI's dialects say it. Default null. */
  readonly param?: string | null;
}

/** An error instead of an answer. */
export interface ErrorTurn {
  readonly error: WireError & {
    readonly status: number;
    /** Added to the standard ones, or in place of them: `retry-after`, `x-should-retry`, `content-type`. */
    readonly headers?: Readonly<Record<string, string>>;
    /** Sent as it stands instead of the JSON error. */
    readonly body?: string;
  };
}

/** Not even a status line: the connection is dropped, or left open without a word. */
export interface SilentTurn {
  readonly silent: "drop" | "stall";
}

/** A recorded answer, byte for byte. Without `chunkBytes` one event a write. */
export interface RecordingTurn extends Pick<Pace, "chunkBytes" | "pauseMs"> {
  /** Its id, or the recording itself. */
  readonly recording: string | Recording;
}
