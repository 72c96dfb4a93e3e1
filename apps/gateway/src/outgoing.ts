import { createHash } from "node:crypto";

import { GatewayError } from "@link-assistant/core";
import {
  encodeError,
  estimateTokens,
  hasCarrier,
  translateCountRequest,
  translateRequest,
  withoutCarriers,
} from "@link-assistant/translator";
import type {
  DialectId,
  Loss,
  NeutralError,
  TranslateOptions,
  TranslationContext,
  TranslationError,
} from "@link-assistant/translator";

import { askingForUsage, lacksUsage } from "./chat-usage.ts";
import type { Call, SurfaceApi } from "./surfaces/surface.ts";
import { spliceModel } from "./splice-model.ts";
import type { Upstream, UpstreamRequest } from "./upstreams/upstream.ts";

/** A call as it goes to one upstream under one model's name. */
export interface Outgoing extends UpstreamRequest {
  /** The dialect in which it goes, and in which its answer comes. */
  readonly dialect: DialectId;
  /** The model's name at the upstream. */
  readonly model: string;
  /** Length of the body in bytes. */
  readonly bodyBytes: number;
  /** Whether the upstream was asked for a chunk with the usage that the client does not expect. */
  readonly hidesUsage: boolean;
  /** Present when it was translated: what its answer needs to be translated back. */
  readonly translated?: Translated;
}

/** What a translation leaves behind. */
export interface Translated {
  readonly context: TranslationContext;
  readonly losses: readonly Loss[];
  /** Whether the upstream was asked for a stream though the client wants the answer whole. */
  readonly collected: boolean;
}

/** What an exchange is known by in its translation. */
export interface ExchangeFacts {
  /** The id of the exchange. */
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
}

/** Where each dialect's calls go. */
const PATHS: Readonly<Record<DialectId, { readonly call: string; readonly count?: string }>> = {
  "anthropic-messages": { call: "/v1/messages", count: "/v1/messages/count_tokens" },
  "openai-chat": { call: "/v1/chat/completions" },
  "openai-responses": { call: "/v1/responses", count: "/v1/responses/input_tokens" },
};

const ANTHROPIC_VERSION = "2023-06-01";
/** An answer of more tokens may take Anthropic longer than a silent connection lives; its SDK streams such answers as well. */
const LONGEST_BUFFERED_TOKENS = 21_333;

/** The call for this upstream: as it came where the upstream speaks its dialect, else translated. Throws a `TranslationError` or a fault. */
export function outgoingFor(call: Call, upstream: Upstream, model: string, exchange: ExchangeFacts): Outgoing {
  return upstream.dialects.includes(call.dialect)
    ? untouched(call, model)
    : translated(call, upstream, model, exchange);
}

function untouched(call: Call, model: string): Outgoing {
  let { body } = call;
  // Reasoning that another upstream made for a client of this dialect means nothing to this one.
  if (hasCarrier(body)) body = Buffer.from(JSON.stringify(withoutCarriers(call.dialect, call.parsed)));
  if (call.model !== null && model !== call.model) body = spliceModel(body, model);
  const hidesUsage = lacksUsage(call);
  if (hidesUsage) body = askingForUsage(body, call.parsed);
  const request = { path: call.path + call.query, body, bodyBytes: body.length, headers: call.headers };
  return { dialect: call.dialect, model, hidesUsage, ...request };
}

function translated(call: Call, upstream: Upstream, model: string, exchange: ExchangeFacts): Outgoing {
  refuseThread(call);
  const options = optionsFor(call, upstream, model, exchange);
  const { to } = options;
  const path = call.counting ? PATHS[to].count : PATHS[to].call;
  const request = call.counting ? translateCountRequest(call.parsed, options) : translateRequest(call.parsed, options);
  if (request === undefined || path === undefined) throw new TypeError("an upstream that cannot count was asked to");
  const { context, losses } = request;
  const { streamOnly, streamUsage } = context.capability;
  const collected = !call.counting && !call.stream && (streamOnly || isLong(request.body, to));
  const asked = { stream: true, ...(streamUsage && { stream_options: { include_usage: true } }) };
  const body = Buffer.from(collected ? JSON.stringify({ ...request.body, ...asked }) : request.text);
  return {
    dialect: to,
    model,
    path,
    body,
    bodyBytes: body.length,
    headers: headersFor(to),
    hidesUsage: false,
    translated: { context, losses, collected },
  };
}

/** A client that keeps to threads goes on without them when it is told so in these words. */
function refuseThread({ held }: Call): void {
  if (held?.thread !== true) return;
  throw new GatewayError(held.after === undefined ? "thread_unsupported" : "thread_not_found");
}

function isLong(body: Readonly<Record<string, unknown>>, to: DialectId): boolean {
  const tokens = body["max_tokens"];
  return to === "anthropic-messages" && typeof tokens === "number" && tokens > LONGEST_BUFFERED_TOKENS;
}

/** Whether a count of tokens has to be estimated here, since the upstream cannot be asked. */
export function mustEstimate(call: Call, upstream: Upstream): boolean {
  if (!call.counting || upstream.dialects.includes(call.dialect)) return false;
  const [to] = upstream.dialects;
  return to === undefined || PATHS[to].count === undefined || upstream.quirks !== DEFAULT_QUIRKS[to];
}

/** The services that certainly count: those that the dialects are named after. */
const DEFAULT_QUIRKS: Readonly<Record<DialectId, string>> = {
  "anthropic-messages": "anthropic",
  "openai-chat": "openai",
  "openai-responses": "openai",
};

/** An estimate of the tokens of a call, as the answer to its client. */
export function estimateFor(call: Call, upstream: Upstream, model: string, exchange: ExchangeFacts): string {
  return JSON.stringify(estimateTokens(call.parsed, optionsFor(call, upstream, model, exchange)).body);
}

function optionsFor(
  call: Call,
  upstream: Upstream,
  model: string,
  { id, nowMs }: ExchangeFacts,
): TranslateOptions & { to: DialectId } {
  const [to] = upstream.dialects;
  if (to === undefined) throw new TypeError(`the upstream ${upstream.name} speaks nothing`);
  return {
    from: call.dialect,
    to,
    model,
    upstream: upstream.quirks,
    ...(upstream.capability !== undefined && { capability: upstream.capability }),
    answerId: id.replace(/^req_/, "").replaceAll("-", ""),
    createdAt: Math.floor(nowMs / 1000),
    ...(call.session !== undefined && upstream.quirks === "openai" && { cacheKey: sessionKey(call.session) }),
  };
}

function sessionKey(session: string): string {
  return createHash("sha256").update(session).digest("base64url").slice(0, 32);
}

function headersFor(dialect: DialectId): Readonly<Record<string, string>> {
  const headers = { "content-type": "application/json", "user-agent": "link-assistant-router" };
  return dialect === "anthropic-messages" ? { ...headers, "anthropic-version": ANTHROPIC_VERSION } : headers;
}

/** A call that cannot be translated, as the answer to its client. */
export function translationAnswer(
  surface: SurfaceApi,
  error: TranslationError,
  requestId: string,
): { readonly status: number; readonly body: string } {
  const { status, body } = encodeError(surface.dialect, { ...neutralOf(error), requestId });
  return { status, body: JSON.stringify(body) };
}

function neutralOf({ kind, message, code, param }: TranslationError): NeutralError {
  return { kind, message, ...(code !== undefined && { code }), ...(param !== undefined && { param }) };
}
