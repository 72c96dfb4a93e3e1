import { describe, expect, test } from "vitest";

import type { JsonObject } from "../../json.ts";
import { packSeal } from "../../reasoning/carrier.ts";
import { decode } from "../../testing/responses-codec.ts";
import { TranslationError } from "../../translation-error.ts";

const HI = { role: "user", content: "hi" };
const text = (words: string): JsonObject => ({ type: "text", text: words });
const call = (id: string, rest: JsonObject = {}): JsonObject => ({
  type: "function_call",
  id: `fc_${id}`,
  call_id: id,
  name: "look",
  arguments: "{}",
  ...rest,
});
const output = (id: string, said: unknown = "ok"): JsonObject => ({
  type: "function_call_output",
  call_id: id,
  output: said,
});
const spoken = (words: string, rest: JsonObject = {}): JsonObject => ({
  type: "message",
  role: "assistant",
  content: [{ type: "output_text", text: words, annotations: [] }],
  ...rest,
});
const called = (id: string, rest: JsonObject = {}): JsonObject => ({
  type: "tool_call",
  id,
  name: "look",
  arguments: "{}",
  kind: "function",
  ...rest,
});
const given = (id: string, ...parts: readonly JsonObject[]): JsonObject => ({
  type: "tool_result",
  callId: id,
  kind: "function",
  parts: parts.length > 0 ? parts : [text("ok")],
});

const turnsOf = (...input: readonly unknown[]): unknown => decode({ input }).request.turns;

function refusal(body: JsonObject, mode?: "strict"): Partial<TranslationError> {
  try {
    decode(body, mode === undefined ? {} : { mode });
  } catch (error) {
    if (error instanceof TranslationError) return error;
    throw error;
  }
  throw new TypeError("it was not refused");
}

test("the least request", () => {
  expect(decode({})).toEqual({
    request: { model: "m", system: [], turns: [{ role: "user", parts: [text("hi")] }], tools: [], stream: false },
    losses: [],
  });
});

describe("what is missing or of a wrong kind is named", () => {
  test.each<[string, JsonObject, string]>([
    ["no model", { model: undefined }, "model"],
    ["no input", { input: undefined }, "input"],
    ["an empty list", { input: [] }, "input"],
    ["a number for instructions", { instructions: 7 }, "instructions"],
    ["an item that is text", { input: ["hi"] }, "input[0]"],
    ["an item of no kind", { input: [HI, { content: "x" }] }, "input[1].type"],
    ["a role that is not known", { input: [{ role: "tool", content: "x" }] }, "input[0].role"],
    ["a number for content", { input: [{ role: "user", content: 7 }] }, "input[0].content"],
    ["a part without a type", { input: [{ role: "user", content: [{}] }] }, "input[0].content[0]"],
    [
      "a text without text",
      { input: [{ role: "user", content: [{ type: "input_text" }] }] },
      "input[0].content[0].text",
    ],
    [
      "an image of nothing",
      { input: [{ role: "user", content: [{ type: "input_image" }] }] },
      "input[0].content[0].image_url",
    ],
    [
      "a file of nothing",
      { input: [{ role: "user", content: [{ type: "input_file" }] }] },
      "input[0].content[0].file_data",
    ],
    ["a call without a name", { input: [call("a", { name: "" })] }, "input[0].name"],
    ["a call without an id", { input: [call("a", { id: null, call_id: null })] }, "input[0].call_id"],
    ["a result without an id", { input: [{ type: "function_call_output", output: "" }] }, "input[0].call_id"],
    ["a tool that is text", { tools: ["look"] }, "tools[0]"],
    ["a tool without a name", { tools: [{ type: "function" }] }, "tools[0].name"],
    ["a choice of nothing", { tool_choice: {} }, "tool_choice"],
    ["half a token", { max_output_tokens: 1.5 }, "max_output_tokens"],
    ["no token", { max_output_tokens: 0 }, "max_output_tokens"],
    ["text for a temperature", { temperature: "hot" }, "temperature"],
    ["text for a flag", { stream: "yes" }, "stream"],
  ])("%s", (_, body, param) => {
    expect(refusal(body)).toMatchObject({ kind: "bad_request", param });
  });
});

