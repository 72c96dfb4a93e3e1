import type { JsonObject } from "./json.ts";
import type { Answer } from "./observation.ts";
import type { SseFrame } from "./sse/frame.ts";

/** The wire languages, by the names they have in configuration and in losses. */
export const DIALECT_IDS = ["anthropic-messages", "openai-chat", "openai-responses"] as const;

/** A wire language. */
export type DialectId = (typeof DIALECT_IDS)[number];

/** Everything this package knows about one wire language. */
export interface Dialect {
  readonly id: DialectId;
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

/** Folds the frames of one streamed answer into what is known about it. */
export interface AnswerReader {
  /** What is known by now. The same object is given each time and changes as frames are read. */
  readonly answer: Answer;
  /** Takes in one frame. Frames that are broken, unknown or of no interest change nothing; none makes it throw. */
  read(frame: SseFrame): void;
}
