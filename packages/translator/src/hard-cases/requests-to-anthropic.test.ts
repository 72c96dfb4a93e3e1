import { readFileSync } from "node:fs";

import { describe, expect, test } from "vitest";

import { TranslationError, translateRequest, translateResponse } from "../index.ts";
import type { TranslateOptions } from "../index.ts";
import type { JsonObject } from "../json.ts";
import { listOf, objectOf } from "../testing/laws/complaints.ts";
import { packSeal } from "../reasoning/carrier.ts";

/** Cases of which the translation sees nothing, and why. */
export const GATEWAY: Readonly<Record<number, string>> = {
  46: "A gateway decodes compressed bodies before they are translated.",
};

interface How extends Partial<TranslateOptions> {
  readonly model?: string;
}

const BUDGET_MODEL = "claude-sonnet-4-5";
const ADAPTIVE_MODEL = "claude-opus-4-6";
const NEW_MODEL = "claude-opus-5-5";

function translate(from: "openai-chat" | "openai-responses", body: JsonObject, how: How = {}) {
  const options = { to: "anthropic-messages", answerId: "a1", createdAt: 1, model: BUDGET_MODEL, ...how } as const;
  return translateRequest(JSON.stringify({ model: "asked", ...body }), { ...options, from });
}

function chat(messages: readonly JsonObject[], rest: JsonObject = {}, how: How = {}) {
  const { body, losses, context } = translate("openai-chat", { messages, ...rest }, how);
  return { body, codes: losses.map(({ code }) => code), context };
}

function responses(input: unknown, rest: JsonObject = {}, how: How = {}) {
  const { body, losses, context } = translate("openai-responses", { input, ...rest }, how);
  return { body, codes: losses.map(({ code }) => code), context };
}

const HI = { role: "user", content: "hi" };
const SAID_HI = { role: "user", content: [{ type: "text", text: "hi" }] };
const text = (words: string): JsonObject => ({ type: "text", text: words });

const call = (id: string, name = "read", text = "{}"): JsonObject => ({
  id,
  type: "function",
  function: { name, arguments: text },
});
const calling = (...calls: readonly JsonObject[]): JsonObject => ({
  role: "assistant",
  content: null,
  tool_calls: calls,
});
const result = (id: string, content: unknown = "ok"): JsonObject => ({ role: "tool", tool_call_id: id, content });
const used = (id: string, name = "read", input: JsonObject = {}): JsonObject => ({ type: "tool_use", id, name, input });
const given = (id: string, content: unknown = "ok"): JsonObject => ({ type: "tool_result", tool_use_id: id, content });
const fn = (name: string, rest: JsonObject = {}): JsonObject => ({ type: "function", function: { name, ...rest } });
const TOOLS = { tools: [fn("read")] };

const functionCall = (id: string, name = "read", rest: JsonObject = {}): JsonObject => ({
  type: "function_call",
  call_id: id,
  name,
  arguments: "{}",
  ...rest,
});
const callOutput = (id: string, output: unknown = "ok"): JsonObject => ({
  type: "function_call_output",
  call_id: id,
  output,
});

const PNG = "iVBORw0KGgoAAAANSUhEUg==";
const PDF = "JVBERi0xLjQKJSVFT0Y=";

function refusal(run: () => unknown): Partial<TranslationError> {
  try {
    run();
  } catch (error) {
    if (error instanceof TranslationError) return error;
    throw error;
  }
  throw new TypeError("it was not refused");
}

describe("limits", () => {
  test("1: a request without a limit asks for as many tokens as the model gives, never for 0", () => {
    expect(chat([HI]).body.max_tokens).toBe(64_000);
    expect(chat([HI], {}, { model: "unheard-of" }).body.max_tokens).toBe(16_384);
  });

  test("45: a request of Codex, which has no limit, asks for as many tokens as the model gives", () => {
    expect(responses("hi", {}, { model: NEW_MODEL }).body.max_tokens).toBe(128_000);
  });

  test("49: several answers at once are refused", () => {
    expect(refusal(() => chat([HI], { n: 3 }))).toMatchObject({ kind: "bad_request", param: "n" });
    expect(chat([HI], { n: 1 }).codes).toEqual([]);
  });
});

