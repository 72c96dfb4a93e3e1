import { readFileSync } from "node:fs";

import { describe, expect, test } from "vitest";

import { encodeError, estimateTokens, translateCountRequest, translateRequest } from "../index.ts";
import type { TranslateOptions, TranslatedRequest } from "../index.ts";
import type { JsonObject } from "../json.ts";
import { packSeal } from "../reasoning/carrier.ts";
import { CREATED_AT } from "../testing/exchange.ts";
import { listOf } from "../testing/laws/complaints.ts";
import { TranslationError } from "../translation-error.ts";

/*
 * Hard cases 51 to 70 of the specification: requests of clients of Anthropic Messages for upstreams of both of OpenAI's APIs.
 */

/** What belongs to the gateway, whose own tests show it. */
const ELSEWHERE: ReadonlyMap<number, string> = new Map([[69, "whether an account rests is for the gateway's pool"]]);

const options = (to: TranslateOptions["to"], further: Partial<TranslateOptions> = {}): TranslateOptions => ({
  from: "anthropic-messages",
  to,
  model: to === "openai-chat" ? "gpt-4.1" : "gpt-5.5",
  answerId: "answer0001",
  createdAt: CREATED_AT,
  ...further,
});

const ask = (body: JsonObject): JsonObject => ({
  model: "claude-opus-5-5",
  max_tokens: 1024,
  messages: [{ role: "user", content: "hi" }],
  ...body,
});

const chat = (body: JsonObject, further?: Partial<TranslateOptions>): TranslatedRequest =>
  translateRequest(ask(body), options("openai-chat", further));
const responses = (body: JsonObject, further?: Partial<TranslateOptions>): TranslatedRequest =>
  translateRequest(ask(body), options("openai-responses", further));
const lost = ({ losses }: TranslatedRequest): readonly string[] => losses.map(({ code }) => code);

const IMAGE = { type: "image", source: { type: "base64", media_type: "image/png", data: "iVBORw0KGgo=" } };
const CALLS = {
  role: "assistant",
  content: [
    { type: "tool_use", id: "toolu_a", name: "look", input: {} },
    { type: "tool_use", id: "toolu_b", name: "look", input: { at: 1 } },
  ],
};
const TOOLS = [{ name: "look", input_schema: { type: "object", properties: { at: { type: "integer" } } } }];

function afterCalls(...content: readonly object[]): JsonObject {
  return { tools: TOOLS, messages: [{ role: "user", content: "hi" }, CALLS, { role: "user", content }] };
}

const result = (id: string, rest: object): object => ({ type: "tool_result", tool_use_id: id, ...rest });

describe("results of tools", () => {
  test("51: a result and text in one turn are a tool message, then a user message", () => {
    const { body } = chat(
      afterCalls(
        { type: "text", text: "go on" },
        result("toolu_b", { content: "B" }),
        result("toolu_a", { content: "A" }),
      ),
    );
    expect(body.messages).toMatchObject([
      { role: "user" },
      { role: "assistant", content: null, tool_calls: [{ id: "toolu_a" }, { id: "toolu_b" }] },
      { role: "tool", tool_call_id: "toolu_a", content: "A" },
      { role: "tool", tool_call_id: "toolu_b", content: "B" },
      { role: "user", content: "go on" },
    ]);
  });

  test("52: an image in a result comes in a user message after all tool messages", () => {
    const given = afterCalls(result("toolu_a", { content: [IMAGE] }), result("toolu_b", { content: "B" }));
    const { body } = chat(given);
    expect(body.messages).toMatchObject([
      {},
      {},
      { role: "tool", tool_call_id: "toolu_a" },
      { role: "tool", tool_call_id: "toolu_b", content: "B" },
      {
        role: "user",
        content: [{ type: "text" }, { type: "image_url", image_url: { url: "data:image/png;base64,iVBORw0KGgo=" } }],
      },
    ]);
    expect(responses(given).body.input).toContainEqual({
      type: "function_call_output",
      call_id: "toolu_a",
      output: [{ type: "input_image", detail: "auto", image_url: "data:image/png;base64,iVBORw0KGgo=" }],
    });
  });

  test("53: an error without words says that it is one", () => {
    const given = afterCalls(
      result("toolu_a", { is_error: true }),
      result("toolu_b", { is_error: true, content: "no such file" }),
    );
    expect(chat(given).body.messages).toMatchObject([{}, {}, { content: "Error" }, { content: "Error: no such file" }]);
    expect(responses(given).body.input).toMatchObject([
      {},
      {},
      {},
      { output: "Error" },
      { output: "Error: no such file" },
    ]);
  });
});

