import type { IncomingMessage, ServerResponse } from "node:http";

import { NANO_USD, NO_USAGE, isEmptyUsage, totalTokens } from "@link-assistant/core";
import type {
  Account,
  Demand,
  EndReason,
  GatewayError,
  LedgerEntry,
  TokenRecord,
  TraceStep,
  Usage,
} from "@link-assistant/core";
import type { DialectId, Loss } from "@link-assistant/translator";

import { faultHeaders } from "./faults.ts";
import type { Gateway } from "./gateway.ts";
import { SURFACE_ROUTES, operationOf, secondsBetween, targetOf, timingsOf } from "./moments.ts";
import type { Moments, Target } from "./moments.ts";
import type { Outgoing } from "./outgoing.ts";
import type { Call, SurfaceApi } from "./surfaces/surface.ts";
import { Transcript } from "./telemetry/transcript.ts";
import type { ExchangeTrace } from "./telemetry/exchange-trace.ts";

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
const MAX_LOSSES = 50;

/**
 * One client request and its answer. It settles exactly once, when its answer is about to be whole or when its response closes before
 * that, for whatever reason: it is counted, priced and written down then.
 */
export class Exchange {
  readonly id: string;
  readonly surface: SurfaceApi;
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly gateway: Gateway;
  token: TokenRecord | undefined;
  call: Call | undefined;
  /** What the call took of its token's limits. */
  demand: Demand | undefined;
  /** The key of the call's session; undefined where sessions do not matter. */
  session: string | undefined;
  /** The account and the upstream of the last attempt. */
  account: string | undefined;
  upstream: string | undefined;
  attempts = 0;
  /** The attempts that are over, in order. */
  readonly steps: TraceStep[] = [];
  /** Moments of the way through, in milliseconds of the monotonic clock; absent: not reached. */
  readonly moments: Moments = { arrived: performance.now() };
  /** Whether the answer tells which way it went. */
  debug = false;
  bytesSent = 0;
  bytesReceived = 0;
  /** What the answer said of itself. Read at the end, so that a stream that was cut still tells what it had told. */
  answer: Answer | undefined;
  /** Stops what is being done for a client that has left. */
  onClientGone: (() => void) | undefined;
  clientGone = false;
  /** Its spans; absent when nobody asked for traces. */
  readonly trace: ExchangeTrace | undefined;
  /** What the client sent and got; absent unless the operator wants it in the spans. */
  readonly transcript: Transcript | undefined;
  #losses: readonly Loss[] = [];
  #target: Target | undefined;
  #settled = false;
  /** The ledger row, for the trace, which ends after it. */
  #ended: LedgerEntry | undefined;
  #kept: Promise<void> | undefined;
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
    this.trace = gateway.tracing?.begin(SURFACE_ROUTES[surface.id], req.headers);
    if (gateway.config.tracing.captureContent && this.trace?.isRecorded === true) this.transcript = new Transcript();
    gateway.metrics.recordInFlight(surface.id, 1);
    res.once("close", () => this.#close());
  }

  /** The first byte of the answer's body is on its way. */
  noteFirstByte(): void {
    this.#firstByteAtMs ??= this.gateway.now();
    this.moments.firstByte ??= performance.now();
  }

  /** Says how the exchange ends, before its response closes. The first word counts. */
  endsAs(reason: EndReason): void {
    this.#end ??= reason;
  }

  /** Another attempt begins. The returned function says how it came out; the first word counts. */
  beginAttempt(
    { name: account, upstream }: Account,
    { translated, model }: Outgoing,
    service: string,
  ): (outcome: TraceStep["outcome"], status: number | null) => void {
    this.account = account;
    this.upstream = upstream;
    this.#target = targetOf(this.gateway, service, model);
    this.attempts += 1;
    this.moments.attempted = performance.now();
    delete this.moments.firstChunk;
    const operation = operationOf(this.call?.counting === true);
    this.trace?.beginAttempt({ account, upstream, operation, provider: service, model });
    this.#losses = translated?.losses ?? [];
    if (translated !== undefined)
      this.#count(translated.losses, translated.context.client, translated.context.upstream);
    const { now } = this.gateway;
    const beganAtMs = now();
    let told = false;
    return (outcome, status) => {
      if (told) return;
      told = true;
      this.gateway.metrics.recordOutcome(account, outcome, this.steps.at(-1)?.outcome);
      this.trace?.attemptCameOut(outcome, status);
      this.steps.push({ account, upstream, model, outcome, status, durationMs: Math.round(now() - beganAtMs) });
    };
  }