describe("calls and their results", () => {
  test("2: results of two calls are in one user turn, in the order of the calls", () => {
    const { body } = chat([HI, calling(call("a"), call("b")), result("b", "2"), result("a", "1")], TOOLS);
    expect(body.messages).toEqual([
      SAID_HI,
      { role: "assistant", content: [used("a"), used("b")] },
      { role: "user", content: [given("a", "1"), given("b", "2")] },
    ]);
  });

  test("3: a result that comes after the user has spoken goes before those words", () => {
    const { body } = chat([HI, calling(call("a"), call("b")), result("a"), HI, result("b")], TOOLS);
    expect(body.messages).toEqual([
      SAID_HI,
      { role: "assistant", content: [used("a"), used("b")] },
      { role: "user", content: [given("a"), given("b"), text("hi")] },
    ]);
  });

  test("4: a result and the user's next words are one turn, the result first", () => {
    const { body } = chat([HI, calling(call("a")), result("a"), HI], TOOLS);
    expect(body.messages).toMatchObject([{}, {}, { role: "user", content: [given("a"), text("hi")] }]);
  });

  test("5: a result without its call becomes the user's words; an empty one is left out", () => {
    const orphaned = chat([result("gone", "42"), HI], TOOLS);
    expect(orphaned.body.messages).toEqual([
      { role: "user", content: [text("Tool result (gone):"), text("42"), text("hi")] },
    ]);
    expect(orphaned.codes).toContain("tool_result_orphan");
    expect(chat([result("gone", ""), HI], TOOLS).body.messages).toEqual([SAID_HI]);
  });

  test("6: a missing result is made up in neutral words, and only that one", () => {
    const { body, codes } = chat([HI, calling(call("a"), call("b")), result("a"), HI], TOOLS);
    const madeUp = {
      ...given("b", "[no result was recorded for this tool call; it may or may not have run]"),
      is_error: true,
    };
    expect(body.messages).toMatchObject([{}, {}, { content: [given("a"), madeUp, text("hi")] }]);
    expect(codes).toContain("tool_result_missing");
  });

  test("7: a result that comes after the conversation went on is left out, and the next round is whole", () => {
    const { body, codes } = chat(
      [
        HI,
        calling(call("a")),
        HI,
        { role: "assistant", content: "so" },
        result("a"),
        HI,
        calling(call("b")),
        result("b"),
      ],
      TOOLS,
    );
    expect(body.messages).toMatchObject([
      SAID_HI,
      { content: [used("a")] },
      { content: [{ ...given("a", expect.stringContaining("no result")), is_error: true }, text("hi")] },
      { role: "assistant", content: [text("so")] },
      SAID_HI,
      { content: [used("b")] },
      { content: [given("b")] },
    ]);
    expect(codes).toContain("tool_result_late");
  });

  test("8: of two results for one call the last one is sent", () => {
    const { body, codes } = chat([HI, calling(call("a")), result("a", "old"), result("a", "new")], TOOLS);
    expect(body.messages).toMatchObject([{}, {}, { content: [given("a", "new")] }]);
    expect(codes).toContain("tool_result_duplicate");
  });

  test("16: no arguments are an empty object", () => {
    const { body } = chat([HI, calling(call("a", "read", "")), result("a")], TOOLS);
    expect(body.messages).toMatchObject([{}, { content: [used("a", "read", {})] }, {}]);
  });

  test("17: arguments that were cut off are taken, and marked", () => {
    const { body, codes } = chat([HI, calling(call("a", "read", '{"a":')), result("a")], TOOLS);
    expect(body.messages).toMatchObject([{}, { content: [used("a", "read", { _raw_arguments: '{"a":' })] }, {}]);
    expect(codes).toEqual(["tool_arguments"]);
  });

  test.each([
    ["[1]", [1]],
    ['"x"', "x"],
  ])("18: arguments that are no object, %s, are wrapped into one", (given, value) => {
    const { body } = chat([HI, calling(call("a", "read", given)), result("a")], TOOLS);
    expect(body.messages).toMatchObject([{}, { content: [used("a", "read", { _value: value })] }, {}]);
  });

  test("31: ids that Anthropic would refuse are changed alike on call and result, and none becomes another's", () => {
    const ids = ["call.1|x", "call:1", "call.1"];
    const { body } = chat([HI, calling(...ids.map((id) => call(id))), ...ids.map((id) => result(id))], TOOLS);
    const [assistant, user] = listOf(body.messages)
      .slice(1)
      .map(({ content }) => listOf(content));
    expect(assistant?.map(({ id }) => id)).toEqual([
      "call_1_x_4e413e2e76fd",
      "call_1_0af6315558b4",
      "call_1_e8b7b7b3793f",
    ]);
    expect(user?.map((block) => block.tool_use_id)).toEqual(assistant?.map(({ id }) => id));
    expect(new Set(assistant?.map(({ id }) => id)).size).toBe(3);
  });

  test("35: an image in a tool's message is in the result", () => {
    const content = [text("see"), { type: "image_url", image_url: { url: `data:image/png;base64,${PNG}` } }];
    const { body } = chat([HI, calling(call("a")), result("a", content)], TOOLS);
    const image = { type: "image", source: { type: "base64", media_type: "image/png", data: PNG } };
    expect(body.messages).toMatchObject([{}, {}, { content: [given("a", [text("see"), image])] }]);
  });

  test("36: parts that were written into a string are parts again; any other string stays one", () => {
    const parts = JSON.stringify([{ type: "input_image", image_url: `data:image/png;base64,${PNG}` }]);
    const other = JSON.stringify([{ type: "file", name: "a" }]);
    const { body } = responses(
      [HI, functionCall("a"), functionCall("b"), callOutput("a", parts), callOutput("b", other)],
      { tools: [{ type: "function", name: "read", parameters: null, strict: false }] },
    );
    const image = { type: "image", source: { type: "base64", media_type: "image/png", data: PNG } };
    expect(body.messages).toMatchObject([{}, {}, { content: [given("a", [image]), given("b", other)] }]);
  });

  test("37: what the model says between a call and its result stands before the call", () => {
    const between = { type: "message", role: "assistant", content: [{ type: "output_text", text: "Looking." }] };
    const { body } = responses([HI, functionCall("a"), between, callOutput("a")], {
      tools: [{ type: "function", name: "read", parameters: null, strict: false }],
    });
    expect(body.messages).toEqual([
      SAID_HI,
      { role: "assistant", content: [text("Looking."), used("a")] },
      { role: "user", content: [given("a")] },
    ]);
  });
});

