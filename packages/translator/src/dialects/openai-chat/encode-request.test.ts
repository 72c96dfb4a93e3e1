import { describe, expect, test } from "vitest";

import type { JsonObject } from "../../json.ts";
import type { Part, ToolCallPart } from "../../neutral/part.ts";
import type { Turn } from "../../neutral/request.ts";
import { encode } from "../../testing/chat-codec.ts";
import { listOf, objectOf } from "../../testing/laws/complaints.ts";
import type { Towards } from "../../testing/chat-codec.ts";

const text = (words: string): Part => ({ type: "text", text: words });
const user = (...parts: readonly Part[]): Turn => ({ role: "user", parts });
const assistant = (...parts: readonly Part[]): Turn => ({ role: "assistant", parts });
const call = (id: string, name = "f", args = "{}"): ToolCallPart => ({
  type: "tool_call",
  id,
  name,
  arguments: args,
  kind: "function",
});
const result = (callId: string, parts: readonly Part[], isError?: boolean): Part => ({
  type: "tool_result",
  callId,
  kind: "function",
  parts,
  ...(isError !== undefined && { isError }),
});
const image: Part = { type: "media", kind: "image", source: { type: "base64", mime: "image/png", data: "iVBO" } };
const pdf: Part = {
  type: "media",
  kind: "document",
  source: { type: "base64", mime: "application/pdf", data: "JVBE" },
  name: "Report",
};
const IMAGE_PART = { type: "image_url", image_url: { url: "data:image/png;base64,iVBO" } };

function messages(turns: readonly Turn[], towards?: Towards): unknown {
  return encode({ turns }, towards).body.messages;
}

describe("the operator", () => {
  const system = [
    { type: "text", text: "x-anthropic-billing-header: cc_version=1" },
    { type: "text", text: "one" },
    { type: "text", text: "two" },
  ] as const;

  test("speaks in one message, its parts apart; what Claude Code says of itself is left out", () => {
    expect(encode({ system }).body.messages).toEqual([
      {
        role: "system",
        content: [
          { type: "text", text: "one" },
          { type: "text", text: "two" },
        ],
      },
      { role: "user", content: "hi" },
    ]);
  });

  test("is called as the model knows it", () => {
    expect(encode({ system: system.slice(1, 2) }, { model: "gpt-5" }).body.messages).toMatchObject([
      { role: "developer", content: "one" },
      {},
    ]);
  });

  test("speaks in one text where there may be one message only, and later inside the user's", () => {
    const turns: readonly Turn[] = [user(text("a")), { role: "system", parts: [text("note")] }];
    const { body, losses } = encode({ system, turns }, { upstream: "llama.cpp" });
    expect(body.messages).toEqual([
      { role: "system", content: "one\n\ntwo" },
      {
        role: "user",
        content: [
          { type: "text", text: "a" },
          { type: "text", text: "<system-reminder>\nnote\n</system-reminder>" },
        ],
      },
    ]);
    expect(losses).toEqual(["system_turn"]);
  });

  test("65: keeps the place in mid-conversation", () => {
    const turns: readonly Turn[] = [user(text("a")), { role: "system", parts: [text("note")] }, user(text("b"))];
    expect(messages(turns)).toEqual([
      { role: "user", content: "a" },
      { role: "system", content: "note" },
      { role: "user", content: "b" },
    ]);
  });
});

