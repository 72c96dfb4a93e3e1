import { readFileSync } from "node:fs";

import { describe, expect, test } from "vitest";

import type { TranslationContext } from "../context.ts";
import { createStreamTranslator, translateRequest, translateResponse } from "../index.ts";
import type { DialectId } from "../index.ts";
import type { JsonObject } from "../json.ts";
import { unpackSeal } from "../reasoning/carrier.ts";
import { DONE_FRAME, writeFrame } from "../sse/write.ts";
import { ACCEPTANCE } from "../testing/acceptance/index.ts";
import { LEAST, MAIN_TARGETS, optionsFor, translateStream } from "../testing/exchange.ts";
import { listOf, objectOf } from "../testing/laws/complaints.ts";
import { eventsIn } from "../testing/said.ts";

/*
 * Hard cases 71 to 100 of the specification: answers of both of OpenAI's APIs for clients of Anthropic Messages. Every stream that is
 * said to be good is read by the official client, too.
 */

/** What belongs to the gateway, whose own tests show it. */
const ELSEWHERE: ReadonlyMap<number, string> = new Map([
  [99, "when a silent upstream's client is sent a ping is for the gateway's timers; here is only what is sent then"],
]);

const AM = "anthropic-messages";
const { stream: accept, streamComplaints } = ACCEPTANCE[AM];

function contextOf(upstream: DialectId, body: JsonObject = {}): TranslationContext {
  return translateRequest({ ...LEAST[AM], stream: true, ...body }, optionsFor(AM, MAIN_TARGETS[upstream])).context;
}

type Chunks = readonly (object | string)[];

const sseOf = (chunks: Chunks): string =>
  chunks.map((chunk) => (typeof chunk === "string" ? chunk : writeFrame(chunk))).join("");

/** The client's stream for these chunks of Chat Completions. */
function chat(chunks: Chunks, body?: JsonObject): string {
  return translateStream(sseOf(chunks), contextOf("openai-chat", body));
}

/** The client's stream for these events of Responses. */
function responses(events: readonly JsonObject[], body?: JsonObject): string {
  const sse = events.map((event, index) => writeFrame({ sequence_number: index, ...event }, String(event.type)));
  return translateStream(sse.join(""), contextOf("openai-responses", body));
}

/** What the official client makes of a stream that has to be without fault. */
async function taken(sse: string): Promise<JsonObject> {
  expect(streamComplaints(sse, false)).toEqual([]);
  return accept(sse);
}

/** The blocks of a message, as far as they say anything here. */
function blocksOf({ content }: JsonObject): readonly JsonObject[] {
  return listOf(content).map(({ type, text, thinking, signature, id, name, input }) =>
    Object.fromEntries(
      Object.entries({ type, text, thinking, signature, id, name, input }).filter(([, value]) => value !== undefined),
    ),
  );
}

const typesOf = (sse: string): readonly unknown[] => eventsIn(sse).map(({ type }) => type);
const countOf = (sse: string, type: string): number => typesOf(sse).filter((each) => each === type).length;
const deltaOf = (sse: string): JsonObject => eventsIn(sse).find(({ type }) => type === "message_delta") ?? {};

const chunk = (delta: object, rest: object = {}, finish: string | null = null): object => ({
  id: "chatcmpl-1",
  object: "chat.completion.chunk",
  created: 1,
  model: "up",
  choices: [{ index: 0, delta, finish_reason: finish }],
  ...rest,
});
const call = (index: number, id?: string | null, name?: string | null, args?: string): object =>
  chunk({ tool_calls: [{ index, id, type: "function", function: { name, arguments: args } }] });
const USAGE = { prompt_tokens: 100, completion_tokens: 7, total_tokens: 107 };
const ROLE = chunk({ role: "assistant", content: "" });
const TEXT = chunk({ content: "hi" });
const STOP = chunk({}, {}, "stop");
const CALLS = chunk({}, {}, "tool_calls");
const COUNTED = {
  id: "chatcmpl-1",
  object: "chat.completion.chunk",
  created: 1,
  model: "up",
  choices: [],
  usage: USAGE,
};

const textBlock = (text: string): object => ({ type: "text", text });
const toolBlock = (id: string, name: string, input: object): object => ({ type: "tool_use", id, name, input });
const thinkingBlock = (thinking: string): object => ({ type: "thinking", thinking, signature: "" });