describe("what needs a store is refused in a sentence", () => {
  test.each<[JsonObject, string]>([
    [{ previous_response_id: "resp_1" }, "previous_response_id"],
    [{ conversation: "conv_1" }, "conversation"],
    [{ conversation: { id: "conv_1" } }, "conversation"],
    [{ background: true }, "background"],
    [{ prompt: { id: "pmpt_1" } }, "prompt"],
    [{ input: [HI, { type: "compaction", encrypted_content: "x" }] }, "input[].compaction"],
    [{ input: [HI, { type: "context_compaction", encrypted_content: "x" }] }, "input[].compaction"],
    [{ input: [HI, { type: "compaction_trigger" }] }, "input[].compaction"],
    [{ input: [HI, { type: "item_reference", id: "fc_1" }] }, "input[].item_reference"],
    [{ input: [HI, { id: "fc_1" }] }, "input[].item_reference"],
  ])("%j", (body, param) => {
    const { message, ...said } = refusal(body);
    expect(said).toMatchObject({ kind: "bad_request", param, code: "unsupported_parameter" });
    expect(message).toMatch(/^\S+.*: \S+/);
  });

  test("what says that there is none is not", () => {
    const none = { previous_response_id: null, conversation: null, background: false, prompt: null };
    expect(decode(none).losses).toEqual([]);
    expect(decode({ ...none, conversation: {}, prompt: {}, previous_response_id: "" }).losses).toEqual([]);
  });

  test("a reference to reasoning can be missed", () => {
    const { request, losses } = decode({ input: [HI, { type: "item_reference", id: "rs_1" }, HI] });
    expect(request.turns).toEqual([{ role: "user", parts: [text("hi"), text("hi")] }]);
    expect(losses).toEqual(["item_reference_reasoning"]);
  });
});

describe("what no other dialect has is noted", () => {
  test.each<[JsonObject, readonly string[]]>([
    [{ truncation: "auto" }, ["truncation"]],
    [{ truncation: "disabled" }, []],
    [{ store: true }, ["store"]],
    [{ store: false }, []],
    [{ include: ["reasoning.encrypted_content"] }, []],
    [{ include: ["message.output_text.logprobs"] }, ["include"]],
    [{ include: [] }, []],
    [{ context_management: [{ type: "compaction" }] }, ["context_management"]],
    [{ prompt_cache_retention: "24h" }, ["cache_options"]],
    [{ prompt_cache_options: { ttl: "12h" } }, ["cache_options"]],
    [{ reasoning: { context: "all_turns" } }, ["reasoning_mode"]],
    [{ client_metadata: { a: "b" }, stream_options: { include_obfuscation: false }, access_programs: [] }, []],
    [{ brand_new: 1, also_new: null }, ["unknown_field"]],
    [{ text: { format: { type: "grammar" } } }, ["unknown_field"]],
    [{ safety_identifier: "a", user: "b" }, ["user"]],
  ])("%j: %j", (body, codes) => {
    expect(decode(body).losses).toEqual(codes);
  });

  test("and refused where nothing may be lost, unless it is a mere hint", () => {
    expect(refusal({ truncation: "auto" }, "strict")).toMatchObject({ param: "truncation" });
    expect(decode({ store: true, include: ["x"] }, { mode: "strict" }).losses).toEqual(["store", "include"]);
  });
});

