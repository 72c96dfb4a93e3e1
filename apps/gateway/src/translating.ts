import type { IncomingHttpHeaders } from "node:http";

import type { Usage } from "@link-assistant/core";
import {
  StreamCollector,
  TranslationError,
  createStreamTranslator,
  encodeError,
  streamResponse,
  translateCountResponse,
  translateLimitHeaders,
  translateResponse,
} from "@link-assistant/translator";
import type { NeutralError, StreamTranslator } from "@link-assistant/translator";
import type { Dispatcher } from "undici";

import { ClientWriter } from "./client-writer.ts";
import type { Delivery, DeliveryEvents } from "./delivery.ts";
import type { Exchange } from "./exchange.ts";
import type { Outgoing, Translated } from "./outgoing.ts";
import { isStream, staysInStream } from "./relaying.ts";

/** Longest answer in one piece that is translated. */
const MAX_WHOLE_BYTES = 67_108_864;
/** A stream whose first event takes longer begins without it, so that the client can be kept waiting. */
const LONGEST_HOLD_MS = 10_000;
const MESSAGES = {
  upstream_broken: { kind: "bad_gateway", message: "The upstream broke off its answer. Try again." },
  upstream_timeout: { kind: "timeout", message: "The upstream did not answer in time. Try again." },
} as const satisfies Record<string, NeutralError>;

const SSE_HEADERS = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-cache",
  "x-accel-buffering": "no",
};

/**
 * The answer of an upstream on its way to a client of another dialect. A stream is held back until its first event has come, an answer
 * in one piece until it is whole: if it is an error, another account can be tried.
 */
export class Translating implements Delivery {
  readonly #exchange: Exchange;
  readonly #outgoing: Outgoing;
  readonly #translated: Translated;
  readonly #writer: ClientWriter;
  readonly #events: DeliveryEvents;
  readonly #headers: IncomingHttpHeaders;
  /** Translates a stream for a client that wants one. */
  readonly #stream: StreamTranslator | undefined;
  /** Gathers a stream for a client that does not. */
  readonly #collector: StreamCollector | undefined;
  /** An answer in one piece. */
  #whole: Buffer[] = [];
  #wholeBytes = 0;
  #usage: Usage = {};
  #model: string | undefined;
  #holdTimer: NodeJS.Timeout | undefined;
  #committed = false;
  #over = false;

  constructor(
    exchange: Exchange,
    controller: Dispatcher.DispatchController,
    headers: IncomingHttpHeaders,
    { outgoing, translated, events }: TranslatingOptions,
  ) {
    this.#exchange = exchange;
    this.#outgoing = outgoing;
    this.#translated = translated;
    this.#writer = new ClientWriter(exchange, controller);
    this.#events = events;
    this.#headers = headers;
    if (!isStream(headers, exchange)) return;
    if (exchange.call?.stream === true) {
      this.#stream = createStreamTranslator(translated.context);
      this.#holdTimer = setTimeout(() => this.#commit(), LONGEST_HOLD_MS);
    } else this.#collector = new StreamCollector(translated.context);
  }

  get committed(): boolean {
    return this.#committed;
  }