describe("the user", () => {
  test("media", () => {
    const { body, losses } = encode({
      turns: [
        user(
          text("look"),
          { ...image, type: "media", kind: "image", source: { type: "url", url: "https://x" }, detail: "high" },
          pdf,
          { type: "media", kind: "document", source: { type: "text", text: "plain" }, name: "notes", citable: true },
          { type: "media", kind: "audio", source: { type: "base64", mime: "audio/mpeg", data: "AA" } },
        ),
      ],
    });
    expect(body.messages).toEqual([
      {
        role: "user",
        content: [
          { type: "text", text: "look" },
          { type: "image_url", image_url: { url: "https://x", detail: "high" } },
          { type: "file", file: { filename: "Report.pdf", file_data: "data:application/pdf;base64,JVBE" } },
          { type: "text", text: "Document: notes\n\nplain" },
          { type: "input_audio", input_audio: { data: "AA", format: "mp3" } },
        ],
      },
    ]);
    expect(losses).toEqual(["citations_wish", "document_text"]);
  });

  test.each<[string, Part, Towards]>([
    ["documents", pdf, { upstream: "vllm" }],
    [
      "documents behind an address",
      { ...pdf, type: "media", kind: "document", source: { type: "url", url: "https://x" } },
      {},
    ],
    ["images", image, { upstream: "deepseek" }],
    [
      "files of other services",
      { type: "media", kind: "image", source: { type: "file", id: "file_1", origin: "anthropic-messages" } },
      {},
    ],
  ])("%s are refused where they cannot be sent", (_, part, towards) => {
    expect(() => messages([user(part)], towards)).toThrow(expect.objectContaining({ kind: "bad_request" }));
  });

  test("texts are joined where contents must be strings", () => {
    const towards = { capability: { stringContentOnly: true } };
    expect(messages([user(text("a"), text("b"))], towards)).toEqual([{ role: "user", content: "a\n\nb" }]);
  });

  test("marks for the cache go to who knows them", () => {
    const turns = [user({ type: "text", text: "a", cache: { ttl: "1h" } })];
    expect(encode({ turns })).toMatchObject({ body: { messages: [{ content: "a" }] }, losses: ["cache_marks"] });
    expect(messages(turns, { upstream: "openrouter", capability: { cacheMarks: true } })).toEqual([
      { role: "user", content: [{ type: "text", text: "a", cache_control: { type: "ephemeral", ttl: "1h" } }] },
    ]);
    expect(messages(turns, { capability: { cacheMarks: true } })).toEqual([
      {
        role: "user",
        content: [{ type: "text", text: "a", prompt_cache_breakpoint: { mode: "explicit", ttl: "12h" } }],
      },
    ]);
  });
});

describe("tool results", () => {
  test("51: come one by one before what the user says", () => {
    const turns = [
      assistant(text("a"), call("c1"), call("c2")),
      user(result("c1", [text("1"), text("2")]), result("c2", []), text("next")),
    ];
    expect(messages(turns)).toEqual([
      {
        role: "assistant",
        content: "a",
        tool_calls: [
          { id: "c1", type: "function", function: { name: "f", arguments: "{}" } },
          { id: "c2", type: "function", function: { name: "f", arguments: "{}" } },
        ],
      },
      {
        role: "tool",
        tool_call_id: "c1",
        content: [
          { type: "text", text: "1" },
          { type: "text", text: "2" },
        ],
      },
      { role: "tool", tool_call_id: "c2", content: "" },
      { role: "user", content: "next" },
    ]);
  });

  test("52: images follow all of them in a user message", () => {
    const turns = [
      assistant(call("c1", "shot"), call("c2")),
      user(result("c1", [image]), result("c2", [text("r"), image]), text("next")),
    ];
    const { body, losses } = encode({ turns });
    expect(listOf(body.messages).slice(1)).toEqual([
      { role: "tool", tool_call_id: "c1", content: "[image attached below]" },
      { role: "tool", tool_call_id: "c2", content: "r" },
      {
        role: "user",
        content: [
          { type: "text", text: "Image returned by tool shot (c1):" },
          IMAGE_PART,
          { type: "text", text: "Image returned by tool f (c2):" },
          IMAGE_PART,
          { type: "text", text: "next" },
        ],
      },
    ]);
    expect(losses).toEqual(["tool_result_media"]);
  });

  test("documents of text stay in place", () => {
    const source = { type: "base64", mime: "text/plain", data: "aGk=" } as const;
    const turns = [assistant(call("c1")), user(result("c1", [{ type: "media", kind: "document", source }]))];
    expect(messages(turns)).toMatchObject([{}, { role: "tool", content: "hi" }]);
  });

  test("images stay where tool messages may hold them", () => {
    const turns = [assistant(call("c1")), user(result("c1", [image]))];
    expect(messages(turns, { capability: { toolMedia: true } })).toMatchObject([
      {},
      { role: "tool", content: [IMAGE_PART] },
    ]);
  });

  test.each([
    ["53: nothing", [], "Error"],
    ["an empty text", [text("")], "Error"],
    ["a text", [text("no such file")], "Error: no such file"],
    ["a text that says so", [text("error: no")], "error: no"],
  ])("a failure with %s", (_, parts, content) => {
    const { body, losses } = encode({ turns: [assistant(call("c1")), user(result("c1", parts, true))] });
    expect(body.messages).toMatchObject([{}, { role: "tool", content }]);
    expect(losses).toEqual(["tool_error_flag"]);
  });

  test("pieces of Anthropic's are said in words, or left out", () => {
    const opaque = (name: string, raw: JsonObject): Part => ({
      type: "opaque",
      origin: "anthropic-messages",
      name,
      raw,
    });
    const found = opaque("search_result", { title: "T", source: "https://x", content: [{ type: "text", text: "c" }] });
    const turns = [
      assistant(opaque("server_tool_use", {}), call("c1")),
      user(result("c1", [opaque("tool_reference", { tool_name: "g" })]), found),
    ];
    const { body, losses } = encode({ turns });
    expect(body.messages).toMatchObject([
      { content: null },
      { content: "[tool: g]" },
      { role: "user", content: "T\nhttps://x\nc" },
    ]);
    expect(losses).toEqual(["hosted_history", "tool_note", "search_result"]);
    expect(() => encode({ turns: [assistant(opaque("compaction", {}))] })).toThrow(/compacted past/);
  });
});

