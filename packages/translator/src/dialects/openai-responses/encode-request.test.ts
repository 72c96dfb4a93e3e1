import { describe, expect, test } from "vitest";

import type { JsonObject } from "../../json.ts";
import type { Part, ReasoningPart } from "../../neutral/part.ts";
import type { NeutralRequest, Tool, Turn } from "../../neutral/request.ts";
import { responsesLaw } from "../../testing/laws/openai-responses.ts";
import { encode } from "../../testing/responses-codec.ts";
import type { Towards } from "../../testing/responses-codec.ts";
import { TranslationError } from "../../translation-error.ts";

const text = (words: string): Part => ({ type: "text", text: words });
const user = (...parts: readonly Part[]): Turn => ({ role: "user", parts });
const assistant = (...parts: readonly Part[]): Turn => ({ role: "assistant", parts });
const system = (...parts: readonly Part[]): Turn => ({ role: "system", parts });
const call = (id: string, args = "{}", kind: "function" | "custom" = "function"): Part => ({
  type: "tool_call",
  id,
  name: "look",
  arguments: args,
  kind,
});
const result = (
  callId: string,
  parts: readonly Part[],
  isError?: boolean,
  kind: "function" | "custom" = "function",
): Part => ({
  type: "tool_result",
  callId,
  kind,
  parts,
  ...(isError !== undefined && { isError }),
});
const sealed = (data: string, ...texts: readonly string[]): ReasoningPart => ({
  type: "reasoning",
  texts,
  seal: { origin: "openai-responses", kind: "encrypted", data },
});
const look: Tool = { type: "function", name: "look", parameters: { type: "object", properties: {} } };
const search: Tool = { type: "hosted", kind: "web_search", name: "web_search_20250305" };
const HI = { type: "message", role: "user", content: [{ type: "input_text", text: "hi" }] };

function items(
  turns: readonly Turn[],
  towards?: Towards,
): { readonly input: unknown; readonly losses: readonly string[] } {
  const { body, losses } = encode({ turns }, towards);
  expect(responsesLaw({ model: "m", ...body })).toEqual([]);
  return { input: body.input, losses };
}

function refused(request: Partial<NeutralRequest>, towards?: Towards): string | undefined {
  try {
    encode(request, towards);
  } catch (error) {
    if (error instanceof TranslationError) return error.param;
    throw error;
  }
  return undefined;
}

test("the least request is never stored, and asks for the proof of its reasoning", () => {
  expect(encode({})).toEqual({
    body: { input: [HI], store: false, include: ["reasoning.encrypted_content"] },
    losses: [],
  });
  expect(encode({ stream: true }, { model: "gpt-4.1" }).body).toEqual({ input: [HI], store: false, stream: true });
});

describe("the operator", () => {
  test("speaks in the instructions, parts apart", () => {
    const parts = [
      { type: "text", text: "one", cache: {} },
      { type: "text", text: "two" },
    ] as const;
    const { body, losses } = encode({ system: parts });
    expect(body.instructions).toBe("one\n\ntwo");
    expect(losses).toEqual(["cache_marks"]);
  });

  test("speaks later in his place", () => {
    expect(items([user(text("hi")), system(text("note"))]).input).toEqual([
      HI,
      { type: "message", role: "developer", content: [{ type: "input_text", text: "note" }] },
    ]);
  });

  test("may be the only one who speaks", () => {
    const { body, losses } = encode({ turns: [], system: [{ type: "text", text: "one" }] });
    expect(body.input).toEqual([
      { type: "message", role: "user", content: [{ type: "input_text", text: "(empty message)" }] },
    ]);
    expect(losses).toEqual(["empty_turn"]);
  });
});

