import { describe, expect, test } from "vitest";

import type { JsonObject } from "../../json.ts";
import type { ModelRules } from "./complaints.ts";
import { chatLaw } from "./openai-chat.ts";

const BASE: JsonObject = { model: "gpt", messages: [{ role: "user", content: "hi" }] };
const FUNCTION = { name: "read", parameters: { type: "object", properties: {} } };
const TOOL = { type: "function", function: FUNCTION };
const CALL = { id: "call_1", type: "function", function: { name: "read", arguments: "{}" } };
const RESULT = { role: "tool", tool_call_id: "call_1", content: "done" };
const LONG = "a".repeat(65);

const said = (...messages: readonly unknown[]): JsonObject => ({ ...BASE, messages });
const user = (content: unknown) => ({ role: "user", content });
const calling = (...calls: readonly unknown[]) => ({ role: "assistant", content: null, tool_calls: calls });

describe("the law of Chat Completions lets pass", () => {
  test.each<[string, JsonObject]>([
    ["the least there is", BASE],
    ["operators anywhere", said({ role: "system", content: "a" }, user("b"), { role: "developer", content: "c" })],
    ["a call and its result", said(user("a"), calling(CALL), RESULT, user("b"))],
    ["a call at the end", said(user("a"), calling(CALL))],
    [
      "a custom call",
      said(user("a"), calling({ id: "c", type: "custom", custom: { name: "p", input: "x" } }), {
        ...RESULT,
        tool_call_id: "c",
      }),
    ],
    [
      "media",
      said(
        user([
          { type: "image_url", image_url: { url: "https://a.b/c.png" } },
          { type: "file", file: { filename: "a.pdf", file_data: "data:application/pdf;base64,JVBERi0=" } },
        ]),
      ),
    ],
    ["empty texts", said(user(""), { role: "assistant", content: "" }, user("b"))],
    [
      "tools and a stream",
      {
        ...BASE,
        tools: [TOOL],
        tool_choice: { type: "function", function: { name: "read" } },
        stream: true,
        stream_options: { include_usage: true },
      },
    ],
  ])("%s", (_name, body) => {
    expect(chatLaw(body)).toEqual([]);
  });
});

