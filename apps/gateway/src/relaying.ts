import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";

import { GatewayError } from "@link-assistant/core";
import { observeBuffered, observeStream } from "@link-assistant/translator";
import type { Observation, StreamObserver } from "@link-assistant/translator";
import type { Dispatcher } from "undici";

import type { Exchange } from "./exchange.ts";

/** Headers of an upstream's answer that are about its own hop, or about its own place on the web, and end here. */
const NOT_FOR_CLIENTS = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "set-cookie",
  "alt-svc",
  "date",
  "nel",
  "report-to",
  "server",
  "strict-transport-security",
  "via",
  "x-request-id",
]);

/** Longest buffered answer that is read for its usage. A longer one reaches the client all the same. */
const MAX_READ_BYTES = 16_777_216;

/**
 * The answer of an upstream on its way to the client, byte for byte, as it comes and no faster than the client reads. After
 * it is made there is no other attempt.
 */
export class Relaying {
  readonly #exchange: Exchange;
  readonly #controller: Dispatcher.DispatchController;
  /** Reads a stream as it passes by. */
  readonly #stream: StreamObserver | undefined;
  /** Keeps an answer that is no stream, to be read at its end. */
  readonly #whole: Buffer[] = [];
  #wholeBytes = 0;
  #stallTimer: NodeJS.Timeout | undefined;
  #begun = false;

  constructor(
    exchange: Exchange,
    controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
  ) {
    this.#exchange = exchange;
    this.#controller = controller;
    exchange.answer = this;
    const { res } = exchange;
    res.writeHead(status, clientHeaders(headers, exchange.id));
    if (isStream(headers, exchange)) {
      // The first event often comes with the headers, and then goes out with them in one piece.
      process.nextTick(() => {
        if (!this.#begun) res.flushHeaders();
      });
      this.#stream = observeStream(exchange.surface.dialect);
    }
  }

  data(chunk: Buffer): void {
    const { res } = this.#exchange;
    if (!this.#begun) this.#exchange.noteFirstByte();
    this.#begun = true;
    if (!res.write(chunk)) this.#pause();
    if (this.#stream !== undefined) this.#stream.push(chunk);
    else if ((this.#wholeBytes += chunk.length) <= MAX_READ_BYTES) this.#whole.push(chunk);
  }

  /** The upstream ended its answer. */
  end(): void {
    clearTimeout(this.#stallTimer);
    const seen = this.#stream?.end();
    if (seen?.error !== undefined) this.#exchange.endsAs("upstream_error");
    else if (seen?.ended === false) return this.broken("upstream_broken");
    this.#exchange.res.end();
  }

  /**
   * The upstream broke off or fell silent. A stream that stands between two frames gets a last one that says so; anything
   * else is cut, so that no client takes it for whole.
   */
  broken(code: "upstream_broken" | "upstream_timeout"): void {
    clearTimeout(this.#stallTimer);
    this.#exchange.endsAs(code === "upstream_timeout" ? "idle_timeout" : "upstream_error");
    const { res, surface, id } = this.#exchange;
    if (this.#stream?.atFrameBoundary === true) res.end(surface.faultFrame(new GatewayError(code), id));
    else res.destroy();
  }

  /** What the answer has said of itself by now. */
  seen(): Observation {
    if (this.#stream !== undefined) return this.#stream.observation;
    const { surface, res } = this.#exchange;
    const whole = this.#wholeBytes > MAX_READ_BYTES ? [] : this.#whole;
    const [only] = whole;
    const body = only !== undefined && whole.length === 1 ? only : Buffer.concat(whole);
    return observeBuffered(surface.dialect, res.statusCode, body);
  }

  #pause(): void {
    if (this.#stallTimer !== undefined) return;
    const { res, gateway } = this.#exchange;
    this.#controller.pause();
    this.#stallTimer = setTimeout(() => res.destroy(), gateway.config.server.stalledClientTimeoutMs);
    res.once("drain", () => this.#resume());
  }

  #resume(): void {
    clearTimeout(this.#stallTimer);
    this.#stallTimer = undefined;
    this.#controller.resume();
  }
}

/** The headers that a client gets of an upstream's answer. */
export function clientHeaders(headers: IncomingHttpHeaders, requestId: string): OutgoingHttpHeaders {
  const kept: OutgoingHttpHeaders = { "x-request-id": requestId };
  for (const name in headers) {
    if (!NOT_FOR_CLIENTS.has(name)) kept[name] = headers[name];
  }
  return kept;
}

/** By its content type; where an upstream names none, by what was asked for. */
function isStream(headers: IncomingHttpHeaders, exchange: Exchange): boolean {
  const type = headers["content-type"];
  return type === undefined ? exchange.call?.stream === true : type.toLowerCase().startsWith("text/event-stream");
}
