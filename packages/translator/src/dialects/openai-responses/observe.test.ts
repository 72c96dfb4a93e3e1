import { describe, expect, test, vi } from "vitest";

import { observeBuffered, observeStream } from "../../observe.ts";
import type { Observation } from "../../observation.ts";
import { DONE_FRAME, writeFrame } from "../../sse/write.ts";
import { chunksOfSize } from "../../testing/chunks.ts";

const utf8 = new TextEncoder();

const frame = (type: string, rest: object = {}): string => writeFrame({ type, ...rest }, type);
const snapshot = (type: string, rest: object): string => frame(type, { response: { ...RESPONSE, ...rest } });
const textDelta = (delta: string): string => frame("response.output_text.delta", { output_index: 0, delta });

const RESPONSE = {
  id: "resp_1",
  object: "response",
  model: "gpt-5",
  error: null,
  incomplete_details: null,
  output: [],
};
const USAGE = {
  input_tokens: 100,
  input_tokens_details: { cached_tokens: 64 },
  output_tokens: 12,
  output_tokens_details: { reasoning_tokens: 8 },
  total_tokens: 112,
};
const START =
  snapshot("response.created", { status: "in_progress", usage: null }) +
  snapshot("response.in_progress", { status: "in_progress", usage: null });
const ITEM = frame("response.output_item.added", { output_index: 0, item: { type: "message" } });
const END = snapshot("response.completed", { status: "completed", usage: USAGE });
const STREAM = START + ITEM + textDelta("Hi") + END;

const STARTED: Observation = { id: "resp_1", model: "gpt-5", usage: {}, ended: false, contentStarted: true };
const SEEN: Observation = {
  ...STARTED,
  usage: { input: 36, cacheRead: 64, output: 12, reasoning: 8 },
  finish: "completed",
  ended: true,
};

/** What is seen of a stream in one chunk; it has to be the same byte by byte. */
function observe(text: string): Observation {
  const whole = observeInChunks([utf8.encode(text)]);
  expect(observeInChunks(chunksOfSize(utf8.encode(text), 1))).toEqual(whole);
  return whole;
}

function observeInChunks(chunks: readonly Uint8Array[]): Observation {
  const observer = observeStream("openai-responses");
  for (const chunk of chunks) observer.push(chunk);
  return observer.end();
}

describe("a stream", () => {
  test("is read to its end", () => {
    expect(observe(STREAM)).toEqual(SEEN);
  });

  test("is known in part while it runs", () => {
    expect(observe(START)).toEqual({ ...STARTED, contentStarted: false });
    expect(observe(START + ITEM + textDelta("Hi"))).toEqual(STARTED);
  });

  test.each([
    ["event lines", STREAM.replaceAll(/^event: .*\n/gm, "")],
    ["the type inside the data", STREAM.replaceAll(/"type":"response[\w.]+",?/g, "")],
  ])("may lack %s", (_, text) => {
    expect(observe(text)).toEqual(SEEN);
  });

  test("may be queued at first, hold keepalives and unknown events, and end with [DONE]", () => {
    const queued = snapshot("response.queued", { status: "queued", usage: null });
    const noise = frame("keepalive") + frame("response.news", { response: 7 });
    expect(observe(queued + noise + STREAM + noise + DONE_FRAME)).toEqual(SEEN);
  });

  test("may be incomplete", () => {
    const details = { status: "incomplete", incomplete_details: { reason: "max_output_tokens" }, usage: USAGE };
    expect(observe(START + ITEM + snapshot("response.incomplete", details))).toEqual({
      ...SEEN,
      finish: "max_output_tokens",
    });
  });

  test("may bring all its content in the terminal event", () => {
    const end = snapshot("response.completed", { status: "completed", usage: USAGE, output: [{ type: "message" }] });
    expect(observe(START + end)).toEqual(SEEN);
    expect(observe(START + END).contentStarted).toBe(false);
  });

  test.each(["response.output_item.added", "response.output_item.done", "response.function_call_arguments.delta"])(
    "has content from the first %s on",
    (type) => {
      expect(observe(START + frame(type)).contentStarted).toBe(true);
    },
  );

  test("of whose terminal event nothing is left but the name has ended", () => {
    expect(observe(START + ITEM + frame("response.completed", { response: 7 }))).toEqual({ ...STARTED, ended: true });
  });
});

