import { describe, expect, test, vi } from "vitest";

import { observeBuffered, observeStream } from "../../observe.ts";
import type { Observation } from "../../observation.ts";
import { DONE_FRAME, writeFrame } from "../../sse/write.ts";
import { chunksOfSize } from "../../testing/chunks.ts";

const utf8 = new TextEncoder();

const chunk = (choices: readonly object[], rest: object = {}): string =>
  writeFrame({ id: "c1", object: "chat.completion.chunk", model: "gpt-5", choices, ...rest });
const delta = (delta: object, rest: object = {}): string =>
  chunk([{ index: 0, delta, logprobs: null, finish_reason: null, ...rest }], { usage: null });

const USAGE = { prompt_tokens: 28, completion_tokens: 12, prompt_tokens_details: { cached_tokens: 7 } };
const START = delta({ role: "assistant", content: "", refusal: null });
const TEXT = delta({ content: "Hi" });
const FINISH = delta({}, { finish_reason: "stop" });
const COUNTED = chunk([], { usage: USAGE });
const STREAM = START + TEXT + FINISH + COUNTED + DONE_FRAME;

const SEEN: Observation = {
  id: "c1",
  model: "gpt-5",
  usage: { input: 21, cacheRead: 7, output: 12 },
  finish: "stop",
  ended: true,
  contentStarted: true,
};

/** What is seen of a stream in one chunk; it has to be the same byte by byte. */
function observe(text: string): Observation {
  const [whole, bytewise] = [[utf8.encode(text)], chunksOfSize(utf8.encode(text), 1)].map((chunks) => {
    const observer = observeStream("openai-chat");
    for (const chunk of chunks) observer.push(chunk);
    return observer.end();
  });
  expect(bytewise).toEqual(whole);
  return whole ?? { usage: {}, ended: false, contentStarted: false };
}

describe("a stream", () => {
  test("is read to its end", () => {
    expect(observe(STREAM)).toEqual(SEEN);
  });

  test("may have blanks around its colons, comments, and data over several lines", () => {
    expect(observe(STREAM.replaceAll('":', '" : '))).toEqual(SEEN);
    expect(observe(`: PROCESSING\n\n${STREAM.replaceAll("\n\n", "\n\n: [DONE]\n\n")}`)).toEqual(SEEN);
    expect(observe(STREAM.replaceAll(',"', ',\ndata: "'))).toEqual(SEEN);
  });

  test("may begin with chunks that name neither an id nor a model, and change them later", () => {
    const azure = chunk([], { id: "", model: "", prompt_filter_results: [] });
    expect(observe(azure + STREAM + chunk([], { id: "c2", model: "gpt-6" }))).toEqual(SEEN);
  });
});

describe("the end", () => {
  test.each([
    ["a finish reason", START + TEXT + FINISH, true],
    ["[DONE] alone", START + TEXT + DONE_FRAME, true],
    ["[DONE] with blanks", `${START}${TEXT}data:[DONE] \n\n`, true],
    ["neither", START + TEXT + COUNTED, false],
    ["an empty finish reason", START + TEXT + delta({}, { finish_reason: "" }), false],
    ["the finish reason of another choice", TEXT + chunk([{ index: 1, delta: {}, finish_reason: "stop" }]), false],
    ["[DONE] in a text", START + TEXT + delta({ content: "[DONE]" }), false],
    ["[DONE] cut short", `${START}${TEXT}data: [DONE`, false],
  ])("is %s", (_, text, ended) => {
    expect(observe(text).ended).toBe(ended);
  });

  test("is known by the first finish reason, and a choice without an index is the first", () => {
    const again = chunk([{ delta: {}, finish_reason: "length" }], { usage: USAGE });
    expect(observe(START + TEXT + FINISH + again)).toEqual(SEEN);
    expect(observe(START + TEXT + again)).toEqual({ ...SEEN, finish: "length" });
  });
});

describe("content", () => {
  test.each([
    { content: "Hi" },
    { content: [{ type: "thinking" }] },
    { content: null, refusal: "No" },
    { tool_calls: [{ index: 0 }] },
    { function_call: { name: "f" } },
    { reasoning_content: "Hm" },
    { content: "", reasoning: "Hm" },
    { reasoning_details: [{ type: "reasoning.encrypted" }] },
  ])("starts with %j", (part) => {
    expect(observe(START + delta(part)).contentStarted).toBe(true);
    expect(observe(chunk([{ index: 1, delta: part }])).contentStarted).toBe(true);
  });

  test.each([
    { role: "assistant", content: "" },
    { content: null, tool_calls: null, reasoning: null },
    { content: [], tool_calls: [], reasoning_details: [] },
    {},
  ])("does not start with %j", (part) => {
    expect(observe(START + delta(part)).contentStarted).toBe(false);
  });

  test("is not even decoded", () => {
    const observer = observeStream("openai-chat");
    observer.push(utf8.encode(START + TEXT));
    const decode = vi.spyOn(TextDecoder.prototype, "decode");
    observer.push(utf8.encode(TEXT.repeat(200) + FINISH + TEXT + COUNTED + DONE_FRAME));
    expect(decode).toHaveBeenCalledTimes(3);
    decode.mockRestore();
    expect(observer.end()).toEqual(SEEN);
  });
});