describe("from Chat Completions: the end", () => {
  test("71: usage with the finish and once more after it makes one end", () => {
    const sse = chat([ROLE, TEXT, chunk({}, { usage: USAGE }, "stop"), COUNTED, COUNTED, DONE_FRAME]);
    expect(countOf(sse, "message_delta")).toBe(1);
    expect(countOf(sse, "message_stop")).toBe(1);
    expect(typesOf(sse).at(-1)).toBe("message_stop");
  });

  test("72: usage in a chunk without choices after the finish is told", async () => {
    const sse = chat([ROLE, TEXT, STOP, COUNTED, DONE_FRAME]);
    expect(deltaOf(sse).usage).toMatchObject({ input_tokens: 100, output_tokens: 7 });
    expect((await taken(sse)).usage).toMatchObject({ input_tokens: 100, output_tokens: 7 });
  });

  test("85: calls that end with stop are calls", async () => {
    const message = await taken(chat([ROLE, call(0, "c1", "f", "{}"), STOP, DONE_FRAME]));
    expect(message.stop_reason).toBe("tool_use");
    const whole = translateResponse(
      {
        id: "chatcmpl-1",
        choices: [
          {
            index: 0,
            message: { tool_calls: [{ id: "c1", type: "function", function: { name: "f", arguments: "{}" } }] },
            finish_reason: "stop",
          },
        ],
      },
      contextOf("openai-chat"),
    ).body;
    expect(whole.stop_reason).toBe("tool_use");
  });

  test("86: an end for calls without any call is an ordinary one", async () => {
    expect((await taken(chat([ROLE, TEXT, CALLS, DONE_FRAME]))).stop_reason).toBe("end_turn");
    const choices = [{ index: 0, message: { content: "hi" }, finish_reason: "tool_calls" }];
    expect(translateResponse({ id: "chatcmpl-1", choices }, contextOf("openai-chat")).body.stop_reason).toBe(
      "end_turn",
    );
  });

  test("87: usage stands where clients need it, whatever the upstream reported", () => {
    for (const chunks of [[ROLE, TEXT, STOP, DONE_FRAME], [ROLE, TEXT, STOP, COUNTED, DONE_FRAME], [STOP]]) {
      const sse = chat(chunks);
      const start = objectOf(eventsIn(sse).find(({ type }) => type === "message_start")?.message);
      expect(start.usage).toMatchObject({ input_tokens: expect.any(Number), output_tokens: expect.any(Number) });
      expect(deltaOf(sse).usage).toMatchObject({ output_tokens: expect.any(Number) });
    }
  });

  test("88: every frame names its event", () => {
    const sse = chat([ROLE, chunk({ reasoning_content: "r" }), TEXT, call(0, "c1", "f", "{}"), CALLS, DONE_FRAME]);
    for (const frame of sse.trimEnd().split("\n\n")) expect(frame).toMatch(/^event: \w+\ndata: \{.*\}$/);
  });

  test("91: an error chunk in mid-stream stays one", async () => {
    const sse = chat([ROLE, TEXT, { error: { message: "Overloaded", code: 529 } }, STOP, DONE_FRAME]);
    expect(typesOf(sse).at(-1)).toBe("error");
    expect(countOf(sse, "error")).toBe(1);
    expect(countOf(sse, "message_delta") + countOf(sse, "message_stop")).toBe(0);
    expect(eventsIn(sse).at(-1)?.error).toMatchObject({ type: "overloaded_error", message: "Overloaded" });
    await expect(accept(sse)).rejects.toThrow(/./);
  });

  test("92: a stream without a finish is an error", async () => {
    for (const chunks of [[ROLE, TEXT], [ROLE, call(0, "c1", "f", '{"a":')], [], [ROLE, TEXT, 'data: {"choices":[{']]) {
      const sse = chat(chunks);
      expect(typesOf(sse).at(-1)).toBe("error");
      expect(countOf(sse, "message_delta") + countOf(sse, "message_stop")).toBe(0);
      // oxlint-disable-next-line no-await-in-loop -- a few streams, one after the other
      await expect(accept(sse)).rejects.toThrow(/./);
    }
  });

  test("98: a stop sequence that was met is named; the number of a token is none", async () => {
    const asked = { stop_sequences: ["END"] };
    const ended = (more: object) => ({
      id: "chatcmpl-1",
      choices: [{ index: 0, delta: {}, finish_reason: "stop", ...more }],
    });
    for (const more of [{ stop_reason: "END" }, { matched_stop: "END" }]) {
      // oxlint-disable-next-line no-await-in-loop -- a few streams, one after the other
      const message = await taken(chat([ROLE, TEXT, ended(more), DONE_FRAME], asked));
      expect(message).toMatchObject({ stop_reason: "stop_sequence", stop_sequence: "END" });
    }
    const message = await taken(chat([ROLE, TEXT, ended({ stop_reason: 128_009 }), DONE_FRAME], asked));
    expect(message).toMatchObject({ stop_reason: "end_turn", stop_sequence: null });
  });

  test("99: what keeps a silent stream open is a ping", () => {
    const translator = createStreamTranslator(contextOf("openai-chat"));
    expect(translator.keepAlive).toMatch(/^event: ping\ndata: \{"type": ?"ping"\}\n\n$/);
  });

  test("100: cached tokens are no input of their own", async () => {
    const usage = { ...USAGE, prompt_tokens_details: { cached_tokens: 80, cache_write_tokens: 5 } };
    const counts = {
      input_tokens: 15,
      cache_read_input_tokens: 80,
      cache_creation_input_tokens: 5,
      output_tokens: 7,
    };
    const sse = chat([ROLE, TEXT, STOP, { ...COUNTED, usage }, DONE_FRAME]);
    expect((await taken(sse)).usage).toMatchObject(counts);
    const choices = [{ index: 0, message: { content: "hi" }, finish_reason: "stop" }];
    const { body } = translateResponse({ id: "chatcmpl-1", choices, usage }, contextOf("openai-chat"));
    expect(body.usage).toMatchObject(counts);
  });
});

