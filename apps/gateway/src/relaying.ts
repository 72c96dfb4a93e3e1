import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";

import { GatewayError } from "@link-assistant/core";
import { observeBuffered, observeStream } from "@link-assistant/translator";
import type { Observation } from "@link-assistant/translator";
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

/** Reads an answer that passes by. */
interface Tap {
  push(chunk: Buffer): void;
  readonly observation: Observation;
}

/**
 * The answer of an upstream on its way to the client, byte for byte, as it comes and no faster than the client reads. After
 * it is made there is no other attempt.
 */
export class Relaying {
  readonly #exchange: Exchange;
  readonly #controller: Dispatcher.DispatchController;
  readonly #tap: Tap;
  readonly #atFrameBoundary: (() => boolean) | undefined;
  #stallTimer: NodeJS.Timeout | undefined;

  constructor(
    exchange: Exchange,
    controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
  ) {
    this.#exchange = exchange;
    this.#controller = controller;
    const { res } = exchange;
    res.writeHead(status, clientHeaders(headers, exchange.id));
    if (isEventStream(headers)) {
      res.flushHeaders();
      const observer = observeStream(exchange.surface.dialect);
      this.#tap = observer;
      this.#atFrameBoundary = () => observer.atFrameBoundary;
    } else {
      this.#tap = bufferedTap(exchange, status);
    }
    exchange.seen = () => this.#tap.observation;
  }

  data(chunk: Buffer): void {
    const { res } = this.#exchange;
    this.#exchange.noteFirstByte();
    if (!res.write(chunk)) this.#pause();
    this.#tap.push(chunk);
  }

  /** The upstream ended its answer. */
  end(): void {
    clearTimeout(this.#stallTimer);
    if (this.#atFrameBoundary === undefined) {
      this.#exchange.res.end();
      return;
    }
    const { ended, error } = this.#tap.observation;
    if (!ended && error === undefined) return this.broken("upstream_broken");
    if (error !== undefined) this.#exchange.endsAs("upstream_error");
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
    if (this.#atFrameBoundary?.() === true) res.end(surface.faultFrame(new GatewayError(code), id));
    else res.destroy();
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

function isEventStream(headers: IncomingHttpHeaders): boolean {
  return headers["content-type"]?.toLowerCase().startsWith("text/event-stream") === true;
}

function bufferedTap(exchange: Exchange, status: number): Tap {
  const chunks: Buffer[] = [];
  let bytes = 0;
  return {
    push: (chunk) => {
      bytes += chunk.length;
      if (bytes <= MAX_READ_BYTES) chunks.push(chunk);
      else chunks.length = 0;
    },
    get observation() {
      return observeBuffered(
        exchange.surface.dialect,
        status,
        chunks.length === 1 ? (chunks[0] ?? EMPTY) : Buffer.concat(chunks),
      );
    },
  };
}

const EMPTY: Buffer = Buffer.alloc(0);
