import { CLOSED, messages, parts, format, items, says } from "../../testing/openai-bodies.ts";
import { describeRules, missing, unknown, type RuleCase } from "../../testing/openai-rules.ts";
import { FIELD_RULES } from "./fields.ts";

const CASES: readonly RuleCase[] = [
  {
    rule: "a model",
    body: { model: undefined },
    message: "you must provide a model parameter",
    code: null,
    right: {},
  },
  missing("model", {
    rule: "a model of a response",
    on: "responses",
    body: { model: undefined },
    right: {},
  }),
  missing("messages", {
    rule: "messages",
    body: { messages: undefined },
    right: {},
  }),
  {
    rule: "fields that moved",
    on: "responses",
    body: { max_tokens: 100 },
    message:
      "Unsupported parameter: 'max_tokens'. In the Responses API, this parameter has moved to 'max_output_tokens'. Try again with the new parameter.",
    code: "unsupported_parameter",
    param: "max_tokens",
    right: { body: { max_output_tokens: 100 } },
  },
  unknown("top_k", {
    rule: "fields of a completion",
    body: { top_k: 5 },
    right: { body: { model: "local", top_k: 5 } },
  }),
  unknown("stop", {
    rule: "fields of a response",
    on: "responses",
    body: { stop: ["x"] },
    right: { body: { client_metadata: { session_id: "s" } } },
  }),
  unknown("stream", {
    rule: "fields of a count",
    on: "input_tokens",
    body: { stream: true },
    right: { body: { instructions: "Be brief." } },
  }),
  unknown("reasoning.max_tokens", {
    rule: "fields of fields",
    on: "responses",
    body: { reasoning: { max_tokens: 100 } },
    right: { body: { reasoning: { context: "all_turns" } } },
  }),
  unknown("response_format.json_schema.json", {
    rule: "fields of fields",
    body: format({ json: true }),
    right: { body: format({ description: "An answer" }) },
  }),
  unknown("messages[1].reasoning_content", {
    rule: "fields of messages",
    body: messages({ role: "assistant", content: "Hi", reasoning_content: "Hm." }),
    right: { body: { model: "local", ...messages({ role: "assistant", content: "Hi", reasoning_content: "Hm." }) } },
  }),
  unknown("input[1].annotations", {
    rule: "fields of items",
    on: "responses",
    body: items({ ...says("Hi"), annotations: [] }),
    right: { body: items({ ...says("Hi"), phase: "commentary", status: "completed", id: "msg_1" }) },
  }),
  unknown("messages[1].content[0].citations", {
    rule: "fields of parts",
    body: parts({ type: "text", text: "Hi", citations: [] }),
    right: { body: parts({ type: "text", text: "Hi" }) },
  }),
  unknown("tools[0].input_schema", {
    rule: "fields of tools",
    on: "responses",
    body: { tools: [{ type: "function", name: "f", parameters: CLOSED, input_schema: {} }] },
    right: { body: { tools: [{ type: "web_search", anything: 1 }] } },
  }),
  {
    rule: "something to answer",
    on: "responses",
    body: { input: undefined },
    message: "One of 'input', 'previous_response_id', 'prompt' or 'conversation' must be provided.",
    code: "missing_required_parameter",
    right: {},
  },
  {
    rule: "types of fields",
    body: { max_tokens: "many" },
    message: "Invalid type for 'max_tokens': expected an integer, but got a string instead.",
    code: "invalid_type",
    param: "max_tokens",
    right: { body: { max_tokens: null, stop: "x", metadata: { a: "b" } } },
  },
];

describeRules(FIELD_RULES, CASES);
