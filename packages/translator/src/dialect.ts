import type { RequestScope, TranslationContext } from "./context.ts";
import type { JsonObject } from "./json.ts";
import type { LossLog } from "./loss.ts";
import type { NeutralError } from "./neutral/error.ts";
import type { EventSink, StreamEvent } from "./neutral/event.ts";
import type { NeutralRequest } from "./neutral/request.ts";
import type { NeutralResponse } from "./neutral/response.ts";
import type { Answer } from "./observation.ts";
import type { SseFrame } from "./sse/frame.ts";

/** The wire languages, by the names they have in configuration and in losses. */
export const DIALECT_IDS = ["anthropic-messages", "openai-chat", "openai-responses"] as const;

/** A wire language. */
export type DialectId = (typeof DIALECT_IDS)[number];

/** Everything this package knows about one wire language: how to watch it, and both ways between it and the neutral one. */
export interface Dialect extends Observing, Decoding, Encoding {
  readonly id: DialectId;
}

/** How an untouched answer is watched. */
interface Observing {
  /**
   * Finds the next place, at or after `from`, of bytes that mark a frame worth reading once content has started; -1 when
   * there is none. They hold no line end. It may find too much, for a frame is read before it is believed, not too little.
   */
  readonly findMarker: (bytes: Uint8Array, from: number) => number;
  /** Begins to read one streamed answer. */
  readonly readStream: () => AnswerReader;
  /** Reads a buffered answer. */
  readonly readBody: (status: number, body: JsonObject) => Answer;
}

/** From the wire into the neutral language. */
interface Decoding {
  /** A request of a client. What cannot be said in the neutral language is noted; what is malformed throws a `TranslationError`. */
  readonly decodeRequest: (body: JsonObject, losses: LossLog) => NeutralRequest;
  /** A whole answer of an upstream, status below 400; an error inside it throws a `TranslationError`. */
  readonly decodeResponse: (body: JsonObject, context: TranslationContext) => NeutralResponse;
  /** Begins to decode one streamed answer. */
  readonly decodeStream: (context: TranslationContext) => StreamDecoder;
  /** An error of an upstream; `body` is undefined when it was no JSON object. */
  readonly decodeError: (status: number, body: JsonObject | undefined, text: string) => NeutralError;
  /** The number in an answer to a question for the tokens of a prompt; undefined when there is none. */
  readonly decodeCount: (body: JsonObject) => number | undefined;
}

/** From the neutral language onto the wire. Encoders say only what their dialect defines. */
interface Encoding {
  /** A request to an upstream. Turns are paired already: results follow their calls at once. */
  readonly encodeRequest: (request: NeutralRequest, scope: RequestScope) => JsonObject;
  /** A question for the tokens of a request; undefined when the dialect has none. */
  readonly encodeCountRequest: ((request: NeutralRequest, scope: RequestScope) => JsonObject) | undefined;
  /** A whole answer to a client. */
  readonly encodeResponse: (response: NeutralResponse, context: TranslationContext) => JsonObject;
  /** Begins to encode one streamed answer. */
  readonly encodeStream: (context: TranslationContext) => StreamEncoder;
  /** An error for a client, whole. */
  readonly encodeError: (error: NeutralError) => { readonly status: number; readonly body: JsonObject };
  /** The tokens of a prompt. */
  readonly encodeCount: (tokens: number) => JsonObject;
  /** What keeps a silent stream open without saying anything. */
  readonly keepAlive: string;
}

/** Folds the frames of one streamed answer into what is known about it. */
export interface AnswerReader {
  /** What is known by now. The same object is given each time and changes as frames are read. */
  readonly answer: Answer;
  /** Takes in one frame. Frames that are broken, unknown or of no interest change nothing; none makes it throw. */
  read(frame: SseFrame): void;
  /** Whether the dialect's very last frame was read; absent where that is the one that ends the answer. */
  readonly closed?: boolean;
}

/**
 * Turns the frames of one answer into events. It ends with exactly one `end` or `error`: a stream that stops without its own
 * terminal mark is an error. It never throws.
 */
export interface StreamDecoder {
  read(frame: SseFrame, sink: EventSink): void;
  /** No more frames come. */
  end(sink: EventSink): void;
}

/** Turns events, a part at a time and numbered without a gap, into the text of frames. */
export interface StreamEncoder {
  /** Writes one event; the empty text when the dialect says nothing at that point. */
  write(event: StreamEvent): string;
}
