import type { IncomingMessage, ServerResponse } from "node:http";

import { GatewayError, NO_USAGE } from "@link-assistant/core";
import type { Account, EndReason, LedgerEntry, TokenRecord, Usage } from "@link-assistant/core";
import type { DialectId, Loss } from "@link-assistant/translator";

import type { Gateway } from "./gateway.ts";
import type { Outgoing } from "./outgoing.ts";
import type { Call, SurfaceApi } from "./surfaces/surface.ts";

/** An answer on its way to the client. */
interface Answer {
  /** What it has said of itself by now. */
  seen(): {
    readonly id?: string;
    readonly items?: readonly string[];
    readonly model?: string;
    readonly usage: Usage;
    readonly error?: unknown;
  };
}

/** The status recorded for a client that left before it was answered. */
const CLIENT_LEFT = 499;
const MAX_MODEL_CHARS = 256;

/**
 * One client request and its answer. It ends exactly once, when its response is closed, for whatever reason; then it is
 * counted and written down.
 */
export class Exchange {
  readonly id: string;
  readonly surface: SurfaceApi;
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly gateway: Gateway;
  token: TokenRecord | undefined;
  call: Call | undefined;
  /** The account and the upstream of the last attempt. */
  account: string | undefined;
  upstream: string | undefined;
  attempts = 0;
  /** Whether the answer tells which way it went. */
  debug = false;
  bytesSent = 0;
  bytesReceived = 0;
  /** What the answer said of itself. Read at the end, so that a stream that was cut still tells what it had told. */
  answer: Answer | undefined;
  /** Stops what is being done for a client that has left. */
  onClientGone: (() => void) | undefined;
  clientGone = false;
  #losses: readonly Loss[] = [];
  readonly #startedAtMs: number;
  #firstByteAtMs: number | undefined;
  #end: EndReason | undefined;

  constructor(gateway: Gateway, surface: SurfaceApi, req: IncomingMessage, res: ServerResponse) {
    this.gateway = gateway;
    this.surface = surface;
    this.req = req;
    this.res = res;
    this.id = gateway.newId();
    this.#startedAtMs = gateway.now();
    res.once("close", () => this.#close());
  }

  /** The first byte of the answer's body is on its way. */
  noteFirstByte(): void {
    this.#firstByteAtMs ??= this.gateway.now();
  }

  /** Says how the exchange ends, before its response closes. The first word counts. */
  endsAs(reason: EndReason): void {
    this.#end ??= reason;
  }

  /** Another attempt begins. */
  beginAttempt(account: Account, { translated }: Outgoing): void {
    this.account = account.name;
    this.upstream = account.upstream;
    this.attempts += 1;
    this.#losses = translated?.losses ?? [];
    if (translated !== undefined)
      this.#count(translated.losses, translated.context.client, translated.context.upstream);
  }

  /** What could not be carried on the way back. */
  noteLosses(losses: readonly Loss[], { from, to }: { readonly from: DialectId; readonly to: DialectId }): void {
    this.#losses = [...this.#losses, ...losses];
    this.#count(losses, from, to);
  }

  /** Headers that tell what became of the call: what it lost, and to whoever may know, which way it went. */
  routeHeaders(): Readonly<Record<string, string>> {
    const losses = this.#losses.map(({ outcome, field }) => `${outcome}:${field}`).join(", ");
    return {
      ...(losses !== "" && { "x-router-losses": losses }),
      ...(this.debug && {
        "x-router-account": this.account ?? "",
        "x-router-upstream": this.upstream ?? "",
        "x-router-attempts": String(this.attempts),
      }),
    };
  }

  /** Answers with a count of tokens that was estimated here. */
  answerEstimate(body: string): void {
    this.noteFirstByte();
    const headers = { "content-type": "application/json", "x-request-id": this.id, "x-router-estimated": "true" };
    this.res.writeHead(200, { ...headers, "content-length": Buffer.byteLength(body) });
    this.res.end(body);
  }

  /** Answers with an error of the translation: the call's own. */
  answerWith({ status, body }: { readonly status: number; readonly body: string }): void {
    if (this.res.headersSent) {
      this.res.destroy();
      return;
    }
    this.endsAs("fault");
    this.res.writeHead(status, {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
      "x-request-id": this.id,
      "request-id": this.id,
      "x-should-retry": "false",
    });
    this.res.end(body);
  }

  /** Answers in the gateway's own name, when nothing was sent yet. */
  answerFault(fault: GatewayError): void {
    if (this.res.headersSent) {
      this.res.destroy();
      return;
    }
    this.endsAs("fault");
    const body = this.surface.faultBody(fault, this.id);
    this.res.writeHead(fault.status, {
      "request-id": this.id,
      ...faultHeaders(fault, this.id, body),
      ...this.routeHeaders(),
      // What is left of the request would be taken for the next one.
      ...(this.req.complete ? {} : { connection: "close" }),
    });
    this.res.end(body);
  }

  #close(): void {
    if (!this.res.writableFinished && this.#end === undefined) {
      // A client may leave because it was told that the answer broke.
      this.#end = this.answer?.seen().error === undefined ? "client_abort" : "upstream_error";
      this.clientGone = true;
      this.onClientGone?.();
    }
    this.#record(this.#end ?? "complete");
  }

