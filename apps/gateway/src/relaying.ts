import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";

import { GatewayError } from "@link-assistant/core";
import { keepAliveFrame, observeBuffered, observeStream, translateError } from "@link-assistant/translator";
import type { Observation, StreamObserver } from "@link-assistant/translator";
import type { Dispatcher } from "undici";

import { UsageChunkFilter } from "./chat-usage.ts";
import { ClientWriter } from "./client-writer.ts";
import type { Delivery, DeliveryEvents } from "./delivery.ts";
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
/** A first event that is longer is not waited for. */
const MAX_HELD_BYTES = 65_536;
/** A stream whose first event takes longer begins without it, so that the client can be kept waiting. */
const LONGEST_HOLD_MS = 10_000;

/**
 * The answer of an upstream on its way to a client of the same dialect, byte for byte, as it comes and no faster than the
 * client reads. A stream is held back until its first event has come, and anything else until it is whole or its second piece has come:
 * if that is an error, or nothing comes, another account can be tried.
 */
export class Relaying implements Delivery {
  readonly #exchange: Exchange;
  readonly #writer: ClientWriter;
  readonly #events: DeliveryEvents;
  readonly #status: number;
  readonly #headers: IncomingHttpHeaders;
  /** Reads a stream as it passes by. */
  readonly #stream: StreamObserver | undefined;
  /** Keeps an answer that is no stream, to be read at its end. */
  readonly #whole: Buffer[] = [];
  #wholeBytes = 0;
  /** The newest piece of an answer that is no stream: it may be the last. */
  #newest: Buffer | undefined;
  /** What has come before the commit. */
  #held: Buffer[] = [];
  #heldBytes = 0;
  #holdTimer: NodeJS.Timeout | undefined;
  #committed = false;
  #failed = false;
  /** Takes out what the client did not ask for. */
  #filter: UsageChunkFilter | undefined;

  constructor(
    exchange: Exchange,
    controller: Dispatcher.DispatchController,
    { status, headers, hidesUsage }: RelayedAnswer,
    events: DeliveryEvents,
  ) {
    this.#exchange = exchange;
    this.#writer = new ClientWriter(exchange, controller);
    this.#events = events;
    this.#status = status;
    this.#headers = headers;
    if (status >= 300) this.#commit();
    else if (isStream(headers, exchange)) {
      if (hidesUsage) this.#filter = new UsageChunkFilter();
      this.#stream = observeStream(exchange.surface.dialect);
      this.#holdTimer = setTimeout(() => this.#commit(), LONGEST_HOLD_MS);
    }
  }

  get committed(): boolean {
    return this.#committed;
  }