describe("from Chat Completions: calls", () => {
  const tools = { tools: [{ name: "f", input_schema: { type: "object" } }] };
  const calls = (...chunks: Chunks): string => chat([ROLE, ...chunks, CALLS, COUNTED, DONE_FRAME], tools);

  test("73: a name that is null later opens nothing", async () => {
    const sse = calls(call(0, "c1", "f", '{"a"'), call(0, null, null, ":1}"));
    expect(blocksOf(await taken(sse))).toEqual([toolBlock("c1", "f", { a: 1 })]);
  });

  test("74: a name in every piece is one name and one block", async () => {
    const sse = calls(call(0, "c1", "f", '{"a"'), call(0, "c1", "f", ":1}"), call(0, "c1", "f", ""));
    expect(blocksOf(await taken(sse))).toEqual([toolBlock("c1", "f", { a: 1 })]);
  });

  test("75: an id that comes after the name puts off the beginning", async () => {
    const sse = calls(call(0, "", "f", '{"a"'), call(0, "c1", undefined, ":1}"));
    expect(blocksOf(await taken(sse))).toEqual([toolBlock("c1", "f", { a: 1 })]);
  });

  test("76: an id that never comes is made up", async () => {
    const message = await taken(calls(call(0, undefined, "f", '{"a":1}')));
    expect(blocksOf(message)).toEqual([toolBlock("call_answer0001_0", "f", { a: 1 })]);
    expect(message.stop_reason).toBe("tool_use");
  });

  test("77: a piece that says nothing is no call", async () => {
    const message = await taken(calls(TEXT, call(0, "", null, ""), chunk({ tool_calls: [{ index: 0 }] })));
    expect(blocksOf(message)).toEqual([textBlock("hi")]);
    expect(message.stop_reason).toBe("end_turn");
  });

  test("78: calls whose pieces alternate come one after the other, their arguments apart", async () => {
    const sse = calls(
      call(0, "c1", "f", '{"a"'),
      call(1, "c2", "g", '{"b"'),
      call(0, undefined, undefined, ":1}"),
      call(1, undefined, undefined, ":2}"),
    );
    expect(blocksOf(await taken(sse))).toEqual([toolBlock("c1", "f", { a: 1 }), toolBlock("c2", "g", { b: 2 })]);
  });

  test("79: text after a call is a block of its own", async () => {
    const sse = calls(call(0, "c1", "f", "{}"), TEXT);
    expect(blocksOf(await taken(sse))).toEqual([toolBlock("c1", "f", {}), textBlock("hi")]);
  });

  test("83: a whole call in the first chunk keeps its arguments", async () => {
    const first = chunk({
      role: "assistant",
      content: null,
      tool_calls: [{ index: 0, id: "c1", type: "function", function: { name: "f", arguments: '{"a":1}' } }],
    });
    const sse = chat([first, CALLS, DONE_FRAME], tools);
    expect(blocksOf(await taken(sse))).toEqual([toolBlock("c1", "f", { a: 1 })]);
  });

  test("89: a piece that is no call leaves no gap in the numbers", () => {
    const sse = calls(TEXT, call(0, "", null, ""), call(1, "c2", "g", "{}"));
    const starts = eventsIn(sse).filter(({ type }) => type === "content_block_start");
    expect(starts.map(({ index }) => index)).toEqual([0, 1]);
  });
});

