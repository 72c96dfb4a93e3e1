import { describeRules, type RuleCase } from "../../testing/openai-rules.ts";
import { VALUE_RULES } from "./values.ts";

const CASES: readonly RuleCase[] = [
  {
    rule: "values of fields",
    on: "responses",
    body: { text: { verbosity: "verbose" } },
    message: "Invalid value: 'verbose'. Supported values are: 'low', 'medium', and 'high'.",
    code: "invalid_value",
    param: "text.verbosity",
    right: { body: { text: { verbosity: "low" }, service_tier: "priority" } },
  },
  {
    rule: "values of include",
    on: "responses",
    body: { include: ["everything"] },
    message: "Invalid value: 'everything'. Supported values are: ",
    code: "invalid_value",
    param: "include[0]",
    right: { body: { include: [] } },
  },
  {
    rule: "least values",
    on: "responses",
    body: { max_output_tokens: 15 },
    message: "Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16, but got 15 instead.",
    code: "integer_below_min_value",
    param: "max_output_tokens",
    right: { body: { max_output_tokens: 16 } },
  },
  {
    rule: "least values",
    body: { max_tokens: 0 },
    message: "Invalid 'max_tokens': integer below minimum value. Expected a value >= 1, but got 0 instead.",
    code: "integer_below_min_value",
    param: "max_tokens",
    right: { body: { max_tokens: 1 } },
  },
  {
    rule: "greatest values",
    body: { temperature: 2.5 },
    message: "Invalid 'temperature': decimal above maximum value. Expected a value <= 2, but got 2.5 instead.",
    code: "decimal_above_max_value",
    param: "temperature",
    right: { body: { temperature: 2 } },
  },
  {
    rule: "lengths of fields",
    body: { user: "u".repeat(65) },
    message:
      "Invalid 'user': string too long. Expected a string with maximum length 64, but got a string with length 65 instead.",
    code: "string_above_max_length",
    param: "user",
    right: { body: { user: "u".repeat(64), safety_identifier: "u".repeat(128) } },
  },
  {
    rule: "size of the metadata",
    body: { metadata: Object.fromEntries(Array.from({ length: 17 }, (_, index) => [`k${index}`, "v"])) },
    message:
      "Invalid 'metadata': too many properties. Expected an object with at most 16 properties, but got an object with 17 properties instead.",
    code: "object_above_max_properties",
    param: "metadata",
    right: { body: { metadata: { a: "b" } } },
  },
  {
    rule: "values of the metadata",
    body: { metadata: { a: 1 } },
    message: "Invalid type for 'metadata.a': expected a string, but got an integer instead.",
    code: "invalid_type",
    param: "metadata.a",
    right: { body: { metadata: { a: "1" } } },
  },
  {
    rule: "number of stops",
    body: { stop: ["a", "b", "c", "d", "e"] },
    message:
      "Invalid 'stop': array too long. Expected an array with maximum length 4, but got an array with length 5 instead.",
    code: "array_above_max_length",
    param: "stop",
    right: { body: { stop: ["a", "b", "c", "d"] } },
  },
  {
    rule: "two limits",
    body: { max_tokens: 10, max_completion_tokens: 10 },
    message: "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.",
    code: "invalid_parameter_combination",
    right: { body: { max_completion_tokens: 10 } },
  },
  {
    rule: "options of a stream",
    body: { stream_options: { include_usage: true } },
    message: "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
    code: null,
    param: "stream_options",
    right: { body: { stream: true, stream_options: { include_usage: true } } },
  },
  {
    rule: "top_logprobs with logprobs",
    body: { top_logprobs: 2 },
    message: "The 'top_logprobs' parameter is only allowed when 'logprobs' is enabled.",
    code: null,
    param: "top_logprobs",
    right: { body: { top_logprobs: 2, logprobs: true } },
  },
];

describeRules(VALUE_RULES, CASES);
