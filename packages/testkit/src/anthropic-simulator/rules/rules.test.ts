import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { HELLO, post } from "../../testing/post.ts";
import { textTurn } from "../../simulator/build-turn.ts";
import type { JsonObject } from "../../simulator/json.ts";
import { MAX_BODY_BYTES } from "../../simulator/request.ts";
import { signThinking } from "../signature.ts";
import type { Simulator } from "../../simulator/simulator.ts";
import { startSimulator } from "../start-simulator.ts";
import { ENVELOPE_RULES } from "./envelope.ts";
import { CALL_RULES } from "./index.ts";

interface Case {
  rule: string;
  message: string;
  status?: number;
  type?: string;
  /** Laid over a good call; `undefined` takes a field away. */
  body?: Readonly<Record<string, unknown>>;
  /** Sent as it stands. */
  text?: string;
  headers?: Record<string, string>;
  path?: string;
  details?: JsonObject;
}

const NEWER = { "anthropic-version": "2026-10-21" };
const COUNT = "/v1/messages/count_tokens";
const OLDER_MODEL = "claude-sonnet-4-5";
const user = (...content: unknown[]): JsonObject => ({ role: "user", content });
const assistant = (...content: unknown[]): JsonObject => ({ role: "assistant", content });
const text = (value: string): JsonObject => ({ type: "text", text: value });
const call = (id: string): JsonObject => ({ type: "tool_use", id, name: "f", input: {} });
const result = (id: string): JsonObject => ({ type: "tool_result", tool_use_id: id, content: "done" });
const tool = (over: JsonObject = {}): JsonObject => ({ name: "f", input_schema: { type: "object" }, ...over });
const messages = (...list: unknown[]): { messages: unknown[] } => ({ messages: [user(text("Hello")), ...list] });
const thinking = (words: string, signature: string): JsonObject => ({ type: "thinking", thinking: words, signature });
const PAIRED = messages(assistant(call("a")), user(result("a")));