describe("messages", () => {
  test("hold what was said, without ids and without what is empty", () => {
    const turns = [
      user(text("a"), text(""), text("b")),
      assistant(text("c"), { type: "refusal", text: "no" }),
      user(text("d")),
    ];
    expect(items(turns)).toEqual({
      input: [
        {
          type: "message",
          role: "user",
          content: [
            { type: "input_text", text: "a" },
            { type: "input_text", text: "b" },
          ],
        },
        {
          type: "message",
          role: "assistant",
          content: [
            { type: "output_text", text: "c", annotations: [] },
            { type: "refusal", refusal: "no" },
          ],
        },
        { type: "message", role: "user", content: [{ type: "input_text", text: "d" }] },
      ],
      losses: [],
    });
  });

  test("of another phase are others", () => {
    const phase = (words: string, phase: string): Part => ({ type: "text", text: words, phase });
    expect(
      items([assistant(phase("a", "commentary"), phase("b", "commentary"), phase("c", "final_answer"), text("d"))])
        .input,
    ).toMatchObject([
      { phase: "commentary", content: [{ text: "a" }, { text: "b" }] },
      { phase: "final_answer", content: [{ text: "c" }] },
      { content: [{ text: "d" }] },
    ]);
  });

  test("at the end by the model are history, not a beginning", () => {
    expect(items([user(text("hi")), assistant(text("so"))]).losses).toEqual(["prefill"]);
    expect(items([user(text("hi")), assistant(call("a"))]).losses).toEqual([]);
  });

  test("of a speaker with a name lose it", () => {
    expect(items([{ ...user(text("hi")), name: "Ann" }]).losses).toEqual(["speaker_name"]);
  });

  const pdf = { type: "base64", mime: "application/pdf", data: "JVBERi0=" } as const;
  test.each<[string, Part, JsonObject, readonly string[]]>([
    [
      "an image with its bytes",
      { type: "media", kind: "image", source: { type: "base64", mime: "image/png", data: "iVBO" }, cache: {} },
      { type: "input_image", detail: "auto", image_url: "data:image/png;base64,iVBO" },
      ["cache_marks"],
    ],
    [
      "an image by its address",
      { type: "media", kind: "image", source: { type: "url", url: "https://x/y" }, detail: "high" },
      { type: "input_image", detail: "high", image_url: "https://x/y" },
      [],
    ],
    [
      "a document with its bytes",
      { type: "media", kind: "document", source: pdf, name: "a.pdf", citable: true },
      { type: "input_file", filename: "a.pdf", file_data: "data:application/pdf;base64,JVBERi0=" },
      ["citations_wish"],
    ],
    [
      "a document without a name",
      { type: "media", kind: "document", source: pdf, context: "c" },
      { type: "input_file", filename: "document.pdf", file_data: "data:application/pdf;base64,JVBERi0=" },
      ["document_text"],
    ],
    [
      "a document by its address",
      { type: "media", kind: "document", source: { type: "url", url: "https://x/y.pdf" } },
      { type: "input_file", file_url: "https://x/y.pdf" },
      [],
    ],
    [
      "a document of text",
      { type: "media", kind: "document", source: { type: "text", text: "T" }, name: "N", context: "C" },
      { type: "input_text", text: "Document: N\nC\nT" },
      ["document_text"],
    ],
    [
      "a file of OpenAI's",
      { type: "media", kind: "document", source: { type: "file", id: "file-1", origin: "openai-chat" } },
      { type: "input_file", file_id: "file-1" },
      [],
    ],
    [
      "a source in words",
      {
        type: "opaque",
        origin: "anthropic-messages",
        name: "search_result",
        raw: { title: "T", source: "S", content: [{ text: "x" }] },
      },
      { type: "input_text", text: "T\nS\nx" },
      ["search_result"],
    ],
  ])("hold %s", (_, part, content, losses) => {
    expect(items([user(part)])).toEqual({ input: [{ type: "message", role: "user", content: [content] }], losses });
  });

  test("an image of a file of OpenAI's keeps its id", () => {
    const source = { type: "file", id: "file-1", origin: "openai-chat" } as const;
    expect(encode({ turns: [user({ type: "media", kind: "image", source })] }).body.input).toMatchObject([
      { content: [{ type: "input_image", detail: "auto", file_id: "file-1" }] },
    ]);
  });

  test.each<[string, Part, Towards, string]>([
    [
      "a sound",
      { type: "media", kind: "audio", source: { type: "base64", mime: "audio/wav", data: "U" } },
      { from: "openai-chat" },
      "messages[].content[].input_audio",
    ],
    [
      "a file of Anthropic's",
      { type: "media", kind: "image", source: { type: "file", id: "f", origin: "anthropic-messages" } },
      {},
      "messages[].content[].source.file_id",
    ],
    [
      "an image for a model without eyes",
      { type: "media", kind: "image", source: { type: "url", url: "https://x" } },
      { capability: { images: false } },
      "messages[].content[].source",
    ],
  ])("%s is refused", (_, part, towards, param) => {
    expect(refused({ turns: [user(part)] }, towards)).toBe(param);
  });
});

