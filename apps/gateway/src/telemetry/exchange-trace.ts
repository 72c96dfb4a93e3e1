import { NANO_USD, totalInputTokens } from "@link-assistant/core";
import type { LedgerEntry, TraceStep, Usage } from "@link-assistant/core";
import { SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import type { Attributes, Context, Span, Tracer } from "@opentelemetry/api";

/** What an attempt is about. */
export interface AttemptFacts {
  readonly account: string;
  readonly upstream: string;
  /** What was asked for: `chat`, `count_tokens`. */
  readonly operation: string;
  /** What the conventions know the upstream by. */
  readonly provider: string;
  /** The model's name at the upstream. */
  readonly model: string;
}

/** What is known of an exchange that has ended, beyond its ledger row. */
export interface ExchangeFacts {
  /** The path as a template. */
  readonly route: string;
  /** The id that the answer gave itself. */
  readonly answerId: string | undefined;
  /** Seconds from the last attempt's request to its first bytes. */
  readonly firstChunk: number | undefined;
}

/** What a client sent and got, as far as it is kept. */
export interface Content {
  readonly request: string;
  readonly answer: string;
}

/** Ends that are failures though the status was sent before them. */
const BROKEN_ENDS: ReadonlySet<string> = new Set(["upstream_error", "idle_timeout"]);

/**
 * The spans of one exchange: one for the exchange itself, and in it one for each attempt. Names and attributes are those of OpenTelemetry's
 * HTTP and GenAI conventions; ours begin with `link_assistant.`. No part of a prompt or an answer is in them unless `content` is given.
 */
export class ExchangeTrace {
  readonly #tracer: Tracer;
  readonly #span: Span;
  readonly #context: Context;
  #attempt: Span | undefined;

  /** @param parent the context that the client's headers told. */
  constructor(tracer: Tracer, route: string, parent: Context) {
    this.#tracer = tracer;
    this.#span = tracer.startSpan(
      `POST ${route}`,
      { kind: SpanKind.SERVER, attributes: { "http.request.method": "POST", "http.route": route } },
      parent,
    );
    this.#context = trace.setSpan(parent, this.#span);
  }

  /** Whether anybody will see it. */
  get isRecorded(): boolean {
    return this.#span.isRecording();
  }

  /** How a log line names it. */
  get ids(): { readonly trace_id: string; readonly span_id: string } {
    const { traceId, spanId } = this.#span.spanContext();
    return { trace_id: traceId, span_id: spanId };
  }

  /** The context in which the upstream of the attempt under way is called. */
  get attemptContext(): Context {
    return this.#attempt === undefined ? this.#context : trace.setSpan(this.#context, this.#attempt);
  }

  beginAttempt({ account, upstream, operation, provider, model }: AttemptFacts): void {
    this.#attempt?.end();
    const attributes = {
      "gen_ai.operation.name": operation,
      "gen_ai.provider.name": provider,
      "gen_ai.request.model": model,
      "link_assistant.account": account,
      "link_assistant.upstream": upstream,
    };
    const options = { kind: SpanKind.CLIENT, attributes };
    this.#attempt = this.#tracer.startSpan(`${operation} ${model}`, options, this.#context);
  }

  /** The attempt came out. One that is served goes on until the exchange ends. */
  attemptCameOut(outcome: TraceStep["outcome"], status: number | null): void {
    const span = this.#attempt;
    if (span === undefined) return;
    if (status !== null) span.setAttribute("http.response.status_code", status);
    if (outcome === "served") return;
    fail(span, outcome);
    span.end();
    this.#attempt = undefined;
  }

  /** The exchange ended. */
  end(entry: LedgerEntry, facts: ExchangeFacts, content: Content | undefined): void {
    if (this.#attempt !== undefined) endAttempt(this.#attempt, entry, facts);
    const span = this.#span;
    span.updateName(`POST ${facts.route}`);
    span.setAttributes(exchangeAttributes(entry, facts));
    if (content !== undefined)
      span.setAttributes({
        "link_assistant.request.body": content.request,
        "link_assistant.answer.body": content.answer,
      });
    if (BROKEN_ENDS.has(entry.end)) fail(span, entry.end);
    else if (entry.status >= 500) fail(span, String(entry.status));
    span.end();
  }
}

function endAttempt(span: Span, { end, model, usage }: LedgerEntry, { answerId, firstChunk }: ExchangeFacts): void {
  span.setAttributes(
    present({
      "gen_ai.response.model": model ?? undefined,
      "gen_ai.response.id": answerId,
      "gen_ai.response.time_to_first_chunk": firstChunk,
      ...usageAttributes(usage),
    }),
  );
  if (BROKEN_ENDS.has(end)) fail(span, end);
  span.end();
}

function exchangeAttributes(entry: LedgerEntry, { route }: ExchangeFacts): Attributes {
  return present({
    "http.route": route,
    "http.response.status_code": entry.status,
    "link_assistant.exchange.id": entry.id,
    "link_assistant.surface": entry.surface,
    "link_assistant.end": entry.end,
    "link_assistant.token.id": entry.tokenId ?? undefined,
    "link_assistant.account": entry.account ?? undefined,
    "link_assistant.upstream": entry.upstream ?? undefined,
    "link_assistant.attempts": entry.attempts,
    "link_assistant.cost_usd": entry.costNanoUsd === null ? undefined : entry.costNanoUsd / NANO_USD,
    "link_assistant.losses": entry.losses.length === 0 ? undefined : [...entry.losses],
  });
}

function usageAttributes(usage: Usage): Attributes {
  const { cacheRead, cacheWrite5m, cacheWrite1h, cacheWrite, output, reasoning } = usage;
  return {
    "gen_ai.usage.input_tokens": totalInputTokens(usage),
    "gen_ai.usage.output_tokens": output,
    "gen_ai.usage.cache_read.input_tokens": cacheRead,
    "gen_ai.usage.cache_creation.input_tokens": totalInputTokens({
      ...present({ cacheWrite5m, cacheWrite1h, cacheWrite }),
    }),
    "gen_ai.usage.reasoning.output_tokens": reasoning,
  };
}

function present(attributes: Attributes): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));
}

function fail(span: Span, type: string): void {
  span.setAttribute("error.type", type);
  span.setStatus({ code: SpanStatusCode.ERROR });
}
