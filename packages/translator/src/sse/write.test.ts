import * as fc from "fast-check";
import { expect, test } from "vitest";

import { SseReader } from "./parse.ts";
import { DONE_FRAME, writeComment, writeFrame } from "./write.ts";

test("writes an event with its name and one line of data", () => {
  expect(writeFrame({ type: "ping" }, "ping")).toBe('event: ping\ndata: {"type":"ping"}\n\n');
});

test("writes an event without a name", () => {
  expect(writeFrame({ choices: [] })).toBe('data: {"choices":[]}\n\n');
});

test("writes a comment", () => {
  expect(writeComment("keep-alive")).toBe(": keep-alive\n\n");
});

test.each(["\n", "\r", "a\r\nb"])("refuses the line break in %j", (text) => {
  expect(() => writeFrame({}, text)).toThrow(TypeError);
  expect(() => writeComment(text)).toThrow(TypeError);
});

test("what was written reads back as it was", () => {
  const frame = fc.record({ event: fc.stringMatching(/^[a-z_.]+$/), data: fc.dictionary(fc.string(), fc.jsonValue()) });
  fc.assert(
    fc.property(fc.array(frame), (frames) => {
      const text = frames.map(({ event, data }) => writeFrame(data, event)).join(writeComment("in between"));
      const read = new SseReader().push(new TextEncoder().encode(text + DONE_FRAME));
      const written = frames.map(({ event, data }) => ({ event, data: JSON.stringify(data) }));
      expect(read).toEqual([...written, { data: "[DONE]" }]);
    }),
  );
});
