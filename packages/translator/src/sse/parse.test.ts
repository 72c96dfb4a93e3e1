import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { chunksOf, chunksOfSize, cuts } from "../testing/chunks.ts";
import type { SseFrame } from "./frame.ts";
import { SseReader } from "./parse.ts";
import type { SseOptions } from "./parse.ts";

const utf8 = new TextEncoder();
const MIB = 1024 * 1024;

function read(chunks: readonly (string | Uint8Array)[], options?: SseOptions): readonly SseFrame[] {
  const reader = new SseReader(options);
  const frames = chunks.flatMap((chunk) => reader.push(typeof chunk === "string" ? utf8.encode(chunk) : chunk));
  return [...frames, ...reader.end()];
}

describe("one frame", () => {
  test.each([
    ["an event with data", "event: ping\ndata: {}\n\n", { event: "ping", data: "{}" }],
    ["data alone", "data: x\n\n", { data: "x" }],
    ["no blank after the colon", "event:ping\ndata:x\n\n", { event: "ping", data: "x" }],
    ["only the first blank goes", "data:  x \n\n", { data: " x " }],
    ["several data lines", "data: a\ndata:\ndata: b\n\n", { data: "a\n\nb" }],
    ["a field without a colon", "data\n\n", { data: "" }],
    ["the last event line counts", "event: a\nevent: b\ndata: x\n\n", { event: "b", data: "x" }],
    ["an empty event is none", "event\ndata: x\n\n", { data: "x" }],
    ["comments and unknown fields", ": hi\nid: 7\nretry: 1\nfoo: bar\ndata: x\n: bye\n\n", { data: "x" }],
    ["a colon in the value", "data: a: b\n\n", { data: "a: b" }],
    ["a byte order mark", "\uFEFFdata: x\n\n", { data: "x" }],
    ["empty lines before it", "\n\r\n\rdata: x\n\n", { data: "x" }],
    [
      "line separators that end no line",
      "data: a\u2028b\u2029c\u0085d\u000Be\n\n",
      { data: "a\u2028b\u2029c\u0085d\u000Be" },
    ],
    ["no empty line at the end", "event: ping\ndata: x", { event: "ping", data: "x" }],
    ["half an empty line at the end", "data: x\r", { data: "x" }],
  ])("%s", (_, text, frame) => {
    expect(read([text])).toEqual([frame]);
    expect(read(text.split(""))).toEqual([frame]);
  });

  test.each(["", "\n\n", "event: ping\n\n", ": comment\n\n", "\uFEFF\n\n", "foo: bar\n\n"])("%j is none", (text) => {
    expect(read([text])).toEqual([]);
  });
});

describe("line ends", () => {
  const text = "event: a\ndata: 1\n\n\ndata: 2\n\n: c\n\ndata: 3\ndata: 4\n\n";
  const frames = [{ event: "a", data: "1" }, { data: "2" }, { data: "3\n4" }];

  test.each(["\n", "\r\n", "\r"])("%j", (lineEnd) => {
    expect(read([text.replaceAll("\n", lineEnd)])).toEqual(frames);
    expect(read(text.replaceAll("\n", lineEnd).split(""))).toEqual(frames);
  });

  test("the LF of a CR LF that was cut in two makes no empty line", () => {
    expect(read(["data: 1\r", "\ndata: 2\r", "\n\r", "\n"])).toEqual([{ data: "1\n2" }]);
  });

  test("a frame is given as soon as its empty line begins", () => {
    const reader = new SseReader();
    expect(reader.push(utf8.encode("data: 1\r\n"))).toEqual([]);
    expect(reader.push(utf8.encode("\r"))).toEqual([{ data: "1" }]);
    expect(reader.push(utf8.encode("\n"))).toEqual([]);
  });
});

test("one byte order mark may stand before any frame", () => {
  const text = "\uFEFFdata: 1\r\n\r\n\uFEFFdata: 2\n\n\uFEFF\uFEFFdata: 3\n\n";
  const frames = [{ data: "1" }, { data: "2" }];
  expect(read([text])).toEqual(frames);
  expect(read(text.split(""))).toEqual(frames);
});

test("an empty chunk changes nothing", () => {
  expect(read(["data: 1\n", "", "\ndata: 2\n\n", ""])).toEqual([{ data: "1" }, { data: "2" }]);
});

test("characters may be cut anywhere", () => {
  const bytes = utf8.encode("data: ä€😀\n\ndata: 😀😀\n\n");
  expect(read(chunksOfSize(bytes, 1))).toEqual([{ data: "ä€😀" }, { data: "😀😀" }]);
});

