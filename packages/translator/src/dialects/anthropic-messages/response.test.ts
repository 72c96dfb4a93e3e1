import { describe, expect, test } from "vitest";

import { resolveCapability } from "../../capability/resolve.ts";
import type { TranslationContext } from "../../context.ts";
import type { DialectId } from "../../dialect.ts";
import type { JsonObject } from "../../json.ts";
import { LossLog } from "../../loss.ts";
import type { Part, Seal } from "../../neutral/part.ts";
import type { NeutralRequest } from "../../neutral/request.ts";
import type { NeutralResponse } from "../../neutral/response.ts";
import { packSeal } from "../../reasoning/carrier.ts";
import { ToolNames } from "../../tools/names.ts";
import { TranslationError } from "../../translation-error.ts";
import { decodeResponse, encodeResponse } from "./response.ts";

const origin = "anthropic-messages" as const;
const REQUEST: NeutralRequest = { model: "m", system: [], turns: [], tools: [], stream: false };

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
  const decode = (body: JsonObject): NeutralResponse =>
    decodeResponse(
      { id: "msg_1", type: "message", role: "assistant", model: "claude", stop_reason: "end_turn", ...body },
      contextOf(origin),
    );
  const partsOf = (...content: readonly unknown[]): readonly Part[] => decode({ content }).parts;

  test("a whole answer", () => {
    const usage = { input_tokens: 3, cache_read_input_tokens: 4, output_tokens: 5, service_tier: "priority" };
    expect(decode({ content: [{ type: "text", text: "hello", citations: null }], usage })).toEqual({
      id: "msg_1",
      model: "claude",
      parts: [{ type: "text", text: "hello" }],
      finish: { kind: "end", raw: "end_turn" },
      usage: { input: 3, cacheRead: 4, output: 5 },
      tier: "priority",
    });
  });

  test("an answer without any content, or without counts", () => {
    expect(decode({ content: [] })).toMatchObject({ parts: [], usage: {} });
  });

  test("thinking keeps its proof, also where its text is hidden", () => {
    expect(
      partsOf(
        { type: "thinking", thinking: "Hm.", signature: "EqQB" },
        { type: "thinking", thinking: "", signature: "EqQC" },
        { type: "redacted_thinking", data: "Emw" },
        { type: "thinking", thinking: "" },
        { type: "thinking", thinking: "So." },
      ),
    ).toEqual([
      { type: "reasoning", texts: ["Hm."], seal: { origin, kind: "signature", data: "EqQB" } },
      { type: "reasoning", texts: [], seal: { origin, kind: "signature", data: "EqQC" } },
      { type: "reasoning", texts: [], seal: { origin, kind: "redacted", data: "Emw" } },
      { type: "reasoning", texts: ["So."] },
    ]);
  });

  test("calls, with what some of them lack", () => {
    expect(
      partsOf(
        { type: "tool_use", id: "toolu_1", name: "read", input: { path: "a" }, caller: { type: "direct" } },
        { type: "tool_use", input: '{"path":"b"}' },
      ),
    ).toEqual([
      { type: "tool_call", id: "toolu_1", name: "read", arguments: '{"path":"a"}', kind: "function" },
      { type: "tool_call", id: "toolu_a1_1", name: "tool", arguments: '{"path":"b"}', kind: "function" },
    ]);
  });

  test("what Anthropic ran, and the sources that came of it", () => {
    const page = {
      type: "web_search_result_location",
      url: "https://a",
      title: "A",
      cited_text: "a",
      encrypted_index: "x",
    };
    const given = { type: "search_result_location", source: "notes", title: null, cited_text: "b" };
    const document = { type: "char_location", document_title: "D", cited_text: "c" };
    const other = { type: "mcp_tool_use", id: "mcp_1" };
    expect(
      partsOf(
        { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: { query: "q" } },
        { type: "web_search_tool_result", tool_use_id: "srvtoolu_1", content: [] },
        other,
        { type: "text", text: "x", citations: [page, given, document, 7] },
      ),
    ).toEqual([
      { type: "web_search", id: "srvtoolu_1", query: "q", origin },
      { type: "opaque", origin, name: "mcp_tool_use", raw: other },
      {
        type: "text",
        text: "x",
        citations: [
          { url: "https://a", title: "A", quote: "a", raw: page },
          { quote: "b", raw: given },
          { title: "D", quote: "c", raw: document },
        ],
      },
    ]);
  });

  test.each([
    [
      { stop_reason: "stop_sequence", stop_sequence: "END" },
      { kind: "stop_sequence", stopSequence: "END" },
    ],
    [{ stop_reason: "max_tokens" }, { kind: "max_tokens" }],
    [{ stop_reason: "model_context_window_exceeded" }, { kind: "context_window" }],
    [{ stop_reason: "pause_turn" }, { kind: "pause" }],
    [{ stop_reason: "compaction" }, { kind: "other", raw: "compaction" }],
    [{ stop_reason: "tool_use" }, { kind: "end", raw: "tool_use" }],
    [
      { stop_reason: "refusal", stop_details: { type: "refusal", category: "bio", explanation: "No." } },
      { kind: "refusal", explanation: "No." },
    ],
  ])("%j", (given, finish) => {
    expect(decode({ content: [{ type: "text", text: "x" }], ...given }).finish).toMatchObject(finish);
  });

  test.each<[JsonObject, string, RegExp]>([
    [{ type: "error", error: { type: "overloaded_error", message: "Overloaded" } }, "overloaded", /Overloaded/],
    [{ error: { type: "api_error", message: "no" } }, "server", /no/],
    [{ content: "x" }, "bad_gateway", /no content/],
    [{ content: [], stop_reason: null }, "bad_gateway", /broke off/],
  ])("%j is no answer", (body, kind, message) => {
    let error: unknown;
    try {
      decode(body);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(TranslationError);
    expect(error).toMatchObject({ kind, message: expect.stringMatching(message) });
  });
});

