import type { TokenRecord } from "@link-assistant/core";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { TokenFileError, parseTokensLino } from "./tokens-lino.ts";

const ID = "6fdf2800-72c6-47dc-9050-67bc66fa72fc";
const OTHER_ID = "0b8f8a53-3c55-4c8e-9a51-0f4a4e1d2c3b";
const REQUIRED = `(label "alice") (issued_at 1700000000) (expires_at 1700086400) (revoked false)`;
const ALICE: TokenRecord = {
  id: ID,
  label: "alice",
  account: null,
  scopes: ["inference"],
  issuedAtMs: 1_700_000_000_000,
  expiresAtMs: 1_700_086_400_000,
  revokedAtMs: null,
  limits: {},
};

describe("a file of release 0.7.0", () => {
  it("is read", () => {
    const content = [
      "# Link.Assistant.Router token store",
      '# Format: (token <id> (label "...") ...)',
      `(token ${ID} ${REQUIRED})`,
      "",
      `(token ${OTHER_ID} (label "say \\"hi\\"\\\\\\n\\r\\t (ü) 👋") (issued_at 1) (expires_at 2) (revoked true) (account "primary"))`,
      "",
    ].join("\n");
    const bob = {
      id: OTHER_ID,
      label: 'say "hi"\\\n\r\t (ü) 👋',
      account: "primary",
      issuedAtMs: 1000,
      expiresAtMs: 2000,
      limits: {},
    };
    expect(parseTokensLino(content)).toStrictEqual([ALICE, { ...bob, scopes: ["inference"], revokedAtMs: 1000 }]);
  });

  it("is read with its fields in any order and any spaces, tabs and line ends", () => {
    const content = `\uFEFF\r\n  (  token\t${ID}(revoked no)( expires_at  1700086400 )(issued_at 1700000000) (label"alice") )  \r\n`;
    expect(parseTokensLino(content)).toStrictEqual([ALICE]);
  });

  it("is read past fields that are not known, whatever is in them", () => {
    const more = `(used_requests 3) (github_repos "a/b" (c (d ")")) ()) (client_kind)`;
    expect(parseTokensLino(`(token ${ID} ${REQUIRED} ${more})`)).toStrictEqual([ALICE]);
  });

  it("becomes a limit of the requests that are left, where it had one", () => {
    const content = `(token ${ID} ${REQUIRED} (max_requests 100) (used_requests 3))\n(token ${OTHER_ID} ${REQUIRED} (max_requests 3))`;
    expect(parseTokensLino(content).map(({ limits }) => limits)).toEqual([{ requestsTotal: 97 }, { requestsTotal: 3 }]);
  });

  it("has expired where no request is left", () => {
    const [record] = parseTokensLino(`(token ${ID} ${REQUIRED} (max_requests 3) (used_requests 3))`);
    expect(record).toEqual({ ...ALICE, expiresAtMs: ALICE.issuedAtMs });
  });

  it.each(["", "\n\n", "# nothing\n#", " \t\r\n"])("may hold no record: %j", (content) => {
    expect(parseTokensLino(content)).toStrictEqual([]);
  });

  it.each([
    ["true", 1_700_000_000_000],
    ["1", 1_700_000_000_000],
    ["yes", 1_700_000_000_000],
    ["false", null],
    ["0", null],
    ["no", null],
  ])("has tokens revoked at their issue: %s", (flag, revokedAtMs) => {
    const content = `(token ${ID} ${REQUIRED.replace("false", flag)})`;
    expect(parseTokensLino(content)).toStrictEqual([{ ...ALICE, revokedAtMs }]);
  });

  it("has admin tokens, which may observe here", () => {
    const [ordinary, admin] = [`(scope "")`, `(scope "admin")`].map((scope) =>
      parseTokensLino(`(token ${ID} ${REQUIRED} ${scope})`),
    );
    expect(ordinary).toStrictEqual([ALICE]);
    expect(admin).toStrictEqual([{ ...ALICE, scopes: ["inference", "observe"] }]);
  });
});