  /** What could not be carried on the way back. */
  noteLosses(losses: readonly Loss[], { from, to }: { readonly from: DialectId; readonly to: DialectId }): void {
    this.#losses = [...this.#losses, ...losses];
    this.#count(losses, from, to);
  }

  /** Headers that tell what became of the call: what it lost, and to whoever may know, which way it went. */
  routeHeaders(): Readonly<Record<string, string>> {
    const losses = this.#lossNames().join(", ");
    return {
      ...(losses !== "" && { "x-router-losses": losses }),
      ...(this.debug && {
        "x-router-account": this.account ?? "",
        "x-router-upstream": this.upstream ?? "",
        "x-router-attempts": String(this.attempts),
        "x-router-trace": this.steps.map(stepText).join(", "),
      }),
    };
  }

  /** Answers with a count of tokens that was estimated here. */
  answerEstimate(body: string): void {
    this.noteFirstByte();
    const headers = { "content-type": "application/json", "x-request-id": this.id, "x-router-estimated": "true" };
    this.res.writeHead(200, { ...headers, "content-length": Buffer.byteLength(body) });
    this.end(body);
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
    this.end(body);
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
    this.end(body);
  }

  /** Ends an answer whose head is written: its body goes out when its ledger row is safe. */
  end(body: string | Buffer): void {
    this.transcript?.sent(body);
    const kept = this.settle();
    if (kept === undefined) this.res.end(body);
    else void kept.then(() => this.res.end(body));
  }

  /**
   * The answer is about to be whole: it is counted and written down, once. Resolves when its ledger row would survive the sudden end of
   * this process, or when it cannot be written now; undefined when nobody has to wait for that.
   */
  settle(): Promise<void> | undefined {
    if (this.#settled) return undefined;
    this.#settled = true;
    const kept = this.#record(this.#end ?? "complete");
    const { store, config } = this.gateway;
    // A store that fails has had its try, and one that is not waited for says by itself what it lost.
    const settled = kept.catch(() => {});
    const isAwaited = config.ledger.durability === "before-answer" && !store.ledger.failing;
    return (this.#kept = isAwaited ? settled : undefined);
  }

  /** Resolves when what waited for the ledger row has been sent. */
  get sent(): Promise<void> | undefined {
    return this.#kept;
  }

  #close(): void {
    if (!this.#settled) this.#endUnsettled();
    if (this.#ended !== undefined) this.#endTrace(this.#ended);
  }

  #endUnsettled(): void {
    if (!this.res.writableFinished && this.#end === undefined) {
      // A client may leave because it was told that the answer broke.
      this.#end = this.answer?.seen().error === undefined ? "client_abort" : "upstream_error";
      this.clientGone = true;
      this.onClientGone?.();
    }
    void this.settle();
  }

  /** When the client has all that it will get. */
  #endTrace(entry: LedgerEntry): void {
    const { attempted, firstChunk } = this.moments;
    const facts = {
      route: this.call?.path ?? SURFACE_ROUTES[this.surface.id],
      answerId: this.answer?.seen().id,
      firstChunk: secondsBetween(attempted, firstChunk),
    };
    this.trace?.end(entry, facts, this.transcript?.texts(this.call?.body));
  }

  #count(losses: readonly Loss[], from: DialectId, to: DialectId): void {
    for (const { field } of losses) this.gateway.metrics.recordLoss(from, to, field);
  }