describe("the fields", () => {
  test.each<[JsonObject, JsonObject]>([
    [{ stream: true }, { stream: true }],
    [{ parallel_tool_calls: false }, { parallelTools: false }],
    [
      { max_output_tokens: 7, max_tool_calls: 2 },
      { maxOutputTokens: 7, maxToolCalls: 2 },
    ],
    [
      { temperature: 0, top_p: 0.5 },
      { temperature: 0, topP: 0.5 },
    ],
    [{ top_logprobs: 3 }, { topLogprobs: 3 }],
    [{ safety_identifier: "s", user: "s" }, { user: "s" }],
    [{ user: "u" }, { user: "u" }],
    [{ metadata: { a: "b", c: 1 } }, { metadata: { a: "b" } }],
    [{ service_tier: "fast" }, { tier: "priority" }],
    [{ service_tier: "flex" }, { tier: "flex" }],
    [{ prompt_cache_key: "k" }, { cache: { key: "k" } }],
    [{ text: { verbosity: "low" } }, { verbosity: "low" }],
    [{ text: { format: { type: "json_object" } } }, { format: { type: "json_object" } }],
    [
      { text: { format: { type: "json_schema", name: "n", description: "d", schema: { a: 1 }, strict: true } } },
      { format: { type: "json_schema", name: "n", description: "d", schema: { a: 1 }, strict: true } },
    ],
    [{ text: { format: { type: "json_schema", schema: {} } } }, { format: { type: "json_schema", schema: {} } }],
    [{ reasoning: { effort: "minimal", summary: "auto" } }, { reasoning: { effort: "minimal", show: true } }],
    [{ reasoning: { summary: null } }, { reasoning: { show: false } }],
    [{ reasoning: { generate_summary: "concise" } }, { reasoning: { show: true } }],
    [{ reasoning: { mode: "pro" } }, { reasoning: { effort: "max" } }],
  ])("%j", (body, fields) => {
    const { model: _model, system: _system, turns: _turns, tools: _tools, ...rest } = decode(body).request;
    expect(rest).toEqual({ stream: false, ...fields });
  });

  test.each<JsonObject>([
    { reasoning: {} },
    { reasoning: null },
    { reasoning: { effort: "heroic" } },
    { text: {} },
    { text: null },
    { text: { format: { type: "text" } } },
    { top_logprobs: 0 },
    { metadata: {} },
    { metadata: null },
    { tools: null },
    { tool_choice: null },
  ])("%j says nothing", (body) => {
    expect(decode(body)).toEqual(decode({}));
  });

  test("an update among the items stands over the request", () => {
    const input = [
      HI,
      { type: "configuration_update", id: "cu_1", reasoning: { effort: "low" }, text: { verbosity: "low" } },
      { type: "configuration_update", id: "cu_2", reasoning: { effort: "high" } },
    ];
    const body = { input, reasoning: { effort: "none", summary: "auto" }, text: { format: { type: "json_object" } } };
    expect(decode(body).request).toMatchObject({
      reasoning: { effort: "high", show: true },
      verbosity: "low",
      format: { type: "json_object" },
    });
  });
});

describe("the operator", () => {
  test("speaks first in the instructions, then in the items at the head, a part for each", () => {
    const input = [
      { type: "message", role: "developer", content: [{ type: "input_text", text: "two" }] },
      { role: "system", content: "three" },
      HI,
    ];
    expect(decode({ instructions: "one", input }).request).toMatchObject({
      system: [text("one"), text("two"), text("three")],
      turns: [{ role: "user", parts: [text("hi")] }],
    });
  });

  test("speaks later in turns of his own, and in words only", () => {
    const image = { type: "input_image", image_url: "https://x/y.png" };
    const note = { role: "developer", content: [{ type: "input_text", text: "note" }, image] };
    const { request, losses } = decode({ input: [HI, note, note, HI] });
    expect(request.turns).toEqual([
      { role: "user", parts: [text("hi")] },
      { role: "system", parts: [text("note")] },
      { role: "system", parts: [text("note")] },
      { role: "user", parts: [text("hi")] },
    ]);
    expect(losses).toEqual(["system_media"]);
  });
});

