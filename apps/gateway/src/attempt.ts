import type { IncomingHttpHeaders } from "node:http";

import { GatewayError, classify } from "@link-assistant/core";
import type { Account, FailedAnswer, Failure, Trial } from "@link-assistant/core";
import { createStreamTranslator, encodeError, observeBuffered, translateError } from "@link-assistant/translator";
import type { NeutralError } from "@link-assistant/translator";
import type { Dispatcher } from "undici";

import type { Credential, CredentialHeader } from "./credentials/credentials.ts";
import type { EarlyError } from "./delivery.ts";
import type { Exchange } from "./exchange.ts";
import type { Outgoing } from "./outgoing.ts";
import { Relaying, clientHeaders, staysInStream } from "./relaying.ts";
import { retryAfterMs } from "./retry-after.ts";
import { Translating, limitHeaders } from "./translating.ts";
import type { Upstream, UpstreamRequest } from "./upstreams/upstream.ts";

/** An upstream's answer to a call that failed, kept whole because it may become the client's answer. */
interface FailureAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** What came of an attempt. `served`: the client has all that it will get. `failed`: it has had nothing yet. */
export type Attempted = { readonly kind: "served" } | FailedAttempt;

/** An attempt that failed before the client had a byte. */
export interface FailedAttempt {
  readonly kind: "failed";
  readonly failure: Failure;
  /** Tells the client: the upstream's own answer, or a fault where there is none to show. */
  answer(exchange: Exchange): void;
}

const SERVED: Attempted = { kind: "served" };
/** Longer bodies of failures are passed on as they come, instead of being kept for another attempt. */
const MAX_FAILURE_BYTES = 1_048_576;
const FAULT_BY_TRANSPORT = {
  unreachable: "upstream_unreachable",
  timeout: "upstream_timeout",
  broken: "upstream_broken",
} as const;

/** Tries the call against one account and notes what that says about the account. */
export async function attempt(
  exchange: Exchange,
  outgoing: Outgoing,
  upstream: Upstream,
  account: Account,
): Promise<Attempted> {
  const credential = exchange.gateway.credentials.get(account.name);
  const header = credential?.header();
  if (credential === undefined || header === undefined)
    return failedWith({ status: 401 }, new GatewayError("credential_unreadable"));
  const trial = exchange.gateway.pool.begin(account.name, exchange.gateway.now(), {
    model: outgoing.model,
    session: exchange.session,
  });
  try {
    let outcome = await send(exchange, outgoing, { upstream, account, trial, credential, header });
    // A credential that is refused may have been replaced a moment ago.
    const renewed = isRefused(outcome) ? credential.renewed(header) : undefined;
    if (renewed !== undefined)
      outcome = await send(exchange, outgoing, { upstream, account, trial, credential, header: renewed });
    if (exchange.call?.counting !== true && outcome.kind === "failed")
      trial.failed(outcome.failure, exchange.gateway.now());
    return outcome;
  } finally {
    trial.end();
  }
}

function isRefused(outcome: Attempted): boolean {
  return outcome.kind === "failed" && outcome.failure.kind === "authentication";
}

/** Where a call is sent, and with what. */
interface Sending {
  readonly upstream: Upstream;
  readonly account: Account;
  readonly trial: Trial;
  readonly credential: Credential;
  readonly header: CredentialHeader;
}

async function send(exchange: Exchange, outgoing: Outgoing, sending: Sending): Promise<Attempted> {
  const { upstream, account, trial, credential, header } = sending;
  const told = exchange.beginAttempt(account, outgoing, upstream.quirks);
  exchange.gateway.metrics.recordAttempt(account.name);
  const { promise, resolve } = Promise.withResolvers<Attempted>();
  const served = (status: number): void => {
    told("served", status);
    const outcome = status < 400 ? trial.succeeded(exchange.gateway.now()) : undefined;
    if (outcome !== undefined) exchange.gateway.metrics.recordAffinity(outcome);
  };
  const handler = new AttemptHandler(exchange, outgoing, { settle: resolve, served });
  upstream.dispatch(withTrace(exchange, outgoing), header, credential.betas, handler);
  const outcome = await promise;
  told(outcome.kind === "served" ? "abandoned" : outcome.failure.kind, handler.status);
  return outcome;
}

/** The request, with the trace for the upstream to go on with where the operator wants that. */
function withTrace({ gateway, trace }: Exchange, outgoing: Outgoing): UpstreamRequest {
  if (gateway.tracing === undefined || trace === undefined || !gateway.config.tracing.propagate) return outgoing;
  return { ...outgoing, headers: { ...outgoing.headers, ...gateway.tracing.headersFor(trace) } };
}