  #record(end: EndReason): Promise<void> {
    const { metrics, store } = this.gateway;
    this.#noteHeld();
    const status = this.res.headersSent ? this.res.statusCode : CLIENT_LEFT;
    metrics.recordRequest(this.surface.id, status);
    if (status < 400 && (end === "upstream_error" || end === "idle_timeout")) metrics.recordStreamError();
    metrics.recordBytes(this.bytesSent, this.bytesReceived);
    metrics.recordInFlight(this.surface.id, -1);
    const entry = this.#entry(status, end);
    if (this.trace !== undefined) this.#ended = entry;
    this.#recordAnswer(entry);
    metrics.recordTimings(
      timingsOf(entry, this.moments, {
        path: this.call?.path,
        isCount: this.call?.counting === true,
        target: this.#target,
      }),
    );
    const kept = store.ledger.append(entry);
    this.#giveBack(entry);
    this.#log(entry);
    return kept;
  }

  /** What an upstream's answer was worth, and how it ended. */
  #recordAnswer({ surface, status, end, stream, usage, costNanoUsd, trace }: LedgerEntry): void {
    if (this.call?.counting === true) return;
    const { metrics } = this.gateway;
    const isAnswer = status < 400 && trace.at(-1)?.outcome === "served";
    if (isAnswer && stream && end !== "fault") metrics.recordStreamEnd(end);
    // What was told before an answer failed is charged as well.
    if (!isAnswer && isEmptyUsage(usage)) return;
    metrics.recordAnswer(surface, this.#target?.label ?? "other", usage, usdOf(costNanoUsd));
  }

  /** Puts what the call used in place of what was reserved for it. */
  #giveBack({ usage, costNanoUsd, attempts }: LedgerEntry): void {
    const { demand, gateway } = this;
    if (demand === undefined) return;
    const tokens = this.call?.counting === true ? 0 : totalTokens(usage);
    const settlement = {
      ...(tokens !== undefined && { tokens }),
      nanoUsd: costNanoUsd ?? 0,
      requests: attempts > 0 ? (1 as const) : (0 as const),
    };
    gateway.shared.limits.settle(demand, settlement).catch((error: unknown) => {
      gateway.log.error(
        { err: error, exchange: this.id, ...this.trace?.ids },
        "what an exchange used could not be counted",
      );
    });
  }

  /** Later calls that build on this answer, or on an item of it, have to go to the same account. */
  #noteHeld(): void {
    if (this.call?.held === undefined || this.account === undefined) return;
    const seen = this.answer?.seen();
    for (const id of seen?.id === undefined ? [] : [seen.id, ...(seen.items ?? [])])
      this.gateway.held.note(id, this.account);
  }

  #lossNames(): string[] {
    return this.#losses.slice(0, MAX_LOSSES).map(({ outcome, field }) => `${outcome}:${field}`);
  }

  /** The model that the upstream says it used has the price; else the one it was asked for. */
  #cost(usage: Usage, model: string | undefined): number | null {
    if (this.#target === undefined || isEmptyUsage(usage)) return null;
    const { service, model: asked } = this.#target;
    const { prices } = this.gateway;
    const atMs = this.#startedAtMs;
    const cost = model === undefined ? null : prices.cost({ service, model, atMs }, usage);
    return cost ?? prices.cost({ service, model: asked, atMs }, usage);
  }

  #entry(status: number, end: EndReason): LedgerEntry {
    const { model, usage } = this.answer?.seen() ?? { usage: NO_USAGE };
    const { id, surface, token, account, upstream, attempts, call, bytesSent, bytesReceived, steps } = this;
    return {
      id,
      startedAtMs: this.#startedAtMs,
      durationMs: this.gateway.now() - this.#startedAtMs,
      firstByteMs: this.#firstByteAtMs === undefined ? null : this.#firstByteAtMs - this.#startedAtMs,
      surface: surface.id,
      tokenId: orNull(token?.id),
      account: orNull(account),
      upstream: orNull(upstream),
      attempts,
      requestedModel: modelName(call?.model),
      model: modelName(model ?? this.#target?.model),
      status,
      end,
      stream: call?.stream === true,
      usage,
      costNanoUsd: this.#cost(usage, model),
      bytesSent,
      bytesReceived,
      losses: this.#lossNames(),
      trace: steps,
    };
  }

  #log({ id, status, end, account, attempts, requestedModel, durationMs, usage }: LedgerEntry): void {
    const { log } = this.gateway;
    if (!log.isLevelEnabled("debug")) return;
    log.debug(
      { exchange: id, ...this.trace?.ids, status, end, account, attempts, model: requestedModel, durationMs, usage },
      "exchange ended",
    );
  }
}

function usdOf(nanoUsd: number | null): number | null {
  return nanoUsd === null ? null : nanoUsd / NANO_USD;
}

function stepText({ account, upstream, outcome, status, durationMs }: TraceStep): string {
  return `${upstream}/${account} ${outcome}${status === null ? "" : ` ${status}`} ${durationMs}ms`;
}

function orNull(text: string | undefined): string | null {
  return text ?? null;
}

function modelName(name: string | null | undefined): string | null {
  return name?.slice(0, MAX_MODEL_CHARS) ?? null;
}
