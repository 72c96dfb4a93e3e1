import { isObject, textOf } from "../../simulator/json.ts";
import type { Call } from "./call.ts";
import { firstFound, found, foundIf, type Rule } from "../../simulator/rule.ts";
import { CONVERSATIONS, type AnthropicEndpoint } from "./endpoint.ts";

const SAMPLING = ["temperature", "top_p", "top_k"];
const MIN_THINKING_TOKENS = 1024;

/** What is refused because the model, or the version of the API, does not take it. */
export const MODEL_RULES: readonly Rule<Call, AnthropicEndpoint>[] = [
  {
    name: "model known",
    on: CONVERSATIONS,
    find: ({ body, model }) => foundIf(model === undefined, textOf(body["model"])),
    message: ({ at }) => `model: ${at}`,
    status: 404,
    type: "not_found_error",
  },
  {
    name: "sampling by version",
    on: ["messages"],
    find: ({ body, version }) => (version === "2026-10-21" ? sampling(body) : undefined),
    message: ({ at }) => `${at}: ${at} is not supported in this API version`,
  },
  {
    name: "sampling by model",
    on: ["messages"],
    find: ({ body, model }) => (model?.sampling === "none" ? sampling(body) : undefined),
    message: ({ at }) => `\`${at}\` is deprecated for this model.`,
  },
  {
    name: "one of temperature and top_p",
    on: ["messages"],
    find: ({ body, model }) =>
      foundIf(body["temperature"] != null && body["top_p"] != null && model?.sampling === "one"),
    message: () => "`temperature` and `top_p` cannot both be specified for this model. Please use only one.",
  },
  {
    name: "range of temperature",
    on: ["messages"],
    find: ({ body }) => foundIf(Number(body["temperature"] ?? 1) > 1),
    message: () => "temperature: range: 0..1",
  },
  {
    name: "temperature with thinking",
    on: ["messages"],
    find: ({ body }) => foundIf(thinks(body) && Number(body["temperature"] ?? 1) !== 1),
    message: () => "`temperature` may only be set to 1 when thinking is enabled.",
  },
  {
    name: "largest max_tokens",
    on: ["messages"],
    find: ({ body, model }) => {
      const limit = model?.maxTokens ?? Number.MAX_SAFE_INTEGER;
      return foundIf(Number(body["max_tokens"]) > limit, `${Number(body["max_tokens"])} > ${limit}`, model?.id);
    },
    message: ({ at, what }) => `max_tokens: ${at}, which is the maximum allowed number of output tokens for ${what}`,
  },
  {
    name: "thinking enabled",
    on: CONVERSATIONS,
    find: ({ body, model }) => foundIf(thinkingType(body) === "enabled" && model?.manualThinking === false),
    message: () =>
      '"thinking.type.enabled" is not supported for this model. Use "thinking.type.adaptive" and "output_config.effort" to control thinking behavior.',
  },
  {
    name: "thinking adaptive",
    on: CONVERSATIONS,
    find: ({ body, model }) => foundIf(thinkingType(body) === "adaptive" && model?.adaptiveThinking === false),
    message: () => "adaptive thinking is not supported on this model",
  },
  {
    name: "smallest thinking budget",
    on: CONVERSATIONS,
    find: ({ body }) => foundIf(thinkingType(body) === "enabled" && !(thinkingBudget(body) >= MIN_THINKING_TOKENS)),
    message: () => `thinking.enabled.budget_tokens: Input should be greater than or equal to ${MIN_THINKING_TOKENS}`,
  },
  {
    name: "thinking budget below max_tokens",
    on: ["messages"],
    find: ({ body }) => foundIf(thinkingType(body) === "enabled" && thinkingBudget(body) >= Number(body["max_tokens"])),
    message: () => "`max_tokens` must be greater than `thinking.budget_tokens`.",
  },
  {
    name: "prefill",
    on: ["messages"],
    find: ({ turns, model }) => foundIf(turns.at(-1)?.role === "assistant" && model?.prefill === false),
    message: () =>
      "This model does not support assistant message prefill. The conversation must end with a user message.",
  },
];

function sampling(body: Call["body"]): ReturnType<Rule<Call, AnthropicEndpoint>["find"]> {
  return firstFound(SAMPLING, (field) => (body[field] == null ? undefined : found(field)));
}

function thinkingType(body: Call["body"]): unknown {
  return isObject(body["thinking"]) ? body["thinking"]["type"] : undefined;
}

function thinks(body: Call["body"]): boolean {
  return thinkingType(body) === "enabled" || thinkingType(body) === "adaptive";
}

function thinkingBudget(body: Call["body"]): number {
  return isObject(body["thinking"]) ? Number(body["thinking"]["budget_tokens"]) : 0;
}
