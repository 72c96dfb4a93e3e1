import type { JsonObject } from "../simulator/json.ts";
import { sealReasoning } from "../openai-simulator/reasoning-seal.ts";
import type { Body } from "./openai-rules.ts";

/** The smallest picture and document that pass for what they are. */
export const PICTURE = "data:image/png;base64,iVBORw0KGgo=";
export const PDF = "data:application/pdf;base64,JVBERi0xLjQ=";
/** One letter too long for the id of a call. */
export const LONG_ID: string = `call_${"x".repeat(60)}`;
/** A schema for strict mode, and one that is not. */
export const CLOSED = {
  type: "object",
  properties: { a: {}, b: {} },
  required: ["a", "b"],
  additionalProperties: false,
};
export const HALF = { ...CLOSED, required: ["a"] };

/** A message of the user, in either dialect. */
export const user = (content: unknown): JsonObject => ({ role: "user", content });

/** A message in Chat that calls a function, once for each id. */
export const calls = (...ids: string[]): JsonObject => ({
  role: "assistant",
  content: null,
  tool_calls: ids.map((id) => ({ id, type: "function", function: { name: "f", arguments: "{}" } })),
});

/** A tool message in Chat. */
export const result = (id: string, content: unknown = "done"): JsonObject => ({
  role: "tool",
  tool_call_id: id,
  content,
});

/** A conversation in Chat: a greeting and these messages. */
export const messages = (...list: unknown[]): Body => ({ messages: [user("Hello"), ...list] });

/** A conversation in Chat whose second message has these parts. */
export const parts = (...list: unknown[]): Body => messages(user(list));

/** A function in Chat. */
export const chatTool = (over: Body = {}): JsonObject => ({
  type: "function",
  function: { name: "f", parameters: CLOSED, ...over },
});

/** A request in Chat with one function. */
export const chatTools = (over: Body, more: Body = {}): Body => ({ tools: [chatTool(over)], ...more });

/** A request in Chat for JSON by a schema. */
export const format = (over: Body): Body => ({
  response_format: { type: "json_schema", json_schema: { name: "answer", schema: CLOSED, ...over } },
});

/** A conversation in Responses: a greeting and these items. */
export const items = (...list: unknown[]): Body => ({ input: [user("Hello"), ...list] });

/** A call in Responses. */
export const called = (id: string, over: Body = {}): JsonObject => ({
  type: "function_call",
  call_id: id,
  name: "f",
  arguments: "{}",
  ...over,
});

/** The output of a call in Responses. */
export const output = (id: string, value: unknown = "done"): JsonObject => ({
  type: "function_call_output",
  call_id: id,
  output: value,
});

/** A message of the assistant in Responses. */
export const says = (text: string): JsonObject => ({ role: "assistant", content: [{ type: "output_text", text }] });

/** Reasoning in Responses that the simulator could have written. */
export const reasoning = (over: Body = {}): JsonObject => ({
  type: "reasoning",
  summary: [],
  encrypted_content: sealReasoning("Hm."),
  ...over,
});
