import { describe, expect, test } from "vitest";

import type { Capability } from "../../capability/capability.ts";
import { resolveCapability } from "../../capability/resolve.ts";
import type { RequestScope } from "../../context.ts";
import type { JsonObject } from "../../json.ts";
import { LossLog } from "../../loss.ts";
import { pairToolResults } from "../../neutral/normalise.ts";
import type { Part, ReasoningPart } from "../../neutral/part.ts";
import type { NeutralRequest, Tool, Turn } from "../../neutral/request.ts";
import { ToolNames } from "../../tools/names.ts";
import { encodeCountRequest, encodeRequest } from "./request.ts";

const text = (words: string, cache?: { ttl?: string }): Part & { type: "text" } =>
  cache === undefined ? { type: "text", text: words } : { type: "text", text: words, cache };
const user = (...parts: readonly Part[]): Turn => ({ role: "user", parts });
const assistant = (...parts: readonly Part[]): Turn => ({ role: "assistant", parts });
const HI = user(text("hi"));
const READ: Tool = { type: "function", name: "read" };
const call = (id: string): Part => ({ type: "tool_call", id, name: "read", arguments: "{}", kind: "function" });
const result = (callId: string): Part => ({ type: "tool_result", callId, kind: "function", parts: [text("ok")] });
const SEARCH: Tool = { type: "hosted", kind: "web_search", name: "web_search" };

interface Encoded {
  readonly body: JsonObject;
  readonly codes: readonly string[];
}

function scopeOf(request: NeutralRequest, model: string, more: Partial<Capability>): RequestScope {
  const capability = resolveCapability({ dialect: "anthropic-messages", model }, { autoCache: false, ...more });
  const losses = new LossLog("openai-responses", "anthropic-messages");
  return { capability, losses, toolNames: new ToolNames(request, capability.toolNameMaxLength) };
}

function encode(given: Partial<NeutralRequest>, model = "claude-sonnet-4-5", more: Partial<Capability> = {}): Encoded {
  const request = { model, system: [], turns: [HI], tools: [], stream: false, ...given };
  const scope = scopeOf(request, model, more);
  const turns = pairToolResults(request.turns, scope.losses);
  const body = encodeRequest({ ...request, turns }, scope);
  return { body, codes: scope.losses.list.map(({ code }) => code) };
}

describe("limits and account", () => {
  test("a limit is lowered to the model's, and 0 never asks for nothing", () => {
    expect(encode({ maxOutputTokens: 200_000 })).toMatchObject({
      body: { max_tokens: 64_000 },
      codes: ["max_tokens_clamped"],
    });
    expect(encode({ maxOutputTokens: 0 }).body.max_tokens).toBe(1);
  });

  test.each([
    ["auto", undefined, []],
    ["default", "standard_only", []],
    ["priority", "auto", []],
    ["flex", undefined, ["tier"]],
  ])("tier %s", (tier, wire, codes) => {
    const encoded = encode({ tier });
    expect([encoded.body.service_tier, encoded.codes]).toEqual([wire, codes]);
  });

  test.each([
    ["user-1", "user-1"],
    ["+49 (731) 12-34", "u_"],
    ["someone@example.org", "u_"],
    ["x".repeat(300), "u_"],
    ['{"device_id":"a"}', '{"device_id":"a"}'],
  ])("user %s", (given, wire) => {
    const { body, codes } = encode({ user: given });
    expect(JSON.stringify(body.metadata)).toContain(JSON.stringify(wire).slice(1, -1));
    expect(codes).toEqual(wire === "u_" ? ["user_hashed"] : []);
  });

  test("metadata has no place but for a user in it", () => {
    expect(encode({ metadata: { user_id: "u", a: "b" } })).toMatchObject({
      body: { metadata: { user_id: "u" } },
      codes: ["metadata"],
    });
    expect(encode({ user: "u" }, "x", { userField: "none" })).toMatchObject({ codes: ["user"] });
  });

  test("what has no words is noted where it says anything", () => {
    const said = { verbosity: "low", maxToolCalls: 1, topLogprobs: 0, cache: { key: "k" } };
    expect(encode(said).codes).toEqual(["logprobs", "verbosity", "max_tool_calls", "cache_key"]);
    expect(encode({ frequencyPenalty: 0, presencePenalty: 0 }).codes).toEqual([]);
  });
});

