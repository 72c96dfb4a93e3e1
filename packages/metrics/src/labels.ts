import type { LabelKey, LabelValues } from "./names.ts";

/** The label value that counts everything outside the bounds of a label. */
export const OTHER = "other";

/** Most distinct account names that are told apart by default. */
export const DEFAULT_MAX_ACCOUNTS = 1000;

/** Highest bound on account names: OpenTelemetry readers keep 1,999 series of a metric, and one of them is `other`. */
export const HIGHEST_MAX_ACCOUNTS = 1998;

/** Most dialects and most fields of theirs that are told apart: more than there are. */
const MAX_DIALECTS = 16;
const MAX_FIELDS = 400;

const ACCOUNT_MAX_CHARS = 128;

/** For each label, what turns a value given by the caller into one of a bounded set of texts. */
export type LabelRules = { readonly [K in LabelKey]: (value: LabelValues[K]) => string };

/**
 * The rules of all labels. Whatever callers pass, the number of different texts that come out is bounded, and none of
 * them is empty or holds a control character.
 *
 * @param maxAccounts how many distinct account names are told apart; those that come later count as `other`. A whole
 *   number from 1 to 1,998, else a `TypeError`.
 */
export function createLabelRules(maxAccounts: number): LabelRules {
  if (!Number.isInteger(maxAccounts) || maxAccounts < 1 || maxAccounts > HIGHEST_MAX_ACCOUNTS) {
    throw new TypeError(`maxAccounts must be a whole number from 1 to ${HIGHEST_MAX_ACCOUNTS}, but is ${maxAccounts}`);
  }
  return {
    code: statusCode,
    account: firstDistinct(maxAccounts),
    from: firstDistinct(MAX_DIALECTS),
    to: firstDistinct(MAX_DIALECTS),
    field: firstDistinct(MAX_FIELDS),
  };
}

function statusCode(status: number): string {
  return Number.isInteger(status) && status >= 100 && status <= 599 ? String(status) : OTHER;
}

function firstDistinct(max: number): (account: string) => string {
  const known = new Set<string>();
  return (account) => {
    if (known.has(account)) return account;
    const shown = presentable(account);
    if (known.has(shown)) return shown;
    if (shown === "" || known.size === max) return OTHER;
    known.add(shown);
    return shown;
  };
}

/** The name as every exporter can carry it: well-formed, on one line, and not long. */
function presentable(account: string): string {
  return account
    .slice(0, ACCOUNT_MAX_CHARS)
    .toWellFormed()
    .replaceAll(/\p{Cc}/gu, "\u{FFFD}");
}
