import type { LabelKey, LabelValues } from "./names.ts";

/** The label value that counts everything outside the bounds of a label. */
export const OTHER = "other";

/** Most distinct account names that are told apart by default. */
export const DEFAULT_MAX_ACCOUNTS = 1000;

/** Highest bound on account names: OpenTelemetry readers keep 1,999 series of a metric, and one of them is `other`. */
export const HIGHEST_MAX_ACCOUNTS = 1998;

/** Most values of each label that are told apart: more than there are, but for models. */
const MOST = {
  from: 16,
  to: 16,
  field: 400,
  outcome: 32,
  reason: 32,
  surface: 8,
  model: 100,
  status: 8,
  limit: 16,
  label: 32,
};

const MAX_CHARS = 128;

/** For each label, what turns a value given by the caller into one of a bounded set of texts. */
export type LabelRules = { readonly [K in LabelKey]: (value: LabelValues[K]) => string };

/**
 * The rules of all labels. Whatever callers pass, the number of different texts that come out is bounded, and none of
 * them is empty or holds a control character.
 *
 * @param maxAccounts how many distinct account names are told apart; those that come later count as `other`. A whole
 *   number from 1 to 1,998, else a `TypeError`.
 * @param onOverflow hears of each value that counts as `other` because there are too many.
 */
export function createLabelRules(maxAccounts: number, onOverflow: (label: LabelKey) => void = () => {}): LabelRules {
  if (!Number.isInteger(maxAccounts) || maxAccounts < 1 || maxAccounts > HIGHEST_MAX_ACCOUNTS) {
    throw new TypeError(`maxAccounts must be a whole number from 1 to ${HIGHEST_MAX_ACCOUNTS}, but is ${maxAccounts}`);
  }
  const bounded = (label: LabelKey, max: number): ((value: string) => string) =>
    firstDistinct(max, () => onOverflow(label));
  return {
    code: statusCode,
    account: bounded("account", maxAccounts),
    from: bounded("from", MOST.from),
    to: bounded("to", MOST.to),
    field: bounded("field", MOST.field),
    outcome: bounded("outcome", MOST.outcome),
    reason: bounded("reason", MOST.reason),
    surface: bounded("surface", MOST.surface),
    model: bounded("model", MOST.model),
    status: bounded("status", MOST.status),
    limit: bounded("limit", MOST.limit),
    label: bounded("label", MOST.label),
  };
}

function statusCode(status: number): string {
  return Number.isInteger(status) && status >= 100 && status <= 599 ? String(status) : OTHER;
}

function firstDistinct(max: number, onOverflow: () => void): (value: string) => string {
  const known = new Set<string>();
  return (value) => {
    if (known.has(value)) return value;
    const shown = presentable(value);
    if (known.has(shown)) return shown;
    if (shown === "" || shown === OTHER) return OTHER;
    if (known.size === max) {
      onOverflow();
      return OTHER;
    }
    known.add(shown);
    return shown;
  };
}

/** The name as every exporter can carry it: well-formed, on one line, and not long. */
function presentable(value: string): string {
  return value
    .slice(0, MAX_CHARS)
    .toWellFormed()
    .replaceAll(/\p{Cc}/gu, "\u{FFFD}");
}
