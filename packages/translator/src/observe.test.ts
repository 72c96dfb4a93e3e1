import * as fc from "fast-check";
import { describe, expect, test, vi } from "vitest";

import { observeBuffered, observeStream } from "./observe.ts";
import type { Observation } from "./observation.ts";
import type { SseOptions } from "./sse/parse.ts";
import { writeFrame } from "./sse/write.ts";
import { chunksOf, chunksOfSize, cuts, watched } from "./testing/chunks.ts";

const utf8 = new TextEncoder();

const frame = (type: string, rest: object = {}): string => writeFrame({ type, ...rest }, type);
const textDelta = (text: string): string =>
  frame("content_block_delta", { index: 0, delta: { type: "text_delta", text } });

const USAGE = { input_tokens: 21, cache_read_input_tokens: 7, output_tokens: 1 };
const START = frame("message_start", {
  message: { id: "msg_1", model: "claude-haiku-4-5", content: [], usage: USAGE },
});
const BLOCK = frame("content_block_start", { index: 0, content_block: { type: "text", text: "" } });
const FINISH = frame("message_delta", { delta: { stop_reason: "end_turn" }, usage: { output_tokens: 12 } });
const STOP = frame("message_stop");
const STREAM = START + frame("ping") + BLOCK + textDelta("Hi") + FINISH + STOP;

const SEEN: Observation = {
  id: "msg_1",
  model: "claude-haiku-4-5",
  usage: { input: 21, cacheRead: 7, output: 12 },
  finish: "end_turn",
  ended: true,
  contentStarted: true,
};

/** What is seen of a stream in one chunk; it has to be the same byte by byte. */
function observe(text: string, options?: SseOptions): Observation {
  const whole = observeInChunks([utf8.encode(text)], options);
  expect(observeInChunks(chunksOfSize(utf8.encode(text), 1), options)).toEqual(whole);
  return whole;
}

function observeInChunks(chunks: readonly Uint8Array[], options?: SseOptions): Observation {
  const observer = observeStream("anthropic-messages", options);
  for (const chunk of chunks) observer.push(chunk);
  return observer.end();
}

describe("a stream", () => {
  test("is read to its end", () => {
    expect(observe(STREAM)).toEqual(SEEN);
  });

  test("without a byte says nothing", () => {
    expect(observe("")).toEqual({ usage: {}, ended: false, contentStarted: false });
  });

  test("is known in part while it runs, and an observation stays as it was", () => {
    const observer = observeStream("anthropic-messages");
    observer.push(utf8.encode(START));
    const started = observer.observation;
    expect(started).toEqual({
      ...SEEN,
      usage: { ...SEEN.usage, output: 1 },
      finish: undefined,
      ended: false,
      contentStarted: false,
    });
    observer.push(utf8.encode(BLOCK));
    expect(observer.observation.contentStarted).toBe(true);
    observer.push(utf8.encode(FINISH));
    expect(observer.observation).toEqual({ ...SEEN, ended: false });
    expect(started.usage).toEqual({ input: 21, cacheRead: 7, output: 1 });
  });

  test("may end without its last empty line", () => {
    expect(observe(STREAM.trimEnd())).toEqual(SEEN);
    expect(observe(STREAM.slice(0, -1))).toEqual(SEEN);
  });

  test("cut inside its last frame has not ended", () => {
    expect(observe(STREAM.trimEnd().slice(0, -1))).toEqual({ ...SEEN, ended: false });
  });

  test("may begin with a byte order mark or empty lines", () => {
    expect(observe(`\uFEFF${STREAM}`)).toEqual(SEEN);
    expect(observe(`\n\r\n\n${STREAM}`)).toEqual(SEEN);
  });

  test.each(["\r\n", "\r"])("may have %j as line ends", (lineEnd) => {
    expect(observe(STREAM.replaceAll("\n", lineEnd))).toEqual(SEEN);
  });

  test("may hold comments, unknown events and an extra [DONE]", () => {
    const noise = `: keep-alive\n\n: message_stop "error"\n\n${frame("message_news", { message: 7 })}`;
    expect(observe(`${noise}${STREAM}${noise}event: data\ndata: [DONE]\n\n`)).toEqual(SEEN);
  });

  test("may lack event lines, or the type inside the data", () => {
    expect(observe(STREAM.replaceAll(/^event: .*\n/gm, ""))).toEqual(SEEN);
    expect(observe(STREAM.replaceAll(/"type":"(message|content)_\w+",?/g, ""))).toEqual(SEEN);
  });

  test("may be padded, and have blanks around its colons", () => {
    expect(observe(STREAM.replaceAll('":', '" : ').replaceAll(/\}\n/g, "     }   \n"))).toEqual(SEEN);
  });

  test("whose data goes over several lines", () => {
    expect(observe(STREAM.replaceAll(',"', ',\ndata: "'))).toEqual(SEEN);
  });

  test("that has everything in its message_start", () => {
    const message = { id: "m", content: [{ type: "tool_use" }], stop_reason: "tool_use", usage: { output_tokens: 0 } };
    const seen = { id: "m", usage: { output: 0 }, finish: "tool_use", ended: true, contentStarted: true };
    expect(observe(frame("message_start", { message }) + STOP)).toEqual(seen);
  });
});