describe("reasoning", () => {
  test("of this API goes back without an id, before what it led to", () => {
    const turns = [
      user(text("hi")),
      assistant(sealed("e1", "a", "b"), text("c"), sealed("e2"), call("a")),
      user(result("a", [text("ok")])),
    ];
    expect(items(turns)).toEqual({
      input: [
        HI,
        {
          type: "reasoning",
          summary: [
            { type: "summary_text", text: "a" },
            { type: "summary_text", text: "b" },
          ],
          encrypted_content: "e1",
        },
        { type: "message", role: "assistant", content: [{ type: "output_text", text: "c", annotations: [] }] },
        { type: "reasoning", summary: [], encrypted_content: "e2" },
        { type: "function_call", call_id: "a", name: "look", arguments: "{}" },
        { type: "function_call_output", call_id: "a", output: "ok" },
      ],
      losses: [],
    });
  });

  test.each<[string, readonly Part[], Towards]>([
    ["without a proof", [{ type: "reasoning", texts: ["a"] }, text("c")], {}],
    [
      "with another's proof",
      [
        { type: "reasoning", texts: ["a"], seal: { origin: "anthropic-messages", kind: "signature", data: "s" } },
        text("c"),
      ],
      {},
    ],
    ["for a model that does not think", [sealed("e"), text("c")], { model: "gpt-4.1" }],
    ["that led to nothing", [text("c"), sealed("e"), sealed("f")], {}],
    [
      "that led to what is not sent",
      [text("c"), sealed("e"), { type: "web_search", id: "w", origin: "anthropic-messages" }],
      {},
    ],
  ])("%s stays out", (_, parts, towards) => {
    const { input, losses } = items([user(text("hi")), assistant(...parts), user(text("hi"))], towards);
    expect(input).toEqual([
      HI,
      { type: "message", role: "assistant", content: [{ type: "output_text", text: "c", annotations: [] }] },
      HI,
    ]);
    expect(losses).toContain("reasoning_unsealed");
  });
});

describe("calls and results", () => {
  const round = (made: Part, got: Part, towards?: Towards): readonly unknown[] => {
    const { body } = encode({ turns: [user(text("hi")), assistant(made), user(got)] }, towards);
    return Array.isArray(body.input) ? body.input.slice(1) : [];
  };

  test("of a function", () => {
    expect(round(call("a", '{"a": 1}'), result("a", [text("x"), text("y")]))).toEqual([
      { type: "function_call", call_id: "a", name: "look", arguments: '{"a": 1}' },
      { type: "function_call_output", call_id: "a", output: "x\ny" },
    ]);
    expect(round(call("a", " "), result("a", []))).toMatchObject([{ arguments: "{}" }, { output: "" }]);
  });

  test("of plain text, for upstreams that know such tools and those that do not", () => {
    const turns = [call("a", "*** x", "custom"), result("a", [text("ok")], undefined, "custom")] as const;
    expect(round(...turns)).toEqual([
      { type: "custom_tool_call", call_id: "a", name: "look", input: "*** x" },
      { type: "custom_tool_call_output", call_id: "a", output: "ok" },
    ]);
    expect(round(...turns, { capability: { customTools: false } })).toEqual([
      { type: "function_call", call_id: "a", name: "look", arguments: '{"input":"*** x"}' },
      { type: "function_call_output", call_id: "a", output: "ok" },
    ]);
  });

  test("have ids and names that are legal, the same on both", () => {
    const id = `toolu.${"x".repeat(80)}`;
    const name = "mcp__".padEnd(80, "n");
    const [made, got] = round({ type: "tool_call", id, name, arguments: "{}", kind: "function" }, result(id, []));
    expect(made).toMatchObject({
      call_id: expect.stringMatching(/^toolu_x{45}_[0-9a-f]{12}$/),
      name: expect.stringMatching(/^mcp__n{50}_[0-9a-f]{8}$/),
    });
    expect(got).toMatchObject({ call_id: Object.entries(made ?? {}).find(([key]) => key === "call_id")?.[1] });
  });

  const image: Part = { type: "media", kind: "image", source: { type: "base64", mime: "image/png", data: "iVBO" } };
  const IMAGE = { type: "input_image", detail: "auto", image_url: "data:image/png;base64,iVBO" };
  test.each<[string, readonly Part[], boolean | undefined, unknown]>([
    ["media among text", [text("see"), image], undefined, [{ type: "input_text", text: "see" }, IMAGE]],
    ["media in an error", [image], true, [{ type: "input_text", text: "Error:" }, IMAGE]],
    ["an error", [text("no file")], true, "Error: no file"],
    ["an error that says so", [text("Error: no file")], true, "Error: no file"],
    ["an error in brackets", [text("[error] no file")], true, "[error] no file"],
    ["an error without words", [], true, "Error"],
    ["no error", [text("no file")], false, "no file"],
    [
      "a note of a tool",
      [{ type: "opaque", origin: "anthropic-messages", name: "tool_reference", raw: { tool_name: "x" } }],
      undefined,
      "[tool: x]",
    ],
    ["what cannot be said", [{ type: "web_search", id: "w", origin: "anthropic-messages" }], undefined, ""],
  ])("results hold %s", (_, parts, isError, output) => {
    expect(round(call("a"), result("a", parts, isError))[1]).toEqual({
      type: "function_call_output",
      call_id: "a",
      output,
    });
  });

  test("an error flag and marks are noted", () => {
    const marked = { ...result("a", [text("x")], true), cache: {} };
    expect(items([user(text("hi")), assistant(call("a")), user(marked)]).losses).toEqual([
      "cache_marks",
      "tool_error_flag",
    ]);
  });
});

