import type { Limits } from "../api/answers.ts";

/** A limit that a router token may have. */
export interface LimitField {
  /** As the gateway's API spells it. */
  readonly id: string;
  readonly title: string;
  readonly kind: "count" | "usd" | "list";
  /** What can be written there. */
  readonly hint: string;
}

/** Every limit, in the order of the form. */
export const LIMIT_FIELDS: readonly LimitField[] = [
  { id: "requests_per_minute", title: "Requests per minute", kind: "count", hint: "60" },
  { id: "tokens_per_minute", title: "Tokens per minute", kind: "count", hint: "100000" },
  { id: "concurrent", title: "Requests at once", kind: "count", hint: "4" },
  { id: "requests_total", title: "Requests in all", kind: "count", hint: "10000" },
  { id: "budget_usd_per_day", title: "US dollars a day", kind: "usd", hint: "5" },
  { id: "budget_usd_per_month", title: "US dollars a month", kind: "usd", hint: "100" },
  { id: "budget_usd_total", title: "US dollars in all", kind: "usd", hint: "500" },
  { id: "models", title: "Models", kind: "list", hint: "claude-*, gpt-5*" },
  { id: "surfaces", title: "Surfaces", kind: "list", hint: "anthropic_messages" },
  { id: "addresses", title: "Addresses", kind: "list", hint: "10.0.0.0/8" },
];

/** What the form holds for each limit; empty: none. */
export type LimitTexts = Readonly<Record<string, string>>;

/** The texts of a form for limits that are there. */
export function textsOf(limits: Limits): LimitTexts {
  return Object.fromEntries(
    Object.entries(limits).map(([id, value]) => [id, Array.isArray(value) ? value.join(", ") : String(value)]),
  );
}

/** What the gateway is asked to set: `null` removes a limit that was there, what never was is left out. */
export function limitsAsked(texts: LimitTexts, before: Limits = {}): Record<string, number | string[] | null> {
  const asked = LIMIT_FIELDS.map(({ id, kind }): [string, number | string[] | null | undefined] => {
    const text = (texts[id] ?? "").trim();
    if (text === "") return [id, id in before ? null : undefined];
    return [id, kind === "list" ? wordsOf(text) : Number(text)];
  });
  return Object.fromEntries(asked.flatMap(([id, value]) => (value === undefined ? [] : [[id, value]])));
}

function wordsOf(text: string): string[] {
  return text.split(/[\s,]+/).filter((word) => word !== "");
}
