import { textOf, type JsonObject } from "../../simulator/json.ts";
import { firstFound, found, foundIf, type Found } from "../../simulator/rule.ts";
import { conversationOf, itemType, type CallRule } from "./call.ts";
import { RESPONSES } from "./endpoint.ts";
import { isText, lengthFault, nameFault, typeFault, valueFault } from "./faults.ts";
import { ITEM_FIELDS } from "./known-fields.ts";
import { longText, missing, wrongPattern, wrongType, wrongValue } from "./wordings.ts";

const ROLES = ["assistant", "system", "developer", "user"];
const MAX_CALL_ID = 64;

/** Members that an item must have, by its type. */
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  custom_tool_call: ["call_id", "input", "name"],
  custom_tool_call_output: ["call_id", "output"],
  function_call: ["arguments", "call_id", "name"],
  function_call_output: ["call_id", "output"],
  item_reference: ["id"],
  message: ["content", "role"],
  reasoning: ["summary"],
};

/** How the ids of items begin, by their type. Source: reports of refusals, read 2026-11. */
const ID_BEGINNINGS: Readonly<Record<string, string>> = {
  custom_tool_call: "ctc",
  function_call: "fc",
  message: "msg",
  reasoning: "rs",
};

/** Members that must be texts, by the type of the item. */
const TEXTS: Readonly<Record<string, readonly string[]>> = {
  custom_tool_call: ["call_id", "input", "name"],
  function_call: ["arguments", "call_id", "name"],
};

interface Pair {
  readonly call: string;
  readonly output: string;
  /** What the two are called in a refusal. */
  readonly words: string;
}

/** Calls and what answers them. */
const PAIRS: readonly Pair[] = [
  { call: "function_call", output: "function_call_output", words: "function call" },
  { call: "custom_tool_call", output: "custom_tool_call_output", words: "custom tool call" },
];

/** Items that the model makes itself: one of them must follow its reasoning. */
const OF_THE_MODEL: ReadonlySet<string> = new Set([
  "apply_patch_call",
  "code_interpreter_call",
  "compaction",
  "computer_call",
  "custom_tool_call",
  "file_search_call",
  "function_call",
  "image_generation_call",
  "item_reference",
  "local_shell_call",
  "mcp_approval_request",
  "mcp_call",
  "mcp_list_tools",
  "program",
  "reasoning",
  "shell_call",
  "tool_search_call",
  "web_search_call",
]);

/** What is refused for the items of Responses. */
export const ITEM_RULES: readonly CallRule[] = [
  wrongValue("kinds of items", RESPONSES, ({ entries }) =>
    firstFound(entries, ({ at, value }) => valueFault(itemType(value), at, Object.keys(ITEM_FIELDS))),
  ),
  missing("members of items", RESPONSES, ({ entries }) =>
    firstFound(entries, ({ at, value }) =>
      firstFound(REQUIRED[itemType(value)] ?? [], (member) => foundIf(value[member] == null, `${at}.${member}`)),
    ),
  ),
  wrongValue("roles of items", RESPONSES, ({ entries }) =>
    firstFound(entries, ({ at, value }) =>
      itemType(value) === "message" ? valueFault(value["role"], `${at}.role`, ROLES) : undefined,
    ),
  ),
  wrongType("texts of items", RESPONSES, ({ entries }) =>
    firstFound(entries, ({ at, value }) =>
      firstFound(TEXTS[itemType(value)] ?? [], (member) =>
        typeFault(value[member], `${at}.${member}`, isText, "a string"),
      ),
    ),
  ),
  {
    name: "ids of items",
    on: RESPONSES,
    find: ({ entries }) => firstFound(entries, ({ at, value }) => idFault(value, at)),
    message: ({ at, what }) => `Invalid '${at}': ${what}`,
    code: "invalid_value",
  },
  wrongPattern("names in items", RESPONSES, ({ entries }) =>
    firstFound(entries, ({ at, value }) =>
      TEXTS[itemType(value)] === undefined ? undefined : nameFault(value["name"], `${at}.name`),
    ),
  ),
  longText("lengths of ids in items", RESPONSES, ({ entries }) =>
    firstFound(entries, ({ at, value }) => lengthFault(value["call_id"], `${at}.call_id`, MAX_CALL_ID)),
  ),
  {
    name: "calls for all outputs",
    on: RESPONSES,
    find: (call) => {
      const items = conversationOf(call);
      return firstPair(({ output, call: calling, words }) =>
        firstFound(items, (item, index) => {
          if (itemType(item) !== output) return undefined;
          const known = idsOf(items.slice(0, index), calling).includes(textOf(item["call_id"]));
          return foundIf(!known, "input", `${words} output with call_id ${textOf(item["call_id"])}`);
        }),
      );
    },
    message: ({ what }) => `No tool call found for ${what}.`,
  },
  {
    name: "outputs for all calls",
    on: RESPONSES,
    find: (call) => {
      const items = conversationOf(call);
      return firstPair(({ output, call: calling, words }) => {
        const answered = idsOf(items, output);
        return firstFound(idsOf(items, calling), (id) => foundIf(!answered.includes(id), "input", `${words} ${id}`));
      });
    },
    message: ({ what }) => `No tool output found for ${what}.`,
  },
  {
    name: "what follows reasoning",
    on: RESPONSES,
    find: (call) => {
      const items = conversationOf(call);
      return firstFound(items, (item, index) => {
        if (itemType(item) !== "reasoning") return undefined;
        return foundIf(!isOfModel(items[index + 1]), "input", textOf(item["id"]));
      });
    },
    message: ({ what }) => `Item '${what}' of type 'reasoning' was provided without its required following item.`,
  },
];

function idFault(item: JsonObject, at: string): Found | undefined {
  const type = itemType(item);
  const beginning = ID_BEGINNINGS[type];
  const id = item["id"];
  if (beginning === undefined || typeof id !== "string" || id.startsWith(beginning)) return undefined;
  return found(`${at}.id`, `'${id}'. Expected an ID that begins with '${beginning}'.`);
}

function firstPair(find: (pair: Pair) => Found | undefined): Found | undefined {
  return firstFound(PAIRS, find);
}

function idsOf(items: readonly JsonObject[], type: string): string[] {
  return items.filter((item) => itemType(item) === type).map((item) => textOf(item["call_id"]));
}

function isOfModel(item: JsonObject | undefined): boolean {
  if (item === undefined) return false;
  return itemType(item) === "message" ? item["role"] === "assistant" : OF_THE_MODEL.has(itemType(item));
}
