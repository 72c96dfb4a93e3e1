import type { IncomingHttpHeaders } from "node:http";

/** What a limit's headers are called: how much is left, and when it comes back. */
const LIMITS: readonly (readonly [remaining: string, reset: string])[] = [
  ...["requests", "tokens", "input-tokens", "output-tokens"].map(
    (name) => [`anthropic-ratelimit-${name}-remaining`, `anthropic-ratelimit-${name}-reset`] as const,
  ),
  ...["requests", "tokens"].map((name) => [`x-ratelimit-remaining-${name}`, `x-ratelimit-reset-${name}`] as const),
];

/**
 * Milliseconds that an answer asks to wait: `retry-after-ms`, `retry-after` in seconds or as a date, or the time until all of the
 * limits that it says are used up come back. Undefined when it names none.
 */
export function retryAfterMs(headers: IncomingHttpHeaders, nowMs: number): number | undefined {
  const ms = headers["retry-after-ms"];
  if (typeof ms === "string" && /^\d{1,12}(\.\d+)?$/.test(ms)) return Number(ms);
  const value = headers["retry-after"];
  if (value !== undefined) {
    if (/^\d{1,9}(\.\d+)?$/.test(value)) return Number(value) * 1000;
    const atMs = Date.parse(value);
    if (!Number.isNaN(atMs)) return Math.max(0, atMs - nowMs);
  }
  return limitResetMs(headers, nowMs);
}

function limitResetMs(headers: IncomingHttpHeaders, nowMs: number): number | undefined {
  if (headers["anthropic-ratelimit-unified-status"] === "rejected")
    return untilReset(headers["anthropic-ratelimit-unified-reset"], nowMs);
  const waits = LIMITS.filter(([remaining]) => headers[remaining] === "0")
    .map(([, reset]) => untilReset(headers[reset], nowMs))
    .filter((wait) => wait !== undefined);
  return waits.length === 0 ? undefined : Math.max(...waits);
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A reset as a date, in Unix seconds, or as a length of time (`6m0s`, `20ms`). */
function untilReset(reset: string | string[] | undefined, nowMs: number): number | undefined {
  if (typeof reset !== "string") return undefined;
  if (/^\d{10}$/.test(reset)) return Math.max(0, Number(reset) * 1000 - nowMs);
  if (/^(\d{1,9}(\.\d{1,9})?(ms|[smhd]))+$/.test(reset)) {
    const parts = reset.matchAll(/(\d+(?:\.\d+)?)(ms|[smhd])/g);
    return [...parts].reduce((sum, [, count, unit]) => sum + Number(count) * (UNIT_MS[unit ?? ""] ?? 0), 0);
  }
  const atMs = Date.parse(reset);
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs);
}
