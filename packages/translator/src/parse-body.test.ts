import { describe, expect, test } from "vitest";

import { parseJsonBody, withinDepth } from "./parse-body.ts";
import { TranslationError } from "./translation-error.ts";

const utf8 = new TextEncoder();

test("bytes, text and what is parsed already are the same body", () => {
  const text = '{"model":"ä😀"}';
  const body = { model: "ä😀" };
  expect(parseJsonBody(utf8.encode(text), "bad_request")).toEqual(body);
  expect(parseJsonBody(text, "bad_request")).toEqual(body);
  expect(parseJsonBody(body, "bad_request")).toBe(body);
});

test("a byte order mark before the bytes is passed over", () => {
  expect(parseJsonBody(utf8.encode('\uFEFF{"a":1}'), "bad_request")).toEqual({ a: 1 });
});

test("integers of any length are kept", () => {
  const text = '{"seed":12345678901234567890,"tiny":1e-400}';
  expect(JSON.stringify(parseJsonBody(text, "bad_request"))).toBe(text);
});

describe("what is no JSON object throws, with the kind that was asked for", () => {
  test.each([
    ["nothing", ""],
    ["a list", "[]"],
    ["a number", "1"],
    ["a number of many digits", "12345678901234567890"],
    ["null", "null"],
    ["broken", '{"a":'],
    ["HTML", "<html>"],
  ])("%s", (_, text) => {
    expect(() => parseJsonBody(text, "bad_gateway")).toThrow(
      expect.objectContaining({ kind: "bad_gateway", message: expect.stringContaining("not a JSON object") }),
    );
  });

  test("invalid UTF-8", () => {
    const bytes = Uint8Array.of(...utf8.encode('{"a":"'), 0xff, ...utf8.encode('"}'));
    expect(() => parseJsonBody(bytes, "bad_request")).toThrow(
      new TranslationError("bad_request", "The body is not UTF-8. Send one JSON object in UTF-8."),
    );
  });
});

test("JSON that is too deep to be walked is an error of the sender", () => {
  const deep = `{"a":${"[".repeat(200_000)}12345678901234567890${"]".repeat(200_000)}}`;
  expect(() => parseJsonBody(deep, "bad_request")).toThrow(TranslationError);
  const depthOf = (value: unknown): number => (Array.isArray(value) ? 1 + depthOf(value[0]) : 0);
  const body = parseJsonBody(deep.replace("12345678901234567890", ""), "bad_request");
  expect(() => withinDepth("bad_request", () => depthOf(body.a))).toThrow(
    new TranslationError("bad_request", "The body nests too deeply. Send a flatter one."),
  );
});

test("other errors go through as they are", () => {
  const mistake = new TypeError("a mistake of the host");
  expect(() =>
    withinDepth("bad_request", () => {
      throw mistake;
    }),
  ).toThrow(mistake);
});
