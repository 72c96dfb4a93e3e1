import { describe, expect, test } from "vitest";

import { resolveCapability } from "../../capability/resolve.ts";
import type { TranslationContext } from "../../context.ts";
import type { DialectId } from "../../dialect.ts";
import type { JsonObject } from "../../json.ts";
import { LossLog } from "../../loss.ts";
import type { StreamEvent } from "../../neutral/event.ts";
import type { NeutralRequest } from "../../neutral/request.ts";
import { packSeal } from "../../reasoning/carrier.ts";
import type { SseFrame } from "../../sse/frame.ts";
import { messageStreamComplaints } from "../../testing/acceptance/anthropic-grammar.ts";
import { eventsIn } from "../../testing/said.ts";
import { ToolNames } from "../../tools/names.ts";
import { anthropicMessages } from "./index.ts";
import { decodeStream, encodeStream } from "./stream.ts";

const origin = "anthropic-messages" as const;
const REQUEST: NeutralRequest = { model: "m", system: [], turns: [], tools: [], stream: true };

function contextOf(upstream: DialectId, request: Partial<NeutralRequest> = {}): TranslationContext {
  const client = upstream === origin ? "openai-chat" : origin;
  return {
    client,
    upstream,
    body: {},
    request: { ...REQUEST, ...request },
    capability: resolveCapability({ dialect: upstream, model: "m" }),
    toolNames: new ToolNames(REQUEST, 64),
    answerModel: "asked",
    answerId: "a1",
    createdAt: 1,
    losses: new LossLog(upstream, client),
  };
}