describe("the law of Chat Completions complains of", () => {
  const tools = (...tools: readonly unknown[]): JsonObject => ({ ...BASE, tools });
  const format = (schema: JsonObject): JsonObject => ({
    ...BASE,
    response_format: { type: "json_schema", json_schema: schema },
  });
  test.each<[string, JsonObject, ModelRules?]>([
    ["input: unknown key", { ...BASE, input: "" }],
    ["model: missing", { ...BASE, model: "" }],
    ["temperature: 3", { ...BASE, temperature: 3 }],
    ["store: no boolean", { ...BASE, store: "yes" }],
    ["user: too long", { ...BASE, user: LONG }],
    ["service_tier: unknown", { ...BASE, service_tier: "standard_only" }],
    ["metadata: too long", { ...BASE, metadata: { [LONG]: "a" } }],
    ["tools: an empty list", tools()],
    ["tool_choice: there are no tools", { ...BASE, tool_choice: "auto" }],
    ["parallel_tool_calls: there are no tools", { ...BASE, parallel_tool_calls: false }],
    ["messages: none", said()],
    ["messages.0: role function", said({ role: "function", content: "a" })],
    ["messages.0.cache_control: unknown key", said({ ...user("a"), cache_control: {} })],
    ["messages.0: no content", said(user([]))],
    [
      "messages.0.0: image_url for system",
      said({ role: "system", content: [{ type: "image_url", image_url: { url: "https://a.b" } }] }),
    ],
    [
      "messages.2.0: image_url for tool",
      said(user("a"), calling(CALL), {
        ...RESULT,
        content: [{ type: "image_url", image_url: { url: "https://a.b" } }],
      }),
    ],
    [
      "messages.0.0: data:image/png;base64,",
      said(user([{ type: "image_url", image_url: { url: "data:image/png;base64," } }])),
    ],
    [
      "messages.0.0: file_data is no data URL",
      said(user([{ type: "file", file: { filename: "a", file_data: "JVBERi0=" } }])),
    ],
    [
      "messages.0.0: a file needs a name",
      said(user([{ type: "file", file: { file_data: "data:application/pdf;base64,JVBERi0=" } }])),
    ],
    ["messages.0: neither content nor calls", said({ role: "assistant", content: null })],
    ["messages.0: an empty list of calls", said({ role: "assistant", content: "a", tool_calls: [] })],
    [`messages.0.tool_calls.0: id ${LONG}`, said(calling({ ...CALL, id: LONG }))],
    [
      "messages.0.tool_calls.0: name a.b is not legal",
      said(calling({ ...CALL, function: { name: "a.b", arguments: "" } })),
    ],
    ["messages.0.tool_calls.0: no arguments", said(calling({ ...CALL, function: { name: "a", arguments: {} } }))],
    [
      "messages.0.tool_calls.0: a custom call",
      said(calling({ id: "c", type: "custom", custom: { name: "p", input: "x" } })),
      { customTools: false },
    ],
    [
      "messages.0: a carrier of ours",
      said({ role: "assistant", content: "a", reasoning_details: [{ data: "tgA1.x" }] }),
    ],
    ["messages.0: result call_1 without its call", said(RESULT)],
    ["messages.2: calls call_1 without results", said(user("a"), calling(CALL), user("b"))],
    ["messages.3: result call_1 without its call", said(user("a"), calling(CALL), RESULT, RESULT)],
    ["messages.0: several calls with one id", said(calling(CALL, CALL))],
    ["tools: several of one name", tools(TOOL, TOOL)],
    ["tools.0: type web_search", tools({ type: "web_search" })],
    [
      "tools.0.function.cache_control: unknown key",
      tools({ type: "function", function: { ...FUNCTION, cache_control: {} } }),
    ],
    ["tools.0: name a b is not legal", tools({ type: "function", function: { name: "a b" } })],
    ["tools.0: description is no text", tools({ type: "function", function: { ...FUNCTION, description: null } })],
    [
      "tools.0: the schema must be of an object",
      tools({ type: "function", function: { name: "a", parameters: { type: "string" } } }),
    ],
    [
      "tools.0: an object schema without properties",
      tools({ type: "function", function: { name: "a", parameters: { type: "object" } } }),
    ],
    [
      "tools.0: a union at the root of the schema",
      tools({ type: "function", function: { name: "a", parameters: { type: "object", properties: {}, anyOf: [] } } }),
    ],
    ["tools.0: strict, but the schema is open", tools({ type: "function", function: { ...FUNCTION, strict: true } })],
    ["tools.0: a custom tool", tools({ type: "custom", custom: { name: "a" } }), { customTools: false }],
    ["tool_choice: any", { ...tools(TOOL), tool_choice: "any" }],
    ["tool_choice: no such tool", { ...tools(TOOL), tool_choice: { type: "function", function: { name: "write" } } }],
    [
      "tool_choice: no tool is allowed",
      { ...tools(TOOL), tool_choice: { type: "allowed_tools", allowed_tools: { mode: "auto", tools: [] } } },
    ],
    ["stop: 5 of them", { ...BASE, stop: ["a", "b", "c", "d", "e"] }],
    ["stop: an empty one", { ...BASE, stop: [""] }],
    ["max_tokens: 0", { ...BASE, max_tokens: 0 }],
    ["max_tokens and max_completion_tokens together", { ...BASE, max_tokens: 1, max_completion_tokens: 1 }],
    ["stream_options: there is no stream", { ...BASE, stream_options: {} }],
    ["reasoning_effort: unknown", { ...BASE, reasoning_effort: "great" }],
    ["top_logprobs: only with logprobs", { ...BASE, top_logprobs: 1 }],
    ["response_format: unknown", { ...BASE, response_format: { type: "yaml" } }],
    ["response_format: name undefined is not legal", format({ schema: {} })],
    ["response_format: no schema", format({ name: "a" })],
    [
      "response_format: strict, but the schema is open",
      format({ name: "a", strict: true, schema: { type: "object" } }),
    ],
  ])("%s", (complaint, body, rules) => {
    expect(chatLaw(body, rules)).toContain(complaint);
  });
});
