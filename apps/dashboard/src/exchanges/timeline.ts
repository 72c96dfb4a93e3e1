import type { Exchange } from "../api/answers.ts";
import { words } from "../format.ts";

/** A stretch of an exchange's time. Milliseconds since it began. */
export interface Stretch {
  readonly title: string;
  readonly detail: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly mood: "good" | "bad" | "calm";
}

/** The attempts one after the other, and the answer behind the one that was served. */
export function timelineOf({ trace, duration_ms, first_byte_ms, end }: Exchange): Stretch[] {
  const stretches: Stretch[] = [];
  let atMs = 0;
  for (const { account, upstream, model, outcome, status, duration_ms: ms } of trace) {
    const toMs = Math.min(atMs + (ms ?? 0), duration_ms);
    const answered = status === null ? "no answer" : `status ${status}`;
    stretches.push({
      title: `${account ?? "no account"}: ${words(outcome)}`,
      detail: [upstream, model, answered].filter((part) => part !== null).join(", "),
      fromMs: atMs,
      toMs,
      mood: outcome === "served" ? "good" : outcome === "abandoned" ? "calm" : "bad",
    });
    atMs = toMs;
  }
  if (trace.at(-1)?.outcome !== "served") return stretches;
  const fromMs = Math.min(Math.max(atMs, first_byte_ms ?? 0), duration_ms);
  const mood = end === "complete" ? "good" : end === "client_abort" ? "calm" : "bad";
  return [...stretches, { title: "answer", detail: endText(end), fromMs, toMs: duration_ms, mood }];
}

const ENDS: Readonly<Record<string, string>> = {
  complete: "ended whole",
  client_abort: "the client left",
  upstream_error: "broke off at the upstream",
  idle_timeout: "fell silent for too long",
  fault: "refused by the gateway",
};

/** How an exchange ended, in words. */
export function endText(end: string): string {
  return ENDS[end] ?? words(end);
}

/** The parts of a usage that were reported, in words. */
export function usageParts(exchange: Exchange): (readonly [title: string, tokens: number])[] {
  const parts: (readonly [string, number | null])[] = [
    ["Input, not from a cache", exchange.input_tokens],
    ["Read from a cache", exchange.cache_read_tokens],
    ["Written to a cache, 5 minutes", exchange.cache_write_5m_tokens],
    ["Written to a cache, 1 hour", exchange.cache_write_1h_tokens],
    ["Written to a cache", exchange.cache_write_tokens],
    ["Output", exchange.output_tokens],
    ["of which reasoning", exchange.reasoning_tokens],
  ];
  return parts.flatMap(([title, tokens]) => (tokens === null ? [] : [[title, tokens] as const]));
}

/** All tokens of the prompt; `null` when none were reported. */
export function inputTokens(exchange: Exchange): number | null {
  const parts = [
    exchange.input_tokens,
    exchange.cache_read_tokens,
    exchange.cache_write_5m_tokens,
    exchange.cache_write_1h_tokens,
    exchange.cache_write_tokens,
  ].filter((part) => part !== null);
  return parts.length === 0 ? null : parts.reduce((sum, part) => sum + part, 0);
}