describe("messages", () => {
  test("of one speaker are one turn; the parts keep their order and the model's its phase", () => {
    expect(turnsOf(HI, HI, spoken("a", { phase: "commentary" }), spoken("b"))).toEqual([
      { role: "user", parts: [text("hi"), text("hi")] },
      { role: "assistant", parts: [{ ...text("a"), phase: "commentary" }, text("b")] },
    ]);
  });

  test.each<[string, unknown, readonly JsonObject[]]>([
    ["text", "hello", [text("hello")]],
    ["nothing", "", []],
    ["null", null, []],
    ["a list of texts", ["a", "b"], [text("a"), text("b")]],
    ["a part of text by any of its names", [{ type: "text", text: "a" }], [text("a")]],
    ["a refusal", [{ type: "refusal", refusal: "no" }], [{ type: "refusal", text: "no" }]],
    [
      "a mark for the cache",
      [{ type: "input_text", text: "a", prompt_cache_breakpoint: { mode: "explicit", ttl: "30m" } }],
      [{ ...text("a"), cache: { ttl: "1h" } }],
    ],
  ])("hold %s", (_, content, parts) => {
    expect(turnsOf({ role: "user", content })).toEqual([{ role: "user", parts }]);
  });

  const PNG = "iVBORw0KGgo=";
  const PDF = "JVBERi0xLjQ=";
  const pdf = { type: "base64", mime: "application/pdf", data: PDF };
  const mark = { prompt_cache_breakpoint: { mode: "explicit" } };
  test.each<[string, JsonObject, JsonObject]>([
    [
      "an image by its address",
      { type: "input_image", image_url: "https://x/y", detail: "auto" },
      { kind: "image", source: { type: "url", url: "https://x/y" } },
    ],
    [
      "an image with its bytes",
      { type: "input_image", image_url: `data:image/jpg;base64,${PNG}`, detail: "high", ...mark },
      { kind: "image", source: { type: "base64", mime: "image/png", data: PNG }, detail: "high", cache: { ttl: "1h" } },
    ],
    [
      "an image of a file",
      { type: "input_image", file_id: "file-1", detail: "low" },
      { kind: "image", source: { type: "file", id: "file-1", origin: "openai-responses" }, detail: "low" },
    ],
    [
      "a file with bare bytes",
      { type: "input_file", file_data: PDF, filename: "a.pdf" },
      { kind: "document", source: pdf, name: "a.pdf" },
    ],
    [
      "a file with a data URL",
      { type: "input_file", file_data: `data:application/pdf;base64,${PDF}`, ...mark },
      { kind: "document", source: pdf, cache: { ttl: "1h" } },
    ],
    [
      "a file by its address",
      { type: "input_file", file_url: "https://x/y.pdf" },
      { kind: "document", source: { type: "url", url: "https://x/y.pdf" } },
    ],
    [
      "a file that is kept",
      { type: "input_file", file_id: "file-1" },
      { kind: "document", source: { type: "file", id: "file-1", origin: "openai-responses" } },
    ],
    [
      "a sound",
      { type: "input_audio", input_audio: { data: "UklGRg==", format: "mp3" } },
      { kind: "audio", source: { type: "base64", mime: "audio/mp3", data: "UklGRg==" } },
    ],
  ])("hold %s", (_, part, media) => {
    expect(turnsOf({ role: "user", content: [part] })).toEqual([
      { role: "user", parts: [{ type: "media", ...media }] },
    ]);
  });

  test("a broken image is refused in the words that Codex knows", () => {
    const content = [{ type: "input_image", image_url: "data:image/png;base64," }];
    expect(refusal({ input: [{ role: "user", content }] })).toMatchObject({
      code: "invalid_value",
      param: "input[0].content[0].image_url",
      message: expect.stringContaining("The image data you provided does not represent a valid image"),
    });
  });
});

describe("reasoning", () => {
  const item = (rest: JsonObject): JsonObject => ({ type: "reasoning", id: "rs_1", summary: [], ...rest });
  const partOf = (rest: JsonObject): unknown => {
    const { turns } = decode({ input: [HI, item(rest), spoken("a")] }).request;
    return turns[1]?.parts.find(({ type }) => type === "reasoning");
  };
  const own = { origin: "openai-responses", kind: "encrypted", data: "gAAA" } as const;

  test.each<[string, JsonObject, JsonObject]>([
    [
      "a summary",
      {
        summary: [
          { type: "summary_text", text: "a" },
          { type: "summary_text", text: "b" },
        ],
      },
      { texts: ["a", "b"] },
    ],
    [
      "its text before its summary",
      { content: [{ type: "reasoning_text", text: "f" }], summary: [{ type: "summary_text", text: "s" }] },
      { texts: ["f"], full: true },
    ],
    ["OpenAI's proof", { content: null, encrypted_content: "gAAA" }, { texts: [], seal: own }],
    [
      "Anthropic's proof",
      {
        summary: [{ type: "summary_text", text: "a" }],
        encrypted_content: packSeal({ origin: "anthropic-messages", kind: "signature", data: "s" }),
      },
      { texts: ["a"], seal: { origin: "anthropic-messages", kind: "signature", data: "s" } },
    ],
    [
      "Anthropic's proof with a hidden text",
      { encrypted_content: packSeal({ origin: "anthropic-messages", kind: "signature", data: "s" }, ["x"]) },
      { texts: ["x"], seal: { origin: "anthropic-messages", kind: "signature", data: "s" } },
    ],
  ])("holds %s", (_, rest, part) => {
    expect(partOf(rest)).toEqual({ type: "reasoning", ...part });
  });

  test("that says nothing and proves nothing is left out", () => {
    expect(partOf({})).toBeUndefined();
    expect(partOf({ encrypted_content: "tgA1.broken" })).toBeUndefined();
  });
});

