import { describe, expect, test } from "vitest";

import type { JsonObject } from "../../json.ts";
import type { Part } from "../../neutral/part.ts";
import type { NeutralRequest } from "../../neutral/request.ts";
import type { Finish, NeutralResponse } from "../../neutral/response.ts";
import { packSeal } from "../../reasoning/carrier.ts";
import { ACCEPTANCE } from "../../testing/acceptance/index.ts";
import { listOf } from "../../testing/laws/complaints.ts";
import { contextFor } from "../../testing/responses-codec.ts";
import { TranslationError } from "../../translation-error.ts";
import { decodeResponse, encodeResponse } from "./response.ts";

const USAGE = { input_tokens: 3, output_tokens: 5, total_tokens: 8 };

function decoded(output: readonly unknown[], rest: JsonObject = {}) {
  const context = contextFor({}, { client: "anthropic-messages" });
  const body = { id: "resp_1", object: "response", model: "up", status: "completed", output, usage: USAGE, ...rest };
  return { response: decodeResponse(body, context), losses: context.losses.list.map(({ code }) => code) };
}

describe("decoding", () => {
  const message = (content: unknown, rest: JsonObject = {}): JsonObject => ({
    type: "message",
    id: "msg_1",
    role: "assistant",
    content,
    ...rest,
  });
  const said = (text: string, rest: JsonObject = {}): JsonObject => ({ type: "output_text", text, ...rest });

  test("a whole answer", () => {
    expect(decoded([message([said("hi")])], { service_tier: "default" })).toEqual({
      response: {
        id: "resp_1",
        model: "up",
        parts: [{ type: "text", text: "hi" }],
        finish: { kind: "end", raw: "completed" },
        usage: { input: 3, output: 5 },
        tier: "default",
      },
      losses: [],
    });
  });

  test("an answer of which little is said", () => {
    const context = contextFor({}, { client: "openai-chat" });
    expect(decodeResponse({ output: [] }, context)).toEqual({ parts: [], finish: { kind: "other" }, usage: {} });
    expect(context.losses.list).toMatchObject([{ code: "answer_usage" }]);
  });

  const url = { type: "url_citation", url: "https://x", title: "X", start_index: 0, end_index: 2 };
  test.each<[string, JsonObject, readonly object[]]>([
    [
      "texts",
      message([said("a"), said(""), said("b")]),
      [
        { type: "text", text: "a" },
        { type: "text", text: "b" },
      ],
    ],
    ["a phase", message([said("a")], { phase: "commentary" }), [{ type: "text", text: "a", phase: "commentary" }]],
    [
      "sources, those without an address left out",
      message([
        said("ab", {
          annotations: [
            url,
            { type: "file_citation", file_id: "f" },
            { url: "https://y", start_index: 2, end_index: 2 },
          ],
        }),
      ]),
      [
        {
          type: "text",
          text: "ab",
          citations: [
            { url: "https://x", title: "X", start: 0, end: 2, raw: url },
            { url: "https://y", raw: { url: "https://y", start_index: 2, end_index: 2 } },
          ],
        },
      ],
    ],
    ["a refusal", message([{ type: "refusal", refusal: "no" }]), [{ type: "refusal", text: "no" }]],
    ["a message of nothing", message([]), []],
    ["a message of null", message(null), []],
    [
      "reasoning",
      { type: "reasoning", id: "rs_1", summary: [{ type: "summary_text", text: "r" }], encrypted_content: "e" },
      [{ type: "reasoning", texts: ["r"], seal: { origin: "openai-responses", kind: "encrypted", data: "e" } }],
    ],
    [
      "reasoning in full",
      { type: "reasoning", content: [{ type: "reasoning_text", text: "r" }] },
      [{ type: "reasoning", texts: ["r"], full: true }],
    ],
    ["reasoning of nothing", { type: "reasoning", summary: [] }, []],
    [
      "a call",
      { type: "function_call", id: "fc_1", call_id: "c", name: "f", arguments: '{"a":1}', namespace: "n" },
      [{ type: "tool_call", id: "c", name: "f", namespace: "n", arguments: '{"a":1}', kind: "function" }],
    ],
    [
      "a call by its item's id",
      { type: "function_call", id: "fc_1", name: "f" },
      [{ type: "tool_call", id: "fc_1", name: "f", arguments: "", kind: "function" }],
    ],
    [
      "a call without an id",
      { type: "function_call", name: "f" },
      [{ type: "tool_call", id: "call_f", name: "f", arguments: "", kind: "function" }],
    ],
    ["a call of nothing", { type: "function_call", call_id: "c" }, []],
    [
      "a call of plain text",
      { type: "custom_tool_call", call_id: "c", name: "f", input: "x" },
      [{ type: "tool_call", id: "c", name: "f", arguments: "x", kind: "custom" }],
    ],
    [
      "a search",
      { type: "web_search_call", id: "ws_1", action: { type: "search", query: "q" } },
      [{ type: "web_search", id: "ws_1", query: "q", origin: "openai-responses" }],
    ],
    [
      "a search of nothing",
      { type: "web_search_call" },
      [{ type: "web_search", id: "ws", origin: "openai-responses" }],
    ],
    [
      "anything else",
      { type: "image_generation_call", id: "i" },
      [
        {
          type: "opaque",
          origin: "openai-responses",
          name: "image_generation_call",
          raw: { type: "image_generation_call", id: "i" },
        },
      ],
    ],
    ["an item of no kind", { id: "x" }, []],
  ])("%s", (_, item, parts) => {
    expect(decoded([item]).response.parts).toEqual(parts);
  });

  test("items that are none say nothing", () => {
    expect(decoded([null, 7, "x", []]).response.parts).toEqual([]);
  });

  const call = { type: "function_call", call_id: "c", name: "f", arguments: "{}" };
  test.each<[readonly JsonObject[], JsonObject, Finish]>([
    [[call], {}, { kind: "tool_use", raw: "completed" }],
    [[message([{ type: "refusal", refusal: "no" }])], {}, { kind: "refusal", raw: "completed", explanation: "no" }],
    [[{ type: "web_search_call", id: "w" }], {}, { kind: "end", raw: "completed" }],
    [
      [call],
      { status: "incomplete", incomplete_details: { reason: "max_output_tokens" } },
      { kind: "max_tokens", raw: "max_output_tokens" },
    ],
    [
      [],
      { status: "incomplete", incomplete_details: { reason: "max_messages" } },
      { kind: "max_tokens", raw: "max_messages" },
    ],
    [
      [],
      { status: "incomplete", incomplete_details: { reason: "content_filter" } },
      { kind: "refusal", raw: "content_filter" },
    ],
    [[], { status: "incomplete", incomplete_details: { reason: "steered" } }, { kind: "other", raw: "steered" }],
    [[], { status: "incomplete", incomplete_details: null }, { kind: "other", raw: "incomplete" }],
  ])("%j with %j ended so", (output, rest, finish) => {
    expect(decoded(output, rest).response.finish).toEqual(finish);
  });

  test.each<[JsonObject, string, string]>([
    [{ status: "failed", error: { code: "server_error", message: "no" } }, "server", "no"],
    [{ status: "failed", error: { code: "rate_limit_exceeded", message: "slow" } }, "rate_limit", "slow"],
    [{ status: "failed" }, "server", "The upstream broke the answer off with an error."],
    [{ error: "no" }, "server", "no"],
    [{ output: undefined }, "bad_gateway", "The upstream's answer has no `output`."],
    [{ output: {} }, "bad_gateway", "The upstream's answer has no `output`."],
    [{ status: "cancelled" }, "bad_gateway", "The upstream's answer is cancelled."],
    [{ status: "queued" }, "bad_gateway", "The upstream's answer is queued."],
    [{ status: "in_progress" }, "bad_gateway", "The upstream's answer is in_progress."],
  ])("%j is an error", (rest, kind, message) => {
    const thrown = ((): unknown => {
      try {
        return decoded([], rest);
      } catch (error) {
        return error;
      }
    })();
    expect(thrown).toBeInstanceOf(TranslationError);
    expect(thrown).toMatchObject({ kind, message });
  });
});

