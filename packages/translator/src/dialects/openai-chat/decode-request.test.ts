import { describe, expect, test } from "vitest";

import { TranslationError } from "../../translation-error.ts";
import { decode } from "../../testing/chat-codec.ts";

const PNG = "iVBORw0KGgoAAAA";

describe("the fields of a request", () => {
  test("the least", () => {
    expect(decode({})).toEqual({
      request: {
        model: "m",
        system: [],
        turns: [{ role: "user", parts: [{ type: "text", text: "hi" }] }],
        tools: [],
        stream: false,
      },
      losses: [],
    });
  });

  test.each([
    [{ max_tokens: 5 }, { maxOutputTokens: 5 }],
    [{ max_tokens: 5, max_completion_tokens: 7 }, { maxOutputTokens: 7 }],
    [{ max_tokens: 5, max_completion_tokens: null }, { maxOutputTokens: 5 }],
    [
      { temperature: 0, top_p: 0.5, top_k: 3, seed: 4 },
      { temperature: 0, topP: 0.5, topK: 3, seed: 4 },
    ],
    [
      { frequency_penalty: 0.5, presence_penalty: -1 },
      { frequencyPenalty: 0.5, presencePenalty: -1 },
    ],
    [{ frequency_penalty: 0, presence_penalty: 0, top_k: -1 }, {}],
    [{ logprobs: true, top_logprobs: 2 }, { topLogprobs: 2 }],
    [{ logprobs: true }, { topLogprobs: 0 }],
    [{ logprobs: false, top_logprobs: 2 }, {}],
    [{ stop: "a" }, { stop: ["a"] }],
    [{ stop: ["a", "\n"] }, { stop: ["a", "\n"] }],
    [{ stop: [] }, {}],
    [{ reasoning_effort: "high" }, { reasoning: { effort: "high" } }],
    [{ reasoning: { effort: "low", exclude: true } }, { reasoning: { effort: "low", show: false } }],
    [{ reasoning: { max_tokens: 2048 } }, { reasoning: { budgetTokens: 2048, mode: "enabled" } }],
    [{ reasoning: { enabled: false } }, { reasoning: { mode: "disabled" } }],
    [{ thinking: { type: "enabled", budget_tokens: 1024 } }, { reasoning: { budgetTokens: 1024, mode: "enabled" } }],
    [{ verbosity: "low" }, { verbosity: "low" }],
    [{ service_tier: "flex" }, { tier: "flex" }],
    [{ service_tier: "fast" }, { tier: "priority" }],
    [{ user: "u" }, { user: "u" }],
    [{ user: "u", safety_identifier: "u" }, { user: "u" }],
    [{ metadata: { user_id: "u" } }, { user: "u" }],
    [{ metadata: { a: "b" } }, { metadata: { a: "b" } }],
    [{ prompt_cache_key: "k" }, { cache: { key: "k" } }],
    [{ cache_control: { type: "ephemeral", ttl: "1h" } }, { cache: { auto: { ttl: "1h" } } }],
    [
      { stream: true, stream_options: { include_usage: true } },
      { stream: true, includeUsage: true },
    ],
    [{ parallel_tool_calls: false }, { parallelTools: false }],
    [{ response_format: { type: "text" } }, {}],
    [{ response_format: { type: "json_object" } }, { format: { type: "json_object" } }],
    [
      {
        response_format: { type: "json_schema", json_schema: { name: "n", schema: { type: "object" }, strict: true } },
      },
      { format: { type: "json_schema", name: "n", schema: { type: "object" }, strict: true } },
    ],
    [{ response_format: { type: "json_schema" } }, { format: { type: "json_object" } }],
    [{ n: 1, modalities: ["text"], logit_bias: {}, store: false, tools: [], tool_choice: null, stop: null }, {}],
  ])("%j", (body, fields) => {
    const { request, losses } = decode(body);
    expect(request).toEqual({ ...decode({}).request, ...fields });
    expect(losses).toEqual([]);
  });

  test.each([
    [{ foo: 1 }, "unknown_field"],
    [{ logit_bias: { 50256: -100 } }, "logit_bias"],
    [{ prediction: { type: "content", content: "x" } }, "prediction"],
    [{ store: true }, "store"],
    [{ prompt_cache_retention: "24h" }, "cache_options"],
    [{ user: "u", safety_identifier: "s" }, "user"],
    [{ response_format: { type: "grammar" } }, "unknown_field"],
    [{ web_search_options: { search_context_size: "low" } }, "tool_hosted_options"],
  ])("%j is lost", (body, code) => {
    expect(decode(body).losses).toEqual([code]);
  });

  test.each([
    [{ n: 2 }, "n"],
    [{ modalities: ["text", "audio"] }, "modalities"],
  ])("%j is refused", (body, param) => {
    expect(() => decode(body)).toThrow(expect.objectContaining({ kind: "bad_request", param }));
  });

  test("strict mode refuses what would be dropped", () => {
    expect(() => decode({ logit_bias: { 1: 1 } }, { mode: "strict" })).toThrow(TranslationError);
    expect(decode({ store: true }, { mode: "strict" }).losses).toEqual(["store"]);
  });

  test.each([
    [{ model: undefined }, "model"],
    [{ model: "" }, "model"],
    [{ messages: undefined }, "messages"],
    [{ messages: [] }, "messages"],
    [{ messages: "hi" }, "messages"],
    [{ messages: ["hi"] }, "messages[0]"],
    [{ messages: [{ role: "bot", content: "x" }] }, "messages[0].role"],
    [{ messages: [{ content: "x" }] }, "messages[0].role"],
    [{ messages: [{ role: "user", content: 7 }] }, "messages[0].content"],
    [{ messages: [{ role: "user", content: [7] }] }, "messages[0].content[0]"],
    [{ messages: [{ role: "user", content: [{ type: "video_url" }] }] }, "messages[0].content[0]"],
    [{ messages: [{ role: "user", content: [{ type: "text" }] }] }, "messages[0].content[0].text"],
    [{ messages: [{ role: "user", content: [{ type: "image_url" }] }] }, "messages[0].content[0].image_url.url"],
    [{ messages: [{ role: "user", content: [{ type: "file", file: {} }] }] }, "messages[0].content[0].file.file_data"],
    [{ messages: [{ role: "assistant", tool_calls: [{ id: "a" }] }] }, "messages[0].tool_calls[0].function.name"],
    [{ max_tokens: 0 }, "max_tokens"],
    [{ max_completion_tokens: 1.5 }, "max_completion_tokens"],
    [{ max_tokens: "7" }, "max_tokens"],
    [{ temperature: "hot" }, "temperature"],
    [{ stream: "yes" }, "stream"],
    [{ stop: 7 }, "stop"],
    [{ stop: [7] }, "stop"],
    [{ reasoning_effort: "huge" }, "reasoning_effort"],
    [{ tools: {} }, "tools"],
    [{ tools: [7] }, "tools[0]"],
    [{ tools: [{ type: "function", function: {} }] }, "tools[0].function.name"],
    [{ tools: [{ type: "custom", custom: {} }] }, "tools[0].custom.name"],
    [{ tools: [{}] }, "tools[0].type"],
    [{ tool_choice: "maybe" }, "tool_choice"],
    [{ tool_choice: {} }, "tool_choice"],
    [{ metadata: "x" }, "metadata"],
    [{ response_format: "json" }, "response_format"],
  ])("%j is the client's mistake", (body, param) => {
    expect(() => decode(body)).toThrow(expect.objectContaining({ kind: "bad_request", param }));
  });
});