describe("calls and results", () => {
  test("make turns: what the model does in a row is one, and so is what it gets", () => {
    const reasoning = { type: "reasoning", summary: [{ type: "summary_text", text: "r" }] };
    expect(
      turnsOf(HI, reasoning, spoken("a"), call("a"), call("b"), output("a"), output("b"), call("c"), output("c")),
    ).toEqual([
      { role: "user", parts: [text("hi")] },
      { role: "assistant", parts: [{ type: "reasoning", texts: ["r"] }, text("a"), called("a"), called("b")] },
      { role: "user", parts: [given("a"), given("b")] },
      { role: "assistant", parts: [called("c")] },
      { role: "user", parts: [given("c")] },
    ]);
  });

  test("results stand before the user's words", () => {
    expect(turnsOf(HI, call("a"), call("b"), output("a"), HI, output("b"))).toMatchObject([
      {},
      {},
      { parts: [given("a"), given("b"), text("hi")] },
    ]);
  });

  test("what the model says between calls and results stands before the calls", () => {
    expect(turnsOf(HI, call("a"), spoken("x"), output("a"))).toEqual([
      { role: "user", parts: [text("hi")] },
      { role: "assistant", parts: [text("x"), called("a")] },
      { role: "user", parts: [given("a")] },
    ]);
  });

  test("what it says or does while some results are there and others come later is of the same turn", () => {
    expect(turnsOf(HI, call("a"), call("b"), output("a"), spoken("x"), call("c"), output("b"), output("c"))).toEqual([
      { role: "user", parts: [text("hi")] },
      { role: "assistant", parts: [text("x"), called("a"), called("b"), called("c")] },
      { role: "user", parts: [given("a"), given("b"), given("c")] },
    ]);
  });

  test("but of a later one when no result comes any more, the user spoke, or the id is used again", () => {
    expect(turnsOf(HI, call("a"), call("b"), output("a"), spoken("x"))).toHaveLength(4);
    expect(turnsOf(HI, call("a"), call("b"), output("a"), HI, spoken("x"), output("b"))).toHaveLength(5);
    expect(turnsOf(HI, call("a"), output("a"), call("a"), output("a"))).toHaveLength(5);
  });

  test("of custom tools are plain text", () => {
    const custom = { type: "custom_tool_call", call_id: "a", name: "patch", input: "*** x", namespace: "functions" };
    expect(turnsOf(HI, custom, { ...output("a"), type: "custom_tool_call_output" })).toMatchObject([
      {},
      {
        parts: [
          { type: "tool_call", id: "a", name: "patch", namespace: "functions", arguments: "*** x", kind: "custom" },
        ],
      },
      { parts: [{ ...given("a"), kind: "custom" }] },
    ]);
  });

  test("may have no arguments, and the id of the item in place of their own", () => {
    expect(turnsOf(HI, call("a", { call_id: undefined, arguments: undefined }))).toMatchObject([
      {},
      { parts: [called("fc_a", { arguments: "" })] },
    ]);
  });

  test.each<[string, string, JsonObject, string]>([
    [
      "local_shell",
      "local_shell_call",
      { action: { type: "exec", command: ["ls"] } },
      '{"type":"exec","command":["ls"]}',
    ],
    ["shell", "shell_call", { action: { commands: ["ls"] } }, '{"commands":["ls"]}'],
    [
      "apply_patch",
      "apply_patch_call",
      { operation: { type: "delete_file", path: "a" } },
      '{"type":"delete_file","path":"a"}',
    ],
    ["shell", "shell_call", {}, "{}"],
  ])("of %s are those of a function", (name, type, rest, text) => {
    expect(turnsOf(HI, { type, id: "x_1", call_id: "a", status: "completed", ...rest })).toMatchObject([
      {},
      { parts: [{ type: "tool_call", id: "a", name, arguments: text, kind: "function" }] },
    ]);
  });

  test.each<[JsonObject, JsonObject]>([
    [{ type: "local_shell_call_output", id: "a", output: '{"out":1}' }, given("a", text('{"out":1}'))],
    [
      {
        type: "shell_call_output",
        call_id: "a",
        output: [{ stdout: "x", stderr: "", outcome: { type: "exit", exit_code: 0 } }],
      },
      given("a", text('[{"stdout":"x","stderr":"","outcome":{"type":"exit","exit_code":0}}]')),
    ],
    [
      { type: "apply_patch_call_output", call_id: "a", status: "failed", output: "no such file" },
      { ...given("a", text("no such file")), isError: true },
    ],
    [
      { type: "apply_patch_call_output", call_id: "a", status: "completed" },
      { ...given("a"), parts: [] },
    ],
  ])("%j is a result", (item, part) => {
    expect(turnsOf(HI, call("a"), item)).toMatchObject([{}, {}, { parts: [part] }]);
  });

  const IMAGE = { type: "input_image", image_url: "data:image/png;base64,iVBORw0KGgo=" };
  const media = { type: "media", kind: "image", source: { type: "base64", mime: "image/png", data: "iVBORw0KGgo=" } };
  test.each<[string, unknown, readonly JsonObject[]]>([
    ["text", "x", [text("x")]],
    ["nothing", "", []],
    ["null", null, []],
    ["a list of parts", [{ type: "input_text", text: "x" }, IMAGE], [text("x"), media]],
    ["parts in text", JSON.stringify([IMAGE]), [media]],
    ["a list of something else in text", '[{"type":"input_image"},1]', [text('[{"type":"input_image"},1]')]],
    ["text that looks like parts", '[{"type":"input_image"', [text('[{"type":"input_image"')]],
    ["texts only in text", '[{"type":"input_text","text":"x"}]', [text('[{"type":"input_text","text":"x"}]')]],
    ["an object", { a: 1 }, [text('{"a":1}')]],
  ])("results hold %s", (_, said, parts) => {
    expect(turnsOf(HI, call("a"), output("a", said))).toMatchObject([{}, {}, { parts: [{ ...given("a"), parts }] }]);
  });

  test("of tools that the upstream ran are left out", () => {
    const { request, losses } = decode({ input: [HI, { type: "web_search_call", id: "ws_1" }, spoken("a")] });
    expect(request.turns).toHaveLength(2);
    expect(losses).toEqual(["hosted_history"]);
  });
});

