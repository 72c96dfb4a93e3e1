import { describe, expect, test } from "vitest";

import type { JsonObject } from "../../json.ts";
import { LossLog } from "../../loss.ts";
import type { NeutralRequest } from "../../neutral/request.ts";
import { packSeal } from "../../reasoning/carrier.ts";
import { TranslationError } from "../../translation-error.ts";
import { decodeRequest } from "./request.ts";

const HI = { role: "user", content: "hi" };
const origin = "anthropic-messages" as const;

function decode(body: JsonObject): { readonly request: NeutralRequest; readonly codes: readonly string[] } {
  const losses = new LossLog(origin, "openai-chat");
  const request = decodeRequest({ model: "m", max_tokens: 9, messages: [HI], ...body }, losses);
  return { request, codes: losses.list.map(({ code, detail }) => (detail === undefined ? code : `${code} ${detail}`)) };
}

const partsOf = (...blocks: readonly unknown[]) =>
  decode({ messages: [{ role: "user", content: blocks }] }).request.turns[0]?.parts;

function refused(body: JsonObject): TranslationError {
  try {
    decode(body);
  } catch (error) {
    if (error instanceof TranslationError) return error;
    throw error;
  }
  throw new TypeError("it was not refused");
}

test("the least of a request", () => {
  expect(decode({})).toEqual({
    request: {
      model: "m",
      system: [],
      turns: [{ role: "user", parts: [{ type: "text", text: "hi" }] }],
      tools: [],
      stream: false,
      maxOutputTokens: 9,
    },
    codes: [],
  });
});

test("all settings that other dialects can say", () => {
  const { request, codes } = decode({
    stream: true,
    max_tokens: 0,
    temperature: 0.5,
    top_p: 0.9,
    top_k: 5,
    stop_sequences: ["END"],
    service_tier: "standard_only",
    metadata: { user_id: "u" },
    cache_control: { type: "ephemeral", ttl: "1h" },
    thinking: { type: "enabled", budget_tokens: 2000, display: "omitted" },
    output_config: { effort: "high", format: { type: "json_schema", schema: { type: "object" } } },
    tool_choice: { type: "any", disable_parallel_tool_use: true },
  });
  expect(request).toMatchObject({
    stream: true,
    maxOutputTokens: 0,
    temperature: 0.5,
    topP: 0.9,
    topK: 5,
    stop: ["END"],
    tier: "default",
    user: "u",
    cache: { auto: { ttl: "1h" } },
    reasoning: { mode: "enabled", budgetTokens: 2000, effort: "high", show: false },
    format: { type: "json_schema", schema: { type: "object" } },
    toolChoice: { type: "required" },
    parallelTools: false,
  });
  expect(codes).toEqual([]);
});

test("what only Anthropic has is noted; null is as good as absent", () => {
  const { codes } = decode({
    speed: "fast",
    container: "c",
    context_management: { edits: [] },
    safeguards: [],
    thread: { type: "create" },
    metadata: { user_id: null, other: 1 },
    output_config: { task_budget: 1 },
    service_tier: "gold",
    thinking: { type: "between_tools" },
    inference_geo: null,
  });
  expect(codes).toEqual(["unknown_field safeguards", "container", "context_management", "speed"]);
});

describe("what cannot be left out is refused", () => {
  test.each([
    [{ thread: { type: "continue", previous_message_id: "msg_1" } }, "thread"],
    [{ mcp_servers: [{ type: "url" }] }, "mcp_servers"],
    [{ tools: [{ type: "computer_20250124", name: "computer" }] }, "tools[].type"],
    [{ tools: [{ type: "browser_toolset_20260801" }] }, "tools[].type"],
  ])("%j", (body, param) => {
    expect(refused(body)).toMatchObject({ kind: "bad_request", param, code: "unsupported_parameter" });
  });
});

