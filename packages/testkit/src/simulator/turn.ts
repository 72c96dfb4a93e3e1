import type { Usage } from "@link-assistant/core";

import type { Recording } from "../recordings.ts";
import type { JsonObject } from "./json.ts";

/** What the simulated model does with one call of `POST /v1/messages`. */
export type Turn = MessageTurn | ErrorTurn | SilentTurn | RecordingTurn;

/** An answer of the model, sent buffered or as a stream, whichever the request asks for. */
export interface MessageTurn {
  readonly blocks: readonly Block[];
  /** Default: `tool_use` when a block is one, else `end_turn`. */
  readonly stopReason?: string;
  /** The stop sequence that was hit. Default: none. */
  readonly stopSequence?: string;
  /**
   * What the answer costs. Figures that are absent go out as 0. Default: estimated from request and answer, with a prompt cache that
   * remembers what earlier requests marked with `cache_control`.
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
  | { readonly type: "text"; readonly text: string }
  | {
      readonly type: "thinking";
      /** Not sent when the request asks for `display: "omitted"`; the signature is. */
      readonly thinking: string;
      /** Default: the one `signThinking` gives, which is accepted when it comes back. */
      readonly signature?: string;
    }
  | { readonly type: "redacted_thinking"; /** What the opaque `data` stands for. */ readonly hidden: string }
  | {
      readonly type: "tool_use";
      readonly name: string;
      readonly input: JsonObject;
      /** Default: the next numbered one. */
      readonly id?: string;
    }
  | {
      /** A block of any other kind, sent in one piece as it stands. */
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
}

/**
 * How an answer breaks off after a number of stream events, counting `message_start` and `ping`. A buffered answer is not made of
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
      /** The body ends cleanly. Default `afterEvents`: all but `message_stop`. */
      readonly by: "end";
      readonly afterEvents?: number;
    };

/** The `error` member of an error body or event. */
export interface WireError {
  /** `overloaded_error`, `rate_limit_error`, `api_error`, … */
  readonly type: string;
  readonly message: string;
  /** Such as `{ error_code: "thread_not_found" }`. Default: absent. */
  readonly details?: JsonObject;
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