const CASES: readonly Case[] = [
  {
    rule: "nothing leaks",
    headers: { "x-api-key": "la_sk_secret" },
    message: "The simulator was sent what must not reach an upstream: a router token in a header",
  },
  {
    rule: "body size",
    text: `"${" ".repeat(MAX_BODY_BYTES)}"`,
    status: 413,
    type: "request_too_large",
    message: "Request exceeds the maximum size",
  },
  {
    rule: "credential sent",
    headers: { "x-api-key": "" },
    status: 401,
    type: "authentication_error",
    message: "x-api-key header is required",
  },
  {
    rule: "credential accepted",
    headers: { "x-api-key": "sk-ant-wrong" },
    status: 401,
    type: "authentication_error",
    message: "invalid x-api-key",
  },
  {
    rule: "credential accepted",
    headers: { "x-api-key": "", authorization: "Bearer wrong" },
    status: 401,
    type: "authentication_error",
    message: "Invalid bearer token",
  },
  {
    rule: "version sent",
    headers: { "anthropic-version": "" },
    message: "anthropic-version: header is required",
  },
  {
    rule: "version known",
    headers: { "anthropic-version": "2023-06-02" },
    message: 'anthropic-version: "2023-06-02" is not a valid version',
  },
  {
    rule: "content type",
    headers: { "content-type": "text/plain" },
    message: "content-type: application/json is required",
  },
  {
    rule: "JSON",
    text: "{",
    message: "The request body is not valid JSON: unexpected character: line 1 column 1 (char 0)",
  },
  { rule: "JSON object", text: "[]", message: "Input should be an object" },
  { rule: "fields that a conversation must have", body: { model: undefined }, message: "model: Field required" },
  { rule: "fields that a conversation must have", body: { messages: undefined }, message: "messages: Field required" },
  { rule: "max_tokens", body: { max_tokens: undefined }, message: "max_tokens: Field required" },
  {
    rule: "fields of a message",
    body: { frequency_penalty: 1 },
    message: "frequency_penalty: Extra inputs are not permitted",
  },
  { rule: "fields of a count", path: COUNT, message: "max_tokens: Extra inputs are not permitted" },
  {
    rule: "fields of a count",
    path: COUNT,
    body: { max_tokens: undefined, stream: false },
    message: "stream: Extra inputs are not permitted",
  },
  { rule: "fields of a beta", body: { thread: { type: "create" } }, message: "thread: Extra inputs are not permitted" },
  { rule: "types of fields", body: { max_tokens: "many" }, message: "max_tokens: Input should be a valid integer" },
  { rule: "types of fields", body: { messages: "Hello" }, message: "messages: Input should be a valid list" },
  { rule: "model known", body: { model: "gpt-5.5" }, status: 404, type: "not_found_error", message: "model: gpt-5.5" },
  {
    rule: "sampling by version",
    headers: NEWER,
    body: { model: OLDER_MODEL, top_k: 1 },
    message: "top_k: top_k is not supported in this API version",
  },
  { rule: "sampling by model", body: { temperature: 1 }, message: "`temperature` is deprecated for this model." },
  {
    rule: "one of temperature and top_p",
    body: { model: OLDER_MODEL, temperature: 1, top_p: 1 },
    message: "`temperature` and `top_p` cannot both be specified for this model. Please use only one.",
  },
  { rule: "range of temperature", body: { model: OLDER_MODEL, temperature: 1.5 }, message: "temperature: range: 0..1" },
  {
    rule: "temperature with thinking",
    body: { model: OLDER_MODEL, temperature: 0, max_tokens: 4096, thinking: { type: "enabled", budget_tokens: 1024 } },
    message: "`temperature` may only be set to 1 when thinking is enabled.",
  },
  {
    rule: "largest max_tokens",
    body: { max_tokens: 128_001 },
    message: "max_tokens: 128001 > 128000, which is the maximum allowed number of output tokens for claude-opus-5-5",
  },
  {
    rule: "thinking enabled",
    body: { thinking: { type: "enabled", budget_tokens: 1024 } },
    message:
      '"thinking.type.enabled" is not supported for this model. Use "thinking.type.adaptive" and "output_config.effort" to control thinking behavior.',
  },
  {
    rule: "thinking adaptive",
    body: { model: OLDER_MODEL, thinking: { type: "adaptive" } },
    message: "adaptive thinking is not supported on this model",
  },
  {
    rule: "smallest thinking budget",
    body: { model: OLDER_MODEL, thinking: { type: "enabled", budget_tokens: 1023 } },
    message: "thinking.enabled.budget_tokens: Input should be greater than or equal to 1024",
  },
  {
    rule: "thinking budget below max_tokens",
    body: { model: OLDER_MODEL, thinking: { type: "enabled", budget_tokens: 1024 } },
    message: "`max_tokens` must be greater than `thinking.budget_tokens`.",
  },
  {
    rule: "prefill",
    body: messages(assistant(text("Once upon"))),
    message: "This model does not support assistant message prefill. The conversation must end with a user message.",
  },
  { rule: "at least one message", body: { messages: [] }, message: "messages: at least one message is required" },
  {
    rule: "roles",
    body: messages({ role: "tool", content: "x" }),
    message: "messages.1.role: Input should be 'user' or 'assistant'",
  },
  {
    rule: "system messages by model",
    body: { model: OLDER_MODEL, ...messages({ role: "system", content: "Be brief." }) },
    message:
      'messages: Unexpected role "system". The Messages API accepts a top-level `system` parameter, not "system" as an input message role.',
  },
  {
    rule: "first role",
    body: { messages: [assistant(text("Hi")), user(text("Hi"))] },
    message: 'messages: first message must use the "user" role',
  },
  {
    rule: "fields of the messages",
    body: messages({ ...user(text("x")), name: "bob" }),
    message: "messages.1.name: Extra inputs are not permitted",
  },
  {
    rule: "fields of the messages",
    body: messages({ role: "system", content: "x", output_config: { effort: "low" } }),
    message: "messages.1.output_config: Extra inputs are not permitted",
  },
  {
    rule: "kinds of blocks",
    body: messages(user({ type: "image_url" })),
    message:
      "messages.1.content.0: Input tag 'image_url' found using 'type' does not match any of the expected tags: 'advisor_tool_result', ",
  },
  {
    rule: "fields of blocks",
    body: messages(user({ ...text("x"), annotations: [] })),
    message: "messages.1.content.0.text.annotations: Extra inputs are not permitted",
  },
  {
    rule: "empty messages",
    body: messages(assistant(), user(text("x"))),
    message: "messages.1: all messages must have non-empty content except for the optional final assistant message",
  },
  {
    rule: "empty messages",
    body: { messages: [{ role: "user", content: "" }] },
    message: "messages.0: all messages must have non-empty content except for the optional final assistant message",
  },
  {
    rule: "empty text blocks",
    body: messages(user(text("x"), text(""))),
    message: "messages: text content blocks must be non-empty",
  },
  { rule: "empty text blocks", body: { system: [text("")] }, message: "system: text content blocks must be non-empty" },
  {
    rule: "blank messages",
    body: messages(user(text(" \n"))),
    message: "messages: text content blocks must contain non-whitespace text",
  },
  {
    rule: "end of a prefill",
    body: { model: OLDER_MODEL, ...messages(assistant(text("Once "))) },
    message: "messages: final assistant content cannot end with trailing whitespace",
  },
  {
    rule: "documents of the assistant by version",
    headers: NEWER,
    body: messages(assistant({ type: "document", source: {} }), user(text("x"))),
    message: "messages.1.content.0: document blocks are not permitted in assistant messages",
  },
  {
    rule: "citations of the user by version",
    headers: NEWER,
    body: messages(user({ ...text("x"), citations: [{}] })),
    message: "messages.1.content.0.text.citations: citations are not permitted in user messages",
  },
  {
    rule: "tool names",
    body: { tools: [tool({ name: "a.b" })] },
    message: "tools.0.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'",
  },
  { rule: "tool names differ", body: { tools: [tool(), tool()] }, message: "tools: Tool names must be unique." },
  { rule: "tool schemas", body: { tools: [{ name: "f" }] }, message: "tools.0.custom.input_schema: Field required" },
  {
    rule: "tool schemas",
    body: { tools: [tool({ input_schema: {} })] },
    message: "tools.0.custom.input_schema.type: Field required",
  },
  {
    rule: "tool schemas",
    body: { tools: [tool({ input_schema: true })] },
    message: "tools.0.custom.input_schema: Input does not match the expected shape.",
  },
  {
    rule: "strict tools",
    body: { tools: Array.from({ length: 21 }, (_, index) => tool({ name: `f${index}`, strict: true })) },
    message:
      "Too many strict tools (21). The maximum number of strict tools supported is 20. Try reducing the number of tools marked as strict.",
  },
  {
    rule: "tool choice",
    body: { tools: [tool()], tool_choice: { type: "required" } },
    message:
      "tool_choice: Input tag 'required' found using 'type' does not match any of the expected tags: 'auto', 'any', 'tool', 'none'",
  },
  {
    rule: "tool choice",
    body: { tool_choice: { type: "any" } },
    message: "tool_choice.any may only be specified while providing tools",
  },
  {
    rule: "tool choice",
    body: { tools: [tool()], tool_choice: { type: "tool", name: "g" } },
    message: "Tool 'g' not found in provided tools",
  },
  {
    rule: "forced tool with thinking",
    body: {
      model: OLDER_MODEL,
      max_tokens: 4096,
      thinking: { type: "enabled", budget_tokens: 1024 },
      tools: [tool()],
      tool_choice: { type: "any" },
    },
    message: "Thinking may not be enabled when tool_choice forces tool use.",
  },
  {
    rule: "results for all calls",
    body: messages(assistant(call("a"), call("b")), user(result("a"))),
    message:
      "messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: b. Each `tool_use` block must have a corresponding `tool_result` block in the next message.",
  },
  {
    rule: "results for all calls",
    body: messages(assistant(call("a")), user(text("first this"), result("a"))),
    message:
      "messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: a. Each `tool_use` block must have a corresponding `tool_result` block in the next message.",
  },
  {
    rule: "calls for all results",
    body: messages(assistant(text("Hi")), user(result("x"))),
    message:
      "messages.2.content.0: unexpected `tool_use_id` found in `tool_result` blocks: x. Each `tool_result` block must have a corresponding `tool_use` block in the previous message.",
  },
  {
    rule: "one result for a call",
    body: messages(assistant(call("a")), user(result("a")), user(result("a"))),
    message:
      "messages.3.content.0: each tool_use must have a single result. Found multiple `tool_result` blocks with id: a",
  },
  {
    rule: "closed output schema",
    body: { output_config: { format: { type: "json_schema", schema: { type: "array", items: { type: "object" } } } } },
    message: "output_config.format.schema: For 'object' type, 'additionalProperties' must be explicitly set to false",
  },
  {
    rule: "signatures of thinking",
    body: messages(assistant(text("x"), thinking("Hm.", "bm90IG91cnM=")), user(text("x"))),
    message: "messages.1.content.1: Invalid `signature` in `thinking` block",
  },
  {
    rule: "signatures of thinking",
    body: messages(assistant({ type: "redacted_thinking", data: "bm90IG91cnM=" }), user(text("x"))),
    message: "messages.1.content.0: Invalid `data` in `redacted_thinking` block",
  },
  {
    rule: "thinking unchanged",
    body: messages(assistant(thinking("Ha.", signThinking("Hm."))), user(text("x"))),
    message:
      "messages.1.content.0: `thinking` or `redacted_thinking` blocks in the latest assistant message cannot be modified. These blocks must remain as they were in the original response.",
  },
  {
    rule: "thread known",
    headers: { "anthropic-beta": "message-threads-2026-08-12" },
    body: { thread: { type: "continue", previous_message_id: "msg_other" } },
    status: 404,
    type: "not_found_error",
    message: "thread: no thread ends with msg_other",
    details: { error_code: "thread_not_found" },
  },
];

