import type { EndReason, LedgerEntry, Surface } from "@link-assistant/core";
import type { Timings } from "@link-assistant/metrics";

import type { Gateway } from "./gateway.ts";

/** When an exchange came how far, in milliseconds of the monotonic clock; absent: it did not. */
export interface Moments {
  readonly arrived: number;
  /** The request's body was there. */
  bodyRead?: number;
  /** The last attempt began. */
  attempted?: number;
  /** The first bytes of its answer came. */
  firstChunk?: number;
  /** The first byte of the answer's body went to the client. */
  firstByte?: number;
}

/** Where an attempt goes, as far as its price and its metrics are concerned. */
export interface Target {
  /** What the price catalogue knows the upstream by. */
  readonly service: string;
  /** The model's name there. */
  readonly model: string;
  /** The same if it is a name of the catalogue or of the configuration, else `other`: what clients make up is no label. */
  readonly label: string;
}

/** The target of an attempt at this service. */
export function targetOf({ prices, namedModels, now }: Gateway, service: string, model: string): Target {
  const isKnown = namedModels.has(model) || prices.knows({ service, model, atMs: now() });
  return { service, model, label: isKnown ? model : "other" };
}

/** What the timings of an exchange are about. */
interface Subject {
  /** The path of its call; absent when that could not be read. */
  readonly path: string | undefined;
  /** Whether it counts tokens only. */
  readonly isCount: boolean;
  /** Where its last attempt went; absent when there was none. */
  readonly target: Target | undefined;
}

/** The route of exchanges whose call is not read, or not yet. */
export const SURFACE_ROUTES: Readonly<Record<Surface, string>> = {
  anthropic_messages: "/v1/messages",
  openai_chat_completions: "/v1/chat/completions",
  openai_responses: "/v1/responses",
};

/** What a served answer failed by, if it did. */
const BROKEN_ENDS: Readonly<Record<EndReason, string>> = {
  complete: "",
  client_abort: "",
  fault: "",
  upstream_error: "server_error",
  idle_timeout: "timeout",
};

/** What the conventions call what is asked for. */
export function operationOf(isCount: boolean): string {
  return isCount ? "count_tokens" : "chat";
}

/** How long an exchange took that has just ended. */
export function timingsOf(entry: LedgerEntry, moments: Moments, { path, isCount, target }: Subject): Timings {
  const now = performance.now();
  const { arrived, bodyRead, attempted, firstChunk, firstByte } = moments;
  const timings = {
    request: (now - arrived) / 1000,
    method: "POST",
    route: path ?? SURFACE_ROUTES[entry.surface],
    status: entry.status,
    overheadIn: secondsBetween(bodyRead, attempted),
    overheadOut: secondsBetween(firstChunk, firstByte),
  };
  if (attempted === undefined || target === undefined) return timings;
  const outcome = entry.trace.at(-1)?.outcome ?? "abandoned";
  const attempt = {
    operation: operationOf(isCount),
    provider: target.service,
    model: target.label,
    error: outcome === "served" ? BROKEN_ENDS[entry.end] : outcome,
    duration: (now - attempted) / 1000,
    firstChunk: secondsBetween(attempted, firstChunk),
    usage: entry.usage,
  };
  return { ...timings, attempt };
}

/** Seconds between two moments; absent unless both were reached, in this order. */
export function secondsBetween(from: number | undefined, to: number | undefined): number | undefined {
  return from === undefined || to === undefined || to < from ? undefined : (to - from) / 1000;
}