describe("sampling", () => {
  test("is as the client wants it where the model takes all", () => {
    const { body } = encode({ temperature: 0.2, topP: 0.3, topK: 4 }, "some-model");
    expect([body.temperature, body.top_p, body.top_k]).toEqual([0.2, 0.3, 4]);
  });

  test("is left out while the model thinks", () => {
    const { body, codes } = encode({ temperature: 0.2, topP: 0.3, reasoning: { effort: "low" } }, "claude-opus-4-6");
    expect([body.temperature, body.top_p, codes]).toEqual([undefined, undefined, ["temperature", "top_p"]]);
    expect(encode({ temperature: 1, topP: 1 }, "claude-opus-5-5").codes).toEqual([]);
  });
});

describe("thinking", () => {
  const thinking = (reasoning: NeutralRequest["reasoning"], model: string, more: Partial<NeutralRequest> = {}) => {
    const { body, codes } = encode({ ...(reasoning && { reasoning }), maxOutputTokens: 8000, ...more }, model);
    return [body.thinking, body.output_config, codes];
  };
  const display = { display: "summarized" };

  test.each([
    [undefined, undefined, undefined, []],
    [{ show: true }, undefined, undefined, []],
    [{ effort: "none" }, { type: "disabled" }, undefined, []],
    [{ effort: "minimal" }, { type: "adaptive" }, { effort: "low" }, ["effort_adapted"]],
    [{ effort: "high", show: true }, { type: "adaptive", ...display }, { effort: "high" }, []],
    [{ effort: "xhigh" }, { type: "adaptive" }, { effort: "high" }, ["effort_adapted"]],
    [{ effort: "max" }, { type: "adaptive" }, { effort: "max" }, []],
    [{ mode: "adaptive" }, { type: "adaptive" }, undefined, []],
    [{ mode: "enabled", budgetTokens: 20_000 }, { type: "adaptive" }, { effort: "high" }, []],
  ] as const)("%j where the model decides", (reasoning, config, output, codes) => {
    expect(thinking(reasoning, "claude-opus-4-6")).toEqual([config, output, codes]);
  });

  test.each([
    [{ effort: "none" }, undefined, []],
    [{ effort: "minimal" }, { type: "enabled", budget_tokens: 1024 }, ["thinking_budget"]],
    [{ effort: "low" }, { type: "enabled", budget_tokens: 1024 }, ["thinking_budget"]],
    [{ effort: "medium" }, { type: "enabled", budget_tokens: 2400 }, ["thinking_budget"]],
    [{ effort: "high" }, { type: "enabled", budget_tokens: 4800 }, ["thinking_budget"]],
    [{ effort: "max" }, { type: "enabled", budget_tokens: 7200 }, ["thinking_budget"]],
    [{ mode: "enabled", budgetTokens: 2000 }, { type: "enabled", budget_tokens: 2000 }, []],
    [{ mode: "enabled", budgetTokens: 20_000 }, { type: "enabled", budget_tokens: 7999 }, ["thinking_budget"]],
  ] as const)("%j within a budget", (reasoning, config, codes) => {
    expect(thinking(reasoning, "claude-sonnet-4-5")).toEqual([config, undefined, codes]);
  });

  test("of a model that cannot be told not to is little", () => {
    expect(thinking({ effort: "none" }, "claude-fable-5")).toEqual([undefined, { effort: "low" }, ["effort_adapted"]]);
  });

  test("is none where the model does not think, or there are too few tokens", () => {
    expect(thinking({ effort: "high" }, "claude-3-5-haiku-latest")).toEqual([undefined, undefined, ["effort"]]);
    const few = encode({ reasoning: { effort: "high" }, maxOutputTokens: 1000 });
    expect([few.body.thinking, few.codes]).toEqual([undefined, ["thinking_off"]]);
  });

  test("goes after a forced tool; the effort stays", () => {
    const forced = { tools: [READ], toolChoice: { type: "required" } } as const;
    expect(thinking({ effort: "high" }, "claude-opus-4-6", forced)).toEqual([
      undefined,
      { effort: "high" },
      ["thinking_off"],
    ]);
  });

  test("goes on in a round of calls that began with it", () => {
    const seal: ReasoningPart["seal"] = { origin: "anthropic-messages", kind: "signature", data: "EqQB" };
    const turns = [HI, assistant({ type: "reasoning", texts: ["Hm."], seal }, call("a")), user(result("a"))];
    expect(thinking({ effort: "high" }, "claude-sonnet-4-5", { turns, tools: [READ] })[0]).toMatchObject({
      type: "enabled",
    });
  });
});

