import { LONG_ID, user, items, called, output, says, reasoning } from "../../testing/openai-bodies.ts";
import { describeRules, missing, type RuleCase } from "../../testing/openai-rules.ts";
import { ITEM_RULES } from "./items.ts";

const CASES: readonly RuleCase[] = [
  {
    rule: "kinds of items",
    on: "responses",
    body: items({ type: "tool_use" }),
    message: "Invalid value: 'tool_use'. Supported values are: ",
    code: "invalid_value",
    param: "input[1]",
    right: { body: items({ type: "compaction", encrypted_content: "x" }) },
  },
  missing("input[1].summary", {
    rule: "members of items",
    on: "responses",
    body: items(reasoning({ summary: undefined }), says("Hi")),
    right: { body: items(reasoning({ content: null }), says("Hi")) },
  }),
  {
    rule: "roles of items",
    on: "responses",
    body: items({ role: "tool", content: "done" }),
    message: "Invalid value: 'tool'. Supported values are: 'assistant', 'system', 'developer', and 'user'.",
    code: "invalid_value",
    param: "input[1].role",
    right: { body: items({ role: "developer", content: "Be brief." }) },
  },
  {
    rule: "texts of items",
    on: "responses",
    body: items(called("a", { arguments: {} }), output("a")),
    message: "Invalid type for 'input[1].arguments': expected a string, but got an object instead.",
    code: "invalid_type",
    param: "input[1].arguments",
    right: { body: items(called("a", { arguments: "" }), output("a", "")) },
  },
  {
    rule: "ids of items",
    on: "responses",
    body: items(called("a", { id: "call_a" }), output("a")),
    message: "Invalid 'input[1].id': 'call_a'. Expected an ID that begins with 'fc'.",
    code: "invalid_value",
    param: "input[1].id",
    right: { body: items(called("a", { id: "fc_a" }), output("a")) },
  },
  {
    rule: "names in items",
    on: "responses",
    body: items(called("a", { name: "a.b" }), output("a")),
    message: "Invalid 'input[1].name': string does not match pattern.",
    code: "invalid_value",
    param: "input[1].name",
    right: { body: items(called("a", { name: "a-b" }), output("a")) },
  },
  {
    rule: "lengths of ids in items",
    on: "responses",
    body: items(called(LONG_ID), output(LONG_ID)),
    message: "Invalid 'input[1].call_id': string too long.",
    code: "string_above_max_length",
    param: "input[1].call_id",
    right: { body: items(called(LONG_ID.slice(1)), output(LONG_ID.slice(1))) },
  },
  {
    rule: "calls for all outputs",
    on: "responses",
    body: items(output("a"), called("a"), output("a")),
    message: "No tool call found for function call output with call_id a.",
    code: null,
    param: "input",
    right: { body: items(called("a"), user("Wait."), output("a")) },
  },
  {
    rule: "outputs for all calls",
    on: "responses",
    body: items({ type: "custom_tool_call", call_id: "a", name: "f", input: "x" }, user("And?")),
    message: "No tool output found for custom tool call a.",
    code: null,
    param: "input",
    right: {
      body: items(
        { type: "custom_tool_call", call_id: "a", name: "f", input: "x" },
        { type: "custom_tool_call_output", call_id: "a", output: [{ type: "input_text", text: "done" }] },
      ),
    },
  },
  {
    rule: "outputs for all calls",
    on: "responses",
    body: items(called("a"), called("b"), output("b")),
    message: "No tool output found for function call a.",
    code: null,
    param: "input",
    right: { body: items(called("a"), called("b"), output("b"), output("a")) },
  },
  {
    rule: "what follows reasoning",
    on: "responses",
    body: items(reasoning({ id: "rs_1" }), user("And?")),
    message: "Item 'rs_1' of type 'reasoning' was provided without its required following item.",
    code: null,
    param: "input",
    right: { body: items(reasoning({ id: "rs_1" }), reasoning(), called("a"), output("a")) },
  },
];

describeRules(ITEM_RULES, CASES);
