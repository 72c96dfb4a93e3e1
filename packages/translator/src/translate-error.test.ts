import { describe, expect, test } from "vitest";

import { DIALECT_IDS } from "./dialect.ts";
import { ERROR_KINDS } from "./neutral/error.ts";
import type { ErrorKind } from "./neutral/error.ts";
import { encodeError, translateError } from "./translate-error.ts";
import { TranslationError } from "./translation-error.ts";

const fromAnthropic = { from: "anthropic-messages", to: "openai-chat" } as const;
const fromOpenAi = { from: "openai-responses", to: "anthropic-messages" } as const;
const utf8 = new TextEncoder();

test("Anthropic's overload is OpenAI's", () => {
  const body = utf8.encode('{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}');
  expect(translateError({ status: 529, body }, fromAnthropic)).toMatchObject({
    status: 503,
    body: { error: { message: "Overloaded", type: "server_error", code: "server_is_overloaded", param: null } },
    error: { kind: "overloaded", message: "Overloaded" },
  });
});

test("OpenAI's rate limit is Anthropic's", () => {
  const body = '{"error":{"message":"Slow down","type":"requests","code":"rate_limit_exceeded","param":null}}';
  expect(translateError({ status: 429, body }, fromOpenAi)).toMatchObject({
    status: 429,
    body: { type: "error", error: { type: "rate_limit_error", message: "Slow down" } },
  });
});

describe("a body that is no JSON object is an error all the same", () => {
  test.each([
    ["nothing", ""],
    ["HTML", "<html><body><h1>502 Bad Gateway</h1></body></html>"],
    ["text", "upstream connect error"],
    ["a number", "7"],
    ["broken UTF-8", Uint8Array.of(0xff, 0xfe)],
  ])("%s", (_, body) => {
    for (const pair of [fromAnthropic, fromOpenAi]) {
      const { status, error } = translateError({ status: 502, body }, pair);
      expect(status).toBe(502);
      expect(error.message).not.toBe("");
    }
  });
});

test("a message is bounded, and what looks like a key is taken out", () => {
  const said = (message: string): string => {
    const body = JSON.stringify({ error: { message, type: "invalid_request_error" } });
    return translateError({ status: 400, body }, fromOpenAi).error.message;
  };
  expect(said("Incorrect API key provided: sk-proj-abcDEF123456.")).toBe("Incorrect API key provided: [secret].");
  expect(said("Authorization was Bearer eyJhbGciOi.J9-x, which")).toBe("Authorization was [secret], which");
  expect(said("Tokens la_sk_0123456789abcdef and sk-ant-api03-x_y-z01 are wrong")).toBe(
    "Tokens [secret] and [secret] are wrong",
  );
  expect(said("a risk-assessment of the desk_management kind")).toBe("a risk-assessment of the desk_management kind");
  expect(said("x".repeat(10_000))).toHaveLength(4096);
});

test("one of the translation is worded as any other", () => {
  const error = new TranslationError("bad_request", "No.", { param: "n", code: "unsupported_parameter" });
  expect(encodeError("openai-chat", error)).toEqual({
    status: 400,
    body: { error: { message: "No.", type: "invalid_request_error", code: "unsupported_parameter", param: "n" } },
  });
});

const KINDS = Object.keys(ERROR_KINDS).filter((kind): kind is ErrorKind => Object.hasOwn(ERROR_KINDS, kind));

test.each(KINDS)("%s can be worded in every dialect, and read again as what that dialect knows of it", (kind) => {
  for (const dialect of DIALECT_IDS) {
    const { status, body } = encodeError(dialect, { kind, message: "It failed." });
    const row = ERROR_KINDS[kind];
    expect(status).toBe(dialect === "anthropic-messages" ? row.anthropic[0] : row.openai[0]);
    const to = DIALECT_IDS.find((each) => each !== dialect) ?? dialect;
    const again = translateError({ status, body: JSON.stringify(body) }, { from: dialect, to }).error;
    const repeated = encodeError(dialect, again);
    expect(repeated.status).toBe(status);
  }
});
