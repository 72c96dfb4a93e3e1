import type { IncomingHttpHeaders } from "node:http";

import { GatewayError, classify } from "@link-assistant/core";
import type { Account, FailedAnswer, Failure } from "@link-assistant/core";
import { observeBuffered } from "@link-assistant/translator";
import type { Dispatcher } from "undici";

import type { Exchange } from "./exchange.ts";
import { Relaying, clientHeaders } from "./relaying.ts";
import { retryAfterMs } from "./retry-after.ts";
import type { Call } from "./surfaces/surface.ts";

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
export async function attempt(exchange: Exchange, call: Call, account: Account): Promise<Attempted> {
  const { gateway } = exchange;
  const credential = gateway.credentials.get(account.name);
  const header = credential?.header();
  if (credential === undefined || header === undefined)
    return failedWith({ status: 401 }, new GatewayError("credential_unreadable"));
  exchange.account = account.name;
  exchange.attempts += 1;
  gateway.metrics.recordAttempt(account.name);
  const leave = gateway.pool.begin(account.name);
  try {
    const outcome = await new Promise<Attempted>((resolve) => {
      gateway.upstream.dispatch(call, header, credential.betas, new AttemptHandler(exchange, call, resolve));
    });
    if (!call.counting && outcome.kind === "failed")
      gateway.pool.noteFailure(account.name, outcome.failure, gateway.now());
    return outcome;
  } finally {
    leave();
  }
}

class AttemptHandler implements Dispatcher.DispatchHandler {
  readonly #exchange: Exchange;
  readonly #call: Call;
  readonly #settle: (outcome: Attempted) => void;
  #relaying: Relaying | undefined;
  #status = 0;
  #headers: IncomingHttpHeaders = {};
  #kept: Buffer[] = [];
  #keptBytes = 0;

  constructor(exchange: Exchange, call: Call, settle: (outcome: Attempted) => void) {
    this.#exchange = exchange;
    this.#call = call;
    this.#settle = settle;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    const abort = (): void => controller.abort(new Error("the client has left"));
    if (this.#exchange.clientGone) abort();
    else this.#exchange.onClientGone = abort;
  }

  onRequestSent(): void {
    this.#exchange.bytesSent += this.#call.body.length;
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    this.#status = status;
    this.#headers = headers;
    if (status < 300) this.#commit(controller);
    else if (status < 400) controller.abort(new GatewayError("upstream_redirected"));
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#exchange.bytesReceived += chunk.length;
    if (this.#relaying !== undefined) return this.#relaying.data(chunk);
    this.#kept.push(chunk);
    this.#keptBytes += chunk.length;
    if (this.#keptBytes <= MAX_FAILURE_BYTES) return;
    const relaying = this.#commit(controller);
    for (const kept of this.#kept) relaying.data(kept);
    this.#kept = [];
  }

  onResponseEnd(): void {
    this.#exchange.onClientGone = undefined;
    if (this.#relaying === undefined) {
      this.#settle(
        failedAnswer(this.#exchange, { status: this.#status, headers: this.#headers, body: Buffer.concat(this.#kept) }),
      );
      return;
    }
    this.#relaying.end();
    this.#settle(SERVED);
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#exchange.onClientGone = undefined;
    if (this.#exchange.clientGone) return this.#settle(SERVED);
    const transport = transportOf(error);
    if (this.#relaying !== undefined) {
      this.#relaying.broken(transport === "timeout" ? "upstream_timeout" : "upstream_broken");
      this.#settle(SERVED);
      return;
    }
    this.#settle(isUnsendable(error) ? UNSENDABLE : failedWith({ transport }, faultOf(error, transport)));
  }

  #commit(controller: Dispatcher.DispatchController): Relaying {
    if (this.#status < 400)
      this.#exchange.gateway.pool.noteSuccess(this.#exchange.account ?? "", this.#exchange.gateway.now());
    return (this.#relaying = new Relaying(this.#exchange, controller, this.#status, this.#headers));
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

function failedAnswer(exchange: Exchange, answer: FailureAnswer): FailedAttempt {
  const { error } = observeBuffered(exchange.surface.dialect, answer.status, answer.body);
  const waitMs = retryAfterMs(answer.headers, exchange.gateway.now());
  const failure = classify({
    status: answer.status,
    ...error,
    ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }),
  });
  // A client that sees 401 would throw its own token away, though it is the gateway's credential that was refused.
  if (failure.kind === "authentication")
    return { ...failedWith({}, new GatewayError("upstream_refused_credential")), failure };
  return { kind: "failed", failure, answer: (target) => answerWith(target, answer) };
}

function answerWith(exchange: Exchange, { status, headers, body }: FailureAnswer): void {
  exchange.noteFirstByte();
  exchange.res.writeHead(status, { ...clientHeaders(headers, exchange.id), "content-length": body.length });
  exchange.res.end(body);
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