function usageOf(...usages: readonly unknown[]): Observation["usage"] {
  const deltas = usages.map((usage) => frame("message_delta", { delta: {}, usage }));
  return observe(START + BLOCK + deltas.join("")).usage;
}

describe("usage", () => {
  test("later counts replace earlier ones, field by field", () => {
    expect(usageOf({ input_tokens: 30 }, { output_tokens: 5 })).toEqual({ input: 30, cacheRead: 7, output: 5 });
    expect(usageOf({ output_tokens: 5 }, { output_tokens: 9, input_tokens: 21, cache_read_input_tokens: 0 })).toEqual({
      input: 21,
      cacheRead: 0,
      output: 9,
    });
  });

  test.each([null, undefined, "many", -1, 2.5, 1e300])("%j leaves what was there", (count) => {
    expect(usageOf({ input_tokens: count, output_tokens: count })).toEqual({ input: 21, cacheRead: 7, output: 1 });
  });

  test("a second message_start merges", () => {
    const second = frame("message_start", { message: { id: "msg_2", usage: { cache_read_input_tokens: 8 } } });
    const seen = { ...SEEN, id: "msg_2", usage: { input: 21, cacheRead: 8, output: 12 } };
    expect(observe(START + BLOCK + textDelta("x") + FINISH + second + STOP)).toEqual(seen);
  });

  test("a tool's input named usage is none", () => {
    const input = { usage: { input_tokens: 99, output_tokens: 99 } };
    const block = frame("content_block_start", {
      index: 1,
      content_block: { type: "tool_use", id: "t", name: "n", input },
    });
    expect(observe(START + block + BLOCK + block + FINISH + STOP)).toEqual(SEEN);
  });
});

describe("an error", () => {
  const error = { type: "overloaded_error", message: "Overloaded" };

  test("breaks a stream off", () => {
    const { finish, ...seen } = { ...SEEN, usage: { ...SEEN.usage, output: 1 }, ended: false, error };
    expect(finish).toBe("end_turn");
    expect(observe(START + BLOCK + textDelta("Hi") + frame("error", { error }))).toEqual(seen);
  });

  test.each([
    ["without a type", `event: error\ndata: {"error":${JSON.stringify(error)}}\n\n`, error],
    ["whose data is no JSON", "event:error\ndata: upstream timed out\n\n", { message: "upstream timed out" }],
    ["that says nothing", "event: error\ndata: {}\n\n", {}],
  ])("%s", (_, text, seen) => {
    expect(observe(text).error).toEqual(seen);
    expect(observe(START + BLOCK + text).error).toEqual(seen);
  });
});