describe("tools", () => {
  const toolsOf = (...tools: readonly JsonObject[]): unknown => decode({ tools }).request.tools;
  const fn = (name: string, rest: JsonObject = {}): JsonObject => ({ type: "function", name, ...rest });

  test.each<[string, JsonObject, JsonObject]>([
    [
      "a function",
      fn("f", { description: "d", parameters: { type: "object" }, strict: true }),
      { type: "function", name: "f", description: "d", parameters: { type: "object" }, strict: true },
    ],
    [
      "a function with nulls",
      fn("f", { description: null, parameters: null, strict: null }),
      { type: "function", name: "f", parameters: null },
    ],
    [
      "plain text",
      { type: "custom", name: "c", description: "d", format: { type: "text" } },
      { type: "custom", name: "c", description: "d" },
    ],
    [
      "text by a grammar",
      { type: "custom", name: "c", format: { type: "grammar", syntax: "lark", definition: "x" } },
      { type: "custom", name: "c", format: { type: "grammar", syntax: "lark", definition: "x" } },
    ],
    [
      "a search of the web",
      {
        type: "web_search",
        filters: { allowed_domains: ["a.b", 7] },
        user_location: { type: "approximate", country: "DE" },
      },
      {
        type: "hosted",
        kind: "web_search",
        name: "web_search",
        allowedDomains: ["a.b"],
        location: { type: "approximate", country: "DE" },
      },
    ],
    [
      "an older search",
      { type: "web_search_preview", filters: {} },
      { type: "hosted", kind: "web_search", name: "web_search_preview" },
    ],
    [
      "a search of what was stored",
      { type: "web_search", external_web_access: false },
      { type: "hosted", kind: "other", name: "web_search" },
    ],
    [
      "anything else",
      { type: "code_interpreter", container: { type: "auto" } },
      { type: "hosted", kind: "other", name: "code_interpreter" },
    ],
  ])("%s", (_, given, tool) => {
    expect(toolsOf(given)).toEqual([tool]);
  });

  test("of a name space carry its name", () => {
    const namespace = {
      type: "namespace",
      name: "crm",
      description: "d",
      tools: [fn("find"), { type: "custom", name: "note" }],
    };
    expect(toolsOf(namespace, fn("find"))).toEqual([
      { type: "function", name: "find", namespace: "crm", parameters: undefined },
      { type: "custom", name: "note", namespace: "crm" },
      { type: "function", name: "find", parameters: undefined },
    ]);
  });

  test("among the items come after the others, and the first of a name counts", () => {
    const input = [
      { type: "additional_tools", role: "developer", tools: [fn("b", { description: "later" }), fn("c")] },
      HI,
    ];
    const { request } = decode({ input, tools: [fn("a"), fn("b")] });
    expect(request.tools.map(({ name }) => name)).toEqual(["a", "b", "c"]);
    expect(request.tools[1]).not.toHaveProperty("description");
    expect(request.turns).toHaveLength(1);
  });

  test("of the client's are kept beside a hosted one of the same name", () => {
    expect(toolsOf({ type: "web_search" }, fn("web_search"))).toMatchObject([{ type: "hosted" }, { type: "function" }]);
  });

  test.each(["defer_loading", "allowed_callers", "async", "output_schema"])("the option %s is noted", (option) => {
    expect(decode({ tools: [fn("f", { [option]: true })] }).losses).toEqual(["tool_options"]);
  });

  test.each<[unknown, JsonObject]>([
    ["auto", { type: "auto" }],
    ["none", { type: "none" }],
    ["required", { type: "required" }],
    [
      { type: "function", name: "f" },
      { type: "tool", name: "f" },
    ],
    [
      { type: "function", name: "f", namespace: "n" },
      { type: "tool", name: "f", namespace: "n" },
    ],
    [
      { type: "function", function: { name: "f" } },
      { type: "tool", name: "f" },
    ],
    [
      { type: "custom", name: "c" },
      { type: "tool", name: "c" },
    ],
    [{ type: "web_search_preview" }, { type: "tool", name: "web_search_preview" }],
    [
      { type: "allowed_tools", mode: "required", tools: [{ type: "function", name: "f" }, { type: "web_search" }, {}] },
      { type: "allowed", names: ["f", "web_search"], required: true },
    ],
    [
      {
        type: "allowed_tools",
        allowed_tools: { mode: "auto", tools: [{ type: "function", function: { name: "f" } }] },
      },
      { type: "allowed", names: ["f"], required: false },
    ],
  ])("%j is a choice", (value, choice) => {
    expect(decode({ tool_choice: value }).request.toolChoice).toEqual(choice);
  });
});

test("keys that every object has are no kinds of anything", () => {
  for (const name of ["constructor", "__proto__", "toString"]) {
    expect(decode({ input: [HI, { type: name }] }).losses).toEqual(["hosted_history"]);
    expect(refusal({ input: [{ role: "user", content: [{ type: name }] }] }).code).toBe("unsupported_value");
    expect(decode({ tools: [{ type: name }] }).request.tools).toMatchObject([{ type: "hosted", kind: "other", name }]);
  }
});