describe("the assistant", () => {
  test("text after a call is put before it", () => {
    const { body, losses } = encode({ turns: [assistant(text("a"), call("c1"), text("b")), user(result("c1", []))] });
    expect(body.messages).toMatchObject([{ content: "ab" }, {}]);
    expect(losses).toEqual(["text_after_tool_call"]);
  });

  test("calls without text have no content, or the empty one", () => {
    const turns = [assistant(call("c1")), user(result("c1", []))];
    expect(messages(turns)).toMatchObject([{ content: null }, {}]);
    expect(messages(turns, { capability: { nullContent: false } })).toMatchObject([{ content: "" }, {}]);
  });

  test("ids and arguments as the upstream takes them, calls and results alike", () => {
    const id = `toolu_${"x".repeat(80)}`;
    const [asked, answered] = listOf(messages([assistant(call(id, "f", "")), user(result(id, []))]));
    const [sent] = listOf(asked?.tool_calls);
    expect(sent?.id).toHaveLength(64);
    expect(answered?.tool_call_id).toBe(sent?.id);
    expect(sent?.function).toEqual({ name: "f", arguments: "{}" });
  });

  test("custom tools as they are, or wrapped", () => {
    const turns = [assistant({ ...call("c1", "patch", "raw"), kind: "custom" }), user(result("c1", []))];
    expect(messages(turns)).toMatchObject([
      { tool_calls: [{ type: "custom", custom: { name: "patch", input: "raw" } }] },
      {},
    ]);
    expect(messages(turns, { upstream: "vllm" })).toMatchObject([
      { tool_calls: [{ type: "function", function: { name: "patch", arguments: '{"input":"raw"}' } }] },
      {},
    ]);
  });

  test("refusals", () => {
    const turns = [assistant({ type: "refusal", text: "no" }), user(text("why"))];
    expect(messages(turns)).toMatchObject([{ content: [{ type: "refusal", refusal: "no" }] }, {}]);
    expect(messages(turns, { upstream: "vllm" })).toMatchObject([{ content: "no" }, {}]);
  });

  test("a turn of which nothing is left goes; one at the end is history", () => {
    expect(messages([assistant(), user(text("a"))])).toEqual([{ role: "user", content: "a" }]);
    expect(encode({ turns: [user(text("a")), assistant(text("b"))] }).losses).toEqual(["prefill"]);
  });
});

