import { describe, expect, test } from "vitest";

import type { DialectId } from "../../dialect.ts";
import type { JsonObject } from "../../json.ts";
import { DONE_FRAME, writeFrame } from "../../sse/write.ts";
import { readAsCodex } from "./codex.ts";
import { ACCEPTANCE } from "./index.ts";
import { shown } from "../laws/complaints.ts";

const usage = { input_tokens: 1, output_tokens: 2 };
const MESSAGE = {
  id: "msg_1",
  type: "message",
  role: "assistant",
  model: "m",
  content: [],
  stop_reason: null,
  stop_sequence: null,
  usage,
};
const MESSAGES: readonly JsonObject[] = [
  { type: "message_start", message: MESSAGE },
  { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
  { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "hello" } },
  { type: "content_block_stop", index: 0 },
  { type: "content_block_start", index: 1, content_block: { type: "tool_use", id: "call_1", name: "read", input: {} } },
  { type: "content_block_delta", index: 1, delta: { type: "input_json_delta", partial_json: '{"a":1}' } },
  { type: "content_block_stop", index: 1 },
  { type: "message_delta", delta: { stop_reason: "tool_use", stop_sequence: null }, usage: { output_tokens: 2 } },
  { type: "message_stop" },
];

const chunk = (delta: JsonObject, finish: string | null = null): JsonObject => ({
  id: "chatcmpl-1",
  object: "chat.completion.chunk",
  created: 1,
  model: "m",
  choices: [{ index: 0, delta, finish_reason: finish, logprobs: null }],
  usage: null,
});
const call = (index: number, rest: JsonObject): JsonObject => chunk({ tool_calls: [{ index, ...rest }] });
const COUNTED: JsonObject = {
  ...chunk({}),
  choices: [],
  usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
};
const CHUNKS: readonly JsonObject[] = [
  chunk({ role: "assistant", content: "" }),
  chunk({ content: "hello" }),
  call(0, { id: "call_1", type: "function", function: { name: "read", arguments: "" } }),
  call(0, { function: { arguments: '{"a":1}' } }),
  chunk({}, "tool_calls"),
  COUNTED,
];

const RESPONSE = {
  id: "resp_1",
  object: "response",
  created_at: 1,
  status: "in_progress",
  error: null,
  incomplete_details: null,
  instructions: null,
  metadata: {},
  model: "m",
  output: [],
  parallel_tool_calls: true,
  temperature: 1,
  tool_choice: "auto",
  tools: [],
  top_p: 1,
  usage: null,
};
const PART = { type: "output_text", text: "hello", annotations: [], logprobs: [] };
const SAID = { id: "msg_1", type: "message", role: "assistant", status: "completed", content: [PART] };
const CALLED = {
  id: "fc_1",
  type: "function_call",
  call_id: "call_1",
  name: "read",
  arguments: '{"a":1}',
  status: "completed",
};
const COUNTS = {
  input_tokens: 1,
  input_tokens_details: { cached_tokens: 0 },
  output_tokens: 2,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: 3,
};
const inMessage = { item_id: "msg_1", output_index: 0, content_index: 0 };
const EVENTS: readonly JsonObject[] = [
  { type: "response.created", response: RESPONSE },
  { type: "response.in_progress", response: RESPONSE },
  { type: "response.output_item.added", output_index: 0, item: { ...SAID, status: "in_progress", content: [] } },
  { type: "response.content_part.added", ...inMessage, part: { ...PART, text: "" } },
  { type: "response.output_text.delta", ...inMessage, delta: "hello", logprobs: [] },
  { type: "response.output_text.done", ...inMessage, text: "hello", logprobs: [] },
  { type: "response.content_part.done", ...inMessage, part: PART },
  { type: "response.output_item.done", output_index: 0, item: SAID },
  { type: "response.output_item.added", output_index: 1, item: { ...CALLED, arguments: "", status: "in_progress" } },
  { type: "response.function_call_arguments.delta", item_id: "fc_1", output_index: 1, delta: '{"a":1}' },
  { type: "response.function_call_arguments.done", item_id: "fc_1", output_index: 1, arguments: '{"a":1}' },
  { type: "response.output_item.done", output_index: 1, item: CALLED },
  { type: "response.completed", response: { ...RESPONSE, status: "completed", output: [SAID, CALLED], usage: COUNTS } },
];