describe("what is malformed is refused with advice", () => {
  test.each<[JsonObject, string]>([
    [{ model: "" }, "model"],
    [{ messages: [] }, "messages"],
    [{ messages: "hi" }, "messages"],
    [{ messages: ["hi"] }, "messages[0]"],
    [{ messages: [{ role: "tool", content: "x" }] }, "messages[0].role"],
    [{ messages: [{ role: "user", content: 7 }] }, "messages[0].content"],
    [{ messages: [{ role: "user", content: [{}] }] }, "messages[0].content[0]"],
    [{ messages: [{ role: "user", content: [{ type: "text" }] }] }, "messages[0].content[0].text"],
    [{ messages: [{ role: "user", content: [{ type: "image" }] }] }, "messages[0].content[0].source"],
    [{ messages: [{ role: "user", content: [{ type: "tool_result" }] }] }, "messages[0].content[0].tool_use_id"],
    [{ messages: [{ role: "assistant", content: [{ type: "tool_use", id: "a" }] }] }, "messages[0].content[0]"],
    [{ max_tokens: "9" }, "max_tokens"],
    [{ max_tokens: -1 }, "max_tokens"],
    [{ temperature: "hot" }, "temperature"],
    [{ stream: 1 }, "stream"],
    [{ stop_sequences: [1] }, "stop_sequences"],
    [{ tools: {} }, "tools"],
    [{ tools: [7] }, "tools[0]"],
    [{ tools: [{}] }, "tools[0].name"],
    [{ tool_choice: { type: "tool" } }, "tool_choice"],
    [{ tool_choice: 7 }, "tool_choice"],
    [{ output_config: { format: { type: "xml" } } }, "output_config.format"],
  ])("%j", (body, param) => {
    const error = refused(body);
    expect(error).toMatchObject({ kind: "bad_request", param });
    expect(error.message).toMatch(/must be|Send|Name/);
  });
});

describe("the operator", () => {
  test("a first block of Claude Code's is left out, others keep their marks", () => {
    const system = [
      { type: "text", text: "x-anthropic-billing-header: cc_version=2;" },
      { type: "text", text: "You are.", cache_control: { type: "ephemeral" } },
      { type: "text", text: "" },
    ];
    expect(decode({ system }).request.system).toEqual([{ type: "text", text: "You are.", cache: {} }]);
    expect(decode({ system: "You are." }).request.system).toEqual([{ type: "text", text: "You are." }]);
  });

  test("messages in mid-conversation stay there and set the effort", () => {
    const { request } = decode({
      output_config: { effort: "low" },
      messages: [
        HI,
        { role: "system", content: [{ type: "text", text: "Be brief." }], output_config: { effort: "high" } },
        { role: "assistant", content: "ok" },
        HI,
        { role: "system", content: [], output_config: {} },
      ],
    });
    expect(request.turns.map(({ role }) => role)).toEqual(["user", "system", "assistant", "user"]);
    expect(request.reasoning).toEqual({ effort: "high" });
  });

  test("a message that holds until the user speaks again is over then", () => {
    const passing = { role: "system", content: "Now.", clear_at: "next_user_message" };
    const roles = (...messages: readonly JsonObject[]) => decode({ messages }).request.turns.map(({ role }) => role);
    expect(roles(HI, passing)).toEqual(["user", "system"]);
    expect(roles(HI, passing, HI)).toEqual(["user", "user"]);
  });

  test("tools that come in later are declared, and taking one away is noted", () => {
    const { request, codes } = decode({
      messages: [
        HI,
        {
          role: "system",
          content: [
            { type: "tool_addition", tool: { name: "late", input_schema: { type: "object" } } },
            { type: "tool_addition", tool: { type: "tool_reference", name: "known" } },
            { type: "tool_removal", tool: { type: "tool_reference", name: "known" } },
          ],
        },
      ],
    });
    expect(request.tools).toEqual([{ type: "function", name: "late", parameters: { type: "object" } }]);
    expect(request.turns).toHaveLength(1);
    expect(codes).toEqual(["tool_options tool_removal"]);
  });
});