describe("the operator's words", () => {
  test("9: those between a call and its result come after the result", () => {
    const messages = [HI, calling(call("a")), { role: "system", content: "Be brief." }, result("a")];
    expect(chat(messages, TOOLS, { model: NEW_MODEL }).body.messages).toMatchObject([
      SAID_HI,
      { role: "assistant", content: [used("a")] },
      { role: "user", content: [given("a")] },
      { role: "system", content: [text("Be brief.")] },
    ]);
    expect(chat(messages, TOOLS).body.messages).toMatchObject([
      {},
      {},
      { content: [given("a"), text("<system-reminder>\nBe brief.\n</system-reminder>")] },
    ]);
  });

  test("10: those in mid-conversation are wrapped in their place for a model without system turns", () => {
    const { body, codes } = chat([
      HI,
      { role: "assistant", content: "hello" },
      { role: "developer", content: "Be brief." },
      HI,
    ]);
    expect(body.system).toBeUndefined();
    expect(body.messages).toEqual([
      SAID_HI,
      { role: "assistant", content: [text("hello")] },
      { role: "user", content: [text("<system-reminder>\nBe brief.\n</system-reminder>"), text("hi")] },
    ]);
    expect(codes).toEqual(["system_turn"]);
  });

  test("11: three messages at the head are three blocks", () => {
    const heads = ["a", "b", "c"].map((content) => ({ role: "system", content }));
    expect(chat([...heads, HI]).body.system).toEqual([text("a"), text("b"), text("c")]);
  });

  test("12: a request with system text only asks with the last of it", () => {
    const { body, codes } = chat([
      { role: "system", content: "a" },
      { role: "system", content: "b" },
    ]);
    expect(body.system).toEqual([text("a")]);
    expect(body.messages).toEqual([{ role: "user", content: [text("b")] }]);
    expect(codes).toEqual(["system_only"]);
    expect(chat([{ role: "system", content: "a" }]).body).not.toHaveProperty("system");
  });
});