describe("55: reasoning", () => {
  const signed: Part = {
    type: "reasoning",
    texts: ["one", "two"],
    seal: { origin: "anthropic-messages", kind: "signature", data: "s" },
  };
  const details = [{ type: "reasoning.text", text: "t", signature: "s", index: 0 }];
  const own: Part = {
    type: "reasoning",
    texts: ["t"],
    seal: { origin: "openai-chat", kind: "details", data: JSON.stringify(details) },
  };
  const turns = (...parts: readonly Part[]): readonly Turn[] => [assistant(...parts), user(result("c1", []))];

  test("is not sent to whom it says nothing", () => {
    const { body, losses } = encode({ turns: turns(signed, call("c1")) });
    expect(body.messages).toEqual([
      { role: "assistant", content: null, tool_calls: [expect.anything()] },
      expect.anything(),
    ]);
    expect(losses).toEqual(["reasoning_unsealed"]);
  });

  test("goes back as text with calls, as DeepSeek wants it, even when there is none", () => {
    const towards = { upstream: "deepseek" };
    expect(messages(turns(signed, call("c1")), towards)).toMatchObject([{ reasoning_content: "one\n\ntwo" }, {}]);
    expect(messages(turns(call("c1")), towards)).toMatchObject([{ reasoning_content: "" }, {}]);
    const [message] = listOf(messages(turns(signed, text("a")), towards));
    expect(message).toEqual({ role: "assistant", content: "a" });
  });

  test("goes back under the name that Ollama has", () => {
    expect(messages(turns(signed, text("a")), { upstream: "ollama" })).toMatchObject([{ reasoning: "one\n\ntwo" }, {}]);
  });

  test("goes back with the proofs of its own service", () => {
    const towards = { upstream: "openrouter" };
    const unsealed: Part = { type: "reasoning", texts: ["u"] };
    expect(messages(turns(own, text("a")), towards)).toMatchObject([{ reasoning_details: details }, {}]);
    expect(messages(turns(unsealed, own, signed, text("a")), towards)).toMatchObject([
      { reasoning_details: [{ type: "reasoning.text", text: "u" }, ...details] },
      {},
    ]);
    expect(messages(turns(unsealed, text("a")), towards)).toMatchObject([{ reasoning: "u" }, {}]);
  });
});