  data(chunk: Buffer): void {
    if (this.#failed) return;
    if (this.#stream === undefined) {
      if (this.#newest !== undefined) {
        if (!this.#committed) this.#commit();
        this.#writer.write(this.#newest);
      }
      this.#newest = chunk;
      if ((this.#wholeBytes += chunk.length) <= MAX_READ_BYTES) this.#whole.push(chunk);
      return;
    }
    if (!this.#committed) return this.#hold(chunk, this.#stream);
    this.#stream.push(chunk);
    if (this.#stream.closed) this.#seal(this.#stream);
    this.#write(chunk);
  }

  end(): void {
    if (this.#failed) return;
    const seen = this.#stream?.end();
    if (!this.#committed) {
      if (seen?.error !== undefined && !staysInStream(this.#exchange, isTooLong(seen))) return this.#failEarly(seen);
      this.#commit();
    }
    if (seen?.error !== undefined) this.#exchange.endsAs("upstream_error");
    else if (seen?.ended === false) {
      this.#writeRest();
      return this.broken("upstream_broken");
    }
    this.#writer.seal();
    this.#writeRest();
    this.#writer.end(this.#newest);
  }

  /** A stream that stands between two frames gets a last one that says so; anything else is cut. */
  broken(code: "upstream_broken" | "upstream_timeout"): void {
    this.#exchange.endsAs(code === "upstream_timeout" ? "idle_timeout" : "upstream_error");
    const { surface, id } = this.#exchange;
    if (this.#stream?.atFrameBoundary === true) this.#writer.end(surface.faultFrame(new GatewayError(code), id));
    else {
      if (this.#newest !== undefined) this.#writer.write(this.#newest);
      this.#writer.cut();
    }
  }

  seen(): Observation {
    if (this.#stream !== undefined) return this.#stream.observation;
    const { surface, res } = this.#exchange;
    const whole = this.#wholeBytes > MAX_READ_BYTES ? [] : this.#whole;
    const [only] = whole;
    const body = only !== undefined && whole.length === 1 ? only : Buffer.concat(whole);
    return observeBuffered(surface.dialect, res.statusCode, body);
  }

  /** Gives up what was held, for the upstream broke off before its first event. */
  release(): void {
    clearTimeout(this.#holdTimer);
    this.#failed = true;
  }

  #hold(chunk: Buffer, stream: StreamObserver): void {
    this.#held.push(chunk);
    this.#heldBytes += chunk.length;
    stream.push(chunk);
    const seen = stream.observation;
    if (seen.error !== undefined && !seen.contentStarted && !staysInStream(this.#exchange, isTooLong(seen)))
      return this.#failEarly(seen);
    const hasEvent = seen.id !== undefined || seen.contentStarted || stream.atFrameBoundary;
    if (hasEvent || this.#heldBytes > MAX_HELD_BYTES) this.#commit();
  }

  #commit(): void {
    clearTimeout(this.#holdTimer);
    this.#committed = true;
    this.#events.committed();
    const { res, surface, id } = this.#exchange;
    res.writeHead(this.#status, { ...clientHeaders(this.#headers, id), ...this.#exchange.routeHeaders() });
    const stream = this.#stream;
    if (stream === undefined) return;
    if (this.#held.length === 0) res.flushHeaders();
    if (stream.closed) this.#seal(stream);
    for (const held of this.#held) this.#write(held);
    this.#held = [];
    this.#writer.keepAlive(() => (stream.atFrameBoundary ? keepAliveFrame(surface.dialect) : undefined));
  }

  /** What comes next makes the stream whole, or tells its reader that it broke. */
  #seal({ observation }: StreamObserver): void {
    if (observation.error !== undefined) this.#exchange.endsAs("upstream_error");
    this.#writer.seal();
  }

  #write(chunk: Buffer): void {
    const piece = this.#filter === undefined ? chunk : this.#filter.push(chunk);
    if (piece.length > 0) this.#writer.write(piece);
  }

  #writeRest(): void {
    const rest = this.#filter?.end();
    if (rest !== undefined && rest.length > 0) this.#writer.write(rest);
  }

  #failEarly({ error }: Observation): void {
    this.release();
    const { dialect } = this.#exchange.surface;
    const said = { status: 500, body: JSON.stringify({ type: "error", error: error ?? {} }) };
    const { status, body } = translateError(said, { from: dialect, to: dialect });
    this.#events.failedEarly({ status, body: Buffer.from(JSON.stringify(body)), ...error });
  }
}

/** An upstream's answer, as far as its status and headers tell. */
interface RelayedAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Whether it holds a chunk with usage that the client does not expect. */
  readonly hidesUsage: boolean;
}

/** The headers that a client gets of an upstream's answer. */
export function clientHeaders(headers: IncomingHttpHeaders, requestId: string): OutgoingHttpHeaders {
  const kept: OutgoingHttpHeaders = { "x-request-id": requestId };
  for (const name in headers) {
    if (!NOT_FOR_CLIENTS.has(name)) kept[name] = headers[name];
  }
  return kept;
}

/** Whether an error that a stream begins with is told within it all the same: Codex compacts its history then, and would give up at a status. */
export function staysInStream({ surface, call }: Exchange, isTooLong: boolean): boolean {
  return isTooLong && surface.dialect === "openai-responses" && call?.stream === true;
}

function isTooLong({ error }: Observation): boolean {
  return error?.code === "context_length_exceeded";
}

/** By its content type; where an upstream names none, by what was asked for. */
export function isStream(headers: IncomingHttpHeaders, exchange: Exchange): boolean {
  const type = headers["content-type"];
  return type === undefined ? exchange.call?.stream === true : type.toLowerCase().startsWith("text/event-stream");
}
