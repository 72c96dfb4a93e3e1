import { messages, parts, user } from "../../testing/openai-bodies.ts";
import { describeRules, unsupported, type RuleCase } from "../../testing/openai-rules.ts";
import { MODEL_RULES } from "./model.ts";

const CASES: readonly RuleCase[] = [
  {
    rule: "model of a completion known",
    body: { model: "claude-opus-5-5" },
    message: "The model `claude-opus-5-5` does not exist or you do not have access to it.",
    status: 404,
    code: "model_not_found",
    right: { body: { model: "gpt-4.1-2025-04-14" } },
  },
  {
    rule: "model of a response known",
    on: "responses",
    body: { model: "claude-opus-5-5" },
    message: "The requested model 'claude-opus-5-5' does not exist.",
    code: "model_not_found",
    param: "model",
    right: { body: { model: "gpt-6-sol" } },
  },
  {
    rule: "sampling of a completion by model",
    body: { model: "gpt-5", temperature: 0.2 },
    message:
      "Unsupported value: 'temperature' does not support 0.2 with this model. Only the default (1) value is supported.",
    code: "unsupported_value",
    param: "temperature",
    right: { body: { model: "gpt-5", temperature: 1 } },
  },
  unsupported("top_p", {
    rule: "sampling of a response by model",
    on: "responses",
    body: { top_p: 0.5 },
    right: { body: { top_p: 0.5, reasoning: { effort: "none" } } },
  }),
  unsupported("presence_penalty", {
    rule: "other sampling by model",
    body: { model: "gpt-5.5", presence_penalty: 1 },
    right: { body: { model: "gpt-5.4", presence_penalty: 1 } },
  }),
  unsupported("stop", {
    rule: "stop by model",
    body: { model: "gpt-5.5", stop: "x" },
    right: { body: { stop: "x" } },
  }),
  {
    rule: "limit by model",
    body: { model: "gpt-5.5", max_tokens: 100 },
    message:
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
    code: "unsupported_parameter",
    param: "max_tokens",
    right: { body: { model: "gpt-5.5", max_completion_tokens: 100 } },
  },
  {
    rule: "limit by model",
    body: { model: "local", max_completion_tokens: 100 },
    message:
      "Unsupported parameter: 'max_completion_tokens' is not supported with this model. Use 'max_tokens' instead.",
    code: "unsupported_parameter",
    param: "max_completion_tokens",
    right: { body: { model: "local", max_tokens: 100 } },
  },
  {
    rule: "greatest limit of a completion",
    body: { model: "gpt-4o", max_tokens: 50_000 },
    message:
      "max_tokens is too large: 50000. This model supports at most 16384 completion tokens, whereas you provided 50000.",
    code: "invalid_value",
    param: "max_tokens",
    right: { body: { model: "gpt-4o", max_tokens: 16_384 } },
  },
  {
    rule: "greatest limit of a response",
    on: "responses",
    body: { max_output_tokens: 128_001 },
    message:
      "Invalid 'max_output_tokens': integer above maximum value. Expected a value <= 128000, but got 128001 instead.",
    code: "integer_above_max_value",
    param: "max_output_tokens",
    right: { body: { max_output_tokens: 128_000 } },
  },
  unsupported("reasoning_effort", {
    rule: "effort of a model that does not reason",
    body: { reasoning_effort: "low" },
    right: { body: { model: "gpt-5.5", reasoning_effort: "low" } },
  }),
  {
    rule: "effort by model",
    on: "responses",
    body: { model: "o4-mini", reasoning: { effort: "minimal" } },
    message:
      "Unsupported value: 'minimal' is not supported with the 'o4-mini' model. Supported values are: 'low', 'medium', and 'high'.",
    code: "unsupported_value",
    param: "reasoning.effort",
    right: { body: { model: "o4-mini", reasoning: { effort: "high" } } },
  },
  unsupported("reasoning.summary", {
    rule: "summary by model",
    on: "responses",
    body: { model: "gpt-4.1", reasoning: { summary: "auto" } },
    right: { body: { reasoning: { summary: "auto" } } },
  }),
  {
    rule: "sealed reasoning by model",
    on: "responses",
    body: { model: "gpt-4.1", include: ["reasoning.encrypted_content"] },
    message: "Encrypted content is not supported with this model.",
    code: null,
    param: "include",
    right: { body: { include: ["reasoning.encrypted_content"] } },
  },
  {
    rule: "verbosity by model",
    body: { verbosity: "low" },
    message: "Unsupported value: 'low' is not supported with the 'gpt-4.1' model. Supported values are: 'medium'.",
    code: "unsupported_value",
    param: "verbosity",
    right: { body: { verbosity: "medium" } },
  },
  {
    rule: "developer by model",
    body: { model: "local", messages: [{ role: "developer", content: "Be brief." }, user("Hi")] },
    message: "Unsupported value: 'messages[0].role' does not support 'developer' with this model.",
    code: "unsupported_value",
    param: "messages[0].role",
    right: { body: { messages: [{ role: "developer", content: "Be brief." }, user("Hi")] } },
  },
  {
    rule: "parts by model",
    body: { model: "local", ...parts({ type: "text", text: "Hi" }) },
    message: "Invalid type for 'messages[1].content': expected a string, but got an array instead.",
    code: "invalid_type",
    param: "messages[1].content",
    right: { body: { model: "local", ...messages(user("Hi")) } },
  },
];

describeRules(MODEL_RULES, CASES);
