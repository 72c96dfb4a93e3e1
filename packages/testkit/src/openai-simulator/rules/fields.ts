import { isObject, textOf, type JsonObject } from "../../simulator/json.ts";
import { firstFound, found, foundIf, type Found } from "../../simulator/rule.ts";
import { itemType, memberAt, partsIn, type CallRule, type OpenAiCall } from "./call.ts";
import { CHAT, CONVERSATIONS, RESPONSES } from "./endpoint.ts";
import { isText, typeFault } from "./faults.ts";
import {
  CHAT_FIELDS,
  COMMON_ITEM_FIELDS,
  COUNTED_FIELDS,
  INNER_FIELDS,
  ITEM_FIELDS,
  MESSAGE_FIELDS,
  PART_FIELDS,
  RESPONSE_FIELDS,
  TOOL_FIELDS,
} from "./known-fields.ts";
import { missing, unknown, wrongType } from "./wordings.ts";

/** Fields of Chat, each with its name in Responses. */
const MOVED: Readonly<Record<string, string>> = {
  functions: "tools",
  max_completion_tokens: "max_output_tokens",
  max_tokens: "max_output_tokens",
  messages: "input",
  reasoning_effort: "reasoning.effort",
  response_format: "text.format",
  verbosity: "text.verbosity",
};

/** What gives a response something to answer. */
const STARTS = ["input", "previous_response_id", "prompt", "conversation"];

interface FieldType {
  readonly is: (value: unknown) => boolean;
  readonly words: string;
}

const STRING: FieldType = { is: isText, words: "a string" };
const INTEGER: FieldType = { is: Number.isInteger, words: "an integer" };
const DECIMAL: FieldType = { is: (value) => typeof value === "number", words: "a decimal" };
const BOOLEAN: FieldType = { is: (value) => typeof value === "boolean", words: "a boolean" };
const OBJECT: FieldType = { is: isObject, words: "an object" };
const LIST: FieldType = { is: Array.isArray, words: "an array" };
const STRING_OR_LIST: FieldType = {
  is: (value) => isText(value) || Array.isArray(value),
  words: "one of a string or an array",
};

/** What the fields of the body must be when they are there. */
const FIELD_TYPES: Readonly<Record<string, FieldType>> = {
  background: BOOLEAN,
  frequency_penalty: DECIMAL,
  include: LIST,
  input: STRING_OR_LIST,
  instructions: STRING,
  max_completion_tokens: INTEGER,
  max_output_tokens: INTEGER,
  max_tokens: INTEGER,
  messages: LIST,
  metadata: OBJECT,
  model: STRING,
  n: INTEGER,
  parallel_tool_calls: BOOLEAN,
  presence_penalty: DECIMAL,
  previous_response_id: STRING,
  prompt_cache_key: STRING,
  reasoning: OBJECT,
  response_format: OBJECT,
  safety_identifier: STRING,
  seed: INTEGER,
  stop: STRING_OR_LIST,
  store: BOOLEAN,
  stream: BOOLEAN,
  stream_options: OBJECT,
  temperature: DECIMAL,
  text: OBJECT,
  tools: LIST,
  top_logprobs: INTEGER,
  top_p: DECIMAL,
  user: STRING,
};

/** What is refused for the fields that are there or are missing. */
export const FIELD_RULES: readonly CallRule[] = [
  {
    name: "a model",
    on: CHAT,
    find: ({ body }) => foundIf(body["model"] == null),
    message: () => "you must provide a model parameter",
  },
  missing("a model of a response", ["responses"], ({ body }) => foundIf(body["model"] == null, "model")),
  missing("messages", CHAT, ({ body }) => foundIf(body["messages"] == null, "messages")),
  {
    name: "fields that moved",
    on: RESPONSES,
    find: ({ body }) => firstFound(Object.entries(MOVED), ([field, now]) => foundIf(field in body, field, now)),
    message: ({ at, what }) =>
      `Unsupported parameter: '${at}'. In the Responses API, this parameter has moved to '${what}'. Try again with the new parameter. See the API documentation for more information: https://platform.openai.com/docs/api-reference/responses/create.`,
    code: "unsupported_parameter",
  },
  unknown("fields of a completion", CHAT, (call) => extraField(call, call.body, CHAT_FIELDS)),
  unknown("fields of a response", ["responses"], (call) => extraField(call, call.body, RESPONSE_FIELDS)),
  unknown("fields of a count", ["input_tokens"], (call) => extraField(call, call.body, COUNTED_FIELDS)),
  unknown("fields of fields", CONVERSATIONS, (call) =>
    firstFound(Object.entries(INNER_FIELDS), ([path, known]) => {
      const value = memberAt(call.body, path);
      return isObject(value) ? extraField(call, value, known, path) : undefined;
    }),
  ),
  unknown("fields of messages", CHAT, (call) =>
    firstFound(call.entries, ({ at, value }) => extraField(call, value, MESSAGE_FIELDS[textOf(value["role"])], at)),
  ),
  unknown("fields of items", RESPONSES, (call) =>
    firstFound(call.entries, ({ at, value }) => {
      const known = ITEM_FIELDS[itemType(value)];
      return extraField(call, value, known && [...known, ...COMMON_ITEM_FIELDS], at);
    }),
  ),
  unknown("fields of parts", CONVERSATIONS, (call) =>
    firstFound(call.entries.flatMap(partsIn), ({ at, value }) =>
      extraField(call, value, PART_FIELDS[textOf(value["type"])], at),
    ),
  ),
  // Chat takes other members of a function; so it is in a recording of 2025.
  unknown("fields of tools", RESPONSES, (call) =>
    firstFound(call.tools, ({ definition, definitionAt, kind }) =>
      extraField(call, definition, TOOL_FIELDS[kind], definitionAt),
    ),
  ),
  {
    name: "something to answer",
    on: RESPONSES,
    find: ({ body }) => foundIf(STARTS.every((field) => body[field] == null)),
    message: () => "One of 'input', 'previous_response_id', 'prompt' or 'conversation' must be provided.",
    code: "missing_required_parameter",
  },
  wrongType("types of fields", CONVERSATIONS, ({ body }) =>
    firstFound(Object.entries(FIELD_TYPES), ([field, { is, words }]) => typeFault(body[field], field, is, words)),
  ),
];

// Without a list of fields nothing is known about the object.
function extraField(
  { model }: OpenAiCall,
  value: JsonObject,
  known: readonly string[] | undefined,
  at?: string,
): Found | undefined {
  if (known === undefined || model?.openFields === true) return undefined;
  const extra = Object.keys(value).find((field) => !known.includes(field));
  return extra === undefined ? undefined : found(at === undefined ? extra : `${at}.${extra}`);
}