describe("the conversation", () => {
  const messages = (turns: readonly Turn[], model?: string, more: Partial<NeutralRequest> = {}) =>
    encode({ turns, tools: [READ], ...more }, model).body.messages;

  test("one that ends with the assistant goes on from there only where the model can", () => {
    const turns = [HI, assistant(text("The answer is "))];
    expect(messages(turns)).toMatchObject([{}, { content: [{ text: "The answer is" }] }]);
    const asked = [{}, {}, { role: "user", content: [{ type: "text", text: "Continue." }] }];
    expect(messages(turns, "claude-opus-4-6")).toMatchObject(asked);
    expect(messages(turns, undefined, { reasoning: { effort: "high" } })).toMatchObject(asked);
    expect(messages(turns, undefined, { format: { type: "json_schema", schema: {} } })).toMatchObject(asked);
  });

  test("calls at its end get results before the model is asked to go on", () => {
    const { body, codes } = encode({ turns: [HI, assistant(call("a"), call("b"))], tools: [READ] });
    expect(body.messages).toMatchObject([
      {},
      {},
      {
        content: [
          { type: "tool_result", tool_use_id: "a", is_error: true },
          { type: "tool_result", tool_use_id: "b", is_error: true },
          { type: "text", text: "Continue." },
        ],
      },
    ]);
    expect(codes).toEqual(["prefill", "tool_result_missing"]);
  });

  test("an id that comes again in a later round is changed on call and result", () => {
    const round = [assistant(call("a")), user(result("a"))];
    expect(messages([HI, ...round, ...round])).toMatchObject([
      {},
      { content: [{ id: "a" }] },
      { content: [{ tool_use_id: "a" }] },
      { content: [{ id: "a_r2" }] },
      { content: [{ tool_use_id: "a_r2" }] },
    ]);
  });

  test("turns of one speaker are one message, and empty ones are gone", () => {
    const { body, codes } = encode({
      turns: [HI, assistant(text("")), HI, assistant(text("a")), assistant(text("b")), HI],
    });
    expect(body.messages).toMatchObject([
      { role: "user", content: [{ text: "hi" }, { text: "hi" }] },
      { role: "assistant", content: [{ text: "a" }, { text: "b" }] },
      { role: "user" },
    ]);
    expect(codes).toEqual(["empty_turn"]);
  });

  test("the operator's turns are native where they may stand, else the user's", () => {
    const system = (words: string): Turn => ({ role: "system", parts: [text(words)] });
    const turns = [system("0"), HI, system("1"), system("2"), assistant(text("a")), HI, system("3"), HI, system("4")];
    expect(messages(turns, "claude-opus-5-5")).toEqual([
      {
        role: "user",
        content: [text("<system-reminder>\n0\n</system-reminder>"), text("hi")],
      },
      { role: "system", content: [text("1"), text("2")] },
      { role: "assistant", content: [text("a")] },
      {
        role: "user",
        content: [text("hi"), text("<system-reminder>\n3\n</system-reminder>"), text("hi")],
      },
      { role: "system", content: [text("4")] },
    ]);
  });

  test("the operator can only write text", () => {
    const image: Part = { type: "media", kind: "image", source: { type: "url", url: "https://a/b.png" } };
    expect(encode({ turns: [HI, { role: "system", parts: [image] }] })).toMatchObject({ codes: ["system_media"] });
  });

  test("thinking at the end of a turn is gone, as one leaves it that broke off", () => {
    const seal = { origin: "anthropic-messages", kind: "signature", data: "EqQB" } as const;
    const thought: Part = { type: "reasoning", texts: ["Hm."], seal };
    expect(messages([HI, assistant(thought, text("a"), thought, text(" ")), HI])).toMatchObject([
      {},
      { content: [{ type: "thinking", thinking: "Hm.", signature: "EqQB" }, { text: "a" }] },
      {},
    ]);
  });

  test("names are said where several people speak", () => {
    const named = (name: string): Turn => ({ ...HI, name });
    expect(messages([named("Ann"), named("Bo")])).toMatchObject([
      { content: [{ text: "Ann: hi" }, { text: "Bo: hi" }] },
    ]);
  });

  test("plain text calls, refusals, and what another upstream ran", () => {
    const custom: Part = { type: "tool_call", id: "a", name: "patch", arguments: "*** x", kind: "custom" };
    const search: Part = { type: "web_search", id: "ws_1", origin: "openai-responses" };
    const { body, codes } = encode({
      turns: [HI, assistant({ type: "refusal", text: "No." }, search, custom), user(result("a"))],
      tools: [{ type: "custom", name: "patch" }],
    });
    expect(body.messages).toMatchObject([
      {},
      { content: [text("No."), { type: "tool_use", name: "patch", input: { input: "*** x" } }] },
      {},
    ]);
    expect(codes).toEqual(["tool_custom", "hosted_history"]);
  });

  test("a past that another upstream has compacted is refused", () => {
    const past: Part = { type: "opaque", origin: "openai-responses", name: "compaction", raw: {} };
    expect(() => encode({ turns: [user(past)] })).toThrow(/compacted/);
  });
});