describe("an error", () => {
  const failure = { code: "server_error", message: "Sorry" };
  const failed = snapshot("response.failed", { status: "failed", error: failure, usage: null });

  test("fails an answer", () => {
    expect(observe(START + ITEM + failed)).toEqual({ ...STARTED, finish: "failed", ended: true, error: failure });
  });

  test("takes nothing back that was counted", () => {
    const counted = snapshot("response.in_progress", { status: "in_progress", usage: USAGE });
    expect(observe(counted + failed).usage).toEqual(SEEN.usage);
  });

  test("may fail it without a word", () => {
    expect(observe(START + ITEM + frame("response.failed")).error).toEqual({});
  });

  test("breaks a stream off", () => {
    expect(observe(START + ITEM + frame("error", { ...failure, param: null }))).toEqual({ ...STARTED, error: failure });
  });

  test("keeps what its event said beyond the failed response", () => {
    const event = frame("error", { error: { type: "tokens", ...failure } });
    expect(observe(START + event + failed).error).toEqual({ type: "tokens", ...failure });
  });

  test.each([
    ["without an event line", `data: {"type":"error","message":"no"}\n\n`],
    ["without an event line and with blanks", `data: {"message": "no", "type": "error"}\n\n`],
    ["without a type", 'event:error\ndata: {"error":{"message":"no"}}\n\n'],
    ["whose data is no JSON", "event: error\ndata: no\n\n"],
  ])("%s is read before content and after it", (_, text) => {
    expect(observe(START + text).error).toEqual({ message: "no" });
    expect(observe(START + ITEM + text).error).toEqual({ message: "no" });
  });
});

describe("what only looks like an event", () => {
  test.each(["response.completed", 'event: error\ndata: {"type":"error"}\n\n', '"type":"response.failed"'])(
    "%j as a text",
    (text) => {
      expect(observe(START + ITEM + textDelta(text))).toEqual(STARTED);
    },
  );

  test.each([
    "data: {response.completed\n\n",
    'data: "response.completed"\n\n',
    'data: ["response.failed"]\n\n',
    'event: response.completed\ndata: {"type":"ping"}\n\n',
    "event: response.completed\n\n",
    'event: constructor\ndata: {"x":"response.failed"}\n\n',
    `data: {"type":"response.completed","x":${"[".repeat(100_000)}\n\n`,
  ])("the frame %#", (text) => {
    expect(observeInChunks([utf8.encode(START + ITEM + text)])).toEqual(STARTED);
    expect(observeInChunks([utf8.encode(text + START + ITEM)])).toEqual(STARTED);
  });
});

test("content is not even decoded", () => {
  const observer = observeStream("openai-responses");
  observer.push(utf8.encode(START + ITEM));
  const decode = vi.spyOn(TextDecoder.prototype, "decode");
  observer.push(utf8.encode(textDelta("Hi").repeat(200) + END + textDelta("Ho")));
  expect(decode).toHaveBeenCalledTimes(1);
  decode.mockRestore();
  expect(observer.end()).toEqual(SEEN);
});

function buffered(status: number, body: unknown): Observation {
  return observeBuffered("openai-responses", status, utf8.encode(JSON.stringify(body)));
}

describe("a buffered answer", () => {
  const nothing: Observation = { usage: {}, ended: true, contentStarted: false };

  test("names its items, by which later calls may refer to them", () => {
    const output = [{ type: "reasoning", id: "rs_1" }, { type: "message", id: "msg_1" }, { type: "message" }];
    expect(buffered(200, { ...RESPONSE, status: "completed", output }).items).toEqual(["rs_1", "msg_1"]);
    expect(buffered(200, { ...RESPONSE, status: "completed", output: [] })).not.toHaveProperty("items");
  });

  test("is read whole", () => {
    const body = { ...RESPONSE, status: "completed", output: [{ type: "message" }], usage: USAGE };
    expect(buffered(200, body)).toEqual(SEEN);
  });

  test("may only say that the response runs", () => {
    const seen = { ...STARTED, ended: true, contentStarted: false };
    expect(buffered(200, { ...RESPONSE, status: "queued", usage: null })).toEqual(seen);
  });

  test("is an error by its status, by what it says, or by the status of the response", () => {
    const error = { type: "invalid_request_error", code: "invalid_api_key", message: "no" };
    expect(buffered(401, { error: { ...error, param: null }, status: "rejected" })).toEqual({ ...nothing, error });
    expect(buffered(200, { error })).toEqual({ ...nothing, error });
    expect(buffered(500, { detail: "no" })).toEqual({ ...nothing, error: { message: "no" } });
    expect(buffered(200, { ...RESPONSE, status: "failed", error: { code: "server_error" } })).toMatchObject({
      finish: "failed",
      error: { code: "server_error" },
    });
  });

  test("that is a text says nothing but its status", () => {
    const body = utf8.encode("Unauthorized");
    expect(observeBuffered("openai-responses", 401, body)).toEqual({ ...nothing, ended: false, error: {} });
  });

  test.each([
    ["a count", { object: "response.input_tokens", input_tokens: 7 }, {}],
    ["a deletion", { id: "resp_1", object: "response.deleted", deleted: true }, { id: "resp_1" }],
    ["a list of items", { object: "list", data: [{ id: "msg_1" }], first_id: "msg_1" }, {}],
    [
      "a compaction",
      { id: "resp_1", object: "response.compaction", output: [{}], usage: { input_tokens: 7 } },
      { id: "resp_1", usage: { input: 7 }, contentStarted: true },
    ],
    ["nothing", {}, {}],
  ])("of another call: %s", (_, body, seen) => {
    expect(buffered(200, body)).toEqual({ ...nothing, ...seen });
  });
});