describe("what is Claude's own", () => {
  test("54: the attribution block is left out", () => {
    const system = [
      { type: "text", text: "x-anthropic-billing-header: cc_version=2.1; cc_entrypoint=cli;" },
      { type: "text", text: "You help." },
    ];
    expect(JSON.stringify(chat({ system }).body)).not.toContain("billing");
    expect(responses({ system }).body.instructions).toBe("You help.");
  });

  test("55: thinking goes to upstreams that want it on calls, and to no other", () => {
    const given = {
      tools: TOOLS,
      messages: [
        { role: "user", content: "hi" },
        { role: "assistant", content: [{ type: "thinking", thinking: "hm", signature: "" }, ...CALLS.content] },
        { role: "user", content: [result("toolu_a", { content: "A" }), result("toolu_b", { content: "B" })] },
      ],
    };
    const echoed = chat(given, { model: "deepseek-reasoner", upstream: "deepseek" }).body.messages;
    expect(echoed).toMatchObject([{}, { role: "assistant", reasoning_content: "hm" }, {}, {}]);
    expect(JSON.stringify(chat(given).body)).not.toContain("hm");
  });

  test("56: a server tool alone leaves no tools behind, and cannot be forced", () => {
    const tools = [{ type: "web_search_20250305", name: "web_search" }];
    const translated = chat({ tools });
    expect(translated.body).not.toHaveProperty("tools");
    expect(translated.body).not.toHaveProperty("tool_choice");
    expect(lost(translated)).toContain("tool_hosted");
    expect(() => chat({ tools, tool_choice: { type: "tool", name: "web_search" } })).toThrow(TranslationError);
    expect(() => chat({ tools, tool_choice: { type: "any" } })).toThrow(TranslationError);
  });
});

describe("limits", () => {
  test("57: one token is asked for as sixteen", () => {
    const translated = responses({ max_tokens: 1 });
    expect(translated.body.max_output_tokens).toBe(16);
    expect(lost(translated)).toContain("max_tokens_raised");
  });

  test("58: more than the model takes is lowered", () => {
    const translated = chat({ max_tokens: 64_000 }, { capability: { maxOutputTokens: 8192 } });
    expect(translated.body.max_completion_tokens).toBe(8192);
    expect(lost(translated)).toContain("max_tokens_clamped");
  });

  test("59: a tool without strict is said not to be strict", () => {
    expect(responses({ tools: TOOLS }).body.tools).toMatchObject([{ type: "function", name: "look", strict: false }]);
  });

  test("60: a long user id is hashed, the same each time", () => {
    const metadata = { user_id: JSON.stringify({ device_id: "d".repeat(64), session_id: "s".repeat(36) }) };
    const { safety_identifier: first } = responses({ metadata }).body;
    expect(first).toMatch(/^u_[0-9a-f]{32}$/);
    expect(chat({ metadata }).body.safety_identifier).toBe(first);
  });

  test("61: six stop sequences are four in Chat and none in Responses", () => {
    const stop_sequences = ["a", "b", "c", "d", "e", "f"];
    const translated = chat({ stop_sequences });
    expect(translated.body.stop).toEqual(["a", "b", "c", "d"]);
    expect(lost(translated)).toContain("stop_count");
    expect(responses({ stop_sequences }).body).not.toHaveProperty("stop");
    expect(lost(responses({ stop_sequences }))).toContain("stop_count");
  });
});

