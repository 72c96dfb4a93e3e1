import { describe, expect, test } from "vitest";

import { parseObject } from "../../json.ts";
import type { JsonObject } from "../../json.ts";
import type { Part } from "../../neutral/part.ts";
import { replay } from "../../neutral/replay.ts";
import type { Finish, NeutralResponse } from "../../neutral/response.ts";
import type { NeutralRequest } from "../../neutral/request.ts";
import { unpackSeal } from "../../reasoning/carrier.ts";
import { acceptChatStream } from "../../testing/acceptance/chat.ts";
import { chatStreamComplaints, wholeChatComplaints } from "../../testing/acceptance/chat-grammar.ts";
import { contextFor } from "../../testing/chat-codec.ts";
import { listOf, objectOf } from "../../testing/laws/complaints.ts";
import { encodeResponse } from "./response.ts";
import { encodeStream } from "./stream.ts";

const text = (words: string): Part => ({ type: "text", text: words });
const call = (id: string, args = '{"a":1}'): Part => ({
  type: "tool_call",
  id,
  name: "f",
  arguments: args,
  kind: "function",
});
const END: Finish = { kind: "end" };

interface Asked {
  readonly request?: Partial<NeutralRequest>;
  readonly body?: JsonObject;
}

function answer(parts: readonly Part[], finish: Finish = END): NeutralResponse {
  return {
    id: "msg_01AB",
    model: "claude",
    parts,
    finish,
    usage: { input: 3, cacheRead: 1000, cacheWrite5m: 200, output: 50 },
  };
}

/** The only choice of a whole answer, and what was lost. */
function whole(response: NeutralResponse, { request, body }: Asked = {}) {
  const context = contextFor(request, { upstream: "anthropic-messages", ...(body !== undefined && { body }) });
  const encoded = encodeResponse(response, context);
  expect(wholeChatComplaints(encoded).filter((complaint) => !complaint.includes("function_call"))).toEqual([]);
  const [choice = {}] = listOf(encoded.choices);
  return {
    encoded,
    choice,
    message: objectOf(choice.message),
    losses: context.losses.list.map(({ code }) => code),
  };
}

function streamOf(response: NeutralResponse, { request, body }: Asked = {}): string {
  const context = contextFor(request, { upstream: "anthropic-messages", ...(body !== undefined && { body }) });
  const encoder = encodeStream(context);
  let sse = "";
  replay(response, (event) => {
    sse += encoder.write(event);
  });
  return sse;
}

/** The chunks' first choices. */
function deltasOf(sse: string): readonly unknown[] {
  return sse
    .split("\n\n")
    .filter((frame) => frame.startsWith("data: {"))
    .map((frame) => listOf(parseObject(frame.slice(6))?.choices)[0]?.delta);
}

test("the envelope", () => {
  expect(whole(answer([text("hi")])).encoded).toEqual({
    id: "chatcmpl-01AB",
    object: "chat.completion",
    created: 1_700_000_000,
    model: "asked",
    choices: [
      { index: 0, message: { role: "assistant", content: "hi", refusal: null }, logprobs: null, finish_reason: "stop" },
    ],
    usage: {
      prompt_tokens: 1203,
      completion_tokens: 50,
      total_tokens: 1253,
      prompt_tokens_details: { cached_tokens: 1000, cache_write_tokens: 200 },
    },
  });
});

test("an answer without an id or counts", () => {
  const { encoded, losses } = whole({ parts: [], finish: END, usage: {}, tier: "priority" });
  expect(encoded).toMatchObject({ id: "chatcmpl-answer1", service_tier: "priority", usage: { total_tokens: 0 } });
  expect(losses).toEqual(["answer_usage"]);
});