describe("empty words", () => {
  test("13: empty content makes no empty block", () => {
    const { body } = chat(
      [HI, { ...calling(call("a")), content: "" }, result("a"), { role: "user", content: "" }],
      TOOLS,
    );
    expect(body.messages).toEqual([
      SAID_HI,
      { role: "assistant", content: [used("a")] },
      { role: "user", content: [given("a")] },
    ]);
    expect(chat([{ role: "user", content: "" }]).body.messages).toEqual([
      { role: "user", content: [text("(empty message)")] },
    ]);
  });

  test("14: a turn of white space is left out; white space beside words stays", () => {
    const { body } = chat([
      { role: "user", content: [text(" ")] },
      { role: "assistant", content: "hello" },
      { role: "user", content: [text(" "), text("x")] },
    ]);
    expect(body.messages).toEqual([
      { role: "user", content: [text("(conversation continues)")] },
      { role: "assistant", content: [text("hello")] },
      { role: "user", content: [text(" "), text("x")] },
    ]);
  });

  test("15: white space at the end of an assistant's last turn is cut", () => {
    const { body } = chat([HI, { role: "assistant", content: "The answer is \n" }]);
    expect(body.messages).toEqual([SAID_HI, { role: "assistant", content: [text("The answer is")] }]);
  });
});

