import { isObject } from "../../simulator/json.ts";
import { firstFound, foundIf } from "../../simulator/rule.ts";
import { memberAt, type CallRule } from "./call.ts";
import { CHAT, CONVERSATIONS, RESPONSES } from "./endpoint.ts";
import { isText, lengthFault, listFault, shown, typeFault, valueFault } from "./faults.ts";
import { longList, longText, wrongType, wrongValue } from "./wordings.ts";

const MAX_STOPS = 4;
const MAX_METADATA = 16;

const EFFORTS = ["none", "minimal", "low", "medium", "high", "xhigh", "max"];
const TIERS = ["auto", "default", "flex", "scale", "priority", "fast", "ultrafast"];
const VERBOSITIES = ["low", "medium", "high"];
const SUMMARIES = ["auto", "concise", "detailed"];
const FORMATS = ["json_object", "json_schema", "text"];

/** The values that fields may have, by their paths. Source: the types of `openai` 7.57.0, read 2026-11. */
const FIELD_VALUES: Readonly<Record<string, readonly string[]>> = {
  reasoning_effort: EFFORTS,
  service_tier: TIERS,
  truncation: ["auto", "disabled"],
  verbosity: VERBOSITIES,
  "reasoning.effort": EFFORTS,
  "reasoning.generate_summary": SUMMARIES,
  "reasoning.summary": SUMMARIES,
  "response_format.type": FORMATS,
  "text.format.type": FORMATS,
  "text.verbosity": VERBOSITIES,
};

/** What an answer may be asked to include. */
const INCLUDABLE = [
  "code_interpreter_call.outputs",
  "computer_call_output.output.image_url",
  "file_search_call.results",
  "message.input_image.image_url",
  "message.output_text.logprobs",
  "reasoning.encrypted_content",
  "web_search_call.action.sources",
  "web_search_call.results",
];

/** The least values of fields that are numbers. Source: OpenAI's reference and reports of refusals, read 2026-11. */
const LEAST: Readonly<Record<string, number>> = {
  frequency_penalty: -2,
  max_completion_tokens: 1,
  max_output_tokens: 16,
  max_tokens: 1,
  presence_penalty: -2,
  temperature: 0,
  top_logprobs: 0,
  top_p: 0,
};

/** The greatest values of fields that are numbers, from the same source; those of limits depend on the model. */
const GREATEST: Readonly<Record<string, number>> = {
  frequency_penalty: 2,
  presence_penalty: 2,
  temperature: 2,
  top_logprobs: 20,
  top_p: 1,
};

/** The greatest length of fields that are texts. Source: the types of `openai` 7.57.0 and reports of refusals, read 2026-11. */
const LENGTHS: Readonly<Record<string, number>> = { prompt_cache_key: 64, safety_identifier: 128, user: 64 };

/** What is refused for the values of fields, or because two fields do not go together. */
export const VALUE_RULES: readonly CallRule[] = [
  wrongValue("values of fields", CONVERSATIONS, ({ body }) =>
    firstFound(Object.entries(FIELD_VALUES), ([path, values]) => valueFault(memberAt(body, path), path, values)),
  ),
  wrongValue("values of include", RESPONSES, ({ body: { include } }) => {
    const list: readonly unknown[] = Array.isArray(include) ? include : [];
    return firstFound(list, (value, index) => valueFault(value, `include[${index}]`, INCLUDABLE));
  }),
  bound("least values", LEAST, {
    beyond: (value, least) => value < least,
    words: (least) => `integer below minimum value. Expected a value >= ${least}`,
    code: "integer_below_min_value",
  }),
  bound("greatest values", GREATEST, {
    beyond: (value, greatest) => value > greatest,
    words: (greatest) => `decimal above maximum value. Expected a value <= ${greatest}`,
    code: "decimal_above_max_value",
  }),
  longText("lengths of fields", CONVERSATIONS, ({ body }) =>
    firstFound(Object.entries(LENGTHS), ([field, max]) => lengthFault(body[field], field, max)),
  ),
  {
    name: "size of the metadata",
    on: CONVERSATIONS,
    find: ({ body: { metadata } }) => {
      const count = isObject(metadata) ? Object.keys(metadata).length : 0;
      return foundIf(count > MAX_METADATA, "metadata", String(count));
    },
    message: ({ at, what }) =>
      `Invalid '${at}': too many properties. Expected an object with at most ${MAX_METADATA} properties, but got an object with ${what} properties instead.`,
    code: "object_above_max_properties",
  },
  wrongType("values of the metadata", CONVERSATIONS, ({ body: { metadata } }) =>
    firstFound(Object.entries(isObject(metadata) ? metadata : {}), ([key, value]) =>
      typeFault(value, `metadata.${key}`, isText, "a string"),
    ),
  ),
  longList("number of stops", CHAT, ({ body: { stop } }) => listFault(stop, "stop", MAX_STOPS)),
  {
    name: "two limits",
    on: CHAT,
    find: ({ body }) => foundIf(body["max_tokens"] != null && body["max_completion_tokens"] != null),
    message: () => "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.",
    code: "invalid_parameter_combination",
  },
  {
    name: "options of a stream",
    on: CONVERSATIONS,
    find: ({ body }) => foundIf(body["stream_options"] != null && body["stream"] !== true, "stream_options"),
    message: ({ at }) => `The '${at}' parameter is only allowed when 'stream' is enabled.`,
  },
  {
    name: "top_logprobs with logprobs",
    on: CHAT,
    find: ({ body }) => foundIf(Number(body["top_logprobs"] ?? 0) > 0 && body["logprobs"] !== true, "top_logprobs"),
    message: ({ at }) => `The '${at}' parameter is only allowed when 'logprobs' is enabled.`,
  },
];

interface Side {
  readonly beyond: (value: number, bound: number) => boolean;
  readonly words: (bound: number) => string;
  readonly code: string;
}

function bound(name: string, bounds: Readonly<Record<string, number>>, { beyond, words, code }: Side): CallRule {
  return {
    name,
    on: CONVERSATIONS,
    find: ({ body }) =>
      firstFound(Object.entries(bounds), ([field, limit]) => {
        const value = body[field];
        return foundIf(
          typeof value === "number" && beyond(value, limit),
          field,
          `${words(limit)}, but got ${shown(value)}`,
        );
      }),
    message: ({ at, what }) => `Invalid '${at}': ${what} instead.`,
    code,
  };
}
