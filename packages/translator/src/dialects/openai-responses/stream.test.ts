import { describe, expect, test } from "vitest";

import type { JsonObject } from "../../json.ts";
import { ERROR_KINDS } from "../../neutral/error.ts";
import type { StreamEvent } from "../../neutral/event.ts";
import type { Part } from "../../neutral/part.ts";
import { replay } from "../../neutral/replay.ts";
import type { NeutralRequest } from "../../neutral/request.ts";
import type { NeutralResponse } from "../../neutral/response.ts";
import { packSeal } from "../../reasoning/carrier.ts";
import { readAsCodex } from "../../testing/acceptance/codex.ts";
import { ACCEPTANCE } from "../../testing/acceptance/index.ts";
import { listOf, objectOf } from "../../testing/laws/complaints.ts";
import { contextFor, eventsOf, partsOf, sseOf } from "../../testing/responses-codec.ts";
import { eventsIn } from "../../testing/said.ts";
import { encodeResponse } from "./response.ts";
import { encodeStream } from "./stream.ts";

const created = (rest: JsonObject = {}): JsonObject => ({
  type: "response.created",
  response: { id: "resp_1", model: "up", status: "in_progress", output: [], usage: null, ...rest },
});
const done = (output: readonly JsonObject[] = [], rest: JsonObject = {}): JsonObject => ({
  type: "response.completed",
  response: {
    id: "resp_1",
    status: "completed",
    output,
    usage: { input_tokens: 3, output_tokens: 5, total_tokens: 8 },
    ...rest,
  },
});
const added = (index: number, item: JsonObject): JsonObject => ({
  type: "response.output_item.added",
  output_index: index,
  item,
});
const itemDone = (index: number, item: JsonObject): JsonObject => ({
  type: "response.output_item.done",
  output_index: index,
  item,
});
const message = (id: string, text?: string, rest: JsonObject = {}): JsonObject => ({
  type: "message",
  id,
  role: "assistant",
  content: text === undefined ? [] : [{ type: "output_text", text, annotations: [] }],
  ...rest,
});
const call = (id: string, args = "", rest: JsonObject = {}): JsonObject => ({
  type: "function_call",
  id: `fc_${id}`,
  call_id: id,
  name: "f",
  arguments: args,
  ...rest,
});
const reasoning = (id: string, summary: readonly string[] = [], rest: JsonObject = {}): JsonObject => ({
  type: "reasoning",
  id,
  summary: summary.map((text) => ({ type: "summary_text", text })),
  ...rest,
});
const words = (index: number, id: string, delta: string, rest: JsonObject = {}): JsonObject => ({
  type: "response.output_text.delta",
  output_index: index,
  item_id: id,
  content_index: 0,
  delta,
  ...rest,
});
const args = (index: number, id: string, delta: string): JsonObject => ({
  type: "response.function_call_arguments.delta",
  output_index: index,
  item_id: id,
  delta,
});
const thought = (index: number, id: string, section: number, delta: string): JsonObject => ({
  type: "response.reasoning_summary_text.delta",
  output_index: index,
  item_id: id,
  summary_index: section,
  delta,
});
const TEXT = { type: "text" };
const CALL = { type: "tool_call", name: "f", kind: "function" };