test("broken UTF-8 becomes replacement characters", () => {
  const bytes = new Uint8Array([...utf8.encode("data: a"), 0xff, 0xe2, 0x82, ...utf8.encode("\ndata: b\n\n")]);
  expect(read([bytes])).toEqual([{ data: "a\uFFFD\uFFFD\nb" }]);
});

/** The standard's reading of a whole text, line by line; beyond it, a byte order mark may stand before every frame. */
function readByTheBook(text: string): readonly SseFrame[] {
  const frames: SseFrame[] = [];
  let lines: string[] = [];
  for (const line of [...text.split(/\r\n|\n|\r/), ""]) {
    if (line !== "") lines.push(lines.length === 0 ? line.replace(/^\uFEFF/, "") : line);
    else {
      const fields = lines.map((line) => /^([^:]*):? ?(.*)$/su.exec(line) ?? []);
      const event = fields.findLast(([, name]) => name === "event")?.[2];
      const data = fields.filter(([, name]) => name === "data").map(([, , value]) => value);
      if (data.length > 0) frames.push({ ...(event && { event }), data: data.join("\n") });
      lines = [];
    }
  }
  return frames;
}

const PARTS = [
  "data",
  "event",
  "data:",
  "event: ",
  ":",
  " ",
  "\n",
  "\r",
  "\r\n",
  "\n\n",
  "\uFEFF",
  "x",
  "ä",
  "😀",
  "id",
  "{}",
];
const streamText = fc.array(fc.constantFrom(...PARTS), { maxLength: 60 }).map((parts) => parts.join(""));

test("any split reads as the standard reads the whole", () => {
  fc.assert(
    fc.property(streamText, cuts, (text, cuts) => {
      expect(read(chunksOf(utf8.encode(text), cuts))).toEqual(readByTheBook(text));
    }),
    { numRuns: 3000 },
  );
});

describe("the limit", () => {
  const small = "data: 1\n\n";
  const atLimit = "data: 12345678901234\n";
  const above = "data: 123456789012345\n";

  test("a frame of just its size is read", () => {
    expect(read([`${small}${atLimit}\n${small}`], { maxFrameBytes: atLimit.length })).toHaveLength(3);
  });

  test("a larger one stops the reader, however it was split", () => {
    const bytes = utf8.encode(`${small}${small}${above}\n${small}`);
    fc.assert(
      fc.property(cuts, (cuts) => {
        const reader = new SseReader({ maxFrameBytes: atLimit.length });
        const frames = chunksOf(bytes, cuts).flatMap((chunk) => reader.push(chunk));
        expect([...frames, ...reader.end()]).toEqual([{ data: "1" }, { data: "1" }]);
        expect(reader.failure).toEqual({ code: "frame_too_large", maxFrameBytes: atLimit.length });
      }),
    );
  });

  test("it is noticed before the frame ends, and nothing is kept", () => {
    const reader = new SseReader({ maxFrameBytes: 100 });
    expect(reader.failure).toBeUndefined();
    reader.push(utf8.encode(`data: ${"x".repeat(100)}`));
    expect(reader.failure).toBeDefined();
    expect(reader.end()).toEqual([]);
  });

  test("the default is 16 MiB", () => {
    const reader = new SseReader();
    const mebibyte = utf8.encode("x".repeat(MIB));
    for (let count = 0; count < 16; count++) reader.push(mebibyte);
    expect(reader.failure).toBeUndefined();
    reader.push(utf8.encode("x"));
    expect(reader.failure).toEqual({ code: "frame_too_large", maxFrameBytes: 16 * MIB });
  });

  test.each([0, -1, NaN])("%d is no limit", (maxFrameBytes) => {
    expect(() => new SseReader({ maxFrameBytes })).toThrow(TypeError);
  });
});

test("10 MB in chunks of 1 KiB", () => {
  const [frame] = read(chunksOfSize(utf8.encode(`data: ${"x".repeat(10 * MIB)}\n\n`), 1024));
  expect(frame?.data).toHaveLength(10 * MIB);
});

test("100,000 events, in one chunk and in many", () => {
  const bytes = utf8.encode("event: e\ndata: {}\n\n".repeat(100_000));
  expect(read([bytes])).toHaveLength(100_000);
  expect(read(chunksOfSize(bytes, 1000))).toHaveLength(100_000);
});

test("100,000 data lines in one frame", () => {
  const [frame] = read(["data: x\n".repeat(100_000), "\n"]);
  expect(frame?.data).toHaveLength(199_999);
});
