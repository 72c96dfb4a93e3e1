import { decodeFrames, readFrames } from "./frame.ts";
import type { SseFrame } from "./frame.ts";
import { DEFAULT_MAX_FRAME_BYTES, FrameSplitter } from "./split.ts";

/** How to read server-sent events. */
export interface SseOptions {
  /** The largest frame that is read, in bytes without the empty line that ends it; above 0, default 16 MiB. */
  readonly maxFrameBytes?: number;
}

/** Why a reader stopped: a frame was larger than its limit. */
export interface SseFailure {
  readonly code: "frame_too_large";
  readonly maxFrameBytes: number;
}

/**
 * Reads server-sent events from bytes that were split anywhere: all three line ends, byte order mark, comments, several
 * `data` lines. Time is linear in the bytes.
 */
export class SseReader {
  readonly #splitter: FrameSplitter;
  #read: SseFrame[] = [];
  #failure: SseFailure | undefined;

  /** A limit that is not above 0 is a `TypeError`. */
  constructor({ maxFrameBytes = DEFAULT_MAX_FRAME_BYTES }: SseOptions = {}) {
    const frames = (run: Uint8Array): void => this.#add(run);
    const oversized = (): void => {
      this.#failure ??= { code: "frame_too_large", maxFrameBytes };
    };
    this.#splitter = new FrameSplitter({ frames, oversized }, maxFrameBytes);
  }

  /** Present once a frame was too large. From that frame on nothing is read. */
  get failure(): SseFailure | undefined {
    return this.#failure;
  }

  /** Takes in more bytes and gives the frames that they complete, in order. */
  push(chunk: Uint8Array): readonly SseFrame[] {
    this.#splitter.push(chunk);
    return this.#take();
  }

  /** Gives the last frame when it lacks its empty line. It may be cut short: believe it only when its data parses. */
  end(): readonly SseFrame[] {
    this.#splitter.end();
    return this.#take();
  }

  #add(run: Uint8Array): void {
    if (this.#failure === undefined) readFrames(decodeFrames(run), this.#read);
  }

  #take(): readonly SseFrame[] {
    const read = this.#read;
    this.#read = [];
    return read;
  }
}