describe("tools", () => {
  const schema = {
    type: "object",
    properties: { a: { type: "string" } },
    required: ["a"],
    additionalProperties: false,
  };
  const toolsOf = (tools: readonly Tool[], towards?: Towards): unknown => encode({ tools }, towards).body.tools;

  test("say whether they are strict, which only a schema that is closed can be", () => {
    expect(toolsOf([{ ...look, description: "d", parameters: schema }])).toEqual([
      { type: "function", name: "look", description: "d", parameters: schema, strict: false },
    ]);
    expect(toolsOf([{ ...look, parameters: schema, strict: true }])).toMatchObject([{ strict: true }]);
    const open = encode({ tools: [{ ...look, parameters: { type: "object", properties: { a: {} } }, strict: true }] });
    expect(open).toMatchObject({ body: { tools: [{ strict: false }] }, losses: ["tool_strict"] });
    expect(
      toolsOf([{ ...look, parameters: schema, strict: true }], { capability: { strictTools: false } }),
    ).toMatchObject([{ strict: false }]);
  });

  test("take an empty object where nothing was said", () => {
    expect(toolsOf([{ type: "function", name: "look" }])).toMatchObject([
      { parameters: { type: "object", properties: {} } },
    ]);
  });

  test("of plain text keep their grammar; Chat's nested one is unfolded", () => {
    const grammar = { syntax: "lark", definition: "start: x" };
    const flat = { type: "grammar", ...grammar };
    const custom = { type: "custom", name: "patch", description: "d" } as const;
    expect(toolsOf([{ ...custom, format: flat }])).toEqual([{ ...custom, format: flat }]);
    expect(toolsOf([{ ...custom, format: { type: "grammar", grammar } }])).toEqual([{ ...custom, format: flat }]);
    expect(toolsOf([{ type: "custom", name: "patch" }])).toEqual([{ type: "custom", name: "patch" }]);
    const wrapped = encode(
      { tools: [{ ...custom, format: flat }] },
      { from: "openai-chat", capability: { customTools: false } },
    );
    expect(wrapped.body.tools).toMatchObject([
      {
        type: "function",
        name: "patch",
        strict: false,
        description: "d\n\nThe input must match this lark grammar:\nstart: x",
      },
    ]);
    expect(wrapped.losses).toEqual(["tool_custom"]);
  });

  test("that search the web keep to its hosts; only a sole one may have a limit", () => {
    const location = { type: "approximate", country: "DE" };
    const limited: Tool = { ...search, allowedDomains: ["a.b"], location, maxUses: 2 };
    const sole = encode({ tools: [limited] });
    expect(sole.body).toMatchObject({
      tools: [{ type: "web_search", filters: { allowed_domains: ["a.b"] }, user_location: location }],
      max_tool_calls: 2,
    });
    expect(sole.losses).toEqual([]);
    const beside = encode({ tools: [limited, look] });
    expect(beside.body).not.toHaveProperty("max_tool_calls");
    expect(beside.losses).toEqual(["tool_hosted_options"]);
    expect(encode({ tools: [{ ...search, blockedDomains: ["c.d"] }] }).losses).toEqual(["tool_hosted_options"]);
  });

  test("that nobody runs here are left out, and nothing is said of none", () => {
    const other: Tool = { type: "hosted", kind: "other", name: "code_execution_20250522" };
    const request = { tools: [other], toolChoice: { type: "auto" }, parallelTools: false } as const;
    const { body, losses } = encode(request);
    expect(Object.keys(body)).toEqual(["input", "store", "include"]);
    expect(losses).toEqual(["tool_hosted"]);
    expect(encode({ tools: [search] }, { capability: { hostedTools: [] } }).losses).toEqual(["tool_hosted"]);
    expect(refused({ tools: [other], toolChoice: { type: "required" } })).toBe("tool_choice");
    expect(refused({ tools: [other, look], toolChoice: { type: "tool", name: other.name } })).toBe("tool_choice");
    expect(
      refused(
        { tools: [search], toolChoice: { type: "tool", name: "web_search" } },
        { capability: { hostedTools: [] } },
      ),
    ).toBe("tool_choice");
  });

  test.each<[NeutralRequest["toolChoice"], unknown]>([
    [{ type: "auto" }, "auto"],
    [{ type: "none" }, "none"],
    [{ type: "required" }, "required"],
    [
      { type: "tool", name: "look" },
      { type: "function", name: "look" },
    ],
    [
      { type: "tool", name: "patch" },
      { type: "custom", name: "patch" },
    ],
    [{ type: "tool", name: "web_search" }, { type: "web_search" }],
    [
      { type: "allowed", names: ["look", "gone", "computer"], required: true },
      { type: "allowed_tools", mode: "required", tools: [{ type: "function", name: "look" }] },
    ],
    [{ type: "allowed", names: ["gone"], required: false }, "auto"],
  ])("%j is the choice %j", (toolChoice, choice) => {
    const tools: readonly Tool[] = [
      look,
      { type: "custom", name: "patch" },
      search,
      { type: "hosted", kind: "other", name: "computer" },
    ];
    expect(
      encode({ tools, ...(toolChoice !== undefined && { toolChoice }) }, { from: "openai-chat" }).body.tool_choice,
    ).toEqual(choice);
  });

  test("that are not declared cannot be forced", () => {
    expect(refused({ tools: [look], toolChoice: { type: "tool", name: "gone" } })).toBe("tool_choice.name");
  });

  test("one at a time is said, several are not", () => {
    expect(encode({ tools: [look], parallelTools: false }).body.parallel_tool_calls).toBe(false);
    expect(encode({ tools: [look], parallelTools: true }).body).not.toHaveProperty("parallel_tool_calls");
  });
});