  data(chunk: Buffer): void {
    if (this.#over) return;
    if (this.#stream !== undefined) this.#deliver(this.#stream.push(chunk), this.#stream);
    else if (this.#collector !== undefined) this.#collector.push(chunk);
    else if ((this.#wholeBytes += chunk.length) <= MAX_WHOLE_BYTES) this.#whole.push(chunk);
  }

  end(): void {
    if (this.#over) return;
    if (this.#stream !== undefined) {
      this.#deliver(this.#stream.end(), this.#stream);
      if (this.#committed) this.#writer.end();
    } else this.#answerWhole();
  }

  broken(code: "upstream_broken" | "upstream_timeout"): void {
    this.#exchange.endsAs(code === "upstream_timeout" ? "idle_timeout" : "upstream_error");
    if (this.#stream === undefined || !this.#committed) return this.#writer.cut();
    this.#writer.end(this.#stream.fail(MESSAGES[code]));
  }

  seen(): { readonly model?: string; readonly usage: Usage } {
    const source = this.#stream ?? this.#collector;
    const usage = source?.usage ?? this.#usage;
    const model = source?.model ?? this.#model;
    return model === undefined ? { usage } : { usage, model };
  }

  release(): void {
    clearTimeout(this.#holdTimer);
    this.#over = true;
  }

  #deliver(text: string, stream: StreamTranslator): void {
    const early = this.#committed || stream.started ? undefined : stream.error;
    if (early !== undefined && !staysInStream(this.#exchange, early.kind === "context_length"))
      return this.#failEarly(early);
    if (!this.#committed && text !== "") this.#commit();
    if (!stream.over) {
      if (text !== "") this.#writer.write(text);
      return;
    }
    if (stream.error !== undefined) this.#exchange.endsAs("upstream_error");
    this.#exchange.noteLosses(stream.losses, this.#translated.context.losses);
    this.#over = true;
    this.#writer.end(text);
  }

  #commit(): void {
    clearTimeout(this.#holdTimer);
    this.#committed = true;
    this.#events.committed();
    const { res } = this.#exchange;
    res.writeHead(200, { ...SSE_HEADERS, ...this.#ownHeaders() });
    res.flushHeaders();
    const { keepAlive } = this.#stream ?? {};
    this.#writer.keepAlive(() => keepAlive);
  }

  #answerWhole(): void {
    const { context } = this.#translated;
    try {
      if (this.#collector === undefined && this.#wholeBytes > MAX_WHOLE_BYTES) throw tooLong();
      const body = Buffer.concat(this.#whole);
      this.#whole = [];
      if (this.#exchange.call?.counting === true) return this.#answerCount(body);
      if (this.#exchange.call?.stream === true) return this.#answerAsStream(body);
      const answer = this.#collector === undefined ? translateResponse(body, context) : this.#collector.end();
      this.#usage = answer.usage;
      this.#model = answer.model;
      this.#exchange.noteLosses(answer.losses, context.losses);
      this.#writeWhole(answer.text);
    } catch (error) {
      if (!(error instanceof TranslationError)) throw error;
      this.#failEarly(error);
    }
  }

  /** The client wanted a stream and the upstream gave an answer in one piece. */
  #answerAsStream(body: Buffer): void {
    const { text, usage, model } = streamResponse(body, this.#translated.context);
    this.#usage = usage;
    this.#model = model;
    this.#commit();
    this.#writer.end(text);
  }

  #answerCount(body: Buffer): void {
    this.#writeWhole(JSON.stringify(translateCountResponse(body, this.#translated.context).body));
  }

  #writeWhole(text: string): void {
    this.#committed = true;
    this.#events.committed();
    const { res } = this.#exchange;
    const length = Buffer.byteLength(text);
    res.writeHead(200, { "content-type": "application/json", "content-length": length, ...this.#ownHeaders() });
    this.#writer.end(text);
  }

  #ownHeaders(): Record<string, string> {
    const { exchange, from } = { exchange: this.#exchange, from: this.#outgoing.dialect };
    return {
      "x-request-id": exchange.id,
      "request-id": exchange.id,
      ...limitHeaders(this.#headers, exchange, from),
      ...exchange.routeHeaders(),
    };
  }

  #failEarly(error: NeutralError): void {
    this.release();
    const { surface, id } = this.#exchange;
    const { status, body } = encodeError(surface.dialect, { ...error, requestId: id });
    const { code, message } = error;
    const type = KIND_NAMES[error.kind];
    this.#events.failedEarly({ status, body: Buffer.from(JSON.stringify(body)), type, code: code ?? type, message });
  }
}

interface TranslatingOptions {
  readonly outgoing: Outgoing;
  readonly translated: Translated;
  readonly events: DeliveryEvents;
}

/** Names by which failures are classified, for kinds of errors that come without their upstream's own. */
const KIND_NAMES: Partial<Record<NeutralError["kind"], string>> = {
  overloaded: "overloaded_error",
  rate_limit: "rate_limit_error",
  context_length: "context_length_exceeded",
  billing: "insufficient_quota",
  bad_request: "invalid_request_error",
  content_policy: "content_filter",
};

function tooLong(): TranslationError {
  return new TranslationError("bad_gateway", `The upstream's answer is longer than ${MAX_WHOLE_BYTES} bytes.`);
}

/** What the upstream says of its limits, as clients of this dialect read it. */
export function limitHeaders(
  headers: IncomingHttpHeaders,
  exchange: Exchange,
  from: Outgoing["dialect"],
): Readonly<Record<string, string>> {
  const texts = Object.entries(headers).filter((entry): entry is [string, string] => typeof entry[1] === "string");
  const nowSeconds = Math.floor(exchange.gateway.now() / 1000);
  return translateLimitHeaders(Object.fromEntries(texts), { from, to: exchange.surface.dialect, nowSeconds });
}