describe("from Chat Completions: text and reasoning", () => {
  test("80: reasoning and text are blocks of their own, each with its own deltas", async () => {
    const reasoning = (text: string) => chunk({ reasoning_content: text });
    const sse = chat([ROLE, reasoning("h"), reasoning("m"), TEXT, STOP, DONE_FRAME]);
    expect(blocksOf(await taken(sse))).toEqual([thinkingBlock("hm"), textBlock("hi")]);
  });

  test("81: text, reasoning and text are three blocks", async () => {
    const sse = chat([ROLE, TEXT, chunk({ reasoning: "hm" }), chunk({ content: "ho" }), STOP, DONE_FRAME]);
    expect(blocksOf(await taken(sse))).toEqual([textBlock("hi"), thinkingBlock("hm"), textBlock("ho")]);
  });

  test("82: text in the first chunk is not lost", async () => {
    const sse = chat([chunk({ role: "assistant", content: "a" }), chunk({ content: "b" }), STOP, DONE_FRAME]);
    expect(blocksOf(await taken(sse))).toEqual([textBlock("ab")]);
  });

  test("84: text in the chunk with the finish comes before the end", async () => {
    const sse = chat([ROLE, chunk({ content: "last" }, {}, "stop"), DONE_FRAME]);
    expect(blocksOf(await taken(sse))).toEqual([textBlock("last")]);
  });

  test("90: an answer begins once, though every chunk has the role", () => {
    const sse = chat([ROLE, chunk({ role: "assistant", content: "a" }), ROLE, STOP, COUNTED, DONE_FRAME]);
    expect(countOf(sse, "message_start")).toBe(1);
  });
});