describe("the fields", () => {
  test.each<[Partial<NeutralRequest>, JsonObject, readonly string[], Towards?]>([
    [{ maxOutputTokens: 1 }, { max_output_tokens: 16 }, ["max_tokens_raised"]],
    [{ maxOutputTokens: 17 }, { max_output_tokens: 17 }, []],
    [
      { maxOutputTokens: 999 },
      { max_output_tokens: 100 },
      ["max_tokens_clamped"],
      { capability: { maxOutputTokens: 100 } },
    ],
    [{ stop: ["END"] }, {}, ["stop_count"]],
    [{ stop: [] }, {}, []],
    [{ temperature: 0.5, topP: 0.4 }, { temperature: 0.5, top_p: 0.4 }, [], { model: "gpt-4.1" }],
    [{ temperature: 0.5, topP: 0.4 }, {}, ["temperature", "top_p"]],
    [{ temperature: 1, topP: 1 }, {}, []],
    [{ temperature: 0.5, topP: 0.4 }, { temperature: 0.5 }, ["top_p"], { capability: { sampling: "one" } }],
    [{ topP: 0.4 }, { top_p: 0.4 }, [], { capability: { sampling: "one" } }],
    [{ topK: 5 }, {}, ["top_k"]],
    [
      { seed: 1, frequencyPenalty: 1, presencePenalty: 1, topLogprobs: 1 },
      {},
      ["seed", "frequency_penalty", "presence_penalty", "logprobs"],
      { from: "openai-chat" },
    ],
    [{ reasoning: { effort: "high" } }, { reasoning: { effort: "high" } }, []],
    [{ reasoning: { effort: "high", show: true } }, { reasoning: { effort: "high", summary: "auto" } }, []],
    [{ reasoning: { mode: "adaptive", show: true } }, { reasoning: { summary: "auto" } }, []],
    [{ reasoning: { mode: "adaptive" } }, {}, []],
    [{ reasoning: { mode: "disabled", effort: "high", show: true } }, { reasoning: { effort: "none" } }, []],
    [{ reasoning: { mode: "enabled", budgetTokens: 5000 } }, { reasoning: { effort: "medium" } }, ["thinking_budget"]],
    [
      { reasoning: { effort: "max" } },
      { reasoning: { effort: "high" } },
      ["effort_adapted"],
      { capability: { efforts: ["low", "high"] } },
    ],
    [{ reasoning: { effort: "high", show: true } }, {}, ["effort"], { model: "gpt-4.1" }],
    [{ reasoning: { mode: "adaptive", show: true } }, {}, [], { model: "gpt-4.1" }],
    [{ format: { type: "json_object" } }, { text: { format: { type: "json_object" } } }, [], { from: "openai-chat" }],
    [{ verbosity: "low" }, { text: { verbosity: "low" } }, [], { from: "openai-chat" }],
    [{ user: "u" }, { safety_identifier: "u" }, []],
    [{ user: "u" }, { user: "u" }, [], { capability: { userField: "user" } }],
    [{ user: "u" }, {}, ["user"], { capability: { userField: "none" } }],
    [
      { user: "u", metadata: { a: "b" } },
      { metadata: { user_id: "u", a: "b" } },
      [],
      { capability: { userField: "metadata" } },
    ],
    [{ tier: "auto" }, {}, []],
    [
      { tier: "priority", cache: { key: "k", auto: {} }, metadata: { a: "b" } },
      { service_tier: "priority", prompt_cache_key: "k", metadata: { a: "b" } },
      ["cache_marks"],
    ],
    [
      { tier: "flex", cache: { key: "k" }, metadata: { a: "b" }, verbosity: "low" },
      {},
      ["verbosity", "tier", "cache_key", "metadata"],
      { from: "openai-chat", capability: { openaiFields: false, verbosity: false } },
    ],
  ])("%j: %j, %j", (request, fields, codes, towards) => {
    const { input: _input, store: _store, include: _include, ...rest } = encode(request, towards).body;
    expect(rest).toEqual(fields);
    expect(encode(request, towards).losses).toEqual(codes);
  });

  test("a long user is hashed, the same each time", () => {
    const user = "x".repeat(65);
    const { body, losses } = encode({ user });
    expect(body.safety_identifier).toMatch(/^u_[0-9a-f]{32}$/);
    expect(encode({ user }).body).toEqual(body);
    expect(losses).toEqual(["user_hashed"]);
  });

  test("to warm a cache is refused", () => {
    expect(refused({ maxOutputTokens: 0 })).toBe("max_tokens");
  });

  test("a schema is strict when it can be, unless it must not", () => {
    const closed = { type: "object", properties: { a: {} }, required: ["a"], additionalProperties: false };
    const formatOf = (schema: JsonObject, strict?: boolean): unknown =>
      encode({ format: { type: "json_schema", schema, ...(strict !== undefined && { strict }) } });
    const said = (schema: JsonObject, strict: boolean): JsonObject => ({
      body: { text: { format: { type: "json_schema", name: "response", schema, strict } } },
    });
    expect(formatOf(closed)).toMatchObject({ ...said(closed, true), losses: [] });
    expect(formatOf(closed, false)).toMatchObject({ ...said(closed, false), losses: [] });
    expect(formatOf({ type: "object" })).toMatchObject({ ...said({ type: "object" }, false), losses: [] });
    expect(formatOf({ type: "object" }, true)).toMatchObject({
      ...said({ type: "object" }, false),
      losses: ["format_schema"],
    });
    const named = { type: "json_schema", name: "a b", description: "d", schema: closed } as const;
    expect(encode({ format: named }).body.text).toMatchObject({ format: { name: "a_b", description: "d" } });
  });
});

test("a count asks for the prompt only", () => {
  const request: Partial<NeutralRequest> = {
    system: [{ type: "text", text: "s" }],
    tools: [{ ...search, maxUses: 2 }],
    toolChoice: { type: "auto" },
    reasoning: { effort: "low" },
    verbosity: "low",
    maxOutputTokens: 5000,
    temperature: 1,
    user: "u",
    stream: true,
  };
  expect(encode(request, { count: true }).body).toEqual({
    instructions: "s",
    input: [HI],
    tools: [{ type: "web_search" }],
    tool_choice: "auto",
    reasoning: { effort: "low" },
    text: { verbosity: "low" },
  });
});