const named = (events: readonly JsonObject[]): string =>
  events.map((event) => writeFrame(event, shown(event.type))).join("");
const numbered = (events: readonly JsonObject[]): string =>
  named(events.map((event, index) => ({ ...event, sequence_number: index })));
const WRITERS: Readonly<Record<DialectId, (events: readonly JsonObject[]) => string>> = {
  "anthropic-messages": named,
  "openai-chat": (chunks) => chunks.map((each) => writeFrame(each)).join("") + DONE_FRAME,
  "openai-responses": numbered,
};
const EVENTS_OF: Readonly<Record<DialectId, readonly JsonObject[]>> = {
  "anthropic-messages": MESSAGES,
  "openai-chat": CHUNKS,
  "openai-responses": EVENTS,
};

function complaintsOf(dialect: DialectId, events: readonly JsonObject[]): readonly string[] {
  return ACCEPTANCE[dialect].streamComplaints(WRITERS[dialect](events), true);
}

/** The events with one of them replaced: by another, by several, or by none. */
function replaced(dialect: DialectId, at: number, ...by: readonly JsonObject[]): readonly JsonObject[] {
  return EVENTS_OF[dialect].toSpliced(at, 1, ...by);
}

describe.each(["anthropic-messages", "openai-chat", "openai-responses"] as const)("a good stream of %s", (dialect) => {
  const sse = WRITERS[dialect](EVENTS_OF[dialect]);

  test("is grammatical, and its SDK takes it", async () => {
    expect(complaintsOf(dialect, EVENTS_OF[dialect])).toEqual([]);
    const text = JSON.stringify(await ACCEPTANCE[dialect].stream(sse));
    expect(text).toContain("hello");
    expect(text).toContain("read");
  });

  test("is not grammatical when it is cut after any frame", () => {
    const frames = sse.split("\n\n").slice(0, -1);
    for (let count = 0; count < frames.length; count++) {
      const cut = frames.slice(0, count).map((frame) => `${frame}\n\n`);
      expect(ACCEPTANCE[dialect].streamComplaints(cut.join(""), true)).toContain("no end");
    }
  });

  test("is not grammatical when a frame comes twice or not at all", () => {
    for (const [index, event] of EVENTS_OF[dialect].entries()) {
      // A second piece of text is no fault of the grammar, nor is a piece less where nothing repeats the whole.
      const isPiece =
        /delta/.test(JSON.stringify(event)) &&
        /hello|a..:1/.test(JSON.stringify(event)) &&
        dialect !== "openai-responses";
      if (isPiece) continue;
      expect(complaintsOf(dialect, replaced(dialect, index, event, event))).not.toEqual([]);
      expect(complaintsOf(dialect, replaced(dialect, index))).not.toEqual([]);
    }
  });
});

describe("the grammar of Anthropic Messages complains of", () => {
  const at = (index: number, ...by: readonly JsonObject[]): readonly JsonObject[] =>
    replaced("anthropic-messages", index, ...by);
  test.each<[string, readonly JsonObject[]]>([
    ["ping before", [{ type: "ping" }, ...at(8)]],
    ["no input_tokens", at(0, { type: "message_start", message: { ...MESSAGE, usage: {} } })],
    ["block 1 in place of 0", at(1, { ...MESSAGES[1], index: 1 })],
    ["two blocks are open", at(3)],
    ["unknown block audio", at(1, { ...MESSAGES[1], content_block: { type: "audio" } })],
    ["block text starts with text undefined", at(1, { ...MESSAGES[1], content_block: { type: "text" } })],
    ["thinking_delta in text", at(2, { ...MESSAGES[2], delta: { type: "thinking_delta", thinking: "x" } })],
    [
      "the input of a call is broken JSON",
      at(5, { ...MESSAGES[5], delta: { type: "input_json_delta", partial_json: "{" } }),
    ],
    ["message_delta without output_tokens", at(7, { ...MESSAGES[7], usage: {} })],
    ["stop_reason stop", at(7, { ...MESSAGES[7], delta: { stop_reason: "stop", stop_sequence: null } })],
    ["message_stop after the end", [...MESSAGES, { type: "message_stop" }]],
    ["error server_error", at(8, { type: "error", error: { type: "server_error", message: "x" } })],
  ])("%s", (complaint, events) => {
    const wanted = complaint === "ping before" ? "no end" : complaint;
    expect(complaintsOf("anthropic-messages", events)).toContain(wanted);
  });

  test("frames without an event line", () => {
    const sse = MESSAGES.map((event) => writeFrame(event)).join("");
    expect(ACCEPTANCE["anthropic-messages"].streamComplaints(sse, true)).toContain(
      "event undefined holds message_start",
    );
  });
});