describe("tools", () => {
  test("19: a tool without parameters takes an empty object", () => {
    expect(chat([HI], TOOLS).body.tools).toEqual([{ name: "read", input_schema: { type: "object", properties: {} } }]);
  });

  test("20: a union at the root becomes an object, and is said in the description", () => {
    const parameters = {
      anyOf: [
        { type: "object", properties: { a: { type: "string" }, c: { type: "string" } }, required: ["a", "c"] },
        { type: "object", properties: { b: { type: "number" }, c: { type: "string" } }, required: ["b", "c"] },
      ],
    };
    const { body, codes } = chat([HI], { tools: [fn("read", { description: "Reads.", parameters })] });
    expect(body.tools).toEqual([
      {
        name: "read",
        description: `Reads.\n\nArguments must match this JSON Schema: ${JSON.stringify(parameters)}`,
        input_schema: {
          type: "object",
          properties: { a: { type: "string" }, b: { type: "number" }, c: { type: "string" } },
          required: ["c"],
        },
      },
    ]);
    expect(codes).toEqual(["tool_schema"]);
  });

  test("21: a description of null is left out", () => {
    expect(chat([HI], { tools: [fn("read", { description: null })] }).body.tools).toEqual([
      { name: "read", input_schema: { type: "object", properties: {} } },
    ]);
  });

  test("22: none is said, and the tools stay", () => {
    const { body } = chat([HI], { ...TOOLS, tool_choice: "none", parallel_tool_calls: false });
    expect(body.tool_choice).toEqual({ type: "none" });
    expect(body.tools).toHaveLength(1);
  });

  test("23: one call at a time is said even where nothing is said of the choice", () => {
    expect(chat([HI], { ...TOOLS, parallel_tool_calls: false }).body.tool_choice).toEqual({
      type: "auto",
      disable_parallel_tool_use: true,
    });
    expect(chat([HI], { parallel_tool_calls: false }).body).not.toHaveProperty("tool_choice");
  });

  test("24: of allowed tools only those are declared", () => {
    const allowed = { mode: "required", tools: ["b", "d"].map((name) => fn(name)) };
    const { body, codes } = chat([HI], {
      tools: ["a", "b", "c", "d", "e"].map((name) => fn(name)),
      tool_choice: { type: "allowed_tools", allowed_tools: allowed },
    });
    expect(body.tools).toMatchObject([{ name: "b" }, { name: "d" }]);
    expect(body.tool_choice).toEqual({ type: "any" });
    expect(codes).toEqual(["tool_choice_allowed"]);
  });

  test("32: a name of 100 letters stays; one of 200 is shortened and comes back whole", () => {
    const [long, longer] = ["x".repeat(100), `mcp__${"y".repeat(195)}`];
    const { body, codes, context } = chat([HI], { tools: [fn(long), fn(longer)] });
    const [first, second] = listOf(body.tools);
    expect(first?.name).toBe(long);
    expect(second?.name).toMatch(/^mcp__y{114}_[0-9a-f]{8}$/);
    expect(codes).toEqual(["tool_name"]);
    expect(calledIn(answer([used("a", String(second?.name))]), context)).toMatchObject({ function: { name: longer } });
  });

  test("38: a tool of plain text is wrapped, and its call comes back as plain text", () => {
    const patch = {
      type: "custom",
      name: "apply_patch",
      description: "Patches files.",
      format: { type: "grammar", syntax: "lark", definition: "start: x" },
    };
    const { body, codes, context } = responses("hi", {
      tools: [patch],
      tool_choice: { type: "custom", name: "apply_patch" },
    });
    expect(body.tools).toEqual([
      {
        name: "apply_patch",
        description: "Patches files.\n\nThe input must match this lark grammar:\nstart: x",
        input_schema: {
          type: "object",
          properties: { input: { type: "string", description: "Raw input for the tool. Not JSON." } },
          required: ["input"],
          additionalProperties: false,
        },
      },
    ]);
    expect(body.tool_choice).toEqual({ type: "tool", name: "apply_patch" });
    expect(codes).toEqual(["tool_custom"]);
    const { body: translated } = translateResponse(
      answer([used("toolu_1", "apply_patch", { input: "*** Begin Patch" })]),
      context,
    );
    expect(translated.output).toMatchObject([
      { type: "custom_tool_call", call_id: "toolu_1", name: "apply_patch", input: "*** Begin Patch" },
    ]);
  });

  test("39: a tool of a name space goes by both names, and comes back with its name space", () => {
    const namespace = {
      type: "namespace",
      name: "crm",
      tools: [{ type: "function", name: "search", parameters: null }],
    };
    const { body, codes, context } = responses("hi", { tools: [namespace] });
    expect(body.tools).toMatchObject([{ name: "crm__search" }]);
    expect(codes).toEqual(["tool_namespace"]);
    const { body: translated } = translateResponse(answer([used("toolu_1", "crm__search")]), context);
    expect(translated.output).toMatchObject([{ type: "function_call", name: "search", namespace: "crm" }]);
  });

  test("40: tools that come as an item are added; of two with one name the top one is the tool", () => {
    const tool = (name: string, description: string): JsonObject => ({
      type: "function",
      name,
      description,
      parameters: null,
      strict: false,
    });
    const added = { type: "additional_tools", role: "developer", tools: [tool("a", "below"), tool("b", "below")] };
    const { body } = responses([added, HI], { tools: [tool("a", "top")] });
    expect(body.tools).toMatchObject([
      { name: "a", description: "top" },
      { name: "b", description: "below" },
    ]);
  });
});

