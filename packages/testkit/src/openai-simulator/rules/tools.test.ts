import { CLOSED, HALF, user, messages, chatTools, chatTool, format } from "../../testing/openai-bodies.ts";
import { describeRules, empty, missing, type RuleCase } from "../../testing/openai-rules.ts";
import { TOOL_RULES } from "./tools.ts";

const CASES: readonly RuleCase[] = [
  empty("tools", {
    rule: "empty tools",
    body: { tools: [] },
    right: { body: { tools: null } },
  }),
  {
    rule: "number of tools",
    body: { tools: Array.from({ length: 129 }, (_, index) => chatTool({ name: `f${index}` })) },
    message:
      "Invalid 'tools': array too long. Expected an array with maximum length 128, but got an array with length 129 instead.",
    code: "array_above_max_length",
    param: "tools",
    right: { body: { tools: Array.from({ length: 128 }, (_, index) => chatTool({ name: `f${index}` })) } },
  },
  {
    rule: "kinds of tools",
    body: { tools: [{ type: "web_search_20250305", name: "web_search" }] },
    message: "Invalid value: 'web_search_20250305'. Supported values are: 'function' and 'custom'.",
    code: "invalid_value",
    param: "tools[0].type",
    right: { body: { tools: [{ type: "custom", custom: { name: "f" } }] } },
  },
  missing("tools[0].function", {
    rule: "definitions of tools",
    body: { tools: [{ type: "function", name: "f", parameters: CLOSED }] },
    right: { body: chatTools({}) },
  }),
  missing("tools[0].name", {
    rule: "definitions of tools",
    on: "responses",
    body: { tools: [{ type: "function", parameters: CLOSED }] },
    right: { body: { tools: [] } },
  }),
  {
    rule: "lengths of tool names",
    body: chatTools({ name: "f".repeat(65) }),
    message: "Invalid 'tools[0].function.name': string too long.",
    code: "string_above_max_length",
    param: "tools[0].function.name",
    right: { body: chatTools({ name: "f".repeat(64) }) },
  },
  {
    rule: "letters of tool names",
    on: "responses",
    body: { tools: [{ type: "namespace", name: "a", description: "", tools: [{ type: "custom", name: "a.b" }] }] },
    message:
      "Invalid 'tools[0].tools[0].name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.",
    code: "invalid_value",
    param: "tools[0].tools[0].name",
    right: {
      body: { tools: [{ type: "namespace", name: "a", description: "", tools: [{ type: "custom", name: "b" }] }] },
    },
  },
  {
    rule: "parameters of functions",
    body: chatTools({ parameters: { type: "object" } }),
    message: "Invalid schema for function 'f': In context=(), object schema missing properties.",
    code: "invalid_function_parameters",
    param: "tools[0].function.parameters",
    right: { body: chatTools({ parameters: { type: "object", properties: {} } }) },
  },
  {
    rule: "parameters of functions",
    body: chatTools({ parameters: { properties: {} } }),
    message:
      "Invalid schema for function 'f': schema must be a JSON Schema of 'type: \"object\"', got 'type: \"None\"'.",
    code: "invalid_function_parameters",
    param: "tools[0].function.parameters",
    right: { body: chatTools({ parameters: undefined }) },
  },
  {
    rule: "strict functions",
    body: chatTools({ strict: true, parameters: HALF }),
    message:
      "Invalid schema for function 'f': In context=(), 'required' is required to be supplied and to be an array including every key in properties. Missing 'b'.",
    code: "invalid_function_parameters",
    param: "tools[0].function.parameters",
    right: { body: chatTools({ strict: false, parameters: HALF }) },
  },
  {
    rule: "strict functions",
    on: "responses",
    body: {
      tools: [
        {
          type: "function",
          name: "f",
          strict: true,
          parameters: {
            ...CLOSED,
            properties: { a: { type: "array", items: { type: "object", properties: {} } }, b: {} },
          },
        },
      ],
    },
    message:
      "Invalid schema for function 'f': In context=('properties', 'a', 'items'), 'additionalProperties' is required to be supplied and to be false.",
    code: "invalid_function_parameters",
    param: "tools[0].parameters",
    right: { body: { tools: [{ type: "function", name: "f", strict: true, parameters: CLOSED }] } },
  },
  {
    rule: "strict functions",
    body: chatTools({ strict: true, parameters: { ...CLOSED, oneOf: [] } }),
    message: "Invalid schema for function 'f': In context=(), 'oneOf' is not permitted.",
    code: "invalid_function_parameters",
    param: "tools[0].function.parameters",
    right: {
      body: chatTools({
        strict: true,
        parameters: { ...CLOSED, properties: { a: { anyOf: [{ type: "string" }, { $ref: "#/$defs/c" }] }, b: {} } },
      }),
    },
  },
  {
    rule: "name of the format",
    body: format({ name: "an answer" }),
    message: "Invalid 'response_format.json_schema.name': string does not match pattern.",
    code: "invalid_value",
    param: "response_format.json_schema.name",
    right: { body: format({}) },
  },
  missing("text.format.schema", {
    rule: "schema of the format",
    on: "responses",
    body: { text: { format: { type: "json_schema", name: "answer" } } },
    right: { body: { text: { format: { type: "json_schema", name: "answer", schema: HALF } } } },
  }),
  {
    rule: "strict format",
    body: format({ strict: true, schema: { ...CLOSED, additionalProperties: true } }),
    message:
      "Invalid schema for response_format 'answer': In context=(), 'additionalProperties' is required to be supplied and to be false.",
    code: "invalid_json_schema",
    param: "response_format",
    right: { body: format({ strict: true }) },
  },
  {
    rule: "the word JSON",
    body: { response_format: { type: "json_object" } },
    message: "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
    code: null,
    param: "messages",
    right: { body: { response_format: { type: "json_object" }, ...messages(user("Answer in JSON.")) } },
  },
  {
    rule: "the word JSON",
    on: "responses",
    body: { text: { format: { type: "json_object" } } },
    message:
      "Response input messages must contain the word 'json' in some form to use 'text.format' of type 'json_object'.",
    code: null,
    param: "input",
    right: { body: { text: { format: { type: "json_object" } }, instructions: "Answer in JSON." } },
  },
  {
    rule: "tool_choice with tools",
    body: { tool_choice: "auto" },
    message: "Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified.",
    code: null,
    param: "tool_choice",
    right: { body: chatTools({}, { tool_choice: "auto" }) },
  },
  {
    rule: "parallel_tool_calls with tools",
    body: { parallel_tool_calls: false },
    message:
      "Invalid value for 'parallel_tool_calls': 'parallel_tool_calls' is only allowed when 'tools' are specified.",
    code: null,
    param: "parallel_tool_calls",
    right: { body: chatTools({}, { parallel_tool_calls: false }) },
  },
  {
    rule: "choice without tools",
    on: "responses",
    body: { tool_choice: "required" },
    message: "Tool choice 'required' must be specified with 'tools' parameter.",
    code: null,
    param: "tool_choice",
    right: { body: { tools: [], tool_choice: "auto", parallel_tool_calls: true } },
  },
  {
    rule: "kinds of choices",
    body: chatTools({}, { tool_choice: "any" }),
    message: "Invalid value: 'any'. Supported values are: 'none', 'auto', and 'required'.",
    code: "invalid_value",
    param: "tool_choice",
    right: { body: chatTools({}, { tool_choice: "required" }) },
  },
  {
    rule: "kinds of choices",
    on: "responses",
    body: { tools: [{ type: "custom", name: "f" }], tool_choice: { type: "tool", name: "f" } },
    message: "Invalid value: 'tool'. Supported values are: ",
    code: "invalid_value",
    param: "tool_choice.type",
    right: { body: { tools: [{ type: "web_search" }], tool_choice: { type: "web_search" } } },
  },
  {
    rule: "chosen tool",
    body: chatTools({}, { tool_choice: { type: "function", function: { name: "g" } } }),
    message: "Invalid value for 'tool_choice': no function named 'g' was specified in the 'tools' parameter.",
    code: null,
    param: "tool_choice",
    right: { body: chatTools({}, { tool_choice: { type: "function", function: { name: "f" } } }) },
  },
  {
    rule: "chosen tool",
    on: "responses",
    body: { tools: [{ type: "custom", name: "f" }], tool_choice: { type: "function", name: "f" } },
    message: "Tool choice 'f' not found in 'tools' parameter.",
    code: null,
    param: "tool_choice",
    right: { body: { tools: [{ type: "custom", name: "f" }], tool_choice: { type: "custom", name: "f" } } },
  },
];

describeRules(TOOL_RULES, CASES);