describe("the message", () => {
  test.each<[string, readonly Part[], JsonObject]>([
    ["nothing", [], { content: "", refusal: null }],
    ["texts", [text("a"), text("b")], { content: "ab", refusal: null }],
    [
      "calls only",
      [call("c1"), call("c2", "")],
      {
        content: null,
        refusal: null,
        tool_calls: [
          { id: "c1", type: "function", function: { name: "f", arguments: '{"a":1}' } },
          { id: "c2", type: "function", function: { name: "f", arguments: "{}" } },
        ],
      },
    ],
    [
      "a custom call",
      [{ type: "tool_call", id: "c", name: "p", arguments: "raw", kind: "custom" }],
      { content: null, refusal: null, tool_calls: [{ id: "c", type: "custom", custom: { name: "p", input: "raw" } }] },
    ],
    ["a refusal", [{ type: "refusal", text: "no" }], { content: null, refusal: "no" }],
    [
      "reasoning",
      [{ type: "reasoning", texts: ["one", "two"] }, { type: "reasoning", texts: ["three"] }, text("a")],
      { content: "a", refusal: null, reasoning_content: "one\n\ntwo\n\nthree" },
    ],
  ])("%s", (_, parts, message) => {
    expect(whole(answer(parts)).message).toEqual({ role: "assistant", ...message });
  });

  test("sources, by their place in the whole text", () => {
    const citations = [
      { url: "https://x", title: "X", start: 0, end: 1, raw: {} },
      { url: "https://y", raw: {} },
      { title: "no address", raw: {} },
    ];
    const { message, losses } = whole(answer([text("ab"), { type: "text", text: "cde", citations }]));
    expect(message.annotations).toEqual([
      { type: "url_citation", url_citation: { start_index: 2, end_index: 3, title: "X", url: "https://x" } },
      { type: "url_citation", url_citation: { start_index: 2, end_index: 5, title: "", url: "https://y" } },
    ]);
    expect(losses).toEqual(["answer_citations"]);
  });

  test("proofs of reasoning travel in carriers", () => {
    const signed: Part = {
      type: "reasoning",
      texts: ["t"],
      seal: { origin: "anthropic-messages", kind: "signature", data: "s" },
    };
    const redacted: Part = {
      type: "reasoning",
      texts: [],
      seal: { origin: "anthropic-messages", kind: "redacted", data: "r" },
    };
    const details = listOf(whole(answer([signed, redacted, text("a")])).message.reasoning_details);
    expect(details).toMatchObject([
      { type: "reasoning.text", text: "t", index: 0 },
      { type: "reasoning.encrypted", index: 1 },
    ]);
    expect(unpackSeal(String(details[0]?.signature))?.seal).toEqual(
      signed.type === "reasoning" ? signed.seal : undefined,
    );
    expect(unpackSeal(String(details[1]?.data))?.seal).toMatchObject({ kind: "redacted", data: "r" });
  });

  test("reasoning is hidden from who does not want it", () => {
    const parts: readonly Part[] = [{ type: "reasoning", texts: ["t"] }, text("a")];
    const request = { reasoning: { show: false } };
    expect(whole(answer(parts), { request }).message).not.toHaveProperty("reasoning_content");
    expect(streamOf(answer(parts), { request })).not.toContain("reasoning");
  });

  test("pieces that only their own dialect has are left out", () => {
    const opaque: Part = { type: "opaque", origin: "anthropic-messages", name: "container_upload", raw: {} };
    const search: Part = { type: "web_search", id: "w", origin: "anthropic-messages" };
    expect(whole(answer([search, opaque, text("a")]))).toMatchObject({
      message: { content: "a" },
      losses: ["answer_hosted"],
    });
  });
});

describe("the end", () => {
  test.each<[Finish, JsonObject, readonly string[]]>([
    [{ kind: "end" }, { finish_reason: "stop" }, []],
    [{ kind: "stop_sequence", stopSequence: "END" }, { finish_reason: "stop", stop_reason: "END" }, []],
    [{ kind: "max_tokens" }, { finish_reason: "length" }, []],
    [{ kind: "context_window" }, { finish_reason: "length" }, []],
    [{ kind: "refusal", explanation: "why" }, { finish_reason: "content_filter", message: { refusal: "why" } }, []],
    [{ kind: "pause" }, { finish_reason: "stop" }, ["answer_finish"]],
    [{ kind: "other", raw: "x" }, { finish_reason: "stop" }, ["answer_finish"]],
  ])("%j", (finish, choice, losses) => {
    expect(whole(answer([text("a")], finish))).toMatchObject({ choice, losses });
  });

  test("of a model that refuses in words", () => {
    const refused = answer([{ type: "refusal", text: "no" }], { kind: "refusal", explanation: "no" });
    expect(whole(refused).choice.finish_reason).toBe("stop");
  });
});

describe("a client of the older functions", () => {
  const asked: Asked = { body: { functions: [{ name: "f" }] } };
  const called = answer([call("c1")], { kind: "tool_use" });

  test("gets the older call", () => {
    const { choice, message } = whole(called, asked);
    expect(choice.finish_reason).toBe("function_call");
    expect(message).toEqual({
      role: "assistant",
      content: null,
      refusal: null,
      function_call: { name: "f", arguments: '{"a":1}' },
    });
  });

  test("in a stream, too", () => {
    expect(deltasOf(streamOf(called, asked)).slice(1)).toEqual([
      { function_call: { name: "f", arguments: "" } },
      { function_call: { arguments: '{"a":1}' } },
      {},
    ]);
  });
});