describe("blocks", () => {
  test("text keeps its mark; empty text beside other blocks is left out", () => {
    expect(
      partsOf({ type: "text", text: "a", cache_control: { type: "ephemeral", ttl: "5m" } }, { type: "text", text: "" }),
    ).toEqual([{ type: "text", text: "a", cache: { ttl: "5m" } }]);
    expect(partsOf({ type: "text", text: "" }, { type: "text", text: "" })).toEqual([{ type: "text", text: "" }]);
  });

  test.each<[JsonObject, JsonObject]>([
    [
      { type: "base64", media_type: "image/jpg", data: "AAAA" },
      { type: "base64", mime: "image/jpeg", data: "AAAA" },
    ],
    [
      { type: "url", url: "https://a/b.png" },
      { type: "url", url: "https://a/b.png" },
    ],
    [
      { type: "file", file_id: "file_1" },
      { type: "file", id: "file_1", origin },
    ],
  ])("an image from %j", (source, neutral) => {
    expect(partsOf({ type: "image", source })).toEqual([{ type: "media", kind: "image", source: neutral }]);
  });

  test("a document with all that belongs to it", () => {
    const document = {
      type: "document",
      source: { type: "base64", media_type: "application/pdf", data: "JVBERi0=" },
      title: "Paper",
      context: "From 1905.",
      citations: { enabled: true },
      cache_control: { type: "ephemeral" },
    };
    expect(partsOf(document)).toEqual([
      {
        type: "media",
        kind: "document",
        source: { type: "base64", mime: "application/pdf", data: "JVBERi0=" },
        name: "Paper",
        context: "From 1905.",
        citable: true,
        cache: {},
      },
    ]);
  });

  test("documents of text and of blocks are text; images among the blocks follow", () => {
    const image = { type: "image", source: { type: "url", url: "https://a/b.png" } };
    const content = ["a", { type: "text", text: "b" }, image];
    expect(
      partsOf(
        { type: "document", source: { type: "text", media_type: "text/plain", data: "words" } },
        { type: "document", source: { type: "content", content } },
      ),
    ).toEqual([
      { type: "media", kind: "document", source: { type: "text", text: "words" } },
      { type: "media", kind: "document", source: { type: "text", text: "a\n\nb" } },
      { type: "media", kind: "image", source: { type: "url", url: "https://a/b.png" } },
    ]);
  });

  test("calls and results", () => {
    const result = { type: "tool_result", tool_use_id: "a" };
    expect(
      partsOf(
        { type: "tool_use", id: "a", name: "read", input: { b: 1, a: [] }, caller: { type: "direct" } },
        { type: "tool_use", id: "b", name: "read", input: { _raw_arguments: '{"x":' } },
        { ...result, content: "ok", is_error: true },
        { ...result, content: "" },
        { ...result, content: [{ type: "tool_reference", tool_name: "late" }], is_error: false },
      ),
    ).toEqual([
      { type: "tool_call", id: "a", name: "read", arguments: '{"b":1,"a":[]}', kind: "function" },
      { type: "tool_call", id: "b", name: "read", arguments: '{"x":', kind: "function" },
      { type: "tool_result", callId: "a", kind: "function", parts: [{ type: "text", text: "ok" }], isError: true },
      { type: "tool_result", callId: "a", kind: "function", parts: [] },
      {
        type: "tool_result",
        callId: "a",
        kind: "function",
        isError: false,
        parts: [{ type: "opaque", origin, name: "tool_reference", raw: { type: "tool_reference", tool_name: "late" } }],
      },
    ]);
  });

  test("thinking: signed, redacted, in a carrier, and unproven", () => {
    const seal = { origin: "openai-responses", kind: "encrypted", data: "gAAAA" } as const;
    expect(
      partsOf(
        { type: "thinking", thinking: "Hm.", signature: "EqQB" },
        { type: "redacted_thinking", data: "Emw" },
        { type: "redacted_thinking", data: "" },
        { type: "thinking", thinking: "a\n\nb", signature: packSeal(seal, ["a", "b"]) },
        { type: "thinking", thinking: "", signature: packSeal(seal) },
        { type: "thinking", thinking: "Hm.", signature: "" },
      ),
    ).toEqual([
      { type: "reasoning", texts: ["Hm."], seal: { origin, kind: "signature", data: "EqQB" } },
      { type: "reasoning", texts: [], seal: { origin, kind: "redacted", data: "Emw" } },
      { type: "reasoning", texts: ["a", "b"], seal },
      { type: "reasoning", texts: [], seal },
      { type: "reasoning", texts: ["Hm."] },
    ]);
  });

  test("searches are known, what else ran at Anthropic is not", () => {
    const run = { type: "server_tool_use", id: "s2", name: "code_execution", input: {} };
    expect(
      partsOf(
        { type: "server_tool_use", id: "s1", name: "web_search", input: { query: "q" } },
        { type: "web_search_tool_result", tool_use_id: "s1", content: [] },
        run,
      ),
    ).toEqual([
      { type: "web_search", id: "s1", query: "q", origin },
      { type: "opaque", origin, name: "server_tool_use", raw: run },
    ]);
  });
});