describe("tools", () => {
  const parameters = { type: "object", properties: {}, additionalProperties: false, required: [] };
  const tool = { type: "function", name: "f", description: "d", parameters } as const;
  const wire = { name: "f", description: "d", parameters };

  test("functions, and which of them may be called", () => {
    expect(encode({ tools: [tool], toolChoice: { type: "required" }, parallelTools: false }).body).toMatchObject({
      tools: [{ type: "function", function: wire }],
      tool_choice: "required",
      parallel_tool_calls: false,
    });
    expect(encode({ tools: [tool], parallelTools: true }).body).not.toHaveProperty("parallel_tool_calls");
    expect(encode({ tools: [tool], toolChoice: { type: "tool", name: "f" } }).body).toMatchObject({
      tool_choice: { type: "function", function: { name: "f" } },
    });
  });

  test("a function without arguments", () => {
    expect(encode({ tools: [{ type: "function", name: "f" }] }).body.tools).toEqual([
      { type: "function", function: { name: "f", parameters: { type: "object", properties: {} } } },
    ]);
  });

  test("56: without tools nothing is said about them", () => {
    const hosted = { type: "hosted", kind: "web_search", name: "web_search_20250305" } as const;
    const { body, losses } = encode({ tools: [hosted], toolChoice: { type: "auto" }, parallelTools: false });
    expect(Object.keys(body)).toEqual(["messages"]);
    expect(losses).toEqual(["tool_hosted"]);
    for (const toolChoice of [{ type: "required" }, { type: "tool", name: "web_search" }] as const)
      expect(() => encode({ tools: [hosted], toolChoice })).toThrow(/not there/);
    expect(() => encode({ tools: [tool], toolChoice: { type: "tool", name: "g" } })).toThrow(/not declared/);
  });

  test("the web search of models that have one", () => {
    const hosted = {
      type: "hosted",
      kind: "web_search",
      name: "web_search",
      allowedDomains: ["x"],
      location: { type: "approximate", city: "Bonn" },
    } as const;
    expect(encode({ tools: [hosted] }, { capability: { hostedTools: ["web_search"] } })).toMatchObject({
      body: { web_search_options: { user_location: { type: "approximate", approximate: { city: "Bonn" } } } },
      losses: ["tool_hosted_options"],
    });
  });

  test.each([
    ["anthropic-messages", undefined, parameters, undefined],
    ["anthropic-messages", true, parameters, true],
    ["anthropic-messages", true, { type: "object", properties: { a: {} } }, undefined],
    ["openai-responses", undefined, parameters, true],
    ["openai-responses", undefined, { type: "object", properties: { a: {} } }, undefined],
    ["openai-responses", false, parameters, false],
  ] as const)("strictness: from %s, %j", (from, strict, schema, sent) => {
    const given = { type: "function", name: "f", parameters: schema, ...(strict !== undefined && { strict }) } as const;
    const { body, losses } = encode({ tools: [given] }, { from });
    expect(listOf(body.tools)[0]?.function).toEqual({
      name: "f",
      parameters: schema,
      ...(sent !== undefined && { strict: sent }),
    });
    expect(losses).toEqual(strict === true && sent === undefined ? ["tool_strict"] : []);
  });

  test("32: long names and those of a name space are shortened everywhere alike", () => {
    const name = `mcp__${"x".repeat(95)}`;
    const { body, losses } = encode({
      tools: [{ type: "function", name }],
      toolChoice: { type: "tool", name },
      turns: [assistant(call("c1", name)), user(result("c1", []))],
    });
    const { name: sent } = objectOf(listOf(body.tools)[0]?.function);
    expect(sent).toHaveLength(64);
    expect(body).toMatchObject({
      tool_choice: { function: { name: sent } },
      messages: [{ tool_calls: [{ function: { name: sent } }] }, {}],
    });
    expect(losses).toEqual(["tool_name"]);
    const space = { type: "function", name: "read", namespace: "fs" } as const;
    expect(encode({ tools: [space] }, { from: "openai-responses" })).toMatchObject({
      body: { tools: [{ function: { name: "fs__read" } }] },
      losses: ["tool_namespace"],
    });
  });

  test("custom tools as they are, or wrapped", () => {
    const format = { type: "grammar", syntax: "lark", definition: "start: /x/" };
    const tools = [{ type: "custom", name: "patch", description: "d", format }] as const;
    expect(encode({ tools }, { from: "openai-responses" }).body.tools).toEqual([
      {
        type: "custom",
        custom: {
          name: "patch",
          description: "d",
          format: { type: "grammar", grammar: { syntax: "lark", definition: "start: /x/" } },
        },
      },
    ]);
    const { body, losses } = encode({ tools }, { from: "openai-responses", upstream: "vllm" });
    expect(body.tools).toMatchObject([
      {
        type: "function",
        function: {
          name: "patch",
          description: "d\n\nThe input must match this lark grammar:\nstart: /x/",
          parameters: { required: ["input"] },
        },
      },
    ]);
    expect(losses).toEqual(["tool_custom"]);
  });

  test("allowed tools are said, or the others are not declared", () => {
    const tools = [tool, { type: "function", name: "g" }] as const;
    const toolChoice = { type: "allowed", names: ["g"], required: true } as const;
    const towards = { from: "openai-responses" } as const;
    expect(encode({ tools, toolChoice }, towards).body).toMatchObject({
      tools: [{}, {}],
      tool_choice: {
        type: "allowed_tools",
        allowed_tools: { mode: "required", tools: [{ type: "function", function: { name: "g" } }] },
      },
    });
    const { body, losses } = encode({ tools, toolChoice }, { ...towards, upstream: "vllm" });
    expect(body).toMatchObject({ tools: [{ function: { name: "g" } }], tool_choice: "required" });
    expect(losses).toEqual(["tool_choice_allowed"]);
  });
});