describe("thinking", () => {
  test("62: adaptive thinking is nothing to a model that does not think", () => {
    const { body } = chat({ thinking: { type: "adaptive" } });
    expect(Object.keys(body)).toEqual(["model", "messages", "max_completion_tokens"]);
  });

  test("63: disabled wins over an effort", () => {
    const given = { thinking: { type: "disabled" }, output_config: { effort: "high" } };
    expect(responses(given).body.reasoning).toEqual({ effort: "none" });
  });

  test("64: an effort that is too high is the highest there is", () => {
    const given = { thinking: { type: "adaptive" }, output_config: { effort: "max" } };
    const translated = responses(given, { capability: { efforts: ["low", "medium", "high"] } });
    expect(translated.body.reasoning).toMatchObject({ effort: "high" });
    expect(lost(translated)).toContain("effort_adapted");
  });

  test("65: a system message stays in its place", () => {
    const messages = [
      { role: "user", content: "one" },
      { role: "system", content: "be brief" },
      { role: "assistant", content: "two" },
      { role: "user", content: "three" },
    ];
    expect(chat({ messages }).body.messages).toMatchObject([
      { role: "user" },
      { role: "system", content: "be brief" },
      { role: "assistant" },
      { role: "user" },
    ]);
    expect(responses({ messages }).body.input).toMatchObject([{ role: "user" }, { role: "developer" }, {}, {}]);
  });

  test("66: reasoning of OpenAI's goes back without an id, before its call", () => {
    const signature = packSeal({ origin: "openai-responses", kind: "encrypted", data: "blob" });
    const messages = [
      { role: "user", content: "hi" },
      { role: "assistant", content: [{ type: "thinking", thinking: "hm", signature }, ...CALLS.content] },
      { role: "user", content: [result("toolu_a", { content: "A" }), result("toolu_b", { content: "B" })] },
    ];
    expect(responses({ messages, tools: TOOLS }).body.input).toEqual([
      { type: "message", role: "user", content: [{ type: "input_text", text: "hi" }] },
      { type: "reasoning", summary: [{ type: "summary_text", text: "hm" }], encrypted_content: "blob" },
      { type: "function_call", call_id: "toolu_a", name: "look", arguments: "{}" },
      { type: "function_call", call_id: "toolu_b", name: "look", arguments: '{"at":1}' },
      { type: "function_call_output", call_id: "toolu_a", output: "A" },
      { type: "function_call_output", call_id: "toolu_b", output: "B" },
    ]);
  });
});

describe("documents, counts and ids", () => {
  test("67: a PDF is a file with its name", () => {
    const document = {
      type: "document",
      title: "a.pdf",
      source: { type: "base64", media_type: "application/pdf", data: "JVBERi0=" },
    };
    expect(responses({ messages: [{ role: "user", content: [document] }] }).body.input).toMatchObject([
      { content: [{ type: "input_file", filename: "a.pdf", file_data: "data:application/pdf;base64,JVBERi0=" }] },
    ]);
  });

  test("68: a count for an upstream that has none is an estimate of all there is", () => {
    const given = ask({ system: "s".repeat(3500), tools: TOOLS });
    expect(translateCountRequest(given, options("openai-chat"))).toBeUndefined();
    const { tokens, body } = estimateTokens(given, options("openai-chat"));
    expect(tokens).toBeGreaterThan(1000);
    expect(body).toEqual({ input_tokens: tokens });
    expect(translateCountRequest(given, options("openai-responses"))?.body).not.toHaveProperty("max_output_tokens");
  });

  test("70: an id of eighty letters is cut, for the call and its result alike", () => {
    const id = `toolu_${"x".repeat(74)}`;
    const messages = [
      { role: "user", content: "hi" },
      { role: "assistant", content: [{ type: "tool_use", id, name: "look", input: {} }] },
      { role: "user", content: [result(id, { content: "A" })] },
    ];
    const { body } = responses({ messages, tools: TOOLS });
    expect(body.input).toMatchObject([{}, { call_id: expect.stringMatching(/^[\w-]{1,64}$/) }, {}]);
    const [, call, output] = listOf(body.input);
    expect(call?.call_id).toBe(output?.call_id);
  });
});

test("what cannot be asked is refused in the client's own words", () => {
  const thrown = ((): unknown => {
    try {
      return chat({ max_tokens: 0 });
    } catch (error) {
      return error;
    }
  })();
  expect(thrown).toBeInstanceOf(TranslationError);
  if (!(thrown instanceof TranslationError)) return;
  expect(encodeError("anthropic-messages", thrown)).toMatchObject({
    status: 400,
    body: { type: "error", error: { type: "invalid_request_error", message: expect.stringContaining("max_tokens") } },
  });
});

test("hard cases 51 to 70 are all tested here, or elsewhere", () => {
  const source = readFileSync(new URL(import.meta.url), "utf8");
  const tested = new Set([...source.matchAll(/^ +test\("(\d+): /gm)].map(([, number]) => Number(number)));
  const all = [...tested, ...ELSEWHERE.keys()].toSorted((a, b) => a - b);
  expect(all).toEqual(Array.from({ length: 20 }, (_, index) => 51 + index));
});