  #count(losses: readonly Loss[], from: DialectId, to: DialectId): void {
    for (const { field } of losses) this.gateway.metrics.recordLoss(from, to, field);
  }

  #record(end: EndReason): void {
    const { metrics, store } = this.gateway;
    this.#noteHeld();
    const status = this.res.headersSent ? this.res.statusCode : CLIENT_LEFT;
    metrics.recordRequest(this.surface.id, status);
    if (status < 400 && (end === "upstream_error" || end === "idle_timeout")) metrics.recordStreamError();
    metrics.recordBytes(this.bytesSent, this.bytesReceived);
    const entry = this.#entry(status, end);
    store.ledger.append(entry);
    this.#log(entry);
  }

  /** Later calls that build on this answer, or on an item of it, have to go to the same account. */
  #noteHeld(): void {
    if (this.call?.held === undefined || this.account === undefined) return;
    const seen = this.answer?.seen();
    for (const id of seen?.id === undefined ? [] : [seen.id, ...(seen.items ?? [])])
      this.gateway.held.note(id, this.account);
  }

  #entry(status: number, end: EndReason): LedgerEntry {
    const seen = this.answer?.seen();
    return {
      id: this.id,
      startedAtMs: this.#startedAtMs,
      durationMs: this.gateway.now() - this.#startedAtMs,
      firstByteMs: this.#firstByteAtMs === undefined ? null : this.#firstByteAtMs - this.#startedAtMs,
      surface: this.surface.id,
      tokenId: this.token?.id ?? null,
      account: this.account ?? null,
      attempts: this.attempts,
      requestedModel: modelName(this.call?.model),
      model: modelName(seen?.model),
      status,
      end,
      stream: this.call?.stream === true,
      usage: seen?.usage ?? NO_USAGE,
      bytesSent: this.bytesSent,
      bytesReceived: this.bytesReceived,
    };
  }

  #log({ id, status, end, account, attempts, requestedModel, durationMs, usage }: LedgerEntry): void {
    const { log } = this.gateway;
    if (!log.isLevelEnabled("debug")) return;
    log.debug(
      { exchange: id, status, end, account, attempts, model: requestedModel, durationMs, usage },
      "exchange ended",
    );
  }
}

function modelName(name: string | null | undefined): string | null {
  return name?.slice(0, MAX_MODEL_CHARS) ?? null;
}

/** The headers of every answer in the gateway's own name. */
export function faultHeaders(fault: GatewayError, requestId: string, body: string): Record<string, string | number> {
  return {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
    "x-request-id": requestId,
    ...(fault.retry ? {} : { "x-should-retry": "false" }),
    ...(fault.retryAfterSeconds === undefined ? {} : { "retry-after": fault.retryAfterSeconds }),
    ...fault.headers,
  };
}

/** What was thrown, as a fault. A bug is logged with its stack and shown as `internal`. */
export function asFault(error: unknown, gateway: Gateway, exchangeId: string): GatewayError {
  if (error instanceof GatewayError) return error;
  gateway.log.error({ err: error, exchange: exchangeId }, "the gateway failed");
  return new GatewayError("internal");
}