describe("from Responses", () => {
  const CREATED = {
    type: "response.created",
    response: { id: "resp_1", status: "in_progress", model: "up", output: [] },
  };
  const added = (index: number, item: object): JsonObject => ({
    type: "response.output_item.added",
    output_index: index,
    item,
  });
  const done = (index: number, item: object): JsonObject => ({
    type: "response.output_item.done",
    output_index: index,
    item,
  });
  const completed = (output: readonly object[]): JsonObject => ({
    type: "response.completed",
    response: {
      id: "resp_1",
      status: "completed",
      model: "up",
      output,
      usage: { input_tokens: 100, output_tokens: 7, total_tokens: 107 },
    },
  });
  const message = (text: string, id = "msg_1") => ({
    id,
    type: "message",
    role: "assistant",
    status: "completed",
    content: text === "" ? [] : [{ type: "output_text", text, annotations: [] }],
  });
  const reasoning = (summary: readonly string[], encrypted: string) => ({
    id: "rs_1",
    type: "reasoning",
    summary: summary.map((text) => ({ type: "summary_text", text })),
    encrypted_content: encrypted,
  });
  const functionCall = (args: string) => ({
    id: "fc_1",
    type: "function_call",
    call_id: "c1",
    name: "f",
    arguments: args,
    status: "completed",
  });
  const summaryPart = (index: number, text: string): readonly JsonObject[] => {
    const at = { item_id: "rs_1", output_index: 0, summary_index: index };
    return [
      { type: "response.reasoning_summary_part.added", ...at, part: { type: "summary_text", text: "" } },
      { type: "response.reasoning_summary_text.delta", ...at, delta: text },
      { type: "response.reasoning_summary_text.done", ...at, text },
      { type: "response.reasoning_summary_part.done", ...at, part: { type: "summary_text", text } },
    ];
  };

  test("93: a summary of three parts is one block with one signature", async () => {
    const item = reasoning(["one", "two", "three"], "enc");
    const sse = responses([
      CREATED,
      added(0, reasoning([], "")),
      ...summaryPart(0, "one"),
      ...summaryPart(1, "two"),
      ...summaryPart(2, "three"),
      done(0, item),
      completed([item]),
    ]);
    const [block, ...more] = listOf((await taken(sse)).content);
    expect(block).toMatchObject({ type: "thinking", thinking: "one\n\ntwo\n\nthree" });
    expect(more).toEqual([]);
    expect(sse.split('"signature_delta"')).toHaveLength(2);
    expect(unpackSeal(String(block?.signature))).toMatchObject({ seal: { origin: "openai-responses", data: "enc" } });
  });

  test("94: of two encrypted contents the last is kept", async () => {
    const item = reasoning(["one"], "final");
    const sse = responses([
      CREATED,
      added(0, reasoning([], "provisional")),
      ...summaryPart(0, "one"),
      done(0, item),
      completed([item]),
    ]);
    const [block] = listOf((await taken(sse)).content);
    expect(unpackSeal(String(block?.signature))).toMatchObject({ seal: { data: "final" } });
  });

  test("95: arguments that come only at the end are told in one piece", async () => {
    const whole = functionCall('{"a":1}');
    const argumentsDone = {
      type: "response.function_call_arguments.done",
      item_id: "fc_1",
      output_index: 0,
      arguments: '{"a":1}',
    };
    for (const events of [
      [added(0, functionCall("")), argumentsDone, done(0, whole), completed([whole])],
      [added(0, functionCall("")), done(0, whole), completed([whole])],
      [added(0, functionCall("")), completed([whole])],
      [completed([whole])],
    ]) {
      const sse = responses([CREATED, ...events]);
      const pieces = eventsIn(sse).filter(({ delta }) => objectOf(delta).type === "input_json_delta");
      expect(pieces.map(({ delta }) => objectOf(delta).partial_json)).toEqual(['{"a":1}']);
      // oxlint-disable-next-line no-await-in-loop -- a few streams, one after the other
      const { content, stop_reason: reason } = await taken(sse);
      expect(blocksOf({ content })).toEqual([toolBlock("c1", "f", { a: 1 })]);
      expect(reason).toBe("tool_use");
    }
  });

  test("96: an end without output does not take back what came", async () => {
    const whole = message("hi");
    const sse = responses([CREATED, added(0, message("")), done(0, whole), completed([])]);
    expect(await taken(sse)).toMatchObject({ content: [{ type: "text", text: "hi" }], stop_reason: "end_turn" });
  });

  test("97: a search of the web is no call that waits", async () => {
    const search = {
      id: "ws_1",
      type: "web_search_call",
      status: "completed",
      action: { type: "search", query: "weather" },
    };
    const output = [search, message("sunny")];
    const sse = responses([
      CREATED,
      added(0, { ...search, status: "in_progress" }),
      done(0, search),
      added(1, message("")),
      done(1, message("sunny")),
      completed(output),
    ]);
    const { content, stop_reason: reason } = await taken(sse);
    expect(reason).toBe("end_turn");
    expect(listOf(content).at(-1)).toMatchObject({ type: "text", text: "sunny" });
    const { body } = translateResponse(
      { id: "resp_1", object: "response", status: "completed", model: "up", output },
      contextOf("openai-responses"),
    );
    expect(body.stop_reason).toBe("end_turn");
  });
});

test("hard cases 71 to 100 are all tested here, or elsewhere", () => {
  const source = readFileSync(new URL(import.meta.url), "utf8");
  const tested = new Set([...source.matchAll(/^ +test\("(\d+): /gm)].map(([, number]) => Number(number)));
  const missing = Array.from({ length: 30 }, (_, index) => 71 + index).filter(
    (number) => !tested.has(number) && !ELSEWHERE.has(number),
  );
  expect(missing).toEqual([]);
  expect([...tested].every((number) => number >= 71 && number <= 100)).toBe(true);
});