describe("usage", () => {
  const growing = { prompt_tokens: 28, completion_tokens: 1 };

  test.each([
    ["beside the finish reason", chunk([{ index: 0, delta: {}, finish_reason: "stop" }], { usage: USAGE })],
    ["on every chunk, the last of them", chunk([{ index: 0, delta: { content: "Hi" } }], { usage: growing }) + COUNTED],
    ["in the choice", delta({}, { finish_reason: "stop", usage: USAGE })],
    ["in x_groq", chunk([], { x_groq: { id: "r", usage: USAGE } })],
    ["twice over", chunk([], { usage: USAGE, x_groq: { usage: USAGE } })],
    ["before a null or an empty one", COUNTED + TEXT + chunk([], { usage: {} })],
  ])("%s", (_, text) => {
    expect(observe(START + TEXT + text).usage).toEqual(SEEN.usage);
    expect(observe(START + text).usage).toEqual(SEEN.usage);
  });

  test("is absent when there was none", () => {
    expect(observe(START + TEXT + FINISH + DONE_FRAME).usage).toEqual({});
  });
});

describe("an error", () => {
  const error = { message: "no", type: "server_error", code: 502 };
  const seen = { message: "no", type: "server_error", code: "502" };

  test.each([
    ["in a chunk of its own", writeFrame({ error }), seen],
    ["beside choices", chunk([{ index: 0, delta: { content: "" }, finish_reason: null }], { error }), seen],
    ["as text", writeFrame({ error: "no" }), { message: "no" }],
    ["by its object", writeFrame({ object: "error", message: "no", code: 400 }), { message: "no", code: "400" }],
    ["by the name of the frame", writeFrame({ error }, "error"), seen],
    ["by that name, with fields of its own", writeFrame({ message: "no" }, "error"), { message: "no" }],
    ["whose data is no JSON", "event:error\ndata: upstream timed out\n\n", { message: "upstream timed out" }],
  ])("%s", (_, text, error) => {
    expect(observe(START + text)).toMatchObject({ error, ended: false });
    expect(observe(START + TEXT + text)).toMatchObject({ error, ended: false });
    expect(observe(START + TEXT + FINISH + text + DONE_FRAME)).toMatchObject({ error, ended: true });
  });

  test("that is null is none", () => {
    expect(observe(START + TEXT + chunk([], { error: null }) + FINISH).error).toBeUndefined();
  });
});

test.each([
  "data: {broken\n\n",
  'data: "[DONE]"\n\n',
  "data: null\n\n",
  'data: ["error"]\n\n',
  'data: {"choices":"error"}\n\n',
  'data: {"choices":{"finish_reason":"stop"}}\n\n',
  'data: {"choices":[null,7,"usage"],"usage":7,"x_groq":"usage"}\n\n',
  'data: {"choices":[{"delta":null,"finish_reason":7}],"usage":[1]}\n\n',
  'data: {"id":7,"model":[],"choices":[{"delta":"x"}]}\n\n',
])("the frame %j says nothing", (text) => {
  expect(observe(START + TEXT + text)).toEqual(observe(START + TEXT));
  expect(observe(text + START + TEXT)).toEqual(observe(START + TEXT));
});

describe("a buffered answer", () => {
  const buffered = (status: number, body: unknown): Observation =>
    observeBuffered("openai-chat", status, utf8.encode(JSON.stringify(body)));

  test("is read whole", () => {
    const choices = [{ index: 0, message: { role: "assistant", content: "Hi" }, finish_reason: "stop" }];
    expect(buffered(200, { id: "c1", model: "gpt-5", choices, usage: USAGE })).toEqual(SEEN);
  });

  test("may say nothing", () => {
    expect(buffered(200, {})).toEqual({ usage: {}, ended: true, contentStarted: false });
  });

  test("is an error by its status, or by what it says", () => {
    const seen = { usage: {}, ended: true, contentStarted: false, error: { message: "no" } };
    for (const body of [{ error: "no" }, { error: { message: "no" } }, [{ error: { message: "no" } }]]) {
      expect(buffered(400, body)).toEqual(seen);
      expect(buffered(200, body)).toEqual(seen);
    }
    expect(buffered(422, { detail: "no" })).toEqual(seen);
    expect(buffered(200, { detail: "no" }).error).toBeUndefined();
  });
});