describe("decoding", () => {
  function decode(...events: readonly (JsonObject | SseFrame)[]): readonly StreamEvent[] {
    const decoder = decodeStream(contextOf(origin));
    const heard: StreamEvent[] = [];
    const sink = (event: StreamEvent): void => void heard.push(event);
    for (const event of events) decoder.read(frameOf(event), sink);
    decoder.end(sink);
    decoder.end(sink);
    return heard;
  }

  function frameOf(event: JsonObject | SseFrame): SseFrame {
    return isFrame(event) ? event : { event: String(event.type), data: JSON.stringify(event) };
  }

  function isFrame(event: JsonObject | SseFrame): event is SseFrame {
    return typeof event.data === "string";
  }

  const started = (usage: JsonObject = { input_tokens: 5, output_tokens: 1 }): JsonObject => ({
    type: "message_start",
    message: { id: "msg_1", model: "claude", content: [], usage },
  });
  const block = (index: number, content_block: JsonObject): JsonObject => ({
    type: "content_block_start",
    index,
    content_block,
  });
  const delta = (index: number, given: JsonObject): JsonObject => ({
    type: "content_block_delta",
    index,
    delta: given,
  });
  const said = (index: number, text: string): JsonObject => delta(index, { type: "text_delta", text });
  const json = (index: number, text: string): JsonObject =>
    delta(index, { type: "input_json_delta", partial_json: text });
  const stop = (index: number): JsonObject => ({ type: "content_block_stop", index });
  const ending = (reason = "end_turn", usage: JsonObject = { output_tokens: 9 }): JsonObject => ({
    type: "message_delta",
    delta: { stop_reason: reason, stop_sequence: null },
    usage,
  });
  const over: JsonObject = { type: "message_stop" };
  const TEXT = { type: "text", text: "" };

  test("an ordinary answer", () => {
    expect(
      decode(started(), { type: "ping" }, block(0, TEXT), said(0, "hel"), said(0, "lo"), stop(0), ending(), over),
    ).toEqual([
      { type: "start", id: "msg_1", model: "claude", usage: { input: 5, output: 1 } },
      { type: "open", n: 0, part: { type: "text" } },
      { type: "delta", n: 0, text: "hel" },
      { type: "delta", n: 0, text: "lo" },
      { type: "close", n: 0 },
      { type: "usage", usage: { input: 5, output: 9 } },
      { type: "finish", finish: { kind: "end", raw: "end_turn" } },
      { type: "end" },
    ]);
  });

  const parts = (...events: readonly JsonObject[]) => decode(started(), ...events, ending(), over).slice(1, -3);

  test("thinking: its text, then its proof once", () => {
    const signed = (signature: string): JsonObject => delta(0, { type: "signature_delta", signature });
    expect(
      parts(
        block(0, { type: "thinking", thinking: "", signature: "" }),
        delta(0, { type: "thinking_delta", thinking: "Hm." }),
        delta(0, { type: "thinking_delta", thinking: "", estimated_tokens: 3 }),
        signed("early"),
        signed("EqQB"),
        stop(0),
        block(1, { type: "redacted_thinking", data: "Emw" }),
        stop(1),
      ),
    ).toEqual([
      { type: "open", n: 0, part: { type: "reasoning" } },
      { type: "delta", n: 0, text: "Hm." },
      { type: "seal", n: 0, seal: { origin, kind: "signature", data: "EqQB" } },
      { type: "close", n: 0 },
      { type: "open", n: 1, part: { type: "reasoning" } },
      { type: "seal", n: 1, seal: { origin, kind: "redacted", data: "Emw" } },
      { type: "close", n: 1 },
    ]);
  });

  test("calls: pieces of arguments, arguments from the start, none at all, and what is missing", () => {
    const call = (id: string, input: JsonObject = {}): JsonObject => ({ type: "tool_use", id, name: "read", input });
    const opened = (n: number, id: string, name = "read"): JsonObject => ({
      type: "open",
      n,
      part: { type: "tool_call", id, name, kind: "function" },
    });
    expect(
      parts(
        block(0, call("a")),
        json(0, ""),
        json(0, '{"x":'),
        json(0, "1}"),
        stop(0),
        block(1, call("b", { n: 1 })),
        stop(1),
        block(2, call("c")),
        stop(2),
        block(3, { type: "tool_use" }),
        json(3, "{}"),
        stop(3),
      ),
    ).toEqual([
      opened(0, "a"),
      { type: "delta", n: 0, text: '{"x":' },
      { type: "delta", n: 0, text: "1}" },
      { type: "close", n: 0 },
      opened(1, "b"),
      { type: "delta", n: 1, text: '{"n":1}' },
      { type: "close", n: 1 },
      opened(2, "c"),
      { type: "close", n: 2 },
      opened(3, "toolu_a1_3", "tool"),
      { type: "delta", n: 3, text: "{}" },
      { type: "close", n: 3 },
    ]);
  });

  test("numbers of many digits in arguments from the start are kept", () => {
    const data =
      '{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"a","name":"b","input":{"n":12345678901234567890}}}';
    expect(decode(started(), { event: "content_block_start", data }, stop(0), ending(), over)).toContainEqual({
      type: "delta",
      n: 0,
      text: '{"n":12345678901234567890}',
    });
  });

  test("what Anthropic ran: searches with their words, others as they are", () => {
    const result = { type: "bash_code_execution_tool_result", tool_use_id: "s2", content: {} };
    expect(
      parts(
        block(0, { type: "server_tool_use", id: "s1", name: "web_search", input: {} }),
        json(0, '{"query":'),
        json(0, '"q"}'),
        stop(0),
        block(1, { type: "web_search_tool_result", tool_use_id: "s1", content: [] }),
        stop(1),
        block(2, result),
        stop(2),
      ),
    ).toEqual([
      { type: "open", n: 0, part: { type: "web_search", id: "s1", query: "q", origin } },
      { type: "close", n: 0 },
      { type: "open", n: 1, part: { type: "opaque", origin, name: "bash_code_execution_tool_result", raw: result } },
      { type: "close", n: 1 },
    ]);
  });

  test("sources", () => {
    const citation = { type: "web_search_result_location", url: "https://a", cited_text: "x" };
    expect(
      parts(block(0, { ...TEXT, citations: [] }), delta(0, { type: "citations_delta", citation }), stop(0)),
    ).toContainEqual({
      type: "citation",
      n: 0,
      citation: { url: "https://a", quote: "x", raw: citation },
    });
  });

  describe("tolerates", () => {
    const hello = [
      { type: "open", n: 0, part: { type: "text" } },
      { type: "delta", n: 0, text: "hello" },
      { type: "close", n: 0 },
    ];

    test.each<[string, readonly JsonObject[]]>([
      ["text in the start of a block", [block(0, { type: "text", text: "hello" }), stop(0)]],
      ["a block without its end", [block(0, TEXT), said(0, "hello")]],
      ["a block without its start", [said(0, "hello"), stop(0)]],
      [
        "unknown events and deltas",
        [{ type: "news" }, block(0, TEXT), delta(0, { type: "new_delta" }), said(0, "hello"), stop(0)],
      ],
      [
        "deltas of another kind of block",
        [block(0, TEXT), said(0, "hello"), delta(0, { type: "thinking_delta", thinking: "x" }), stop(0)],
      ],
      ["a second message_start", [block(0, TEXT), started({ input_tokens: 6 }), said(0, "hello"), stop(0)]],
      ["several message_delta", [block(0, TEXT), said(0, "hello"), stop(0), ending("end_turn", {})]],
      ["an end that never began", [block(0, TEXT), said(0, "hello"), stop(0), stop(7)]],
      ["no index", [{ type: "content_block_start", content_block: { type: "text", text: "hello" } }, stop(0)]],
      ["deltas that are none", [block(0, TEXT), { type: "content_block_delta", index: 0 }, said(0, "hello"), stop(0)]],
      [
        "blank data and OpenAI's mark",
        [block(0, TEXT), said(0, "hello"), stop(0), { event: "data", data: " [DONE] " }, { data: " " }],
      ],
    ])("%s", (_, events) => {
      expect(parts(...events)).toEqual(hello);
    });

    test("blocks that overlap", () => {
      expect(parts(block(0, TEXT), block(1, TEXT), said(1, "b"), said(0, "a"), stop(1), stop(0))).toEqual([
        { type: "open", n: 0, part: { type: "text" } },
        { type: "open", n: 1, part: { type: "text" } },
        { type: "delta", n: 1, text: "b" },
        { type: "delta", n: 0, text: "a" },
        { type: "close", n: 1 },
        { type: "close", n: 0 },
      ]);
    });

    test("a whole answer in message_start", () => {
      const message = { id: "msg_1", content: [{ type: "text", text: "hello" }], stop_reason: "end_turn" };
      expect(decode({ type: "message_start", message }).at(-1)?.type).toBe("error");
      expect(decode({ type: "message_start", message }, over)).toEqual([
        { type: "start", id: "msg_1" },
        ...hello,
        { type: "finish", finish: { kind: "end", raw: "end_turn" } },
        { type: "end" },
      ]);
    });

    test("events without their name", () => {
      const frames = [started(), block(0, TEXT), said(0, "hello"), stop(0), ending(), over];
      expect(decode(...frames.map((event) => ({ data: JSON.stringify(event) })))).toHaveLength(7);
    });

    test("a stream that ends without saying why it stopped", () => {
      expect(decode(started(), over).slice(-2)).toEqual([
        { type: "finish", finish: { kind: "other" } },
        { type: "end" },
      ]);
    });

    test("a stream that has said why it stopped and no more", () => {
      expect(decode(started(), ending()).at(-1)).toEqual({ type: "end" });
    });
  });

  test("counts of the start are not undone by zeros at the end", () => {
    expect(
      decode(
        started({ input_tokens: 7, cache_read_input_tokens: 2 }),
        ending("end_turn", { input_tokens: 0, output_tokens: 3 }),
        over,
      ),
    ).toContainEqual({
      type: "usage",
      usage: { input: 7, cacheRead: 2, output: 3 },
    });
  });

  test("calls make an answer one that waits", () => {
    const call = block(0, { type: "tool_use", id: "a", name: "b", input: {} });
    expect(decode(started(), call, stop(0), ending("end_turn"), over)).toContainEqual({
      type: "finish",
      finish: { kind: "tool_use", raw: "end_turn" },
    });
  });

  describe("ends in one error", () => {
    const early = { kind: "bad_gateway", message: "The upstream's stream ended early." };

    test.each<[string, readonly (JsonObject | SseFrame)[], JsonObject]>([
      ["nothing at all", [], early],
      ["a cut", [started(), block(0, TEXT), said(0, "x")], early],
      ["an end of nothing", [over], early],
      [
        "an error event",
        [started(), { type: "error", error: { type: "overloaded_error", message: "Overloaded" } }, ending(), over],
        { kind: "overloaded", message: "Overloaded" },
      ],
      ["an error by its name only", [{ event: "error", data: "busy" }], { kind: "server", message: "busy" }],
      [
        "an error in another form",
        [started(), { data: '{"error":{"message":"no","code":429}}' }],
        { kind: "server", message: "no" },
      ],
      [
        "broken JSON",
        [started(), { data: '{"type":' }, ending(), over],
        { kind: "bad_gateway", message: "The upstream sent an event that is no JSON." },
      ],
    ])("%s", (_, events, error) => {
      const heard = decode(...events);
      expect(heard.at(-1)).toEqual({ type: "error", error });
      expect(heard.filter(({ type }) => type === "error" || type === "end")).toHaveLength(1);
    });
  });
});