describe("encoding", () => {
  const answer = (parts: readonly Part[], rest: Partial<NeutralResponse> = {}): NeutralResponse => ({
    id: "msg_01AB",
    model: "claude",
    parts,
    finish: { kind: "end" },
    usage: { input: 3, cacheRead: 1000, cacheWrite5m: 200, output: 50 },
    ...rest,
  });
  const text = (words: string): Part => ({ type: "text", text: words });
  const call = (id: string, args = '{"a":1}'): Part => ({
    type: "tool_call",
    id,
    name: "f",
    arguments: args,
    kind: "function",
  });

  async function encoded(response: NeutralResponse, request?: Partial<NeutralRequest>, body?: JsonObject) {
    const context = contextFor(request, { upstream: "anthropic-messages", ...(body !== undefined && { body }) });
    const whole = encodeResponse(response, context);
    expect(ACCEPTANCE["openai-responses"].wholeComplaints(whole)).toEqual([]);
    await ACCEPTANCE["openai-responses"].whole(whole);
    return { whole, output: listOf(whole.output), losses: context.losses.list.map(({ code }) => code) };
  }

  test("the envelope of a request that said nothing", async () => {
    const { whole, losses } = await encoded(answer([text("hi")]));
    expect(whole).toEqual({
      id: "resp_01AB",
      object: "response",
      created_at: 1_700_000_000,
      completed_at: 1_700_000_000,
      status: "completed",
      background: false,
      error: null,
      incomplete_details: null,
      instructions: null,
      max_output_tokens: null,
      metadata: {},
      model: "asked",
      output: [
        {
          id: "msg_01AB_0",
          type: "message",
          status: "completed",
          role: "assistant",
          content: [{ type: "output_text", text: "hi", annotations: [], logprobs: [] }],
        },
      ],
      parallel_tool_calls: true,
      previous_response_id: null,
      reasoning: { effort: null, summary: null },
      service_tier: "auto",
      store: false,
      temperature: 1,
      text: { format: { type: "text" } },
      tool_choice: "auto",
      tools: [],
      top_p: 1,
      truncation: "disabled",
      usage: {
        input_tokens: 1203,
        input_tokens_details: { cached_tokens: 1000, cache_write_tokens: 200 },
        output_tokens: 50,
        output_tokens_details: { reasoning_tokens: 0 },
        total_tokens: 1253,
      },
    });
    expect(losses).toEqual([]);
  });

  test("the envelope repeats what the request said", async () => {
    const said = {
      instructions: "be brief",
      max_output_tokens: 99,
      metadata: { a: "b" },
      parallel_tool_calls: false,
      reasoning: { effort: "low" },
      service_tier: "flex",
      temperature: 0.5,
      text: { verbosity: "low" },
      tool_choice: "required",
      tools: [{ type: "function", name: "f", parameters: {}, strict: false }],
      top_p: 0.4,
    };
    const { whole } = await encoded(answer([]), {}, { ...said, store: true, model: "client's", input: "hi" });
    expect(whole).toMatchObject({ ...said, store: false, model: "asked" });
    const { whole: tiered } = await encoded(answer([], { tier: "priority" }), {}, said);
    expect(tiered.service_tier).toBe("priority");
  });

  test("an answer without an id or counts", async () => {
    expect((await encoded({ parts: [], finish: { kind: "end" }, usage: {} })).whole).toMatchObject({
      id: "resp_answer1",
      output: [],
      usage: null,
    });
  });

  test("texts in a row are parts of one message, of another phase or after a call another", async () => {
    const { output } = await encoded(
      answer([
        text("a"),
        text("b"),
        { type: "text", text: "c", phase: "final_answer" },
        call("x"),
        text("d"),
        { type: "refusal", text: "no" },
      ]),
    );
    const part = (words: string): JsonObject => ({ type: "output_text", text: words, annotations: [], logprobs: [] });
    const message = (id: number, content: readonly JsonObject[], rest: JsonObject = {}): JsonObject => ({
      id: `msg_01AB_${id}`,
      type: "message",
      status: "completed",
      role: "assistant",
      content,
      ...rest,
    });
    expect(output).toEqual([
      message(0, [part("a"), part("b")]),
      message(1, [part("c")], { phase: "final_answer" }),
      { id: "fc_01AB_2", type: "function_call", status: "completed", call_id: "x", name: "f", arguments: '{"a":1}' },
      message(3, [part("d"), { type: "refusal", refusal: "no" }]),
    ]);
  });

  test("calls", async () => {
    const long = "x".repeat(70);
    const custom: Part = {
      type: "tool_call",
      id: "c",
      name: "patch",
      namespace: "n",
      arguments: "raw",
      kind: "custom",
    };
    const { output } = await encoded(answer([call("a", ""), custom, call("a"), call("a"), call(long)]));
    expect(output).toEqual([
      { id: "fc_01AB_0", type: "function_call", status: "completed", call_id: "a", name: "f", arguments: "{}" },
      {
        id: "ctc_01AB_1",
        type: "custom_tool_call",
        status: "completed",
        call_id: "c",
        name: "patch",
        namespace: "n",
        input: "raw",
      },
      { id: "fc_01AB_2", type: "function_call", status: "completed", call_id: "a_2", name: "f", arguments: '{"a":1}' },
      { id: "fc_01AB_3", type: "function_call", status: "completed", call_id: "a_3", name: "f", arguments: '{"a":1}' },
      {
        id: "fc_01AB_4",
        type: "function_call",
        status: "completed",
        call_id: expect.stringMatching(/^x{51}_[0-9a-f]{12}$/),
        name: "f",
        arguments: '{"a":1}',
      },
    ]);
  });

  test("reasoning with its proof, whether its text is shown or not", async () => {
    const seal = { origin: "anthropic-messages", kind: "signature", data: "s" } as const;
    const parts: readonly Part[] = [
      { type: "reasoning", texts: ["a", "b"], seal },
      { type: "reasoning", texts: ["c"] },
      text("d"),
    ];
    const summary = (...texts: readonly string[]): readonly JsonObject[] =>
      texts.map((each) => ({ type: "summary_text", text: each }));
    const shown = [
      { id: "rs_01AB_0", type: "reasoning", summary: summary("a", "b"), encrypted_content: packSeal(seal) },
      { id: "rs_01AB_1", type: "reasoning", summary: summary("c") },
    ];
    expect((await encoded(answer(parts))).output.slice(0, 2)).toEqual(shown);
    expect((await encoded(answer(parts), { reasoning: { show: true } })).output.slice(0, 2)).toEqual(shown);
    expect((await encoded(answer(parts), { reasoning: { show: false } })).output.slice(0, 2)).toEqual([
      { id: "rs_01AB_0", type: "reasoning", summary: [], encrypted_content: packSeal(seal, ["a", "b"]) },
      { id: "rs_01AB_1", type: "reasoning", summary: [] },
    ]);
    const own: Part = {
      type: "reasoning",
      texts: [],
      seal: { origin: "openai-responses", kind: "encrypted", data: "e" },
    };
    expect((await encoded(answer([own]))).output).toEqual([
      { id: "rs_01AB_0", type: "reasoning", summary: [], encrypted_content: "e" },
    ]);
  });

  test("sources by their place in their own part", async () => {
    const citations = [
      { url: "https://x", title: "X", start: 1, end: 2, raw: {} },
      { url: "https://y", raw: {} },
      { title: "no address", raw: {} },
    ];
    const { output, losses } = await encoded(answer([text("ab"), { type: "text", text: "cde", citations }]));
    expect(listOf(output[0]?.content)[1]?.annotations).toEqual([
      { type: "url_citation", start_index: 1, end_index: 2, title: "X", url: "https://x" },
      { type: "url_citation", start_index: 0, end_index: 3, title: "", url: "https://y" },
    ]);
    expect(losses).toEqual(["answer_citations"]);
  });

  test("what the upstream ran: searches, and nothing else", async () => {
    const { output, losses } = await encoded(
      answer([
        { type: "web_search", id: "srvtoolu_1", query: "q", origin: "anthropic-messages" },
        { type: "opaque", origin: "anthropic-messages", name: "mcp_tool_use", raw: {} },
        text("a"),
      ]),
    );
    expect(output).toMatchObject([
      { id: "ws_01AB_0", type: "web_search_call", status: "completed", action: { type: "search", query: "q" } },
      { id: "msg_01AB_1" },
    ]);
    expect(losses).toEqual(["answer_hosted"]);
  });

  test.each<[Finish, JsonObject, string, readonly string[]]>([
    [{ kind: "end" }, { status: "completed", incomplete_details: null }, "completed", []],
    [{ kind: "stop_sequence", stopSequence: "x" }, { status: "completed" }, "completed", []],
    [{ kind: "tool_use" }, { status: "completed" }, "completed", []],
    [
      { kind: "max_tokens" },
      { status: "incomplete", incomplete_details: { reason: "max_output_tokens" } },
      "incomplete",
      [],
    ],
    [
      { kind: "context_window" },
      { status: "incomplete", incomplete_details: { reason: "max_output_tokens" } },
      "incomplete",
      [],
    ],
    [{ kind: "refusal" }, { status: "incomplete", incomplete_details: { reason: "content_filter" } }, "completed", []],
    [{ kind: "pause", raw: "pause_turn" }, { status: "completed", end_turn: false }, "completed", ["answer_finish"]],
    [{ kind: "other", raw: "new" }, { status: "completed" }, "completed", ["answer_finish"]],
  ])("%j", async (finish, fields, itemStatus, codes) => {
    const { whole, output, losses } = await encoded(answer([text("a"), call("c")], { finish }));
    expect(whole).toMatchObject(fields);
    expect("end_turn" in whole).toBe(finish.kind === "pause");
    expect(output.map(({ status }) => status)).toEqual(["completed", itemStatus]);
    expect(losses).toEqual(codes);
  });

  test("arguments that were cut stay as they came", async () => {
    const { output } = await encoded(answer([call("c", '{"a":')], { finish: { kind: "max_tokens" } }));
    expect(output).toMatchObject([{ arguments: '{"a":', status: "incomplete" }]);
  });
});