describe("messages", () => {
  const turns = (...messages: readonly object[]) => decode({ messages }).request.turns;

  test("the operator's words at the head stand apart, a part for each message", () => {
    const messages = [
      { role: "system", content: "one" },
      { role: "developer", content: [{ type: "text", text: "two" }] },
      { role: "user", content: "hi" },
      { role: "system", content: "three" },
    ];
    expect(decode({ messages }).request).toMatchObject({
      system: [
        { type: "text", text: "one" },
        { type: "text", text: "two" },
      ],
      turns: [
        { role: "user", parts: [{ type: "text", text: "hi" }] },
        { role: "system", parts: [{ type: "text", text: "three" }] },
      ],
    });
  });

  test("the operator's images are left out", () => {
    const content = [{ type: "image_url", image_url: { url: "https://x/y.png" } }];
    expect(decode({ messages: [{ role: "system", content }] }).losses).toEqual(["system_media"]);
  });

  test("a user's parts", () => {
    const content = [
      { type: "text", text: "look", cache_control: { type: "ephemeral" } },
      { type: "image_url", image_url: { url: `data:image/jpg;base64,${PNG}`, detail: "low" } },
      { type: "image_url", image_url: { url: "https://x/y.png", detail: "auto" } },
      { type: "file", file: { file_data: "JVBERi0x", filename: "a.pdf" } },
      { type: "file", file: { file_data: "data:application/pdf;base64,JVBERi0x" } },
      { type: "file", file: { file_id: "file-1" } },
      { type: "input_audio", input_audio: { data: "AAAA", format: "mp3" } },
      { type: "image_url", image_url: { url: "data:application/pdf;base64,JVBERi0x" } },
      { type: "document_url", document_url: "https://x/y.pdf" },
    ];
    expect(turns({ role: "user", content, name: "ann" })).toEqual([
      {
        role: "user",
        name: "ann",
        parts: [
          { type: "text", text: "look", cache: {} },
          { type: "media", kind: "image", source: { type: "base64", mime: "image/png", data: PNG }, detail: "low" },
          { type: "media", kind: "image", source: { type: "url", url: "https://x/y.png" } },
          {
            type: "media",
            kind: "document",
            source: { type: "base64", mime: "application/pdf", data: "JVBERi0x" },
            name: "a.pdf",
          },
          { type: "media", kind: "document", source: { type: "base64", mime: "application/pdf", data: "JVBERi0x" } },
          { type: "media", kind: "document", source: { type: "file", id: "file-1", origin: "openai-chat" } },
          { type: "media", kind: "audio", source: { type: "base64", mime: "audio/mp3", data: "AAAA" } },
          { type: "media", kind: "document", source: { type: "base64", mime: "application/pdf", data: "JVBERi0x" } },
          { type: "media", kind: "document", source: { type: "url", url: "https://x/y.pdf" } },
        ],
      },
    ]);
  });

  test("a mark for the cache on a message is one on its last part, unless that has its own", () => {
    const mark = { type: "ephemeral", ttl: "5m" };
    const [whole, part] = turns(
      { role: "user", content: "a", cache_control: mark },
      {
        role: "user",
        content: [{ type: "text", text: "b", prompt_cache_breakpoint: { mode: "explicit", ttl: "30m" } }],
        cache_control: mark,
      },
    );
    expect(whole?.parts).toEqual([{ type: "text", text: "a", cache: { ttl: "5m" } }]);
    expect(part?.parts).toEqual([{ type: "text", text: "b", cache: { ttl: "30m" } }]);
  });

  test("the assistant's reasoning, text, refusal and calls", () => {
    const assistant = {
      role: "assistant",
      content: [
        { type: "text", text: "a" },
        { type: "refusal", refusal: "no" },
      ],
      refusal: "never",
      reasoning_content: "hm",
      tool_calls: [
        { id: "c1", type: "function", function: { name: "f", arguments: '{"a":' } },
        { id: "c2", type: "custom", custom: { name: "g", input: "raw" } },
        { type: "function", function: { name: "h", arguments: { a: 1 } } },
      ],
    };
    expect(turns({ role: "user", content: "q" }, assistant)[1]?.parts).toEqual([
      { type: "reasoning", texts: ["hm"] },
      { type: "text", text: "a" },
      { type: "refusal", text: "no" },
      { type: "refusal", text: "never" },
      { type: "tool_call", id: "c1", name: "f", arguments: '{"a":', kind: "function" },
      { type: "tool_call", id: "c2", name: "g", arguments: "raw", kind: "custom" },
      { type: "tool_call", id: "call_1_2", name: "h", arguments: '{"a":1}', kind: "function" },
    ]);
  });

  test.each([undefined, null, ""])("the assistant's content %j beside calls is no text", (content) => {
    const calls = [{ id: "c1", type: "function", function: { name: "f", arguments: "" } }];
    expect(turns({ role: "assistant", content, tool_calls: calls })[0]?.parts).toEqual([
      { type: "tool_call", id: "c1", name: "f", arguments: "", kind: "function" },
    ]);
  });

  test("audio of the past is left out", () => {
    const messages = [{ role: "assistant", audio: { id: "a" } }];
    expect(decode({ messages }).losses).toEqual(["audio_history"]);
  });

  test("results in a row are one turn; each knows the kind of its call", () => {
    const said = turns(
      {
        role: "assistant",
        tool_calls: [
          { id: "a", type: "function", function: { name: "f", arguments: "{}" } },
          { id: "b", type: "custom", custom: { name: "g", input: "x" } },
        ],
      },
      { role: "tool", tool_call_id: "a", content: "" },
      { role: "tool", tool_call_id: "b", content: [{ type: "text", text: "r" }] },
      { role: "user", content: "next" },
    );
    expect(said.slice(1)).toEqual([
      {
        role: "user",
        parts: [
          { type: "tool_result", callId: "a", kind: "function", parts: [] },
          { type: "tool_result", callId: "b", kind: "custom", parts: [{ type: "text", text: "r" }] },
        ],
      },
      { role: "user", parts: [{ type: "text", text: "next" }] },
    ]);
  });

  test("calls without ids are paired by their place, older functions by their name", () => {
    const call = (name: string) => ({ type: "function", function: { name, arguments: "{}" } });
    const said = turns(
      { role: "assistant", tool_calls: [call("f"), call("g")] },
      { role: "tool", content: "1" },
      { role: "tool", content: "2" },
      { role: "assistant", function_call: { name: "h", arguments: "{}" } },
      { role: "function", name: "h", content: "3" },
    );
    expect(said[1]?.parts).toMatchObject([{ callId: "call_0_0" }, { callId: "call_0_1" }]);
    expect(said[2]?.parts).toMatchObject([{ id: "call_fn_3" }]);
    expect(said[3]?.parts).toMatchObject([{ callId: "call_fn_3", parts: [{ text: "3" }] }]);
  });
});