test("an error without an event line is read before content, and leaves the answer unended after it", () => {
  const unnamed = `data: {"type":"error","error":{"type":"overloaded_error","message":"no"}}\n\n`;
  expect(observe(unnamed).error).toEqual({ type: "overloaded_error", message: "no" });
  expect(observe(START + BLOCK + unnamed).ended).toBe(false);
});

describe("what only looks like an event", () => {
  test.each([
    'event: error\ndata: {"type":"error"}\n\n',
    'event: message_stop\n\ndata: {"type":"message_stop"}\n\n',
    '\r\r{"type":"message_delta","usage":{"output_tokens":99}}',
    '"usage":{"output_tokens":99}',
  ])("%j as a text", (text) => {
    expect(observe(START + BLOCK + textDelta(text) + FINISH)).toEqual({ ...SEEN, ended: false });
  });

  test.each([
    "data: {broken\n\n",
    'data: "message_stop"\n\n',
    "data: null\n\n",
    'data: ["message_stop"]\n\n',
    'event: message_stop\ndata: {"type":"ping"}\n\n',
    'data: {"type":"__proto__"}\n\nevent: constructor\ndata: {}\n\n',
    'event: message_start\ndata: {"type":"message_start","message":[{"id":"x"}]}\n\n',
    'event: message_delta\ndata: {"type":"message_delta","delta":"error","usage":7}\n\n',
    "event: message_stop\n\n",
    `data: {"type":"message_stop","x":${"[".repeat(100_000)}\n\n`,
  ])("the frame %#", (text) => {
    const whole = observeInChunks([utf8.encode(START + BLOCK + text + FINISH)]);
    expect(whole).toEqual({ ...SEEN, ended: false });
    expect(observeInChunks([utf8.encode(text + START + BLOCK + FINISH)])).toEqual(whole);
  });

  test("JSON of any depth does not throw", () => {
    const deep = "[".repeat(100_000) + "]".repeat(100_000);
    const text = `data: ${deep}\n\ndata: {"type":"message_stop","x":${deep}}\n\n`;
    expect(() => observeInChunks([utf8.encode(text)])).not.toThrow();
  });
});

test("no bytes whatever make it throw", () => {
  const part = fc.oneof(
    fc.uint8Array({ maxLength: 20 }),
    fc.constantFrom(...STREAM.split(/(?<=\n)/)).map((line) => utf8.encode(line)),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 20 }), cuts, (parts, cuts) => {
      const bytes = new Uint8Array(parts.flatMap((part) => [...part]));
      expect(observeInChunks(chunksOf(bytes, cuts))).toEqual(observeInChunks([bytes]));
    }),
    { numRuns: 500 },
  );
});

describe("where a frame of somebody else's may follow", () => {
  test.each([
    ["", true],
    [START, true],
    [`${START}\r\n`, true],
    [START.replaceAll("\n", "\r\n"), true],
    [START.replaceAll("\n", "\r"), true],
    [START.slice(0, -1), false],
    [START.slice(0, -9), false],
    [`${START}event`, false],
    [`${START}: comment\n`, false],
    ["\uFEFF", false],
  ])("after %j: %j", (text, atFrameBoundary) => {
    const observer = observeStream("anthropic-messages");
    observer.push(utf8.encode(text));
    expect(observer.atFrameBoundary).toBe(atFrameBoundary);
    observer.end();
    expect(observer.atFrameBoundary).toBe(atFrameBoundary);
  });
});

describe("frames over the limit", () => {
  test("are skipped and counted, however they were split", () => {
    const options = { maxFrameBytes: 300 };
    expect(observe(START + BLOCK + textDelta("x".repeat(300)) + FINISH + STOP, options)).toEqual({
      ...SEEN,
      skippedFrames: 1,
    });
  });

  test("at the very end count too", () => {
    expect(
      observe(START + BLOCK + FINISH + STOP + textDelta("x".repeat(300)).trimEnd(), { maxFrameBytes: 300 }),
    ).toEqual({
      ...SEEN,
      skippedFrames: 1,
    });
  });

  test("a limit has to be above 0", () => {
    expect(() => observeStream("anthropic-messages", { maxFrameBytes: 0 })).toThrow(TypeError);
  });
});

