import { isObject, objectsIn, textOf } from "../../simulator/json.ts";
import { firstFound, found, foundIf, type Found } from "../../simulator/rule.ts";
import { placed } from "../declared-tools.ts";
import { memberAt, type CallRule, type OpenAiCall, type Placed } from "./call.ts";
import { CHAT } from "./endpoint.ts";
import { isEmptyList, isText, lengthFault, nameFault, typeFault, typeWords, valueFault } from "./faults.ts";
import { emptyList, longText, missing, wrongPattern, wrongType, wrongValue } from "./wordings.ts";

const ROLES = ["system", "assistant", "user", "function", "tool", "developer"];
const MAX_CALL_ID = 64;
const SPEAKER = /^[^\s<|\\/>]+$/;

/** What is refused for the messages of Chat. */
export const MESSAGE_RULES: readonly CallRule[] = [
  emptyList("at least one message", CHAT, ({ body }) => foundIf(isEmptyList(body["messages"]), "messages")),
  wrongValue("roles of messages", CHAT, ({ entries }) =>
    firstFound(entries, ({ at, value }) => valueFault(value["role"] ?? "nothing", `${at}.role`, ROLES)),
  ),
  {
    name: "content of messages",
    on: CHAT,
    find: ({ entries }) => firstFound(entries, contentFault),
    message: ({ what }) => `Invalid value for 'content': expected a string, got ${what}.`,
  },
  emptyList("contents that are empty lists", CHAT, ({ entries }) =>
    firstFound(entries, ({ at, value }) => foundIf(isEmptyList(value["content"]), `${at}.content`)),
  ),
  emptyList("lists of calls that are empty", CHAT, ({ entries }) =>
    firstFound(entries, ({ at, value }) => foundIf(isEmptyList(value["tool_calls"]), `${at}.tool_calls`)),
  ),
  missing("calls in messages", CHAT, (call) => firstCall(call, missingMember)),
  wrongType("arguments in messages", CHAT, (call) =>
    firstCall(call, ({ at, value }) =>
      typeFault(memberAt(value, "function.arguments"), `${at}.function.arguments`, isText, "a string"),
    ),
  ),
  longText(
    "lengths of ids in messages",
    CHAT,
    (call) =>
      firstCall(call, ({ at, value }) => lengthFault(value["id"], `${at}.id`, MAX_CALL_ID)) ??
      firstFound(call.entries, ({ at, value }) =>
        lengthFault(value["tool_call_id"], `${at}.tool_call_id`, MAX_CALL_ID),
      ),
  ),
  wrongPattern("names in messages", CHAT, (call) =>
    firstCall(call, ({ at, value }) => {
      const type = textOf(value["type"]);
      return nameFault(memberAt(value, `${type}.name`), `${at}.${type}.name`);
    }),
  ),
  wrongPattern("names of those who speak", CHAT, ({ entries }) =>
    firstFound(entries, ({ at, value: { name } }) =>
      foundIf(typeof name === "string" && !SPEAKER.test(name), `${at}.name`, SPEAKER.source),
    ),
  ),
  missing("ids of results", CHAT, ({ entries }) =>
    firstFound(entries, ({ at, value }) =>
      foundIf(value["role"] === "tool" && typeof value["tool_call_id"] !== "string", `${at}.tool_call_id`),
    ),
  ),
  {
    name: "calls for all tool messages",
    on: CHAT,
    find: ({ entries }) =>
      firstFound(entries, ({ value }, index) => {
        if (value["role"] !== "tool") return undefined;
        const open = callIds(askingMessage(entries, index)).includes(textOf(value["tool_call_id"]));
        return foundIf(!open, `messages.[${index}].role`);
      }),
    message: () =>
      "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
  },
  {
    name: "tool messages for all calls",
    on: CHAT,
    find: ({ entries }) =>
      firstFound(entries, (entry, index) => {
        const answered = resultIds(entries, index + 1);
        const open = callIds(entry).filter((id) => !answered.includes(id));
        return foundIf(open.length > 0, "messages", open.join(", "));
      }),
    message: ({ what }) =>
      `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: ${what}`,
  },
];

// Only an assistant that calls something or refuses may say nothing.
function contentFault({ at, value }: Placed): Found | undefined {
  const { role, content, tool_calls: calls, refusal, audio, function_call: called } = value;
  if (typeof content === "string" || Array.isArray(content)) return undefined;
  const saysOther = [calls, refusal, audio, called].some((member) => member != null);
  if (content == null && role === "assistant" && saysOther) return undefined;
  return found(`${at}.content`, typeWords(content ?? null));
}

function firstCall({ entries }: OpenAiCall, find: (call: Placed) => Found | undefined): Found | undefined {
  return firstFound(
    entries.flatMap(({ at, value }) => placed(value["tool_calls"], `${at}.tool_calls`)),
    find,
  );
}

function missingMember({ at, value }: Placed): Found | undefined {
  const type = textOf(value["type"]);
  if (type !== "function" && type !== "custom") return found(`${at}.type`);
  if (typeof value["id"] !== "string") return found(`${at}.id`);
  return foundIf(!isObject(value[type]), `${at}.${type}`);
}

function callIds(entry: Placed | undefined): string[] {
  return objectsIn(entry?.value["tool_calls"]).map((call) => textOf(call["id"]));
}

/** The message that a row of tool messages follows. */
function askingMessage(entries: readonly Placed[], index: number): Placed | undefined {
  return entries.slice(0, index).findLast(({ value }) => value["role"] !== "tool");
}

/** The ids of the tool messages in a row from a place on. */
function resultIds(entries: readonly Placed[], start: number): string[] {
  const others = entries.slice(start);
  const end = others.findIndex(({ value }) => value["role"] !== "tool");
  return others.slice(0, end === -1 ? others.length : end).map(({ value }) => textOf(value["tool_call_id"]));
}