describe("reasoning", () => {
  test("25: a forced tool goes before thinking", () => {
    const { body, codes } = chat([HI], { ...TOOLS, tool_choice: "required", reasoning_effort: "high" });
    expect(body.tool_choice).toEqual({ type: "any" });
    expect(body).not.toHaveProperty("thinking");
    expect(codes).toEqual(["thinking_off"]);
  });

  test("26: where the calls of this round have no thinking, a model with a budget does not think", () => {
    const history = [HI, calling(call("a")), result("a")];
    const off = chat(history, { ...TOOLS, reasoning_effort: "high" });
    expect(off.body).not.toHaveProperty("thinking");
    expect(off.codes).toContain("thinking_off");
    expect(chat([...history, HI], { ...TOOLS, reasoning_effort: "high" }).body.thinking).toEqual({
      type: "enabled",
      budget_tokens: 38_400,
    });
    expect(chat(history, { ...TOOLS, reasoning_effort: "high" }, { model: ADAPTIVE_MODEL }).body.thinking).toEqual({
      type: "adaptive",
    });
  });

  test("41: reasoning of another upstream is left out", () => {
    const foreign = { type: "reasoning", summary: [{ type: "summary_text", text: "Hm." }], encrypted_content: "gAAAA" };
    const said = { type: "message", role: "assistant", content: [{ type: "output_text", text: "hello" }] };
    const { body, codes } = responses([HI, foreign, said, HI]);
    expect(body.messages).toEqual([SAID_HI, { role: "assistant", content: [text("hello")] }, SAID_HI]);
    expect(codes).toEqual(["reasoning_unsealed"]);
  });

  test("42: reasoning alone before the user's words leaves no turn that Anthropic refuses", () => {
    const seal = packSeal({ origin: "anthropic-messages", kind: "signature", data: "EqQB" });
    const alone = { type: "reasoning", summary: [], encrypted_content: seal };
    expect(responses([HI, alone, HI]).body.messages).toEqual([{ role: "user", content: [text("hi"), text("hi")] }]);
    const said = { type: "message", role: "assistant", content: [{ type: "output_text", text: "hello" }] };
    expect(responses([HI, alone, said, HI]).body.messages).toMatchObject([
      SAID_HI,
      { role: "assistant", content: [{ type: "thinking", thinking: "", signature: "EqQB" }, text("hello")] },
      SAID_HI,
    ]);
  });

  test("43: a carrier without data is left out", () => {
    const empty = { type: "reasoning", summary: [], encrypted_content: "tgA1.e30" };
    const said = { type: "message", role: "assistant", content: [{ type: "output_text", text: "hello" }] };
    expect(responses([HI, empty, said, HI]).body.messages).toMatchObject([
      SAID_HI,
      { role: "assistant", content: [text("hello")] },
      SAID_HI,
    ]);
  });
});

describe("sampling", () => {
  test("27: a temperature above 1 is 1, and none at all for the newest models", () => {
    const clamped = chat([HI], { temperature: 1.7 });
    expect([clamped.body.temperature, clamped.codes]).toEqual([1, ["temperature_clamped"]]);
    const without = chat([HI], { temperature: 1.7 }, { model: "claude-opus-4-7" });
    expect(without.body).not.toHaveProperty("temperature");
    expect(without.codes).toEqual(["temperature"]);
  });

  test("28: of temperature and top_p the temperature is sent", () => {
    const { body, codes } = chat([HI], { temperature: 0.5, top_p: 0.9 });
    expect([body.temperature, body.top_p, codes]).toEqual([0.5, undefined, ["top_p"]]);
  });

  test("29: blank stop sequences are left out", () => {
    const { body, codes } = chat([HI], { stop: ["\n", "END"] });
    expect([body.stop_sequences, codes]).toEqual([["END"], ["stop_empty"]]);
    expect(chat([HI], { stop: ["\n"] }).body).not.toHaveProperty("stop_sequences");
  });

  test("30: a user that is a mail address is sent as a hash", () => {
    const { body, codes } = chat([HI], { user: "a@b.c" });
    expect(body.metadata).toEqual({ user_id: expect.stringMatching(/^u_[0-9a-f]{32}$/) });
    expect(codes).toEqual(["user_hashed"]);
    expect(chat([HI], { user: "user-1" }).body.metadata).toEqual({ user_id: "user-1" });
  });
});

