import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { base64Source, dataUrl, decodeBase64, encodeBase64, mediaKindOf, parseMediaUrl } from "./media.ts";
import { TranslationError } from "./translation-error.ts";

const PNG = "iVBORw0KGgoAAAANSUhEUg==";
const PDF = "JVBERi0xLjQ=";

describe("an address", () => {
  test("on the web stays one", () => {
    expect(parseMediaUrl("https://example.com/a.png")).toEqual({ type: "url", url: "https://example.com/a.png" });
  });

  test("that holds its data gives the data", () => {
    expect(parseMediaUrl(dataUrl("image/png", PNG))).toEqual({ type: "base64", mime: "image/png", data: PNG });
  });

  test("33: `image/jpg` is `image/jpeg`, and first bytes win over a label", () => {
    expect(parseMediaUrl("data:image/jpg;base64,AAAA")).toMatchObject({ mime: "image/jpeg" });
    expect(parseMediaUrl(`data:image/jpg;base64,${PNG}`)).toMatchObject({ mime: "image/png" });
    expect(parseMediaUrl(`data:image/png;base64,${PDF}`)).toMatchObject({ mime: "application/pdf" });
  });

  test("may be written in capitals and with other parameters", () => {
    expect(parseMediaUrl("DATA:Image/PNG;charset=utf-8;BASE64,AAAA")).toEqual({
      type: "base64",
      mime: "image/png",
      data: "AAAA",
    });
  });

  test("may hold its data percent-encoded", () => {
    expect(parseMediaUrl("data:text/plain,a%20b%C3%A4")).toEqual({
      type: "base64",
      mime: "text/plain",
      data: encodeBase64("a bä"),
    });
  });

  test.each(["data:image/png;base64,", "data:image/png;base64", "data:", "data:text/plain,%E4"])(
    "%j is broken, in OpenAI's words for that",
    (url) => {
      expect(() => parseMediaUrl(url, "messages[0].content[1].image_url")).toThrow(
        expect.objectContaining({
          kind: "bad_request",
          code: "invalid_value",
          param: "messages[0].content[1].image_url",
          message: expect.stringContaining("The image data you provided does not represent a valid image"),
        }),
      );
      expect(() => parseMediaUrl(url)).toThrow(TranslationError);
    },
  );
});

describe("a file", () => {
  test("34: bare base64 and a `data:` URL are the same document", () => {
    const pdf = { type: "base64", mime: "application/pdf", data: PDF };
    expect(base64Source(PDF, "a.pdf")).toEqual(pdf);
    expect(base64Source(`data:application/pdf;base64,${PDF}`, "a.pdf")).toEqual(pdf);
  });

  test.each([
    ["AAAA", "a.png", "", "image/png"],
    ["AAAA", "A.JPG", "", "image/jpeg"],
    ["AAAA", "notes.md", "", "text/plain"],
    ["AAAA", "constructor", "", "application/pdf"],
    ["AAAA", undefined, undefined, "application/pdf"],
    ["AAAA", "a.png", "text/csv", "text/csv"],
    [PNG, "a.pdf", "application/pdf", "image/png"],
    ["UklGRiQAAABXRUJQVlA4", "", "", "image/webp"],
    ["UklGRiQAAABXQVZFZm10", "", "", "audio/wav"],
    ["data:;base64,AAAA", "a.gif", "", "image/gif"],
    ["data:application/octet-stream;base64,AAAA", "a.txt", "", "text/plain"],
  ])("%j by the name %j, as %j, is %s", (data, name, mime, expected) => {
    expect(base64Source(data, name, mime)).toMatchObject({ type: "base64", mime: expected });
  });
});

test.each([
  ["image/png", "image"],
  ["image/svg+xml", undefined],
  ["application/pdf", "document"],
  ["text/csv", "document"],
  ["audio/wav", "audio"],
  ["video/mp4", undefined],
  ["", undefined],
])("the kind of %j is %j", (mime, kind) => {
  expect(mediaKindOf(mime)).toBe(kind);
});

test("base64 of a text gives the text back", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (text) => {
      expect(decodeBase64(encodeBase64(text))).toBe(text.toWellFormed());
      expect(encodeBase64(text)).toBe(Buffer.from(text).toString("base64"));
    }),
  );
  expect(decodeBase64("§")).toBeUndefined();
});