describe("a stream", () => {
  const usage = { request: { includeUsage: true } };

  test("chunk by chunk", () => {
    const sse = streamOf(answer([text("hi\n"), call("c1")], { kind: "tool_use" }), usage);
    const common = '"id":"chatcmpl-01AB","object":"chat.completion.chunk","created":1700000000,"model":"asked"';
    const of = (delta: string, finish = "null") =>
      `data: {${common},"choices":[{"index":0,"delta":${delta},"logprobs":null,"finish_reason":${finish}}],"usage":null}\n\n`;
    expect(sse).toBe(
      of('{"role":"assistant","content":"","refusal":null}') +
        of(String.raw`{"content":"hi\n"}`) +
        of('{"tool_calls":[{"index":0,"id":"c1","type":"function","function":{"name":"f","arguments":""}}]}') +
        of(String.raw`{"tool_calls":[{"index":0,"function":{"arguments":"{\"a\":1}"}}]}`) +
        of("{}", '"tool_calls"') +
        `data: {${common},"choices":[],"usage":{"prompt_tokens":1203,"completion_tokens":50,"total_tokens":1253,` +
        '"prompt_tokens_details":{"cached_tokens":1000,"cache_write_tokens":200}}}\n\n' +
        "data: [DONE]\n\n",
    );
  });

  test("119: even an empty answer has its role, and usage comes only when it was asked for", () => {
    const sse = streamOf(answer([]));
    expect(deltasOf(sse)).toEqual([{ role: "assistant", content: "", refusal: null }, {}]);
    expect(sse).not.toContain("usage");
    expect(sse.endsWith("data: [DONE]\n\n")).toBe(true);
  });

  test("proofs and sources come in one delta each, at the end", () => {
    const sealed = (words: string): Part => ({
      type: "reasoning",
      texts: [words],
      seal: { origin: "openai-responses", kind: "encrypted", data: words },
    });
    const cited: Part = { type: "text", text: "bc", citations: [{ url: "https://x", raw: {} }] };
    const deltas = deltasOf(streamOf(answer([sealed("one"), text("a"), sealed("two"), cited])));
    expect(deltas.slice(1, 5)).toEqual([
      { reasoning_content: "one" },
      { content: "a" },
      { reasoning_content: "\n\ntwo" },
      { content: "bc" },
    ]);
    expect(deltas.slice(5)).toMatchObject([
      { reasoning_details: [{ type: "reasoning.encrypted", index: 0 }, { index: 1 }] },
      { annotations: [{ url_citation: { start_index: 1, end_index: 3 } }] },
      {},
    ]);
  });

  test("an error ends it without [DONE]", () => {
    const encoder = encodeStream(contextFor());
    encoder.write({ type: "start" });
    expect(encoder.write({ type: "error", error: { kind: "overloaded", message: "busy" } })).toBe(
      'data: {"error":{"message":"busy","type":"server_error","param":null,"code":"server_is_overloaded"}}\n\n',
    );
  });

  const ANSWERS: readonly [string, NeutralResponse][] = [
    ["text", answer([text("a")])],
    ["nothing", answer([])],
    ["texts and calls", answer([text("a"), call("c1"), text("b"), call("c2", "")], { kind: "tool_use" })],
    [
      "a custom call",
      answer([{ type: "tool_call", id: "c", name: "p", arguments: "raw\n", kind: "custom" }], { kind: "tool_use" }),
    ],
    ["a refusal", answer([{ type: "refusal", text: "no" }], { kind: "refusal", explanation: "no" })],
    ["a refusal without words", answer([], { kind: "refusal", explanation: "why" })],
    ["a stop sequence", answer([text("a")], { kind: "stop_sequence", stopSequence: "END" })],
  ];

  test.each(ANSWERS)("of %s says the same as the whole answer", async (_, response) => {
    const sse = streamOf(response, usage);
    expect(chatStreamComplaints(sse, true)).toEqual([]);
    const [taken] = listOf((await acceptChatStream(sse)).choices);
    const { choice, message } = whole(response);
    const { content, refusal, tool_calls: calls } = objectOf(taken?.message);
    expect(taken?.finish_reason).toBe(choice.finish_reason);
    expect(content ?? "").toBe(message.content ?? "");
    expect(refusal ?? null).toBe(message.refusal);
    expect(listOf(calls)).toMatchObject(listOf(message.tool_calls));
  });
});