test("a dialect that is not spoken is a TypeError", () => {
  expect(() => Reflect.apply(observeStream, undefined, ["latin"])).toThrow(TypeError);
  expect(() => Reflect.apply(observeBuffered, undefined, ["latin", 200, utf8.encode("{}")])).toThrow(TypeError);
});

test("chunks may be used again once they were pushed", () => {
  const observer = observeStream("anthropic-messages");
  for (const chunk of chunksOfSize(utf8.encode(STREAM), 100)) {
    const reused = chunk.slice();
    observer.push(reused);
    reused.fill(0);
  }
  expect(observer.end()).toEqual(SEEN);
});

test("content is not even decoded", () => {
  const observer = observeStream("anthropic-messages");
  observer.push(utf8.encode(START + BLOCK));
  const decode = vi.spyOn(TextDecoder.prototype, "decode");
  observer.push(utf8.encode(textDelta("Hi").repeat(200) + FINISH + textDelta("Ho") + STOP + textDelta("He")));
  expect(decode).toHaveBeenCalledTimes(2);
  decode.mockRestore();
  expect(observer.end()).toEqual(SEEN);
});

test("in a chunk full of false alarms no byte is looked at over and over", () => {
  const observer = observeStream("anthropic-messages");
  observer.push(utf8.encode(START + BLOCK));
  // The decoder takes real bytes only, and what it gives does not matter here.
  const decode = vi.spyOn(TextDecoder.prototype, "decode").mockReturnValue("");
  let reads = 0;
  const bytes = utf8.encode(textDelta("message_stop").repeat(2000));
  observer.push(watched(bytes, () => reads++));
  expect(decode).toHaveBeenCalledTimes(2000);
  decode.mockRestore();
  expect(reads).toBeLessThan(4 * bytes.length);
});

function buffered(status: number, body: string): Observation {
  return observeBuffered("anthropic-messages", status, utf8.encode(body));
}

describe("a buffered answer", () => {
  test("is read whole", () => {
    const body = {
      id: "msg_1",
      type: "message",
      model: "m",
      content: [{ type: "text" }],
      stop_reason: "max_tokens",
      usage: USAGE,
    };
    expect(buffered(200, `\n  ${JSON.stringify(body)}`)).toEqual({
      id: "msg_1",
      model: "m",
      usage: { input: 21, cacheRead: 7, output: 1 },
      finish: "max_tokens",
      ended: true,
      contentStarted: true,
    });
  });

  test("may have no content and no usage", () => {
    expect(buffered(200, '{"type":"message","content":[]}')).toEqual({ usage: {}, ended: true, contentStarted: false });
  });

  test("is an error by its type, or by its status", () => {
    const error = { type: "rate_limit_error", message: "Slow down" };
    const seen = { usage: {}, ended: true, contentStarted: false, error };
    expect(buffered(429, JSON.stringify({ type: "error", error }))).toEqual(seen);
    expect(buffered(200, JSON.stringify({ type: "error", error }))).toEqual(seen);
    expect(buffered(429, JSON.stringify({ error }))).toEqual(seen);
    expect(buffered(200, JSON.stringify({ error })).error).toBeUndefined();
  });

  test.each(["", "<html>Bad gateway</html>", "[1]", '{"id":"msg_1"', "null"])("%j is no answer", (body) => {
    const nothing = { usage: {}, ended: false, contentStarted: false };
    expect(buffered(200, body)).toEqual(nothing);
    expect(buffered(502, body)).toEqual({ ...nothing, error: {} });
  });
});