describe("media", () => {
  const block = (part: Part) => {
    const { messages } = encode({ turns: [user(part)] }).body;
    return Object(messages)[0].content[0];
  };
  const document = (source: Extract<Part, { type: "media" }>["source"]): Part => ({
    type: "media",
    kind: "document",
    source,
    name: "Paper",
    context: "From 1905.",
    citable: true,
  });

  test("text in whatever form is a document of text", () => {
    const wanted = {
      type: "document",
      source: { type: "text", media_type: "text/plain", data: "words" },
      title: "Paper",
      context: "From 1905.",
      citations: { enabled: true },
    };
    expect(block(document({ type: "text", text: "words" }))).toEqual(wanted);
    expect(block(document({ type: "base64", mime: "text/markdown", data: "d29yZHM=" }))).toEqual(wanted);
  });

  test("addresses and files of Anthropic's", () => {
    expect(block(document({ type: "url", url: "https://a/b.pdf" })).source).toEqual({
      type: "url",
      url: "https://a/b.pdf",
    });
    const file = { type: "file", id: "file_1", origin: "anthropic-messages" } as const;
    expect(block({ type: "media", kind: "image", source: file })).toEqual({
      type: "image",
      source: { type: "file", file_id: "file_1" },
    });
  });

  test.each<[string, Part, RegExp]>([
    ["a file of OpenAI's", document({ type: "file", id: "file-1", origin: "openai-chat" }), /kept by another upstream/],
    ["a sound", { type: "media", kind: "audio", source: { type: "base64", mime: "audio/wav", data: "x" } }, /no sound/],
    ["a table", document({ type: "base64", mime: "application/vnd.ms-excel", data: "x" }), /no such medium/],
    [
      "a drawing",
      { type: "media", kind: "image", source: { type: "base64", mime: "image/svg+xml", data: "x" } },
      /no such medium/,
    ],
  ])("%s is refused", (_, part, reason) => {
    expect(() => block(part)).toThrow(reason);
  });
});

describe("tools", () => {
  test("a strict one is closed, unless the model knows none", () => {
    const tools: readonly Tool[] = [
      { ...READ, strict: true, parameters: { type: "object", properties: { a: { type: "string", minLength: 1 } } } },
    ];
    expect(encode({ tools })).toMatchObject({
      body: {
        tools: [
          {
            strict: true,
            input_schema: {
              properties: { a: { type: "string", description: "minLength: 1" } },
              additionalProperties: false,
            },
          },
        ],
      },
      codes: ["tool_schema"],
    });
    const without = encode({ tools }, "claude-3-5-haiku-latest");
    expect(without.codes).toEqual(["tool_strict"]);
    expect(JSON.stringify(without.body.tools)).not.toContain("strict");
  });

  test("a search of the web is Anthropic's, unless the client has its own or the host wants none", () => {
    const search: Tool = { ...SEARCH, allowedDomains: ["a.org"], blockedDomains: ["b.org"], maxUses: 2 };
    const sent = encode({ tools: [search], toolChoice: { type: "tool", name: "web_search" } });
    expect(sent.body.tools).toEqual([
      { type: "web_search_20250305", name: "web_search", max_uses: 2, allowed_domains: ["a.org"] },
    ]);
    expect(sent.body.tool_choice).toEqual({ type: "tool", name: "web_search" });
    expect(sent.codes).toEqual(["tool_hosted_options"]);
    const own = encode({ tools: [search, { ...READ, name: "web_search" }] });
    expect([own.body.tools, own.codes]).toMatchObject([[{ name: "web_search", input_schema: {} }], ["tool_hosted"]]);
    expect(encode({ tools: [search] }, undefined, { hostedTools: [] })).toMatchObject({ codes: ["tool_hosted"] });
  });

  test.each([
    [{ type: "tool", name: "gone" }, [READ], /not declared/],
    [
      { type: "tool", name: "image_generation" },
      [{ type: "hosted", kind: "other", name: "image_generation" }],
      /not there/,
    ],
    [{ type: "required" }, [{ type: "hosted", kind: "other", name: "image_generation" }], /not there/],
  ] as const)("%j without that tool is refused", (toolChoice, tools, reason) => {
    expect(() => encode({ toolChoice, tools: [...tools] })).toThrow(reason);
  });

  test("a history that calls tools declares them, and none may be called", () => {
    const { body, codes } = encode({ turns: [HI, assistant(call("a")), user(result("a"), text("Summarise."))] });
    expect(body.tools).toEqual([{ name: "read", input_schema: { type: "object", properties: {} } }]);
    expect(body.tool_choice).toEqual({ type: "none" });
    expect(codes).toEqual(["tools_of_history"]);
  });

  test("where no allowed tool is there all stay", () => {
    const { body } = encode({ tools: [READ], toolChoice: { type: "allowed", names: ["gone"], required: false } });
    expect([body.tools, body.tool_choice]).toMatchObject([[{ name: "read" }], { type: "auto" }]);
  });

  test("of two with one name the first is the tool", () => {
    const { body } = encode({
      tools: [
        { ...READ, description: "1" },
        { ...READ, description: "2" },
      ],
    });
    expect(body.tools).toMatchObject([{ description: "1" }]);
  });
});

