import { firstBoundary, frameEnd, lastBoundary, skipLineEnds } from "./boundary.ts";
import { ByteBuffer } from "./byte-buffer.ts";

/** The largest frame by default, in bytes: 16 MiB, room for an image in a tool's result. */
export const DEFAULT_MAX_FRAME_BYTES: number = 16 * 1024 * 1024;

/** What a splitter gives its frames to. */
export interface FrameSink {
  /** Takes one or more whole frames in a row, from the first byte of the first one. The bytes are valid during the call only. */
  frames(run: Uint8Array): void;
  /** Hears of a frame that is over the limit and is left out. */
  oversized(): void;
}

/**
 * Cuts a stream of server-sent events after its frames, however its bytes were split. It hands on as large runs of frames as
 * there are, from the caller's own chunk where it can; only an unfinished frame is copied.
 */
export class FrameSplitter {
  readonly #sink: FrameSink;
  readonly #maxFrameBytes: number;
  readonly #pending = new ByteBuffer();
  /** Inside a frame that is over the limit. */
  #skipping = false;
  /** The last byte of the unfinished frame. */
  #last = 0;

  constructor(sink: FrameSink, maxFrameBytes: number = DEFAULT_MAX_FRAME_BYTES) {
    if (!(maxFrameBytes > 0)) throw new TypeError(`maxFrameBytes must be above 0, not ${maxFrameBytes}`);
    this.#sink = sink;
    this.#maxFrameBytes = maxFrameBytes;
  }

  /** Whether no frame is unfinished. */
  get atBoundary(): boolean {
    return this.#pending.length === 0 && !this.#skipping;
  }

  push(chunk: Uint8Array): void {
    let from = 0;
    if (!this.atBoundary) {
      const end = firstBoundary(chunk, 0, this.#last);
      if (end === -1) return this.#keep(chunk);
      this.#keep(chunk.subarray(0, end));
      this.#release();
      from = end;
    }
    from = skipLineEnds(chunk, from);
    const boundary = lastBoundary(chunk, from, chunk.length);
    const rest = skipLineEnds(chunk, boundary === -1 ? from : boundary);
    if (boundary !== -1) this.#handOn(from === 0 && rest === chunk.length ? chunk : chunk.subarray(from, rest));
    if (rest < chunk.length) this.#keep(chunk.subarray(rest));
  }

  /** Hands on a last frame that lacks its empty line; nothing may be pushed afterwards. */
  end(): void {
    if (this.#pending.length > 0) this.#sink.frames(this.#pending.bytes);
  }

  #keep(piece: Uint8Array): void {
    this.#last = piece.at(-1) ?? this.#last;
    if (this.#skipping) return;
    if (this.#pending.length + piece.length > this.#maxFrameBytes) {
      this.#pending.clear();
      this.#skipping = true;
      this.#sink.oversized();
    } else this.#pending.append(piece);
  }

  #release(): void {
    if (!this.#skipping) this.#sink.frames(this.#pending.bytes);
    this.#pending.clear();
    this.#skipping = false;
  }

  /** A run below the limit cannot hold a frame above it. */
  #handOn(run: Uint8Array): void {
    if (run.length <= this.#maxFrameBytes) return this.#sink.frames(run);
    for (let at = 0; at < run.length;) {
      const end = frameEnd(run, at);
      if (end - at > this.#maxFrameBytes) this.#sink.oversized();
      else this.#sink.frames(run.subarray(at, end));
      at = skipLineEnds(run, end);
    }
  }
}