describe("a line that is malformed", () => {
  const record = (fields: string): string => `(token ${ID} ${fields})`;
  const without = (name: string): string => record(REQUIRED.replace(new RegExp(`\\(${name} [^)]*\\)`), ""));
  const replaced = (before: string, after: string): string => record(REQUIRED.replace(before, after));

  it.each<[why: string, line: string, expected: string]>([
    ["no record", "hello", "(token <uuid> …)"],
    ["another kind of record", `(user ${ID} ${REQUIRED})`, "(token <uuid> …)"],
    [
      "a later release, one line a document",
      `(object ((str dHlwZQ==) (str Um91dGVyU3RhdGU=)))`,
      "files of later releases are not read",
    ],
    ["a later release, indented", '(\n  type "RouterState"\n)', "as release 0.7.0 wrote it"],
    ["the binary file", "LARTOK01\u0000\u0001", "(token <uuid> …)"],
    ["no id", `(token ${REQUIRED})`, "a UUID"],
    ["an id that is no UUID", `(token legacy ${REQUIRED})`, "a UUID"],
    ["a quoted id", `(token "${ID}" ${REQUIRED})`, "a UUID"],
    ["two ids", `(token ${ID} ${OTHER_ID} ${REQUIRED})`, "a UUID"],
    ["the end missing", `(token ${ID} ${REQUIRED}`, "closing parentheses"],
    ["nothing closed", `(token ${ID} (label`, "in parentheses and nothing else"],
    ["closed twice", `${record(REQUIRED)})`, "nothing but fields"],
    ["text after it", `${record(REQUIRED)} more`, "in parentheses and nothing else"],
    ["a second record after it", `${record(REQUIRED)} ${record(REQUIRED)}`, "nothing but fields"],
    ["a word between fields", record(`${REQUIRED} word (account "a")`), "nothing but fields"],
    ["an empty field", record(`${REQUIRED} ()`), "begin with its name"],
    ["a field within a field's place", record(`((label "alice"))`), "begin with its name"],
    ["a quoted name", record(`${REQUIRED} ("account" "a")`), "begin with its name"],
    ["no label", without("label"), "a field (label …)"],
    ["no issue", without("issued_at"), "a field (issued_at …)"],
    ["no expiry", without("expires_at"), "a field (expires_at …)"],
    ["no word on revocation", without("revoked"), "a field (revoked …)"],
    ["a field twice", record(`${REQUIRED} (revoked true)`), "one field (revoked …)"],
    ["a bare label", replaced('"alice"', "alice"), "(label …) with a quoted string"],
    ["two labels", replaced('"alice"', '"alice" "bob"'), "(label …)"],
    ["a nested label", replaced('"alice"', '("alice")'), "(label …)"],
    ["a label that is too long", replaced("alice", "x".repeat(1025)), "at most 1024 characters"],
    ["an open string", replaced('"alice"', '"alice'), "at column 51 a quoted string that ends"],
    ["an unknown escape", replaced("alice", String.raw`al\ice`), "no escapes but"],
    ["an escaped end of line", `(token ${ID} (label "\\`, "at column 51 a quoted string"],
    ["a negative time", replaced("1700000000", "-1"), "(issued_at …) with a whole number"],
    ["a broken time", replaced("1700000000", "1.5"), "(issued_at …)"],
    ["a quoted time", replaced("1700000000", '"1700000000"'), "(issued_at …)"],
    ["an endless time", replaced("1700086400", "9223372036854775807"), "(expires_at …)"],
    ["a time past all dates", replaced("1700086400", "8640000000001"), "(expires_at …)"],
    ["an unsure revocation", replaced("false", "maybe"), "(revoked …) with true or false"],
    ["an account without a name", record(`${REQUIRED} (account)`), "(account …)"],
    ["an unknown scope", record(`${REQUIRED} (scope "root")`), '(scope …) with "" or "admin"'],
    ["a line that is too long", record(`${REQUIRED} (more "${"x".repeat(65_536)}")`), "at most 65536 characters"],
    ["deep nesting", record(`${REQUIRED} ${"(".repeat(60_000)}`), "closing parentheses"],
    ["the id of another line", record(REQUIRED), "another id than on line 2"],
  ])("is named with its number: %s", (_, line, expected) => {
    const before = expected.includes("line 2") ? record(REQUIRED) : "";
    const error = errorOf(`# a comment\n${before}\n\n${line}\n(token next`);
    expect(error.line).toBe(4);
    expect(error.message).toMatch(/^line 4: expected /);
    expect(error.message).toContain(expected);
  });

  it("does no harm by a long string that never ends", () => {
    const line = record(`${REQUIRED} (more "${String.raw`\"`.repeat(30_000)}`);
    expect(errorOf(line).message).toContain("a quoted string that ends");
  });
});

describe("any records", () => {
  const text = fc.string({ unit: "binary", maxLength: 500 });
  const seconds = fc.nat({ max: 8_640_000_000_000 });
  const records = fc.uniqueArray(
    fc.record({
      id: fc.uuid(),
      label: text,
      account: fc.option(text),
      admin: fc.boolean(),
      issuedAt: seconds,
      expiresAt: seconds,
      revoked: fc.boolean(),
    }),
    { selector: ({ id }) => id },
  );

  it("come back as they were written", () => {
    fc.assert(
      fc.property(records, (written) => {
        const content = written.map((record) => encode(record)).join("\n");
        const expected = written.map(({ admin, issuedAt, expiresAt, revoked, ...kept }) => ({
          ...kept,
          scopes: admin ? ["inference", "observe"] : ["inference"],
          issuedAtMs: issuedAt * 1000,
          expiresAtMs: expiresAt * 1000,
          revokedAtMs: revoked ? issuedAt * 1000 : null,
          limits: {},
        }));
        expect(parseTokensLino(content)).toEqual(expected);
      }),
    );
  });

  it("are either read or refused with a line, whatever the text", () => {
    const alphabet = fc.constantFrom(
      "(",
      ")",
      '"',
      "\\",
      " ",
      "\n",
      "token",
      ID,
      "label",
      "revoked",
      "true",
      "1",
      REQUIRED,
    );
    fc.assert(
      fc.property(fc.array(alphabet), (parts) => {
        expect(["read", "refused"]).toContain(outcome(`(token ${ID} ${parts.join("")}`));
      }),
    );
  });
});

interface Written {
  readonly id: string;
  readonly label: string;
  readonly account: string | null;
  readonly admin: boolean;
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly revoked: boolean;
}

/** A line as release 0.7.0 writes it. */
function encode({ id, label, account, admin, issuedAt, expiresAt, revoked }: Written): string {
  const optional = (account === null ? "" : ` (account ${quoted(account)})`) + (admin ? ' (scope "admin")' : "");
  return `(token ${id} (label ${quoted(label)}) (issued_at ${issuedAt}) (expires_at ${expiresAt}) (revoked ${revoked})${optional})`;
}

function quoted(value: string): string {
  const escapes: Record<string, string> = { "\n": "n", "\r": "r", "\t": "t" };
  return `"${value.replaceAll(/["\\\n\r\t]/g, (char) => `\\${escapes[char] ?? char}`)}"`;
}

function outcome(content: string): unknown {
  try {
    parseTokensLino(content);
    return "read";
  } catch (error) {
    return error instanceof TokenFileError ? "refused" : error;
  }
}

function errorOf(content: string): TokenFileError {
  try {
    parseTokensLino(content);
  } catch (error) {
    if (error instanceof TokenFileError) return error;
    throw error;
  }
  throw new Error("expected a refusal");
}
