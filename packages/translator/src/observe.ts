import type { AnswerReader, Dialect, DialectId } from "./dialect.ts";
import { parseBody } from "./json.ts";
import type { Observation } from "./observation.ts";
import { dialectOf } from "./registry.ts";
import { frameEnd, frameStart, skipLineEnds } from "./sse/boundary.ts";
import { decodeFrames, readFrame } from "./sse/frame.ts";
import type { SseOptions } from "./sse/parse.ts";
import { FrameSplitter } from "./sse/split.ts";

/** Whole pieces only, so that one decoder serves all. */
const UTF8 = new TextDecoder();

/** Watches a stream that goes to the client as it came. Nothing that comes by can make it throw. */
export interface StreamObserver {
  /** Takes in the next bytes, split anywhere. They are neither changed nor kept. */
  push(chunk: Uint8Array): void;
  /** Takes in what the last frame says even without its empty line. Nothing may be pushed afterwards. */
  end(): Observation;
  /** What is known by now, whole frames only. It does not change afterwards. */
  readonly observation: Observation;
  /** Whether nothing more is to come: the stream's very last frame has come by, or an error. */
  readonly closed: boolean;
  /** Whether the bytes so far end where a frame of somebody else's may follow. True before the first byte. */
  readonly atFrameBoundary: boolean;
}

/** Starts to observe a streamed answer. A dialect that is not spoken yet, or a limit that is not above 0, is a `TypeError`. */
export function observeStream(dialect: DialectId, options: SseOptions = {}): StreamObserver {
  return new StreamTap(dialectOf(dialect), options);
}

/** Reads a buffered answer. `status` is its HTTP status: from 400 on, the answer is an error whatever its body is. */
export function observeBuffered(dialect: DialectId, status: number, body: Uint8Array): Observation {
  const { readBody } = dialectOf(dialect);
  const json = parseBody(UTF8.decode(body));
  if (json !== undefined) return readBody(status, json);
  return { usage: {}, ended: false, contentStarted: false, ...(status >= 400 && { error: {} }) };
}

class StreamTap implements StreamObserver {
  readonly #dialect: Dialect;
  readonly #reader: AnswerReader;
  readonly #splitter: FrameSplitter;
  #skippedFrames = 0;

  constructor(dialect: Dialect, options: SseOptions) {
    this.#dialect = dialect;
    this.#reader = dialect.readStream();
    const frames = (run: Uint8Array): void => this.#scan(run);
    const oversized = (): void => void this.#skippedFrames++;
    this.#splitter = new FrameSplitter({ frames, oversized }, options.maxFrameBytes);
  }

  get observation(): Observation {
    return { ...this.#reader.answer, ...(this.#skippedFrames > 0 && { skippedFrames: this.#skippedFrames }) };
  }

  get closed(): boolean {
    const { ended, error } = this.#reader.answer;
    return (this.#reader.closed ?? ended) || error !== undefined;
  }

  get atFrameBoundary(): boolean {
    return this.#splitter.atBoundary;
  }

  push(chunk: Uint8Array): void {
    this.#splitter.push(chunk);
  }

  end(): Observation {
    this.#splitter.end();
    return this.observation;
  }

  /** Reads every frame until content starts; after that only those with a marker, for content is most of a stream. */
  #scan(run: Uint8Array): void {
    let start = 0;
    while (start < run.length) {
      if (this.#reader.answer.contentStarted) {
        const marker = this.#dialect.findMarker(run, start);
        if (marker === -1) return;
        start = frameStart(run, start, marker);
      }
      const end = frameEnd(run, start);
      const frame = readFrame(decodeFrames(run.subarray(start, end)));
      if (frame !== undefined) this.#reader.read(frame);
      start = skipLineEnds(run, end);
    }
  }
}