describe("decoding", () => {
  const parts = (...events: readonly JsonObject[]): readonly JsonObject[] => {
    const seen = eventsOf(sseOf([created(), ...events]));
    expect(seen.at(-1)).toEqual({ type: "end" });
    return partsOf(seen);
  };
  const finishOf = (...events: readonly JsonObject[]): unknown =>
    eventsOf(sseOf([created(), ...events])).find(({ type }) => type === "finish");

  test("a whole stream, step by step", () => {
    const events = [
      created(),
      { type: "response.in_progress", response: {} },
      added(0, message("m", undefined, { phase: "final_answer" })),
      { type: "response.content_part.added", output_index: 0, item_id: "m", content_index: 0, part: {} },
      words(0, "m", "a"),
      words(0, "m", "b"),
      { type: "response.output_text.done", output_index: 0, item_id: "m", content_index: 0, text: "ab" },
      { type: "response.content_part.done", output_index: 0, item_id: "m", content_index: 0, part: {} },
      itemDone(0, message("m", "ab", { phase: "final_answer" })),
      done([message("m", "ab", { phase: "final_answer" })], { service_tier: "default" }),
    ];
    expect(eventsOf(sseOf(events))).toEqual([
      { type: "start", id: "resp_1", model: "up" },
      { type: "open", n: 0, part: { type: "text", phase: "final_answer" } },
      { type: "delta", n: 0, text: "a" },
      { type: "delta", n: 0, text: "b" },
      { type: "close", n: 0 },
      { type: "usage", usage: { input: 3, output: 5 }, tier: "default" },
      { type: "finish", finish: { kind: "end", raw: "completed" } },
      { type: "end" },
    ]);
  });

  describe("text", () => {
    test.each<[string, readonly JsonObject[], readonly JsonObject[]]>([
      ["without an announcement", [words(0, "m", "a"), done()], [{ ...TEXT, said: "a" }]],
      [
        "without any deltas, from its own end",
        [
          added(0, message("m")),
          { type: "response.output_text.done", output_index: 0, item_id: "m", content_index: 0, text: "a" },
          done(),
        ],
        [{ ...TEXT, said: "a" }],
      ],
      ["without any deltas, from the item's end", [itemDone(0, message("m", "a")), done()], [{ ...TEXT, said: "a" }]],
      ["without any deltas, from the answer's end", [done([message("m", "a")])], [{ ...TEXT, said: "a" }]],
      [
        "once, though it is told again at each end",
        [
          words(0, "m", "a"),
          { type: "response.output_text.done", output_index: 0, item_id: "m", content_index: 0, text: "a" },
          itemDone(0, message("m", "a")),
          done([message("m", "a")]),
        ],
        [{ ...TEXT, said: "a" }],
      ],
      [
        "though the end of the answer is empty",
        [words(0, "m", "a"), itemDone(0, message("m", "a")), done([])],
        [{ ...TEXT, said: "a" }],
      ],
      [
        "by its place, when the ids change",
        [added(0, message("m1")), words(0, "m2", "a"), itemDone(0, message("m3", "a")), done([message("m4", "a")])],
        [{ ...TEXT, said: "a" }],
      ],
      [
        "without places or ids",
        [
          { type: "response.output_text.delta", delta: "a" },
          { type: "response.output_text.delta", delta: "b" },
          done(),
        ],
        [{ ...TEXT, said: "ab" }],
      ],
      [
        "in two parts",
        [words(0, "m", "a"), words(0, "m", "b", { content_index: 1 }), itemDone(0, message("m")), done()],
        [
          { ...TEXT, said: "a" },
          { ...TEXT, said: "b" },
        ],
      ],
      [
        "in two messages that come by turns",
        [words(0, "m", "a"), words(1, "o", "c"), words(0, "m", "b"), words(1, "o", "d"), done()],
        [
          { ...TEXT, said: "ab" },
          { ...TEXT, said: "cd" },
        ],
      ],
      [
        "that is empty",
        [added(0, message("m")), words(0, "m", ""), itemDone(0, message("m", "")), done([message("m", "")])],
        [],
      ],
      [
        "of a refusal",
        [
          { type: "response.refusal.delta", output_index: 0, item_id: "m", content_index: 0, delta: "n" },
          { type: "response.refusal.delta", output_index: 0, item_id: "m", content_index: 0, delta: "o" },
          done(),
        ],
        [{ type: "refusal", said: "no" }],
      ],
      [
        "of a refusal from its end",
        [{ type: "response.refusal.done", output_index: 0, item_id: "m", content_index: 0, refusal: "no" }, done()],
        [{ type: "refusal", said: "no" }],
      ],
      [
        "of a refusal from the item's end",
        [itemDone(0, message("m", undefined, { content: [{ type: "refusal", refusal: "no" }] })), done()],
        [{ type: "refusal", said: "no" }],
      ],
    ])("%s", (_, events, expected) => {
      expect(parts(...events)).toEqual(expected);
    });

    const source = { type: "url_citation", url: "https://x", start_index: 0, end_index: 1 };
    const cited = message("m", undefined, { content: [{ type: "output_text", text: "a", annotations: [source] }] });
    const CITED = [{ ...TEXT, said: "a", cited: "https://x" }];
    test("with a source, which counts once", () => {
      const annotation = {
        type: "response.output_text.annotation.added",
        output_index: 0,
        item_id: "m",
        content_index: 0,
        annotation: source,
      };
      const events = eventsOf(sseOf([created(), words(0, "m", "a"), annotation, itemDone(0, cited), done([cited])]));
      expect(partsOf(events)).toEqual(CITED);
      expect(events.filter(({ type }) => type === "citation")).toHaveLength(1);
      expect(parts(words(0, "m", "a"), itemDone(0, cited), done())).toEqual(CITED);
      expect(parts(done([cited]))).toEqual(CITED);
    });
  });

  describe("calls", () => {
    const WHOLE = { ...CALL, id: "a", said: '{"x":1}' };
    const custom = { type: "custom_tool_call", id: "ctc_a", call_id: "a", name: "f" };
    test.each<[string, readonly JsonObject[], readonly JsonObject[]]>([
      [
        "by deltas",
        [
          added(0, call("a")),
          args(0, "fc_a", '{"x"'),
          args(0, "fc_a", ":1}"),
          itemDone(0, call("a", '{"x":1}')),
          done(),
        ],
        [WHOLE],
      ],
      [
        "by deltas that stop early",
        [added(0, call("a")), args(0, "fc_a", '{"x"'), itemDone(0, call("a", '{"x":1}')), done()],
        [WHOLE],
      ],
      [
        "by their own end",
        [
          added(0, call("a")),
          { type: "response.function_call_arguments.done", output_index: 0, item_id: "fc_a", arguments: '{"x":1}' },
          done(),
        ],
        [WHOLE],
      ],
      ["by the item's end", [added(0, call("a")), itemDone(0, call("a", '{"x":1}')), done()], [WHOLE]],
      ["by the answer's end", [added(0, call("a")), done([call("a", '{"x":1}')])], [WHOLE]],
      ["by the answer's end only", [done([call("a", '{"x":1}')])], [WHOLE]],
      ["by their announcement", [added(0, call("a", '{"x":1}')), itemDone(0, call("a", '{"x":1}')), done()], [WHOLE]],
      [
        "by deltas before any name is known",
        [args(0, "fc_a", '{"x"'), itemDone(0, call("a", '{"x":1}')), done()],
        [WHOLE],
      ],
      [
        "by their call's id, when the other ids change and places are missing",
        [
          { ...added(0, call("a")), output_index: null },
          { ...added(1, call("b")), output_index: null },
          { ...itemDone(0, call("a", '{"x":1}', { id: "other" })), output_index: null },
          done(),
        ],
        [WHOLE, { ...CALL, id: "b" }],
      ],
      [
        "by turns",
        [added(0, call("a")), added(1, call("b")), args(1, "fc_b", "{}"), args(0, "fc_a", '{"x":1}'), done()],
        [WHOLE, { ...CALL, id: "b", said: "{}" }],
      ],
      [
        "without arguments",
        [added(0, call("a")), args(0, "fc_a", ""), itemDone(0, call("a", "")), done()],
        [{ ...CALL, id: "a" }],
      ],
      [
        "of a name space",
        [added(0, call("a", "", { namespace: "n" })), done()],
        [{ ...CALL, id: "a", namespace: "n" }],
      ],
      [
        "without an id",
        [added(0, call("a", "{}", { id: null, call_id: null })), done()],
        [{ ...CALL, id: "call_0", said: "{}" }],
      ],
      ["without a name", [added(0, call("a", "{}", { name: "" })), done()], []],
      [
        "of plain text",
        [
          added(0, { ...custom, input: "" }),
          { type: "response.custom_tool_call_input.delta", output_index: 0, item_id: "ctc_a", delta: "ra" },
          itemDone(0, { ...custom, input: "raw" }),
          done(),
        ],
        [{ ...CALL, kind: "custom", id: "a", said: "raw" }],
      ],
      [
        "of plain text by its end",
        [
          added(0, { ...custom, input: "" }),
          { type: "response.custom_tool_call_input.done", output_index: 0, item_id: "ctc_a", input: "raw" },
          done(),
        ],
        [{ ...CALL, kind: "custom", id: "a", said: "raw" }],
      ],
      [
        "of plain text that was never announced",
        [
          { type: "response.custom_tool_call_input.delta", output_index: 0, item_id: "ctc_a", delta: "ra" },
          itemDone(0, { ...custom, input: "raw" }),
          done(),
        ],
        [{ ...CALL, kind: "custom", id: "a", said: "raw" }],
      ],
    ])("%s", (_, events, expected) => {
      expect(parts(...events)).toEqual(expected);
    });

    test("of which two different texts are told are an error", () => {
      const events = [added(0, call("a")), args(0, "fc_a", '{"x":2'), itemDone(0, call("a", '{"x":1}')), done()];
      expect(eventsOf(sseOf([created(), ...events])).at(-1)).toMatchObject({
        type: "error",
        error: { kind: "bad_gateway" },
      });
    });

    test("but not when the other one is only an empty object", () => {
      expect(parts(added(0, call("a")), args(0, "fc_a", '{"x":1}'), itemDone(0, call("a", "{}")), done())).toEqual([
        WHOLE,
      ]);
    });

    test("tell that the model waits for their results", () => {
      expect(finishOf(added(0, call("a")), done())).toEqual({
        type: "finish",
        finish: { kind: "tool_use", raw: "completed" },
      });
    });
  });

  describe("reasoning", () => {
    const R = { type: "reasoning" };
    test.each<[string, readonly JsonObject[], readonly JsonObject[]]>([
      [
        "in sections, with the proof of its end",
        [
          added(0, reasoning("r", [], { encrypted_content: "early" })),
          thought(0, "r", 0, "a"),
          thought(0, "r", 0, "b"),
          thought(0, "r", 1, "c"),
          itemDone(0, reasoning("r", ["ab", "c"], { encrypted_content: "final" })),
          done(),
        ],
        [{ ...R, said: "ab|c", seal: "final" }],
      ],
      [
        "with a proof only",
        [added(0, reasoning("r")), itemDone(0, reasoning("r", [], { encrypted_content: "e" })), done()],
        [{ ...R, seal: "e" }],
      ],
      [
        "with an early proof that no end repeats",
        [added(0, reasoning("r", [], { encrypted_content: "early" })), done()],
        [],
      ],
      [
        "with the proof of the answer's end",
        [thought(0, "r", 0, "a"), done([reasoning("r", ["a"], { encrypted_content: "e" })])],
        [{ ...R, said: "a", seal: "e" }],
      ],
      [
        "by its own end",
        [
          added(0, reasoning("r")),
          { type: "response.reasoning_summary_text.done", output_index: 0, item_id: "r", summary_index: 0, text: "a" },
          done(),
        ],
        [{ ...R, said: "a" }],
      ],
      ["by the item's end", [itemDone(0, reasoning("r", ["a", "b"])), done()], [{ ...R, said: "a|b" }]],
      [
        "in full",
        [
          { type: "response.reasoning_text.delta", output_index: 0, item_id: "r", content_index: 0, delta: "a" },
          done(),
        ],
        [{ ...R, full: true, said: "a" }],
      ],
      [
        "in full by its end",
        [{ type: "response.reasoning_text.done", output_index: 0, item_id: "r", content_index: 0, text: "a" }, done()],
        [{ ...R, full: true, said: "a" }],
      ],
      [
        "in full and as a summary, of which the first counts",
        [
          { type: "response.reasoning_text.delta", output_index: 0, item_id: "r", content_index: 0, delta: "a" },
          thought(0, "r", 0, "short"),
          done(),
        ],
        [{ ...R, full: true, said: "a" }],
      ],
      ["of nothing", [added(0, reasoning("r")), itemDone(0, reasoning("r")), done([reasoning("r")])], []],
    ])("%s", (_, events, expected) => {
      expect(parts(...events)).toEqual(expected);
    });

    test("and text in its place", () => {
      expect(parts(thought(0, "r", 0, "a"), words(0, "m", "b"), itemDone(0, message("m", "b")), done())).toEqual([
        { ...R, said: "a" },
        { ...TEXT, said: "b" },
      ]);
    });
  });

  test("searches and what only this API has", () => {
    const search = { type: "web_search_call", id: "ws_1", action: { type: "search", query: "q" } };
    const other = { type: "mcp_call", id: "mcp_1" };
    expect(parts(added(0, search), itemDone(0, search), itemDone(1, other), done([search, other]))).toEqual([
      { type: "web_search", id: "ws_1", query: "q", origin: "openai-responses" },
      { type: "opaque", origin: "openai-responses", name: "mcp_call", raw: other },
    ]);
  });

  test("noise changes nothing", () => {
    const noise = [
      { type: "keepalive", sequence_number: 3 },
      { type: "response.brand_new", output_index: 9 },
      { type: "constructor" },
      { nothing: true },
      ": comment\n\n",
      "data: \n\n",
      "data: [DONE]\n\n",
      added(5, { id: "x" }),
      { type: "response.output_item.added", output_index: 6, item: null },
      { type: "response.output_item.done", output_index: 6 },
    ];
    const events = eventsOf(sseOf([created(), ...noise, words(0, "m", "a"), ...noise, done(), created(), ...noise]));
    expect(partsOf(events)).toEqual([{ ...TEXT, said: "a" }]);
    expect(events.filter(({ type }) => type === "start" || type === "end")).toHaveLength(2);
  });

  test("events are known by their type when their lines have no name, and the reverse", () => {
    const lines = [
      'data: {"type":"response.output_text.delta","delta":"a"}\n\n',
      'event: response.output_text.delta\ndata: {"delta":"b"}\n\n',
    ];
    expect(partsOf(eventsOf(sseOf([...lines, done()])))).toEqual([{ ...TEXT, said: "ab" }]);
  });

  test("a start that never came is made up", () => {
    expect(eventsOf(sseOf([done()]))[0]).toEqual({ type: "start", id: "resp_1" });
    expect(eventsOf(sseOf([words(0, "m", "a"), done()]))[0]).toEqual({ type: "start" });
  });

  test("an answer that is incomplete", () => {
    const cut = {
      ...done([], { status: "incomplete", incomplete_details: { reason: "max_output_tokens" } }),
      type: "response.incomplete",
    };
    expect(finishOf(added(0, call("a")), args(0, "fc_a", '{"x'), cut)).toEqual({
      type: "finish",
      finish: { kind: "max_tokens", raw: "max_output_tokens" },
    });
    expect(parts(added(0, call("a")), args(0, "fc_a", '{"x'), cut)).toEqual([{ ...CALL, id: "a", said: '{"x' }]);
  });

  test("a refusal in words is one", () => {
    const refusal = { type: "response.refusal.delta", output_index: 0, item_id: "m", content_index: 0, delta: "no" };
    expect(finishOf(refusal, done())).toEqual({
      type: "finish",
      finish: { kind: "refusal", raw: "completed", explanation: "no" },
    });
  });

  test("counts that are missing are noted", () => {
    const context = contextFor({}, { client: "anthropic-messages" });
    eventsOf(sseOf([created(), done([], { usage: null })]), context);
    expect(context.losses.list).toMatchObject([{ code: "answer_usage" }]);
  });

  test.each<[string, readonly (JsonObject | string)[], JsonObject]>([
    ["nothing", [], { kind: "bad_gateway", message: "The upstream's stream ended early." }],
    ["no end", [created(), words(0, "m", "a")], { kind: "bad_gateway", message: "The upstream's stream ended early." }],
    [
      "a mark of another API only",
      [created(), "data: [DONE]\n\n"],
      { kind: "bad_gateway", message: "The upstream's stream ended early." },
    ],
    [
      "an event that is no JSON",
      [created(), 'data: {"type":\n\n', done()],
      { kind: "bad_gateway", message: "The upstream sent an event that is no JSON." },
    ],
    [
      "an event that is a list",
      [created(), "data: []\n\n"],
      { kind: "bad_gateway", message: "The upstream sent an event that is no JSON." },
    ],
    [
      "a failure",
      [
        created(),
        words(0, "m", "a"),
        {
          type: "response.failed",
          response: { status: "failed", error: { code: "rate_limit_exceeded", message: "slow" } },
        },
      ],
      { kind: "rate_limit", message: "slow", code: "rate_limit_exceeded" },
    ],
    [
      "a failure without a response",
      [{ type: "response.failed" }],
      { kind: "server", message: "The upstream broke the answer off with an error." },
    ],
    [
      "an error",
      [{ type: "error", code: "server_is_overloaded", message: "busy", param: null }],
      { kind: "overloaded", message: "busy", code: "server_is_overloaded" },
    ],
    [
      "an error inside",
      [{ type: "error", error: { type: "invalid_request_error", message: "no" } }],
      { kind: "bad_request", message: "no" },
    ],
  ])("%s is an error, once and last", (_, events, error) => {
    const seen = eventsOf(sseOf([...events, ...(events.length > 1 ? [done()].slice(events.length) : [])]));
    expect(seen.filter(({ type }) => type === "error" || type === "end")).toEqual([{ type: "error", error }]);
    expect(seen.at(-1)?.type).toBe("error");
  });
});