describe("values", () => {
  test.each<[string, Parameters<typeof encode>[0], Towards, JsonObject, readonly string[]]>([
    [
      "58: clamped tokens",
      { maxOutputTokens: 64_000 },
      { upstream: "deepseek" },
      { max_tokens: 8192 },
      ["max_tokens_clamped"],
    ],
    ["tokens at OpenAI", { maxOutputTokens: 5 }, {}, { max_completion_tokens: 5 }, []],
    ["sampling", { temperature: 0.5, topP: 0.9 }, {}, { temperature: 0.5, top_p: 0.9 }, []],
    ["sampling of reasoning models", { temperature: 0.5, topP: 0.9 }, { model: "gpt-5" }, {}, ["temperature", "top_p"]],
    ["sampling as it is anyway", { temperature: 1, topP: 1 }, { model: "gpt-5" }, {}, []],
    ["top_k", { topK: 5 }, {}, {}, ["top_k"]],
    ["top_k of vLLM", { topK: 5 }, { upstream: "vllm" }, { top_k: 5 }, []],
    [
      "61: six stop sequences",
      { stop: ["1", "2", "3", "4", "5", "6"] },
      {},
      { stop: ["1", "2", "3", "4"] },
      ["stop_count"],
    ],
    ["no stop sequences", { stop: ["1"] }, { model: "o3" }, {}, ["stop_count"]],
    ["an empty stop sequence", { stop: ["", "\n"] }, {}, { stop: ["\n"] }, ["stop_empty"]],
    ["62: adaptive thinking", { reasoning: { mode: "adaptive" } }, {}, {}, []],
    ["an effort for who has none", { reasoning: { effort: "high" } }, {}, {}, ["effort"]],
    [
      "an effort",
      { reasoning: { mode: "adaptive", effort: "max" } },
      { model: "gpt-6" },
      { reasoning_effort: "max" },
      [],
    ],
    [
      "64: an effort above the highest",
      { reasoning: { effort: "max" } },
      { model: "gpt-5", capability: { efforts: ["low", "medium", "high"] } },
      { reasoning_effort: "high" },
      ["effort_adapted"],
    ],
    [
      "63: thinking off beside an effort",
      { reasoning: { mode: "disabled", effort: "high" } },
      { model: "gpt-5.5" },
      { reasoning_effort: "none" },
      [],
    ],
    [
      "a budget",
      { reasoning: { mode: "enabled", budgetTokens: 20_000 } },
      { model: "gpt-5" },
      { reasoning_effort: "high" },
      ["thinking_budget"],
    ],
    ["JSON", { format: { type: "json_object" } }, {}, { response_format: { type: "json_object" } }, []],
    [
      "60: a long user",
      { user: "x".repeat(200) },
      {},
      { safety_identifier: expect.stringMatching(/^u_[0-9a-f]{32}$/) },
      ["user_hashed"],
    ],
    ["a user elsewhere", { user: "u" }, { upstream: "vllm" }, { user: "u" }, []],
    ["a user for nobody", { user: "u" }, { upstream: "ollama" }, {}, ["user"]],
    ["a tier", { tier: "default" }, {}, { service_tier: "default" }, []],
    ["a tier elsewhere", { tier: "default" }, { upstream: "vllm" }, {}, ["tier"]],
    ["a stream", { stream: true }, {}, { stream: true, stream_options: { include_usage: true } }, []],
    ["a stream without usage", { stream: true }, { capability: { streamUsage: false } }, { stream: true }, []],
  ])("%s", (_, request, towards, fields, losses) => {
    const encoded = encode(request, towards);
    const { messages: _messages, ...rest } = encoded.body;
    expect(rest).toEqual(fields);
    expect(encoded.losses).toEqual(losses);
  });

  test("what OpenAI alone knows of a client of Responses", () => {
    const request = { verbosity: "low", cache: { key: "k" }, metadata: { a: "b" }, topLogprobs: 2, maxToolCalls: 3 };
    const from = "openai-responses";
    expect(encode(request, { from, model: "gpt-5.5" })).toMatchObject({
      body: { verbosity: "low", prompt_cache_key: "k" },
      losses: ["max_tool_calls", "logprobs", "metadata"],
    });
    expect(encode(request, { from, upstream: "vllm" }).losses).toEqual([
      "max_tool_calls",
      "logprobs",
      "verbosity",
      "cache_key",
      "metadata",
    ]);
  });

  test("a schema for the answer", () => {
    const closed = { type: "object", properties: { a: {} }, required: ["a"], additionalProperties: false };
    const open = { type: "object", properties: { a: {} } };
    const sent = (format: object): unknown => encode({ format: { type: "json_schema", schema: closed, ...format } });
    expect(sent({})).toMatchObject({
      body: {
        response_format: { type: "json_schema", json_schema: { name: "response", schema: closed, strict: true } },
      },
      losses: [],
    });
    expect(sent({ name: "my name", schema: open })).toMatchObject({
      body: { response_format: { json_schema: { name: "my_name", schema: open } } },
    });
    expect(sent({ schema: open, strict: true })).toMatchObject({
      body: { response_format: { json_schema: { strict: false } } },
      losses: ["format_schema"],
    });
  });

  test("no tokens at all are refused", () => {
    expect(() => encode({ maxOutputTokens: 0 })).toThrow(expect.objectContaining({ param: "max_tokens" }));
  });
});
