import type { DialectId } from "./dialect.ts";

/** Headers by their lower-case names. */
export type Headers = Readonly<Record<string, string>>;

const SUBJECTS = ["requests", "tokens"] as const;
const COUNTS = ["limit", "remaining"] as const;
const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const DURATION_PART = /(\d+(?:\.\d+)?)(ms|s|m|h|d)/g;
const DURATION = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/;

/**
 * What an upstream says of its rate limits, as clients of another dialect read it. Anthropic tells when a limit is reset, OpenAI how long
 * that takes; `nowSeconds` is the present in Unix seconds. Names: both vendors' documentation, recorded headers; read on 2026-11-23.
 */
export function translateLimitHeaders(
  headers: Headers,
  { from, to, nowSeconds }: { readonly from: DialectId; readonly to: DialectId; readonly nowSeconds: number },
): Headers {
  const isFromAnthropic = from === "anthropic-messages";
  const isToAnthropic = to === "anthropic-messages";
  const translated: Record<string, string> = retryAfter(headers);
  for (const subject of SUBJECTS) {
    const said = isFromAnthropic ? anthropicSubject(headers, subject) : subject;
    for (const what of [...COUNTS, "reset"] as const) {
      const value = headers[nameOf(isFromAnthropic, said, what)];
      const worded = value !== undefined && what === "reset" ? resetFor(value, isToAnthropic, nowSeconds) : value;
      if (worded !== undefined) translated[nameOf(isToAnthropic, subject, what)] = worded;
    }
  }
  return translated;
}

/** Anthropic may limit the tokens of prompts and of answers on their own: of the two the one that has fewer left counts. */
function anthropicSubject(headers: Headers, subject: string): string {
  const remainingOf = (each: string): string | undefined => headers[nameOf(true, each, "remaining")];
  if (subject !== "tokens" || remainingOf(subject) !== undefined) return subject;
  const [input = Infinity, output = Infinity] = ["input-tokens", "output-tokens"].map((each) =>
    Number(remainingOf(each) ?? Infinity),
  );
  return output < input ? "output-tokens" : "input-tokens";
}

function nameOf(isAnthropic: boolean, subject: string, what: string): string {
  return isAnthropic ? `anthropic-ratelimit-${subject}-${what}` : `x-ratelimit-${what}-${subject}`;
}

function retryAfter(headers: Headers): Record<string, string> {
  const seconds = headers["retry-after"];
  if (seconds !== undefined) return { "retry-after": seconds };
  const ms = Number(headers["retry-after-ms"]);
  return Number.isFinite(ms) ? { "retry-after": String(Math.max(0, Math.ceil(ms / 1000))) } : {};
}

function resetFor(value: string, isToAnthropic: boolean, nowSeconds: number): string | undefined {
  const inMs = durationMs(value) ?? Date.parse(value) - nowSeconds * 1000;
  if (!Number.isFinite(inMs)) return undefined;
  if (!isToAnthropic) return writeDuration(Math.max(0, inMs));
  const at = new Date(Math.ceil((nowSeconds * 1000 + inMs) / 1000) * 1000);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString().replace(".000Z", "Z");
}

/** `1s`, `6m0s`, `120ms`, or plain seconds; undefined for anything else. */
function durationMs(text: string): number | undefined {
  if (/^\d+(?:\.\d+)?$/.test(text)) return Number(text) * 1000;
  if (!DURATION.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(DURATION_PART)) total += Number(amount) * (UNITS_MS[unit ?? ""] ?? 0);
  return total;
}

function writeDuration(ms: number): string {
  if (ms > 0 && ms < 1000) return `${Math.ceil(ms)}ms`;
  const seconds = Math.ceil(ms / 1000);
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  if (hours > 0) return `${hours}h${minutes}m${rest}s`;
  return minutes > 0 ? `${minutes}m${rest}s` : `${rest}s`;
}