describe("the grammar of Chat Completions complains of", () => {
  const at = (index: number, ...by: readonly JsonObject[]): readonly JsonObject[] =>
    replaced("openai-chat", index, ...by);
  test.each<[string, readonly JsonObject[]]>([
    ["no role in the first chunk", at(0, chunk({ content: "" }))],
    ["a second role", at(1, chunk({ role: "assistant", content: "x" }))],
    ["id changes", at(1, { ...chunk({ content: "x" }), id: "chatcmpl-2" })],
    ["call 1 in place of 0", at(2, call(1, { id: "c", type: "function", function: { name: "a", arguments: "" } }))],
    ["a call of type undefined", at(2, call(0, { id: "c", function: { name: "a", arguments: "" } }))],
    ["id or name again", at(3, call(0, { id: "call_1", function: { arguments: "{}" } }))],
    ["the arguments of a call are broken JSON", at(3, call(0, { function: { arguments: "{" } }))],
    ["finish_reason end_turn", at(4, chunk({}, "end_turn"))],
    ["usage: missing", at(5)],
    [
      "usage: 1 + 2 is not 4",
      at(5, { ...COUNTED, usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 4 } }),
    ],
    ["no choices", at(1, { ...chunk({}), choices: undefined })],
    ["[DONE] after the end", at(4, { error: { message: "x", type: "server_error" } })],
  ])("%s", (complaint, events) => {
    expect(complaintsOf("openai-chat", events)).toContain(complaint);
  });

  test("usage that nobody asked for, and an event line", () => {
    const { streamComplaints } = ACCEPTANCE["openai-chat"];
    expect(streamComplaints(WRITERS["openai-chat"](CHUNKS), false)).toContain("usage: not asked for");
    expect(streamComplaints(`event: ping\ndata: {}\n\n`, false)).toContain("an event line: ping");
  });
});

describe("the grammar of Responses complains of", () => {
  const at = (index: number, ...by: readonly JsonObject[]): readonly JsonObject[] =>
    replaced("openai-responses", index, ...by);
  test.each<[string, readonly JsonObject[]]>([
    ["begins with response.in_progress", at(0)],
    ["no tools", at(0, { type: "response.created", response: { ...RESPONSE, tools: undefined } })],
    ["unknown event response.ping", at(4, { type: "response.ping", item_id: "msg_1", output_index: 0 })],
    ["item 1 in place of 0", at(2, { ...EVENTS[2], output_index: 1 })],
    ["response.output_text.delta: item msg_2 in place of msg_1", at(4, { ...EVENTS[4], item_id: "msg_2" })],
    ["response.output_text.delta outside its part", at(3)],
    ["response.output_text.done: another text than was streamed", at(5, { ...EVENTS[5], text: "hell" })],
    ["an item that ends with other content", at(7, { ...EVENTS[7], item: { ...SAID, content: [] } })],
    ["a call that ends with other arguments", at(11, { ...EVENTS[11], item: { ...CALLED, arguments: "{}" } })],
    [
      "the output is not what was streamed",
      at(12, { ...EVENTS[12], response: { ...RESPONSE, status: "completed", output: [], usage: COUNTS } }),
    ],
    ["status in_progress in response.completed", at(12, { type: "response.completed", response: RESPONSE })],
    [
      "usage without its numbers",
      at(12, { ...EVENTS[12], response: { ...RESPONSE, status: "completed", output: [SAID, CALLED], usage } }),
    ],
    [
      "the id changes",
      at(12, {
        ...EVENTS[12],
        response: { ...RESPONSE, id: "resp_2", status: "completed", output: [SAID, CALLED], usage: COUNTS },
      }),
    ],
    ["response.output_item.added after the end", [...EVENTS, ...EVENTS.slice(8, 9)]],
  ])("%s", (complaint, events) => {
    expect(complaintsOf("openai-responses", events)).toContain(complaint);
  });

  test("wrong numbers", () => {
    expect(ACCEPTANCE["openai-responses"].streamComplaints(named(EVENTS), true)).toContain(
      "response.created: number undefined in place of 0",
    );
  });
});