/** What an attempt tells of itself. Each is called at most once. */
interface AttemptEvents {
  /** What came of it. */
  settle(outcome: Attempted): void;
  /** Its answer is about to reach the client. */
  served(status: number): void;
}

class AttemptHandler implements Dispatcher.DispatchHandler {
  readonly #exchange: Exchange;
  readonly #outgoing: Outgoing;
  readonly #events: AttemptEvents;
  #delivery: Relaying | Translating | undefined;
  /** Nothing more is wanted of this attempt. */
  #done = false;
  #status = 0;
  #headers: IncomingHttpHeaders = {};
  #kept: Buffer[] = [];
  #keptBytes = 0;

  constructor(exchange: Exchange, outgoing: Outgoing, events: AttemptEvents) {
    this.#exchange = exchange;
    this.#outgoing = outgoing;
    this.#events = events;
  }

  /** The status of the upstream's answer; null while there is none. */
  get status(): number | null {
    return this.#status === 0 ? null : this.#status;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    const abort = (): void => controller.abort(new Error("the client has left"));
    if (this.#exchange.clientGone) abort();
    else this.#exchange.onClientGone = abort;
  }

  onRequestSent(): void {
    this.#exchange.bytesSent += this.#outgoing.bodyBytes;
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    this.#status = status;
    this.#headers = headers;
    if (status < 300) this.#deliver(controller);
    else if (status < 400) controller.abort(new GatewayError("upstream_redirected"));
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#done) return;
    this.#exchange.bytesReceived += chunk.length;
    this.#exchange.moments.firstChunk ??= performance.now();
    if (this.#delivery !== undefined) return this.#delivery.data(chunk);
    this.#kept.push(chunk);
    this.#keptBytes += chunk.length;
    if (this.#keptBytes <= MAX_FAILURE_BYTES) return;
    if (this.#outgoing.translated !== undefined) return controller.abort(new GatewayError("upstream_broken"));
    const relaying = this.#deliver(controller);
    for (const kept of this.#kept) relaying.data(kept);
    this.#kept = [];
  }

  onResponseEnd(): void {
    this.#exchange.onClientGone = undefined;
    if (this.#done) return;
    if (this.#delivery === undefined) {
      const answer = { status: this.#status, headers: this.#headers, body: Buffer.concat(this.#kept) };
      this.#events.settle(failedAnswer(this.#exchange, this.#outgoing, answer));
      return;
    }
    this.#delivery.end();
    this.#events.settle(SERVED);
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#exchange.onClientGone = undefined;
    if (this.#done) return;
    if (this.#exchange.clientGone) {
      this.#delivery?.release();
      return this.#events.settle(SERVED);
    }
    const transport = transportOf(error);
    if (this.#delivery?.committed === true) {
      this.#delivery.broken(transport === "timeout" ? "upstream_timeout" : "upstream_broken");
      this.#events.settle(SERVED);
      return;
    }
    this.#delivery?.release();
    this.#events.settle(isUnsendable(error) ? UNSENDABLE : failedWith({ transport }, faultOf(error, transport)));
  }

  #deliver(controller: Dispatcher.DispatchController): Relaying | Translating {
    const { translated, hidesUsage } = this.#outgoing;
    const [status, headers] = [this.#status, this.#headers];
    const events = {
      committed: () => this.#events.served(this.#status),
      failedEarly: (error: EarlyError) => {
        this.#done = true;
        this.#exchange.onClientGone = undefined;
        this.#events.settle(failedEarly(this.#exchange, this.#outgoing, error, headers));
        controller.abort(new Error("the answer is an error"));
      },
    };
    this.#delivery =
      translated === undefined
        ? new Relaying(this.#exchange, controller, { status, headers, hidesUsage }, events)
        : new Translating(this.#exchange, controller, headers, { outgoing: this.#outgoing, translated, events });
    this.#exchange.answer = this.#delivery;
    return this.#delivery;
  }
}

/** A header or query that HTTP does not let through: the caller's own, since all others are ours. */
function isUnsendable(error: Error): boolean {
  return "code" in error && error.code === "UND_ERR_INVALID_ARG";
}

function faultOf(error: Error, transport: NonNullable<FailedAnswer["transport"]>): GatewayError {
  return error instanceof GatewayError ? error : new GatewayError(FAULT_BY_TRANSPORT[transport]);
}

function failedWith(answer: FailedAnswer, fault: GatewayError): FailedAttempt {
  return { kind: "failed", failure: classify(answer), answer: (exchange) => exchange.answerFault(fault) };
}

const UNSENDABLE: FailedAttempt = failedWith(
  { status: 400 },
  new GatewayError("request_invalid", { detail: "A header or the query holds characters that cannot be sent on." }),
);

function failedAnswer(exchange: Exchange, outgoing: Outgoing, answer: FailureAnswer): FailedAttempt {
  const { error } = observeBuffered(outgoing.dialect, answer.status, answer.body);
  const failure = failureOf({ status: answer.status, ...error }, answer.headers, exchange);
  // A client that sees 401 would throw its own token away, though it is the gateway's credential that was refused.
  if (failure.kind === "authentication")
    return { ...failedWith({}, new GatewayError("upstream_refused_credential")), failure };
  if (outgoing.translated === undefined)
    return { kind: "failed", failure, answer: (target) => answerWith(target, answer) };
  return { kind: "failed", failure, answer: (target) => answerTranslated(target, outgoing, answer, failure) };
}

function failedEarly(
  exchange: Exchange,
  outgoing: Outgoing,
  { status, body, type, code, message }: EarlyError,
  headers: IncomingHttpHeaders,
): FailedAttempt {
  const said = {
    status,
    ...(type !== undefined && { type }),
    ...(code !== undefined && { code }),
    ...(message !== undefined && { message }),
  };
  const failure = failureOf(said, headers, exchange);
  const answer = (target: Exchange): void =>
    sendError(target, { status, body, headers: limitHeaders(headers, target, outgoing.dialect), failure });
  return { kind: "failed", failure, answer };
}

function failureOf(answer: FailedAnswer, headers: IncomingHttpHeaders, exchange: Exchange): Failure {
  const waitMs = retryAfterMs(headers, exchange.gateway.now());
  const limits = {
    ...(waitMs !== undefined && { retryAfterMs: waitMs }),
    ...(headers["anthropic-ratelimit-unified-status"] === "rejected" && { wholeAccount: true }),
  };
  return classify({ ...answer, ...limits });
}

function answerWith(exchange: Exchange, { status, headers, body }: FailureAnswer): void {
  exchange.noteFirstByte();
  const own = { ...clientHeaders(headers, exchange.id), ...exchange.routeHeaders(), "content-length": body.length };
  exchange.res.writeHead(status, own);
  exchange.end(body);
}

/** The upstream's error in the client's dialect. */
function answerTranslated(exchange: Exchange, outgoing: Outgoing, answer: FailureAnswer, failure: Failure): void {
  const { dialect } = exchange.surface;
  const { error } = translateError(answer, { from: outgoing.dialect, to: dialect });
  if (staysInStream(exchange, error.kind === "context_length")) return answerInStream(exchange, outgoing, error);
  const { status, body } = encodeError(dialect, { ...error, requestId: exchange.id });
  const headers = limitHeaders(answer.headers, exchange, outgoing.dialect);
  sendError(exchange, { status, body: Buffer.from(JSON.stringify(body)), headers, failure });
}

interface ErrorAnswer {
  readonly status: number;
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
  readonly failure: Failure;
}

function sendError(exchange: Exchange, { status, body, headers, failure }: ErrorAnswer): void {
  exchange.noteFirstByte();
  // An account that has run out of money will not have any a second later.
  const isFinal = failure.kind === "billing" || failure.kind === "quota";
  exchange.res.writeHead(status, {
    "content-type": "application/json",
    "content-length": body.length,
    "x-request-id": exchange.id,
    "request-id": exchange.id,
    ...headers,
    ...(isFinal && { "x-should-retry": "false" }),
    ...exchange.routeHeaders(),
  });
  exchange.end(body);
}

function answerInStream(exchange: Exchange, { translated }: Outgoing, error: NeutralError): void {
  if (translated === undefined) throw new TypeError("only a translated answer is put into a stream");
  exchange.noteFirstByte();
  exchange.endsAs("upstream_error");
  exchange.res.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "x-request-id": exchange.id,
    ...exchange.routeHeaders(),
  });
  exchange.end(createStreamTranslator(translated.context).fail(error));
}

/** Names of undici's and the system's errors, by what they mean for the attempt. */
const TRANSPORT_BY_CODE: Readonly<Record<string, NonNullable<FailedAnswer["transport"]>>> = {
  ECONNREFUSED: "unreachable",
  ENOTFOUND: "unreachable",
  EAI_AGAIN: "unreachable",
  EHOSTUNREACH: "unreachable",
  ENETUNREACH: "unreachable",
  ETIMEDOUT: "unreachable",
  UND_ERR_CONNECT_TIMEOUT: "unreachable",
  UND_ERR_HEADERS_TIMEOUT: "timeout",
  UND_ERR_BODY_TIMEOUT: "timeout",
};

function transportOf(error: Error): NonNullable<FailedAnswer["transport"]> {
  const code = "code" in error ? String(error.code) : "";
  return TRANSPORT_BY_CODE[code] ?? "broken";
}