describe("encoding", () => {
  const START: StreamEvent = { type: "start", id: "chatcmpl-7", usage: { input: 3 } };

  function encode(
    events: readonly StreamEvent[],
    context = contextOf("openai-responses"),
    kind: "end" | "tool_use" = "end",
  ): string {
    const encoder = encodeStream(context);
    const ends: readonly StreamEvent[] = [
      { type: "usage", usage: { input: 3, output: 4 } },
      { type: "finish", finish: { kind } },
      { type: "end" },
    ];
    return [START, ...events, ...ends].map((event) => encoder.write(event)).join("");
  }

  function blocksOf(
    events: readonly StreamEvent[],
    context?: TranslationContext,
    kind?: "end" | "tool_use",
  ): readonly unknown[] {
    const sse = encode(events, context, kind);
    expect(messageStreamComplaints(sse)).toEqual([]);
    return eventsIn(sse)
      .slice(1, -2)
      .map(({ type: _type, index: _index, ...rest }) => rest);
  }

  const open = (part: Extract<StreamEvent, { type: "open" }>["part"], n = 0): StreamEvent => ({
    type: "open",
    n,
    part,
  });
  const delta = (text: string, n = 0): StreamEvent => ({ type: "delta", n, text });
  const close = (n = 0): StreamEvent => ({ type: "close", n });

  test("an ordinary answer, letter by letter", () => {
    expect(encode([open({ type: "text" }), delta('a"\n'), close()])).toBe(
      [
        'event: message_start\ndata: {"type":"message_start","message":{"id":"msg_7","type":"message","role":"assistant","model":"asked","content":[],"stop_reason":null,"stop_sequence":null,"stop_details":null,"container":null,"usage":{"input_tokens":3,"cache_creation_input_tokens":null,"cache_read_input_tokens":null,"output_tokens":0,"output_tokens_details":null,"server_tool_use":null,"cache_creation":null,"service_tier":null}}}\n\n',
        'event: content_block_start\ndata: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":"","citations":null}}\n\n',
        'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a\\"\\n"}}\n\n',
        'event: content_block_stop\ndata: {"type":"content_block_stop","index":0}\n\n',
        'event: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null,"stop_details":null,"container":null},"usage":{"input_tokens":3,"cache_creation_input_tokens":null,"cache_read_input_tokens":null,"output_tokens":4,"output_tokens_details":null,"server_tool_use":null}}\n\n',
        'event: message_stop\ndata: {"type":"message_stop"}\n\n',
      ].join(""),
    );
  });

  test("a part that says nothing makes no block, and the numbers have no gap", () => {
    expect(
      blocksOf([
        open({ type: "text" }),
        close(),
        open({ type: "reasoning" }, 1),
        close(1),
        open({ type: "text" }, 2),
        delta("x", 2),
        close(2),
      ]),
    ).toEqual([
      { content_block: { type: "text", text: "", citations: null } },
      { delta: { type: "text_delta", text: "x" } },
      {},
    ]);
  });

  const seal = { origin: "openai-responses", kind: "encrypted", data: "gAAAA" } as const;
  const thought: readonly StreamEvent[] = [
    open({ type: "reasoning" }),
    delta("a"),
    { type: "section", n: 0 },
    delta("b"),
    delta("c"),
    { type: "seal", n: 0, seal },
    close(),
  ];
  const thinking = { content_block: { type: "thinking", thinking: "", signature: "" } };
  const signed = { delta: { type: "signature_delta", signature: packSeal(seal, ["a", "bc"]) } };

  test("sections of reasoning are one block with one signature", () => {
    expect(blocksOf(thought)).toEqual([
      thinking,
      { delta: { type: "thinking_delta", thinking: "a" } },
      { delta: { type: "thinking_delta", thinking: "\n\nb" } },
      { delta: { type: "thinking_delta", thinking: "c" } },
      signed,
      {},
    ]);
  });

  test("reasoning that the client does not want to see is only its signature", () => {
    const context = contextOf("openai-responses", { reasoning: { show: false } });
    expect(blocksOf(thought, context)).toEqual([thinking, signed, {}]);
    expect(blocksOf([open({ type: "reasoning" }), delta("a"), close()], context)).toEqual([]);
  });

  test("reasoning without a text has its signature", () => {
    const alone = { delta: { type: "signature_delta", signature: packSeal(seal) } };
    expect(blocksOf([open({ type: "reasoning" }), { type: "seal", n: 0, seal }, close()])).toEqual([
      thinking,
      alone,
      {},
    ]);
  });

  const call = open({ type: "tool_call", id: "call_1", name: "read", kind: "function" });
  const used = {
    content_block: { type: "tool_use", id: "call_1", name: "read", input: {}, caller: { type: "direct" } },
  };
  const filled = (text: string) => ({ delta: { type: "input_json_delta", partial_json: text } });

  test.each<[string, readonly string[], readonly string[]]>([
    ["in pieces", ['{"a":', "1}"], ['{"a":', "1}"]],
    ["after white space", [" ", '\n{"a":1}'], [' \n{"a":1}']],
    ["none", [], []],
    ["blank", [" "], []],
    ["a list, wrapped", ["[", "1]"], ['{"_value":[1]}']],
    ["plain text, wrapped", ["read it"], ['{"_raw_arguments":"read it"}']],
  ])("arguments %s", (_, pieces, wire) => {
    expect(
      blocksOf([call, ...pieces.map((text) => delta(text)), close()], contextOf("openai-chat"), "tool_use"),
    ).toEqual([used, ...wire.map(filled), {}]);
  });

  test("plain text is the one argument of a function", () => {
    const custom = open({ type: "tool_call", id: "call_1", name: "read", kind: "custom" });
    expect(blocksOf([custom, delta("{*** "), delta("x"), close()])).toEqual([used, filled('{"input":"{*** x"}'), {}]);
  });

  test("arguments that break off make an answer that was cut", () => {
    const context = contextOf("openai-chat");
    const sse = encode([call, delta('{"a":'), close()], context, "tool_use");
    expect(messageStreamComplaints(sse)).toEqual([]);
    expect(sse).toContain('"stop_reason":"max_tokens"');
    expect(context.losses.list.map(({ code }) => code)).toEqual(["answer_arguments"]);
  });

  test("a refusal is text, and said again with the reason to stop", () => {
    const encoder = encodeStream(contextOf("openai-chat"));
    const sse = [
      START,
      open({ type: "refusal" }),
      delta("No."),
      close(),
      { type: "finish", finish: { kind: "refusal" } } as const,
    ]
      .map((event) => encoder.write(event))
      .join("");
    expect(eventsIn(sse).at(-1)?.delta).toMatchObject({
      stop_reason: "refusal",
      stop_details: { type: "refusal", category: null, explanation: "No." },
    });
  });

  test("searches for clients that offered one, and nothing of what has no place", () => {
    const search = open({ type: "web_search", id: "ws_1", query: "q", origin: "openai-responses" });
    const tools = [{ type: "hosted", kind: "web_search", name: "web_search_20250305" }] as const;
    const caller = { type: "direct" };
    expect(blocksOf([search, close()], contextOf("openai-responses", { tools }))).toEqual([
      { content_block: { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: {}, caller } },
      filled('{"query":"q"}'),
      {},
      { content_block: { type: "web_search_tool_result", tool_use_id: "srvtoolu_1", content: [], caller } },
      {},
    ]);
    const context = contextOf("openai-responses");
    const opaque = open({ type: "opaque", origin: "openai-responses", name: "mcp_call", raw: {} }, 1);
    const citation: StreamEvent = { type: "citation", n: 2, citation: { url: "https://a", raw: {} } };
    expect(
      blocksOf([search, close(), opaque, close(1), open({ type: "text" }, 2), citation, close(2)], context),
    ).toEqual([]);
    expect(context.losses.list.map(({ code }) => code)).toEqual(["answer_hosted", "answer_citations"]);
  });

  test("an error at any place", () => {
    const error = { kind: "overloaded", message: "Busy." } as const;
    expect(encodeStream(contextOf("openai-chat")).write({ type: "error", error })).toBe(
      'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Busy."},"request_id":null}\n\n',
    );
  });

  test("silence is kept up with a ping", () => {
    expect(anthropicMessages.keepAlive).toBe('event: ping\ndata: {"type":"ping"}\n\n');
  });
});

test("counts of a prompt", () => {
  expect(anthropicMessages.decodeCount({ input_tokens: 7 })).toBe(7);
  expect(anthropicMessages.decodeCount({})).toBeUndefined();
  expect(anthropicMessages.encodeCount(7)).toEqual({ input_tokens: 7 });
});