const ACCEPTED: readonly (Case | Omit<Case, "rule" | "message">)[] = [
  { body: {} },
  { headers: { "x-api-key": "", authorization: "Bearer sk-ant-test" } },
  { headers: { "content-type": "application/json; charset=utf-8" } },
  { path: "/v1/messages?beta=true" },
  { path: COUNT, body: { max_tokens: undefined, tools: [] } },
  { headers: NEWER },
  { body: { model: OLDER_MODEL, temperature: 0.5, ...messages(assistant(text("Once"))) } },
  {
    body: {
      system: "Be brief.",
      stop_sequences: ["x"],
      metadata: { user_id: "u" },
      service_tier: "auto",
      speed: "fast",
    },
  },
  { body: PAIRED },
  { body: messages(assistant(call("a")), { role: "system", content: "Now." }, user(result("a"), text("And?"))) },
  { body: messages(assistant(call("a"), call("b")), user(result("b")), user(result("a"))) },
  { body: messages(assistant(thinking("Hm.", signThinking("Hm."))), user(text("x"))) },
  { body: messages(assistant(thinking("", signThinking("Hm."))), user(text("x"))) },
  { body: messages(assistant({ type: "redacted_thinking", data: signThinking("Hm.") }), user(text("x"))) },
  {
    headers: { "anthropic-beta": "effort-2025-11-24, per-turn-control-2026-07-01" },
    body: messages({ role: "system", content: [], output_config: { effort: "low" } }),
  },
  {
    body: {
      tools: [tool(), { type: "web_search_20250305", name: "web_search" }],
      tool_choice: { type: "tool", name: "f" },
    },
  },
];

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ script: () => textTurn("Hi"), credentials: ["sk-ant-test", "la_sk_secret"] });
});
afterAll(() => simulator.close());