describe("tools", () => {
  test("of every kind", () => {
    const tools = [
      { type: "function", function: { name: "f", description: "d", parameters: { type: "object" }, strict: true } },
      { type: "function", function: { name: "g", description: null, parameters: null }, cache_control: { type: "x" } },
      { type: "function", name: "flat" },
      { type: "custom", custom: { name: "c", format: { type: "text" } } },
      { type: "custom", custom: { name: "d", format: { type: "grammar", grammar: { syntax: "lark" } } } },
      { type: "web_search_preview" },
      { type: "code_interpreter" },
    ];
    const { request } = decode({
      tools,
      functions: [{ name: "old", parameters: {} }],
      web_search_options: { user_location: { type: "approximate", approximate: { city: "Bonn" } } },
    });
    expect(request.tools).toEqual([
      { type: "function", name: "f", description: "d", parameters: { type: "object" }, strict: true },
      { type: "function", name: "g", cache: {} },
      { type: "function", name: "flat" },
      { type: "custom", name: "c" },
      { type: "custom", name: "d", format: { type: "grammar", grammar: { syntax: "lark" } } },
      { type: "hosted", kind: "web_search", name: "web_search_preview" },
      { type: "hosted", kind: "other", name: "code_interpreter" },
      { type: "function", name: "old", parameters: {} },
      { type: "hosted", kind: "web_search", name: "web_search", location: { type: "approximate", city: "Bonn" } },
    ]);
    expect(request.parallelTools).toBe(false);
  });

  test.each([
    ["auto", { type: "auto" }],
    ["none", { type: "none" }],
    ["required", { type: "required" }],
    ["any", { type: "required" }],
    [
      { type: "function", function: { name: "f" } },
      { type: "tool", name: "f" },
    ],
    [
      { type: "custom", custom: { name: "f" } },
      { type: "tool", name: "f" },
    ],
    [
      { type: "function", name: "f" },
      { type: "tool", name: "f" },
    ],
    [{ type: "auto" }, { type: "auto" }],
    [
      {
        type: "allowed_tools",
        allowed_tools: { mode: "required", tools: [{ type: "function", function: { name: "f" } }] },
      },
      { type: "allowed", names: ["f"], required: true },
    ],
  ])("the choice %j", (tool_choice, toolChoice) => {
    expect(decode({ tool_choice }).request.toolChoice).toEqual(toolChoice);
  });

  test("the choice of older functions", () => {
    expect(decode({ function_call: { name: "f" } }).request.toolChoice).toEqual({ type: "tool", name: "f" });
  });
});

test("keys that could change objects are harmless", () => {
  const body: unknown = JSON.parse(
    '{"__proto__":{"polluted":1},"metadata":{"__proto__":"x"},"messages":[{"role":"user","content":"hi"}]}',
  );
  expect(typeof body).toBe("object");
  if (typeof body === "object" && body !== null) decode({ ...body });
  expect(Reflect.get({}, "polluted")).toBeUndefined();
});