describe("the prompt cache", () => {
  const marked = { cache_control: { type: "ephemeral" } };

  test("the whole prompt is marked when the client marks nothing", () => {
    expect(encode({}, undefined, { autoCache: true }).body).toMatchObject(marked);
    expect(encode({ turns: [user(text("hi", {}))] }, undefined, { autoCache: true }).body).not.toHaveProperty(
      "cache_control",
    );
    expect(encode({ cache: { auto: { ttl: "1h" } } }).body.cache_control).toEqual({ type: "ephemeral", ttl: "1h" });
  });

  test("marks stand where the client set them, with Anthropic's lifetimes", () => {
    const { body } = encode({
      system: [text("a", { ttl: "30m" })],
      tools: [{ ...READ, cache: { ttl: "12h" } }],
      turns: [user(text("b", { ttl: "5m" }), text(" ", {}))],
    });
    expect(body.system).toMatchObject([{ cache_control: { ttl: "1h" } }]);
    expect(body.tools).toMatchObject([{ cache_control: { ttl: "1h" } }]);
    expect(body.messages).toEqual([
      { role: "user", content: [{ ...text("b"), cache_control: { type: "ephemeral", ttl: "5m" } }, text(" ")] },
    ]);
  });

  test("an hour's mark after a shorter one is as short", () => {
    const { body } = encode({ system: [text("a", {})], turns: [user(text("b", { ttl: "1h" }))] });
    expect(body.messages).toMatchObject([{ content: [marked] }]);
    expect(JSON.stringify(body)).not.toContain("1h");
  });

  test("of too many the last one at the head and the last three of the conversation stay", () => {
    const { body, codes } = encode({
      system: [text("a", {}), text("b", {})],
      turns: [user(...["1", "2", "3", "4"].map((words) => text(words, {})))],
    });
    expect(body.system).toEqual([text("a"), { ...text("b"), ...marked }]);
    expect(body.messages).toEqual([
      { role: "user", content: [text("1"), ...["2", "3", "4"].map((words) => ({ ...text(words), ...marked }))] },
    ]);
    expect(codes).toEqual(["cache_marks_count"]);
  });
});

test("an object without a schema is asked for in words", () => {
  expect(encode({ format: { type: "json_object" } })).toMatchObject({
    body: { system: [{ text: "Reply with one JSON object and nothing else." }] },
    codes: ["format_object"],
  });
});

test("a question for tokens has only the fields that it may have", () => {
  const request: NeutralRequest = {
    model: "claude-opus-4-6",
    system: [text("a")],
    turns: [HI],
    tools: [READ],
    toolChoice: { type: "auto" },
    reasoning: { effort: "high" },
    maxOutputTokens: 9,
    stop: ["x"],
    user: "u",
    stream: true,
  };
  expect(encodeCountRequest(request, scopeOf(request, request.model, {}))).toEqual({
    model: "claude-opus-4-6",
    system: [text("a")],
    messages: [{ role: "user", content: [text("hi")] }],
    tools: [{ name: "read", input_schema: { type: "object", properties: {} } }],
    tool_choice: { type: "auto" },
    thinking: { type: "adaptive" },
    output_config: { effort: "high" },
  });
});