describe("encoding", () => {
  const chat = (request?: Partial<NeutralRequest>) => contextOf("openai-chat", request);
  const answer = (parts: readonly Part[], more: Partial<NeutralResponse> = {}): NeutralResponse => ({
    id: "chatcmpl-77",
    parts,
    finish: { kind: "end" },
    usage: { input: 1, output: 2 },
    ...more,
  });
  const contentOf = (context: TranslationContext, ...parts: readonly Part[]) =>
    encodeResponse(answer(parts), context).content;

  test("a whole answer has every field of the types", () => {
    expect(encodeResponse(answer([{ type: "text", text: "hello" }], { tier: "default" }), chat())).toEqual({
      id: "msg_77",
      type: "message",
      role: "assistant",
      model: "asked",
      content: [{ type: "text", text: "hello", citations: null }],
      stop_reason: "end_turn",
      stop_sequence: null,
      stop_details: null,
      container: null,
      usage: {
        input_tokens: 1,
        cache_creation_input_tokens: null,
        cache_read_input_tokens: null,
        output_tokens: 2,
        output_tokens_details: null,
        server_tool_use: null,
        cache_creation: null,
        service_tier: "standard",
      },
    });
  });

  test("empty text and reasoning make no block", () => {
    expect(contentOf(chat(), { type: "text", text: "" }, { type: "reasoning", texts: [] })).toEqual([]);
  });

  test("reasoning is thinking, its proof in a carrier", () => {
    const seal: Seal = { origin: "openai-responses", kind: "encrypted", data: "gAAAA" };
    const parts: readonly Part[] = [
      { type: "reasoning", texts: ["a", "b"], seal },
      { type: "reasoning", texts: [], seal },
      { type: "reasoning", texts: ["c"] },
      { type: "reasoning", texts: [], seal: { origin, kind: "redacted", data: "Emw" } },
    ];
    expect(contentOf(contextOf("openai-responses"), ...parts)).toEqual([
      { type: "thinking", thinking: "a\n\nb", signature: packSeal(seal, ["a", "b"]) },
      { type: "thinking", thinking: "", signature: packSeal(seal) },
      { type: "thinking", thinking: "c", signature: "" },
      { type: "redacted_thinking", data: "Emw" },
    ]);
    expect(contentOf(contextOf("openai-responses", { reasoning: { show: false } }), ...parts)).toEqual([
      { type: "thinking", thinking: "", signature: packSeal(seal, ["a", "b"]) },
      { type: "thinking", thinking: "", signature: packSeal(seal) },
      { type: "redacted_thinking", data: "Emw" },
    ]);
  });

  test("calls: their ids and arguments in Anthropic's form", () => {
    const context = chat();
    const call = (id: string, text: string): Part => ({
      type: "tool_call",
      id,
      name: "read",
      arguments: text,
      kind: "function",
    });
    const caller = { type: "direct" };
    expect(contentOf(context, call("call_1", '{"a":1}'), call("call_2", ""), call("call.3", '{"a":'))).toEqual([
      { type: "tool_use", id: "call_1", name: "read", input: { a: 1 }, caller },
      { type: "tool_use", id: "call_2", name: "read", input: {}, caller },
      {
        type: "tool_use",
        id: expect.stringMatching(/^call_3_[0-9a-f]{12}$/),
        name: "read",
        input: { _raw_arguments: '{"a":' },
        caller,
      },
    ]);
    expect(context.losses.list.map(({ code }) => code)).toEqual(["answer_arguments"]);
  });

  test("plain text is the one argument of a function", () => {
    const call: Part = { type: "tool_call", id: "call_1", name: "patch", arguments: "*** x", kind: "custom" };
    expect(contentOf(contextOf("openai-responses"), call)).toMatchObject([
      { name: "patch", input: { input: "*** x" } },
    ]);
  });

  test("a search is shown to clients that offered one", () => {
    const search: Part = { type: "web_search", id: "ws_1", query: "q", origin: "openai-responses" };
    const without = contextOf("openai-responses");
    expect(contentOf(without, search)).toEqual([]);
    expect(without.losses.list).toMatchObject([{ code: "answer_hosted", detail: "web_search" }]);
    const tools = [{ type: "hosted", kind: "web_search", name: "web_search_20250305" }] as const;
    expect(contentOf(contextOf("openai-responses", { tools }), search)).toMatchObject([
      { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: { query: "q" } },
      { type: "web_search_tool_result", tool_use_id: "srvtoolu_1", content: [] },
    ]);
  });

  test("what has no place is noted", () => {
    const context = contextOf("openai-responses");
    const raw = {};
    encodeResponse(
      answer(
        [
          { type: "opaque", origin: "openai-responses", name: "mcp_call", raw },
          { type: "text", text: "x", citations: [{ url: "https://a", raw }] },
        ],
        { finish: { kind: "other", raw: "steered" }, usage: {} },
      ),
      context,
    );
    expect(context.losses.list.map(({ code, detail }) => [code, detail])).toEqual([
      ["answer_hosted", "mcp_call"],
      ["answer_citations", "https://a"],
      ["answer_finish", "steered"],
      ["answer_usage", undefined],
    ]);
  });

  test.each<[NeutralResponse["finish"], JsonObject]>([
    [
      { kind: "stop_sequence", stopSequence: "END" },
      { stop_reason: "stop_sequence", stop_sequence: "END" },
    ],
    [{ kind: "tool_use" }, { stop_reason: "tool_use", stop_sequence: null }],
    [{ kind: "context_window" }, { stop_reason: "model_context_window_exceeded" }],
    [{ kind: "pause" }, { stop_reason: "pause_turn" }],
    [{ kind: "other" }, { stop_reason: "end_turn" }],
    [
      { kind: "refusal" },
      { stop_reason: "refusal", stop_details: { type: "refusal", category: null, explanation: "No." } },
    ],
  ])("%j", (finish, wire) => {
    expect(encodeResponse(answer([{ type: "refusal", text: "No." }], { finish }), chat())).toMatchObject({
      content: [{ type: "text", text: "No." }],
      ...wire,
    });
  });
});