describe("tools", () => {
  test("of the client's own", () => {
    const { request, codes } = decode({
      tools: [
        {
          name: "read",
          description: "Reads.",
          input_schema: { type: "object" },
          strict: true,
          cache_control: { type: "ephemeral" },
          eager_input_streaming: true,
          defer_loading: true,
          allowed_callers: ["direct"],
          input_examples: [{}],
        },
      ],
    });
    expect(request.tools).toEqual([
      {
        type: "function",
        name: "read",
        description: "Reads.",
        parameters: { type: "object" },
        strict: true,
        cache: {},
      },
    ]);
    expect(codes).toEqual(["tool_options defer_loading", "tool_examples"]);
  });

  test.each([
    ["bash_20250124", "bash", ["command", "restart"]],
    [
      "text_editor_20250124",
      "str_replace_editor",
      ["command", "path", "view_range", "file_text", "old_str", "new_str", "insert_line"],
    ],
    [
      "text_editor_20250728",
      "str_replace_based_edit_tool",
      ["command", "path", "view_range", "file_text", "old_str", "new_str", "insert_line", "insert_text"],
    ],
    [
      "memory_20250818",
      "memory",
      [
        "command",
        "path",
        "view_range",
        "file_text",
        "old_str",
        "new_str",
        "insert_line",
        "insert_text",
        "old_path",
        "new_path",
      ],
    ],
  ])("%s is declared with the schema that it stands for", (type, name, properties) => {
    const { request, codes } = decode({ tools: [{ type, name }] });
    const [tool] = request.tools;
    expect(tool).toMatchObject({ type: "function", name, parameters: { type: "object" } });
    expect(tool?.type === "function" && Object.keys(Object(Object(tool.parameters).properties))).toEqual(properties);
    expect(codes).toEqual([`tool_builtin ${type}`]);
  });

  test("that Anthropic runs", () => {
    const search = {
      type: "web_search_20260209",
      name: "web_search",
      allowed_domains: ["a.org"],
      blocked_domains: [],
      user_location: { type: "approximate", city: "Ulm" },
      max_uses: 3,
    };
    expect(
      decode({ tools: [search, { type: "code_execution_20250825", name: "code_execution" }] }).request.tools,
    ).toEqual([
      {
        type: "hosted",
        kind: "web_search",
        name: "web_search_20260209",
        allowedDomains: ["a.org"],
        location: { type: "approximate", city: "Ulm" },
        maxUses: 3,
      },
      { type: "hosted", kind: "other", name: "code_execution_20250825" },
    ]);
  });

  test.each([
    [{ type: "auto" }, { type: "auto" }],
    [{ type: "none" }, { type: "none" }],
    ["any", { type: "required" }],
    [
      { type: "tool", name: "read" },
      { type: "tool", name: "read" },
    ],
  ])("choice %j", (choice, neutral) => {
    expect(decode({ tool_choice: choice }).request.toolChoice).toEqual(neutral);
  });
});

test("keys that would change a prototype are keys", () => {
  const body: JsonObject = JSON.parse('{"__proto__":{"a":1},"constructor":1,"tool_choice":{"type":"auto"}}');
  expect(decode(body).codes).toEqual(["unknown_field __proto__"]);
  expect(decode({ messages: [HI], tools: [{ name: "constructor" }] }).request.tools).toHaveLength(1);
});

test("an older format stands beside the other fields", () => {
  expect(decode({ output_format: { type: "json_schema", schema: {} } }).request.format).toEqual({
    type: "json_schema",
    schema: {},
  });
});