describe("Codex", () => {
  test("keeps the items that are done", () => {
    expect(readAsCodex(numbered(EVENTS))).toEqual({
      history: [SAID, CALLED],
      usage: { input: 1, cached: 0, output: 2, reasoning: 0, total: 3 },
      end: { type: "completed" },
      complaints: [],
    });
  });

  test.each<[string, readonly JsonObject[], object]>([
    [
      "asks again after a stream that broke off",
      EVENTS.slice(0, 8),
      { history: [SAID], end: { type: "retry", reason: "stream closed before response.completed" } },
    ],
    [
      "asks again when it cannot read the usage",
      replaced("openai-responses", 12, { type: "response.completed", response: { ...RESPONSE, usage: {} } }),
      { end: { type: "retry", reason: "stream closed before response.completed" } },
    ],
    [
      "asks again after an incomplete answer",
      [{ type: "response.incomplete", response: { ...RESPONSE, incomplete_details: { reason: "max_output_tokens" } } }],
      { end: { type: "retry", reason: "incomplete: max_output_tokens" } },
    ],
    [
      "gives up on a prompt that is too long",
      [{ type: "response.failed", response: { error: { code: "context_length_exceeded" } } }],
      { end: { type: "failed", code: "context_length_exceeded" } },
    ],
    [
      "asks again after any other failure",
      [{ type: "error" }, { type: "response.failed", response: { error: { code: "server_error" } } }],
      { end: { type: "retry", reason: "server_error" } },
    ],
    [
      "loses reasoning without a summary",
      [{ type: "response.output_item.done", item: { type: "reasoning" } }],
      { history: [], complaints: ["a done item that cannot be read"] },
    ],
    [
      "does not show text of an item that was not added",
      [{ type: "response.output_text.delta", delta: "x" }],
      { complaints: ["response.output_text.delta without an active item"] },
    ],
    [
      "sees that the turn goes on",
      [{ type: "response.completed", response: { id: "resp_1", end_turn: false } }],
      { end: { type: "completed", endTurn: false } },
    ],
  ])("%s", (_name, events, turn) => {
    expect(readAsCodex(numbered(events))).toMatchObject(turn);
  });
});

describe("the SDKs throw", () => {
  test("at errors in a stream and at streams that break off", async () => {
    const error = { type: "error", error: { type: "overloaded_error", message: "busy" } };
    await expect(ACCEPTANCE["anthropic-messages"].stream(named([...MESSAGES.slice(0, 3), error]))).rejects.toThrow(
      "busy",
    );
    await expect(ACCEPTANCE["anthropic-messages"].stream(named(MESSAGES.slice(0, 3)))).rejects.toThrow("ended without");
    const chunks = [...CHUNKS.slice(0, 2), { error: { message: "busy", type: "server_error" } }];
    await expect(ACCEPTANCE["openai-chat"].stream(chunks.map((each) => writeFrame(each)).join(""))).rejects.toThrow(
      "busy",
    );
    const events = [...EVENTS.slice(0, 5), { type: "error", code: "server_error", message: "busy" }];
    await expect(ACCEPTANCE["openai-responses"].stream(numbered(events))).rejects.toThrow("busy");
  });
});
