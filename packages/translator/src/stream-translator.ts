import type { Usage } from "@link-assistant/core";

import type { TranslationContext } from "./context.ts";
import type { StreamDecoder, StreamEncoder } from "./dialect.ts";
import type { Loss } from "./loss.ts";
import type { NeutralError } from "./neutral/error.ts";
import type { EventSink, StreamEvent } from "./neutral/event.ts";
import type { Finish } from "./neutral/response.ts";
import { Serialiser } from "./neutral/serialise.ts";
import { dialectOf } from "./registry.ts";
import type { SseFrame } from "./sse/frame.ts";
import { SseReader } from "./sse/parse.ts";
import type { SseOptions } from "./sse/parse.ts";
import { restoreEvents, restores } from "./tools/restore.ts";

/** How a stream is read. */
export interface StreamTranslatorOptions extends SseOptions {}

/**
 * Translates a streamed answer while it comes. It never throws: what goes wrong becomes the one error that ends the client's stream.
 * Every stream ends once; after its end nothing is written.
 */
export class StreamTranslator {
  /** What keeps the client's stream open while the upstream is silent. Write it between two pushes only. */
  readonly keepAlive: string;
  readonly #context: TranslationContext;
  readonly #reader: SseReader;
  readonly #decoder: StreamDecoder;
  readonly #encoder: StreamEncoder;
  readonly #sink: EventSink;
  #text = "";
  #started = false;
  #contentStarted = false;
  #over = false;
  #model: string | undefined;
  #usage: Usage = {};
  #finish: Finish | undefined;
  #error: NeutralError | undefined;

  /** `encoder` stands in for the one of the client's dialect. */
  constructor(context: TranslationContext, options: StreamTranslatorOptions = {}, encoder?: StreamEncoder) {
    const client = dialectOf(context.client);
    this.keepAlive = client.keepAlive;
    this.#context = context;
    this.#reader = new SseReader(options);
    this.#decoder = dialectOf(context.upstream).decodeStream(context);
    this.#encoder = encoder ?? client.encodeStream(context);
    const serialiser = new Serialiser((event) => this.#write(event));
    const serialise = (event: StreamEvent): void => serialiser.write(event);
    this.#sink = restores(context) ? restoreEvents(context, serialise) : serialise;
  }

  /** Whether the upstream's answer has begun: from here on its status is the client's. */
  get started(): boolean {
    return this.#started;
  }

  /** Whether any content has begun. */
  get contentStarted(): boolean {
    return this.#contentStarted;
  }

  /** Whether the stream is over, in one way or the other. */
  get over(): boolean {
    return this.#over;
  }

  /** The error that ended the stream. */
  get error(): NeutralError | undefined {
    return this.#error;
  }

  /** The model that answers, by the upstream's name; absent when it was not said by now. */
  get model(): string | undefined {
    return this.#model;
  }

  /** Tokens as reported by now. */
  get usage(): Usage {
    return this.#usage;
  }

  /** Why the model stopped; absent while it runs. */
  get finish(): Finish | undefined {
    return this.#finish;
  }

  /** What the upstream said and the client's dialect cannot, by now. */
  get losses(): readonly Loss[] {
    return this.#context.losses.list;
  }

  /** Takes in the next bytes of the upstream, split anywhere, and gives the text for the client; often the empty text. */
  push(chunk: Uint8Array): string {
    if (this.#over) return "";
    this.#read(this.#reader.push(chunk));
    const { failure } = this.#reader;
    if (failure !== undefined) {
      const message = `The upstream sent an event of more than ${failure.maxFrameBytes} bytes.`;
      this.#sink({ type: "error", error: { kind: "bad_gateway", message } });
    }
    return this.#take();
  }

  /** The upstream's body has ended. */
  end(): string {
    if (!this.#over) {
      this.#read(this.#reader.end());
      this.#decoder.end(this.#sink);
    }
    return this.#take();
  }

  /** The upstream broke off, or the host gave it up. */
  fail(error: NeutralError): string {
    if (!this.#over) this.#sink({ type: "error", error });
    return this.#take();
  }

  #read(frames: readonly SseFrame[]): void {
    for (const frame of frames) {
      if (this.#over) return;
      this.#decoder.read(frame, this.#sink);
    }
  }

  #write(event: StreamEvent): void {
    if (event.type !== "delta") this.#note(event);
    this.#text += this.#encoder.write(event);
  }

  #note(event: StreamEvent): void {
    if (event.type === "open") this.#contentStarted = true;
    else if (event.type === "start") {
      this.#started = true;
      this.#model = event.model;
      this.#usage = event.usage ?? this.#usage;
    } else if (event.type === "usage") this.#usage = event.usage;
    else if (event.type === "finish") this.#finish = event.finish;
    else if (event.type === "end") this.#over = true;
    else if (event.type === "error") {
      this.#over = true;
      this.#error = event.error;
    }
  }

  #take(): string {
    const text = this.#text;
    this.#text = "";
    return text;
  }
}

/** Translates a streamed answer while it comes; see `StreamTranslator`. */
export function createStreamTranslator(
  context: TranslationContext,
  options?: StreamTranslatorOptions,
): StreamTranslator {
  return new StreamTranslator(context, options);
}

/** The same as a web stream: bytes of the upstream in, bytes for the client out. */
export function createTranslationStream(
  context: TranslationContext,
  options?: StreamTranslatorOptions,
): TransformStream<Uint8Array, Uint8Array> {
  const translator = new StreamTranslator(context, options);
  const utf8 = new TextEncoder();
  const enqueue = (text: string, controller: TransformStreamDefaultController<Uint8Array>): void => {
    if (text !== "") controller.enqueue(utf8.encode(text));
  };
  return new TransformStream({
    transform: (chunk, controller) => enqueue(translator.push(chunk), controller),
    flush: (controller) => enqueue(translator.end(), controller),
  });
}
