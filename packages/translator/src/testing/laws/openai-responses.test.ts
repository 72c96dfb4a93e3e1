import { describe, expect, test } from "vitest";

import type { JsonObject } from "../../json.ts";
import { responsesLaw } from "./openai-responses.ts";

const BASE: JsonObject = { model: "gpt", store: false, input: "hi" };
const USER = { role: "user", content: "hi" };
const ANSWER = { type: "message", role: "assistant", content: [{ type: "output_text", text: "a", annotations: [] }] };
const CALL = { type: "function_call", call_id: "call_1", name: "read", arguments: "{}" };
const OUTPUT = { type: "function_call_output", call_id: "call_1", output: "done" };
const REASONING = { type: "reasoning", summary: [], encrypted_content: "x" };
const TOOL = { type: "function", name: "read", parameters: { type: "object", properties: {} }, strict: false };
const LONG = "a".repeat(65);

const said = (...input: readonly unknown[]): JsonObject => ({ ...BASE, input });
const user = (...content: readonly unknown[]) => ({ type: "message", role: "user", content });

describe("the law of Responses lets pass", () => {
  test.each<[string, JsonObject]>([
    ["the least there is", BASE],
    ["a call and its output", said(USER, REASONING, CALL, OUTPUT, USER)],
    ["a call at the end", said(USER, REASONING, CALL)],
    [
      "a custom call",
      said(
        USER,
        { type: "custom_tool_call", call_id: "c", name: "p", input: "x" },
        { type: "custom_tool_call_output", call_id: "c", output: "y" },
      ),
    ],
    ["reasoning before an answer", said(USER, REASONING, REASONING, ANSWER, USER)],
    [
      "media, in outputs too",
      said(user({ type: "input_image", detail: "auto", image_url: "https://a.b" }), CALL, {
        ...OUTPUT,
        output: [{ type: "input_file", filename: "a", file_data: "data:application/pdf;base64,JVBERi0=" }],
      }),
    ],
    ["tools", { ...BASE, tools: [TOOL, { type: "web_search" }], tool_choice: { type: "function", name: "read" } }],
  ])("%s", (_name, body) => {
    expect(responsesLaw(body)).toEqual([]);
  });
});

describe("the law of Responses complains of", () => {
  const tools = (...tools: readonly unknown[]): JsonObject => ({ ...BASE, tools });
  test.each<[string, JsonObject]>([
    ["messages: unknown key", { ...BASE, messages: [] }],
    ["previous_response_id: unknown key", { ...BASE, previous_response_id: "resp_1" }],
    ["store: must be said, for its absence means yes", { ...BASE, store: undefined }],
    ["input: empty", { ...BASE, input: "" }],
    ["input: none", said()],
    ["input.0(item_reference): unknown item", said({ type: "item_reference", id: "a" })],
    ["input.1(reasoning).id: unknown key", said(USER, { ...REASONING, id: "rs_1" }, ANSWER)],
    ["input.0(message): role tool", said({ role: "tool", content: "a" })],
    ["input.0(message): no content", said(user())],
    ["input.0(message): phase is for the assistant", said({ ...USER, phase: "commentary" })],
    ["input.0(message).0: text", said(user({ type: "text", text: "a" }))],
    ["input.0(message).0: input_text", said({ ...ANSWER, content: [{ type: "input_text", text: "a" }] })],
    ["input.0(message).0: undefined", said(user({ type: "input_image" }))],
    ["input.0(message).0: file_data is no data URL", said(user({ type: "input_file", filename: "a", file_data: "x" }))],
    [`input.0(function_call): call_id ${LONG}`, said({ ...CALL, call_id: LONG })],
    ["input.0(function_call): name a.b is not legal", said({ ...CALL, name: "a.b" })],
    ["input.0(function_call): no arguments", said({ ...CALL, arguments: {} })],
    ["input.1(function_call_output): no output", said(CALL, { ...OUTPUT, output: undefined })],
    ["input: several calls with one id", said(CALL, OUTPUT, CALL)],
    ["input: several outputs for one call", said(CALL, OUTPUT, OUTPUT)],
    ["input.0: output call_1 without its call", said(OUTPUT, CALL)],
    [
      "input.1: an output of another kind",
      said({ type: "custom_tool_call", call_id: "call_1", name: "a", input: "" }, OUTPUT),
    ],
    ["input.0: call call_1 without its output", said(CALL, USER)],
    ["input.0(reasoning): no summary", said({ type: "reasoning", encrypted_content: "x" }, ANSWER)],
    ["input.0(reasoning): no encrypted content", said({ type: "reasoning", summary: [] }, ANSWER)],
    ["input.0(reasoning): a carrier of ours", said({ ...REASONING, encrypted_content: "tgA1.x" }, ANSWER)],
    ["input.0(reasoning): without the item it led to", said(REASONING, USER)],
    ["tools: several of one name", tools(TOOL, TOOL)],
    ["tools.0: strict must be said, for its absence means yes", tools({ ...TOOL, strict: undefined })],
    ["tools.0: strict, but the schema is open", tools({ ...TOOL, strict: true })],
    ["tools.0: type namespace", tools({ type: "namespace", name: "a", tools: [] })],
    ["tools.0.function: unknown key", tools({ ...TOOL, function: {} })],
    ["tool_choice: no such tool", { ...tools(TOOL), tool_choice: { type: "function", name: "write" } }],
    ["tool_choice: any", { ...tools(TOOL), tool_choice: "any" }],
    ["max_output_tokens: 15", { ...BASE, max_output_tokens: 15 }],
    ["include: everything", { ...BASE, include: ["everything"] }],
    ["reasoning.effort: unknown", { ...BASE, reasoning: { effort: "great" } }],
    ["text.format: unknown", { ...BASE, text: { format: { type: "yaml" } } }],
    [
      "text.format: strict, but the schema is open",
      { ...BASE, text: { format: { type: "json_schema", name: "a", strict: true, schema: { type: "object" } } } },
    ],
  ])("%s", (complaint, body) => {
    expect(responsesLaw(body)).toContain(complaint);
  });
});