describe("encoding", () => {
  const answer = (parts: readonly Part[], rest: Partial<NeutralResponse> = {}): NeutralResponse => ({
    id: "msg_01AB",
    parts,
    finish: { kind: "end" },
    usage: { input: 3, output: 5 },
    ...rest,
  });
  const text = (said: string): Part => ({ type: "text", text: said });
  const calling = (id: string, said: string, kind: "function" | "custom" = "function"): Part => ({
    type: "tool_call",
    id,
    name: "f",
    arguments: said,
    kind,
  });
  const seal = { origin: "anthropic-messages", kind: "signature", data: "s" } as const;

  interface Asked {
    readonly request?: Partial<NeutralRequest>;
    readonly body?: JsonObject;
  }

  const contextOf = ({ request, body }: Asked) =>
    contextFor(request, { upstream: "anthropic-messages", ...(body !== undefined && { body }) });

  function streamOf(response: NeutralResponse, asked: Asked = {}): string {
    const encoder = encodeStream(contextOf(asked));
    let sse = "";
    replay(response, (event) => {
      sse += encoder.write(event);
    });
    return sse;
  }

  function written(...events: readonly StreamEvent[]): readonly JsonObject[] {
    const encoder = encodeStream(contextOf({}));
    return eventsIn(events.map((event) => encoder.write(event)).join(""));
  }

  /** The events without what stands in all of them, or in the answer as a whole. */
  function short(sse: string): readonly unknown[] {
    return eventsIn(sse).map(({ type, sequence_number: _number, response, ...rest }) => [
      String(type).replace("response.", ""),
      ...(response === undefined ? [rest] : []),
    ]);
  }

  test("a message, step by step", () => {
    const sse = streamOf(answer([text("hi")]));
    const place = { item_id: "msg_01AB_0", output_index: 0, content_index: 0 };
    const item = { id: "msg_01AB_0", type: "message", status: "in_progress", role: "assistant", content: [] };
    const part = { type: "output_text", text: "hi", annotations: [], logprobs: [] };
    expect(short(sse)).toEqual([
      ["created"],
      ["in_progress"],
      ["output_item.added", { output_index: 0, item }],
      ["content_part.added", { ...place, part: { ...part, text: "" } }],
      ["output_text.delta", { ...place, delta: "hi", logprobs: [] }],
      ["output_text.done", { ...place, text: "hi", logprobs: [] }],
      ["content_part.done", { ...place, part }],
      ["output_item.done", { output_index: 0, item: { ...item, status: "completed", content: [part] } }],
      ["completed"],
    ]);
    expect(eventsIn(sse).map(({ sequence_number: number }) => number)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    for (const frame of sse.trimEnd().split("\n\n"))
      expect(frame).toMatch(/^event: response\.([\w.]+)\ndata: \{"type":"response\.\1",/);
  });

  test("a call, step by step", () => {
    const place = { item_id: "fc_01AB_0", output_index: 0 };
    const item = {
      id: "fc_01AB_0",
      type: "function_call",
      call_id: "a",
      name: "f",
      status: "in_progress",
      arguments: "",
    };
    expect(short(streamOf(answer([calling("a", '{"x":1}')]))).slice(2, -1)).toEqual([
      ["output_item.added", { output_index: 0, item }],
      ["function_call_arguments.delta", { ...place, delta: '{"x":1}' }],
      ["function_call_arguments.done", { ...place, arguments: '{"x":1}' }],
      ["output_item.done", { output_index: 0, item: { ...item, status: "completed", arguments: '{"x":1}' } }],
    ]);
    const custom = short(streamOf(answer([calling("a", "raw", "custom")])));
    expect(custom.slice(2, -1)).toMatchObject([
      ["output_item.added", { item: { id: "ctc_01AB_0", type: "custom_tool_call", input: "" } }],
      ["custom_tool_call_input.delta", { item_id: "ctc_01AB_0", delta: "raw" }],
      ["custom_tool_call_input.done", { input: "raw" }],
      ["output_item.done", { item: { input: "raw", status: "completed" } }],
    ]);
  });

  test("reasoning, step by step: a summary for each section, the proof at the end", () => {
    const place = (index: number): JsonObject => ({ item_id: "rs_01AB_0", output_index: 0, summary_index: index });
    const part = (said: string): JsonObject => ({ type: "summary_text", text: said });
    const item = { id: "rs_01AB_0", type: "reasoning", summary: [] };
    const response = answer([{ type: "reasoning", texts: ["a", "b"], seal }]);
    expect(short(streamOf(response)).slice(2, -1)).toEqual([
      ["output_item.added", { output_index: 0, item }],
      ["reasoning_summary_part.added", { ...place(0), part: part("") }],
      ["reasoning_summary_text.delta", { ...place(0), delta: "a" }],
      ["reasoning_summary_text.done", { ...place(0), text: "a" }],
      ["reasoning_summary_part.done", { ...place(0), part: part("a") }],
      ["reasoning_summary_part.added", { ...place(1), part: part("") }],
      ["reasoning_summary_text.delta", { ...place(1), delta: "b" }],
      ["reasoning_summary_text.done", { ...place(1), text: "b" }],
      ["reasoning_summary_part.done", { ...place(1), part: part("b") }],
      [
        "output_item.done",
        { output_index: 0, item: { ...item, summary: [part("a"), part("b")], encrypted_content: packSeal(seal) } },
      ],
    ]);
    expect(short(streamOf(response, { request: { reasoning: { show: false } } })).slice(2, -1)).toEqual([
      ["output_item.added", { output_index: 0, item }],
      ["output_item.done", { output_index: 0, item: { ...item, encrypted_content: packSeal(seal, ["a", "b"]) } }],
    ]);
  });

  test("a source and a search", () => {
    const citations = [
      { url: "https://x", title: "X", start: 0, end: 1, raw: {} },
      { url: "https://y", raw: {} },
    ];
    const search: Part = { type: "web_search", id: "w", query: "q", origin: "anthropic-messages" };
    const events = short(streamOf(answer([search, { type: "text", text: "ab", citations }])));
    const place = { output_index: 0, item_id: "ws_01AB_0" };
    const item = { id: "ws_01AB_0", type: "web_search_call", action: { type: "search", query: "q" } };
    expect(events.slice(2, 7)).toEqual([
      ["output_item.added", { output_index: 0, item: { ...item, status: "in_progress" } }],
      ["web_search_call.in_progress", place],
      ["web_search_call.searching", place],
      ["web_search_call.completed", place],
      ["output_item.done", { output_index: 0, item: { ...item, status: "completed" } }],
    ]);
    expect(events.slice(10, 12)).toMatchObject([
      [
        "output_text.annotation.added",
        { output_index: 1, annotation_index: 0, annotation: { url: "https://x", start_index: 0, end_index: 1 } },
      ],
      [
        "output_text.annotation.added",
        { output_index: 1, annotation_index: 1, annotation: { url: "https://y", start_index: 0, end_index: 2 } },
      ],
    ]);
  });

  const ANSWERS: readonly [string, NeutralResponse, Asked?][] = [
    ["nothing", answer([])],
    ["texts in a row", answer([text("a"), text("b"), { type: "text", text: "c", phase: "final_answer" }])],
    ["a refusal", answer([{ type: "refusal", text: "no" }], { finish: { kind: "refusal" } })],
    ["a refusal that is explained", answer([text("a")], { finish: { kind: "refusal", explanation: "no" } })],
    [
      "everything",
      answer([
        { type: "reasoning", texts: ["a", "b"], seal },
        text("c"),
        calling("x", '{"a":1}'),
        calling("x", ""),
        calling("y", "raw", "custom"),
        text("d"),
      ]),
    ],
    [
      "what was hidden",
      answer([{ type: "reasoning", texts: ["a"], seal }, text("c")]),
      { request: { reasoning: { show: false } } },
    ],
    [
      "a name space",
      answer([{ type: "tool_call", id: "a", name: "f", namespace: "n", arguments: "{}", kind: "function" }]),
    ],
    [
      "a search and something else",
      answer([
        { type: "web_search", id: "w", origin: "openai-chat" },
        { type: "opaque", origin: "anthropic-messages", name: "x", raw: {} },
        text("a"),
      ]),
    ],
    ["sources", answer([{ type: "text", text: "ab", citations: [{ url: "https://x", raw: {} }, { raw: {} }] }])],
    ["a cut message", answer([text("a")], { finish: { kind: "max_tokens" } })],
    ["a cut call", answer([text("a"), calling("x", '{"a":')], { finish: { kind: "context_window" } })],
    ["a pause", answer([text("a")], { finish: { kind: "pause", raw: "pause_turn" } })],
    [
      "no counts, a tier and a request to repeat",
      answer([text("a")], { usage: {}, tier: "flex" }),
      { body: { instructions: "i", tools: [], metadata: { a: "b" } } },
    ],
  ];

  test.each<[string, NeutralResponse, Asked?]>(ANSWERS)(
    "%s: its last event is the same as the whole answer, and clients take it",
    async (_, response, asked = {}) => {
      const sse = streamOf(response, asked);
      const [streaming, whole] = [contextOf(asked), contextOf(asked)];
      const last = eventsIn(sse).at(-1);
      expect(last?.response).toEqual(encodeResponse(response, whole));
      expect(last?.type).toBe(`response.${String(objectOf(last?.response).status)}`);
      expect(ACCEPTANCE["openai-responses"].streamComplaints(sse, false)).toEqual([]);
      expect(listOf((await ACCEPTANCE["openai-responses"].stream(sse)).output)).toHaveLength(
        listOf(objectOf(last?.response).output).length,
      );
      const codex = readAsCodex(sse);
      expect(codex.complaints).toEqual([]);
      expect(codex.history).toEqual(objectOf(last?.response).output);
      const encoder = encodeStream(streaming);
      replay(response, (event) => encoder.write(event));
      expect(streaming.losses.list).toEqual(whole.losses.list);
    },
  );

  test("text of any kind comes as it was, however it is cut", () => {
    const said = ['"\\\n\u2028', "\ud83d", "\ude00", "</script>"];
    const open: StreamEvent = { type: "open", n: 0, part: { type: "text" } };
    const events = written(
      { type: "start" },
      open,
      ...said.map((each) => ({ type: "delta", n: 0, text: each }) as const),
    );
    expect(events.slice(4).map(({ delta }) => delta)).toEqual(said);
  });

  describe("an error", () => {
    const error = { kind: "overloaded", message: "busy" } as const;

    test("before anything else begins the answer first", () => {
      expect(written({ type: "error", error })).toMatchObject([
        { type: "response.created", response: { id: "resp_answer1", status: "in_progress" } },
        { type: "response.in_progress" },
        { type: "error", sequence_number: 2, code: "server_error", message: "busy", param: null },
        {
          type: "response.failed",
          response: {
            status: "failed",
            error: { code: "server_error", message: "busy" },
            output: [],
            usage: null,
          },
        },
      ]);
    });

    test("in the midst keeps what had come", () => {
      const events = written(
        { type: "start", id: "msg_1", usage: { input: 3 } },
        { type: "open", n: 0, part: { type: "tool_call", id: "a", name: "f", kind: "function" } },
        { type: "delta", n: 0, text: "{}" },
        { type: "close", n: 0 },
        { type: "open", n: 1, part: { type: "text" } },
        { type: "delta", n: 1, text: "so f" },
        { type: "delta", n: 1, text: "ar" },
        { type: "error", error },
      );
      expect(events.at(-1)?.response).toMatchObject({
        id: "resp_1",
        output: [
          { type: "function_call", arguments: "{}", status: "completed" },
          { type: "message", status: "incomplete", content: [{ type: "output_text", text: "so far" }] },
        ],
        usage: { input_tokens: 3, output_tokens: 0 },
      });
    });

    test.each(["text", "refusal"] as const)("in the midst of a %s keeps it as one", (type) => {
      const part = type === "text" ? { type: "output_text", text: "a" } : { type: "refusal", refusal: "a" };
      const events = written(
        { type: "start" },
        { type: "open", n: 0, part: { type } },
        { type: "delta", n: 0, text: "a" },
        { type: "error", error },
      );
      expect(events.at(-1)?.response).toMatchObject({ output: [{ content: [part] }] });
    });

    test.each(Object.entries(ERROR_KINDS))("of the kind %s has the code that Codex decides by", (kind, { event }) => {
      const known =
        Object.keys(ERROR_KINDS).find((each): each is keyof typeof ERROR_KINDS => each === kind) ?? "server";
      const [failure, failed] = written({ type: "error", error: { kind: known, message: "no" } }).slice(-2);
      expect(failure).toMatchObject({ type: "error", code: event });
      expect(failed).toMatchObject({ response: { error: { code: event } } });
    });

    test("about a prompt that is too long is worded as OpenAI does", () => {
      const message = "prompt is too long: 9 tokens > 8 maximum";
      expect(written({ type: "error", error: { kind: "context_length", message } }).at(-1)).toMatchObject({
        response: { error: { message: expect.stringContaining("maximum context length is 8 tokens") } },
      });
    });
  });
});
