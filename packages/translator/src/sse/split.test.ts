import { expect, test } from "vitest";

import { chunksOfSize, watched } from "../testing/chunks.ts";
import { FrameSplitter } from "./split.ts";

const utf8 = new TextEncoder();
const text = new TextDecoder();

function splitter(maxFrameBytes?: number): { readonly splitter: FrameSplitter; readonly heard: string[] } {
  const heard: string[] = [];
  const sink = { frames: (run: Uint8Array) => heard.push(text.decode(run)), oversized: () => heard.push("oversized") };
  return { splitter: new FrameSplitter(sink, maxFrameBytes), heard };
}

test("hands on whole frames, the finished one first, the rest in one run", () => {
  const { splitter: frames, heard } = splitter();
  frames.push(utf8.encode("data: 1\n"));
  frames.push(utf8.encode("\n\ndata: 2\n\ndata: 3\n\nda"));
  frames.push(utf8.encode("ta: 4\n\n"));
  expect(heard).toEqual(["data: 1\n", "data: 2\n\ndata: 3\n\n", "data: 4\n"]);
});

test("a chunk of whole frames is handed on as it is, without a copy", () => {
  const runs: Uint8Array[] = [];
  const frames = new FrameSplitter({ frames: (run) => runs.push(run), oversized: () => {} });
  const chunk = utf8.encode("data: 1\n\ndata: 2\n\n");
  frames.push(chunk);
  expect(runs[0]).toBe(chunk);
});

test("tells whether a frame is unfinished", () => {
  const { splitter: frames } = splitter(20);
  const seen = [
    "",
    "data",
    ": 1\r\n",
    "\r",
    "\n",
    "\n",
    "data: 2\n\n",
    ": c\n",
    "\n",
    "data: 30000000000000000",
    "0\n",
    "\n",
  ].map((chunk) => {
    frames.push(utf8.encode(chunk));
    return frames.atBoundary;
  });
  expect(seen).toEqual([true, false, false, true, true, true, true, false, true, false, false, true]);
});

test("leaves out what is over the limit, once a frame, and goes on behind it", () => {
  const stream = `data: ${"x".repeat(30)}\n\ndata: 1\n\n`.repeat(2);
  const whole = splitter(20);
  whole.splitter.push(utf8.encode(stream));
  expect(whole.heard).toEqual(["oversized", "data: 1\n", "oversized", "data: 1\n"]);
  const bytewise = splitter(20);
  for (const byte of chunksOfSize(utf8.encode(stream), 1)) bytewise.splitter.push(byte);
  expect(bytewise.heard).toEqual(whole.heard);
});

test.each([
  ["one frame of 256 KiB", `data: ${"x".repeat(262_144)}\n\n`, 2.1],
  ["20,000 frames", "data: {}\n\n".repeat(20_000), 0.2],
])("%s in chunks of 1,000 bytes: no byte is looked at or copied over and over", (_, stream, readsPerByte) => {
  let reads = 0;
  const frames = new FrameSplitter({ frames: () => {}, oversized: () => {} });
  const bytes = utf8.encode(stream);
  for (const chunk of chunksOfSize(bytes, 1000)) frames.push(watched(chunk, () => reads++));
  expect(reads).toBeGreaterThan(0);
  expect(reads).toBeLessThan(readsPerByte * bytes.length);
});
