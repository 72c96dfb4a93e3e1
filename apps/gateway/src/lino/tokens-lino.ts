import { TOKEN_LIMITS } from "@link-assistant/core";
import type { TokenLimits, TokenRecord, TokenScope } from "@link-assistant/core";

import { parseRecord } from "./lino-record.ts";
import type { Fail, Word } from "./lino-record.ts";

/** Largest token file that is taken. */
export const MAX_IMPORT_BYTES = 67_108_864;

/** A token file that cannot be read. The message names the line and what was expected there. */
export class TokenFileError extends Error {
  override readonly name = "TokenFileError";
  /** Counted from 1. */
  readonly line: number;

  constructor(line: number, expected: string) {
    super(`line ${line}: expected ${expected}`);
    this.line = line;
  }
}

/** How the one value of a field is read; `undefined` when it is not what is expected. */
interface Kind<T> {
  readonly expected: string;
  readonly read: (value: Word) => T | undefined;
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** The last second that a `Date` can hold. */
const MAX_SECONDS = 8_640_000_000_000;
const FLAGS: ReadonlyMap<string, boolean> = new Map([
  ["true", true],
  ["1", true],
  ["yes", true],
  ["false", false],
  ["0", false],
  ["no", false],
]);
const SCOPES: ReadonlyMap<string, readonly TokenScope[]> = new Map([
  ["", ["inference"]],
  ["admin", ["inference", "observe"]],
]);

const text: Kind<string> = {
  expected: `a quoted string of at most ${TOKEN_LIMITS.maxLabelChars} characters`,
  read: (value) => (value.quoted && value.text.length <= TOKEN_LIMITS.maxLabelChars ? value.text : undefined),
};
const timeMs: Kind<number> = {
  expected: "a whole number of seconds since 1970",
  read: ({ quoted, text: digits }) =>
    !quoted && /^\d{1,13}$/.test(digits) && Number(digits) <= MAX_SECONDS ? Number(digits) * 1000 : undefined,
};
const count: Kind<number> = {
  expected: "a whole number",
  read: ({ quoted, text: digits }) => (!quoted && /^\d{1,9}$/.test(digits) ? Number(digits) : undefined),
};
const flag: Kind<boolean> = {
  expected: "true or false",
  read: (value) => (value.quoted ? undefined : FLAGS.get(value.text)),
};
const scopes: Kind<readonly TokenScope[]> = {
  expected: '"" or "admin"',
  read: (value) => (value.quoted ? SCOPES.get(value.text) : undefined),
};

/**
 * Reads the token file `tokens.lino` of the Rust program, release 0.7.0: one record a line,
 * `(token <uuid> (label "…") (issued_at 1700000000) (expires_at 1700086400) (revoked false) …)`, fields in any order; blank
 * lines and those that begin with `#` say nothing. Format read from that program's source on 2026-11-23.
 *
 * - `account` is optional; without it the token may use any.
 * - `scope` is optional. `"admin"` opened the administration there and becomes the scopes `inference` and `observe` here.
 * - The time of a revocation was not kept; it becomes that of the issue.
 * - `max_requests`, less `used_requests`, becomes a limit of requests in the token's life. A token that has none left has expired.
 * - Any other field is passed over.
 *
 * Throws a `TokenFileError` at the first line that is none of this, so that nothing is imported by halves. The text formats of
 * later releases are refused so, too. The caller bounds the text (64 MiB is plenty).
 */
export function parseTokensLino(content: string): TokenRecord[] {
  const lineOfId = new Map<string, number>();
  const records: TokenRecord[] = [];
  for (const [index, line] of content.split("\n").entries()) {
    const trimmed = line.trim();
    if (trimmed === "" || trimmed.startsWith("#")) continue;
    const fail: Fail = (expected) => {
      throw new TokenFileError(index + 1, expected);
    };
    const record = parseToken(trimmed, fail);
    const before = lineOfId.get(record.id);
    if (before !== undefined) fail(`another id than on line ${before}`);
    lineOfId.set(record.id, index + 1);
    records.push(record);
  }
  return records;
}

function parseToken(line: string, fail: Fail): TokenRecord {
  if (!/^\(\s*token\s/.test(line))
    fail("(token <uuid> …), as release 0.7.0 wrote it; files of later releases are not read");
  const { head, fields } = parseRecord(line, fail);
  const [, id, ...more] = head;
  if (id === undefined || id.quoted || !UUID.test(id.text) || more.length > 0)
    return fail("a UUID after the word token");

  const optional = <T>(name: string, { expected, read }: Kind<T>): T | undefined => {
    const values = fields.get(name);
    const [value] = values ?? [];
    if (values === undefined) return undefined;
    const parsed = value !== undefined && values.length === 1 ? read(value) : undefined;
    return parsed ?? fail(`(${name} …) with ${expected}`);
  };
  const required = <T>(name: string, kind: Kind<T>): T => optional(name, kind) ?? fail(`a field (${name} …)`);

  const issuedAtMs = required("issued_at", timeMs);
  const expiresAtMs = required("expires_at", timeMs);
  const limits = limitsOf(optional("max_requests", count), optional("used_requests", count));
  return {
    id: id.text,
    label: required("label", text),
    account: optional("account", text) ?? null,
    scopes: optional("scope", scopes) ?? ["inference"],
    issuedAtMs,
    expiresAtMs: limits === "used up" ? issuedAtMs : expiresAtMs,
    revokedAtMs: required("revoked", flag) ? issuedAtMs : null,
    limits: limits === "used up" ? {} : limits,
  };
}

/** The requests that a token has left. */
function limitsOf(max: number | undefined, used = 0): TokenLimits | "used up" {
  if (max === undefined) return {};
  return max > used ? { requestsTotal: max - used } : "used up";
}