const send = ({
  body = {},
  text,
  headers = {},
  path = "/v1/messages",
}: Omit<Case, "rule" | "message">): Promise<Response> =>
  post(simulator, text ?? { ...HELLO, ...body }, { headers, path });

describe("every rule", () => {
  it.each(CASES)("$rule: $message", async (row) => {
    const response = await send(row);

    expect(response.status).toBe(row.status ?? 400);
    expect(await response.json()).toEqual({
      type: "error",
      error: {
        type: row.type ?? "invalid_request_error",
        message: expect.stringContaining(row.message),
        ...(row.details && { details: row.details }),
      },
      request_id: response.headers.get("request-id"),
    });
    expect(response.headers.get("x-should-retry")).toBe("false");
  });

  it("has a case above", () => {
    const rules = [...ENVELOPE_RULES, ...CALL_RULES].map((rule) => rule.name);
    const tried = new Set(CASES.map((row) => row.rule));

    expect(rules.filter((rule) => !tried.has(rule))).toEqual([]);
    expect(new Set(rules).size).toBe(rules.length);
  });
});

describe("what is right", () => {
  it.each(ACCEPTED)("is accepted: %j", async (row) => {
    const response = await send(row);

    expect([response.status, await response.text()]).toEqual([200, expect.any(String)]);
  });
});