describe("media", () => {
  const image = (url: string): JsonObject => ({ role: "user", content: [{ type: "image_url", image_url: { url } }] });

  test("33: a JPEG by its other name is one, and a PDF in the place of an image is a document", () => {
    const source = { type: "base64", media_type: "image/jpeg", data: "AAAA" };
    expect(chat([image("data:image/jpg;base64,AAAA")]).body.messages).toEqual([
      { role: "user", content: [{ type: "image", source }] },
    ]);
    expect(chat([image(`data:application/pdf;base64,${PDF}`)]).body.messages).toMatchObject([
      { content: [{ type: "document", source: { type: "base64", media_type: "application/pdf", data: PDF } }] },
    ]);
  });

  test("34: a file in bare base64 and in a URL are the same document", () => {
    const file = (data: string): JsonObject => ({
      role: "user",
      content: [{ type: "file", file: { filename: "a.pdf", file_data: data } }],
    });
    const bare = chat([file(PDF)]).body.messages;
    expect(bare).toEqual([
      {
        role: "user",
        content: [
          {
            type: "document",
            source: { type: "base64", media_type: "application/pdf", data: PDF },
            title: "a.pdf",
          },
        ],
      },
    ]);
    expect(chat([file(`data:application/pdf;base64,${PDF}`)]).body.messages).toEqual(bare);
  });
});

describe("the form of the answer", () => {
  const schema = {
    type: "object",
    properties: { age: { type: "integer", minimum: 0 }, name: { type: "string", pattern: "^a" } },
    required: ["age"],
  };
  const format = { type: "json_schema", json_schema: { name: "person", schema, strict: true } };

  test("47: a schema is put into the form that Anthropic can hold a model to", () => {
    const { body, codes } = chat([HI], { response_format: format });
    expect(body.output_config).toEqual({
      format: {
        type: "json_schema",
        schema: {
          type: "object",
          properties: {
            age: { type: "integer", description: "minimum: 0" },
            name: { type: "string", description: 'pattern: "^a"' },
          },
          required: ["age"],
          additionalProperties: false,
        },
      },
    });
    expect(codes).toEqual(["format_schema"]);
  });

  test("48: a model without schemas is made to call a tool, whose arguments are the text", () => {
    const { body, context } = chat([HI], { response_format: format }, { model: "claude-3-5-haiku-latest" });
    expect(body.tools).toMatchObject([{ name: "respond_json" }]);
    expect(body.tool_choice).toEqual({ type: "tool", name: "respond_json", disable_parallel_tool_use: true });
    const { body: translated } = translateResponse(answer([used("toolu_1", "respond_json", { age: 7 })]), context);
    expect(translated.choices).toMatchObject([{ message: { content: '{"age":7}' }, finish_reason: "stop" }]);
  });
});

test("44: an earlier response that nobody keeps is refused", () => {
  expect(refusal(() => responses("hi", { previous_response_id: "resp_1" }))).toMatchObject({
    kind: "bad_request",
    param: "previous_response_id",
    code: "unsupported_parameter",
  });
});

test("50: the same history is the same text every time", () => {
  const messages = [HI, calling(call("a.1"), { ...call(""), id: undefined }), result("a.1"), result("b"), HI];
  const texts = [1, 2].map(() => translate("openai-chat", { messages, ...TOOLS }).text);
  expect(texts[0]).toBe(texts[1]);
});

/** An answer of Anthropic's with those blocks. */
function answer(content: readonly JsonObject[]): JsonObject {
  return {
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: "m",
    content,
    stop_reason: "tool_use",
    stop_sequence: null,
    usage: { input_tokens: 1, output_tokens: 1 },
  };
}

/** The first call in what a Chat client gets for an answer. */
function calledIn(body: JsonObject, context: Parameters<typeof translateResponse>[1]): unknown {
  const [choice] = listOf(translateResponse(body, context).body.choices);
  return listOf(objectOf(choice?.message).tool_calls)[0];
}

test("every hard case of requests to Anthropic is shown here or is the gateway's", () => {
  const source = readFileSync(new URL(import.meta.url), "utf8");
  const shown = [...source.matchAll(/"(\d+): /g)].map(([, number]) => Number(number));
  const all = [...new Set([...shown, ...Object.keys(GATEWAY).map(Number)])].toSorted((a, b) => a - b);
  expect(all).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
});
