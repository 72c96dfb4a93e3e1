import { LONG_ID, user, calls, result, messages } from "../../testing/openai-bodies.ts";
import { describeRules, empty, missing, type Body, type RuleCase } from "../../testing/openai-rules.ts";
import { MESSAGE_RULES } from "./messages.ts";

const withCall = (call: unknown): Body => messages({ role: "assistant", tool_calls: [call] }, result("a"));
const CASES: readonly RuleCase[] = [
  empty("messages", {
    rule: "at least one message",
    body: { messages: [] },
    right: {},
  }),
  {
    rule: "roles of messages",
    body: messages({ role: "model", content: "Hi" }),
    message:
      "Invalid value: 'model'. Supported values are: 'system', 'assistant', 'user', 'function', 'tool', and 'developer'.",
    code: "invalid_value",
    param: "messages[1].role",
    right: { body: messages({ role: "system", content: "Be brief." }) },
  },
  {
    rule: "content of messages",
    body: messages({ role: "assistant", content: null }),
    message: "Invalid value for 'content': expected a string, got null.",
    code: null,
    param: "messages[1].content",
    right: { body: messages({ role: "assistant", content: "" }, { role: "assistant", refusal: "No." }) },
  },
  empty("messages[1].content", {
    rule: "contents that are empty lists",
    body: messages(user([])),
    right: { body: messages(user("")) },
  }),
  empty("messages[1].tool_calls", {
    rule: "lists of calls that are empty",
    body: messages({ role: "assistant", content: "Hi", tool_calls: [] }),
    right: { body: messages({ role: "assistant", content: "Hi", tool_calls: null }) },
  }),
  missing("messages[1].tool_calls[0].id", {
    rule: "calls in messages",
    body: withCall({ type: "function", function: { name: "f", arguments: "{}" } }),
    right: { body: withCall({ id: "a", type: "custom", custom: { name: "f", input: "x" } }) },
  }),
  {
    rule: "arguments in messages",
    body: withCall({ id: "a", type: "function", function: { name: "f", arguments: {} } }),
    message:
      "Invalid type for 'messages[1].tool_calls[0].function.arguments': expected a string, but got an object instead.",
    code: "invalid_type",
    param: "messages[1].tool_calls[0].function.arguments",
    right: { body: withCall({ id: "a", type: "function", function: { name: "f", arguments: "not JSON" } }) },
  },
  {
    rule: "lengths of ids in messages",
    body: messages(calls(LONG_ID), result(LONG_ID)),
    message:
      "Invalid 'messages[1].tool_calls[0].id': string too long. Expected a string with maximum length 64, but got a string with length 65 instead.",
    code: "string_above_max_length",
    param: "messages[1].tool_calls[0].id",
    right: { body: messages(calls(LONG_ID.slice(1)), result(LONG_ID.slice(1))) },
  },
  {
    rule: "names in messages",
    body: withCall({ id: "a", type: "function", function: { name: "a.b", arguments: "{}" } }),
    message:
      "Invalid 'messages[1].tool_calls[0].function.name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.",
    code: "invalid_value",
    param: "messages[1].tool_calls[0].function.name",
    right: { body: withCall({ id: "a", type: "function", function: { name: "a-b", arguments: "{}" } }) },
  },
  {
    rule: "names of those who speak",
    body: messages({ ...user("Hi"), name: "Ann B" }),
    message: "Invalid 'messages[1].name': string does not match pattern.",
    code: "invalid_value",
    param: "messages[1].name",
    right: { body: messages({ ...user("Hi"), name: "Ann_B" }) },
  },
  missing("messages[2].tool_call_id", {
    rule: "ids of results",
    body: messages(calls("a"), { role: "tool", content: "done" }),
    right: { body: messages(calls("a"), result("a")) },
  }),
  {
    rule: "calls for all tool messages",
    body: messages(calls("a"), result("a"), user("And?"), result("a")),
    message:
      "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
    code: null,
    param: "messages.[4].role",
    right: { body: messages(calls("a"), result("a"), calls("a"), result("a")) },
  },
  {
    rule: "tool messages for all calls",
    body: messages(calls("a", "b"), result("a"), user("And?"), result("b")),
    message: "Invalid parameter: messages with role 'tool' must be a response",
    code: null,
    param: "messages.[4].role",
    right: { body: messages(calls("a", "b"), result("b"), result("a"), user("And?")) },
  },
  {
    rule: "tool messages for all calls",
    body: messages(calls("a", "b"), result("a")),
    message:
      "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: b",
    code: null,
    param: "messages",
    right: { body: messages(calls("a", "b"), result("a", [{ type: "text", text: "done" }]), result("b")) },
  },
];

describeRules(MESSAGE_RULES, CASES);
