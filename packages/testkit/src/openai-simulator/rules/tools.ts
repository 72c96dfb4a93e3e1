import { isObject, textOf, type JsonObject } from "../../simulator/json.ts";
import { firstFound, found, foundIf, type Found } from "../../simulator/rule.ts";
import type { DeclaredTool } from "../declared-tools.ts";
import { memberAt, type CallRule, type OpenAiCall } from "./call.ts";
import { CHAT, CONVERSATIONS, RESPONSES } from "./endpoint.ts";
import { isEmptyList, lengthFault, listFault, nameFault, valueFault } from "./faults.ts";
import { CHAT_TOOLS, RESPONSE_TOOLS } from "./known-fields.ts";
import { parametersFault, strictFault } from "./schemas.ts";
import { emptyList, longList, longText, missing, wrongPattern, wrongValue } from "./wordings.ts";

const MAX_NAME = 64;
const MAX_TOOLS = 128;
/** Kinds that have a name of their own. */
const NAMED: ReadonlySet<string> = new Set(["custom", "function", "namespace"]);
const CHOICES = ["none", "auto", "required"];
const CHAT_CHOICES = ["function", "custom", "allowed_tools"];
const RESPONSE_CHOICES = [...RESPONSE_TOOLS.filter((kind) => kind !== "namespace"), "allowed_tools"];

/** What is refused about tools and the choice among them. */
export const TOOL_RULES: readonly CallRule[] = [
  emptyList("empty tools", CHAT, ({ body: { tools } }) => foundIf(isEmptyList(tools), "tools")),
  longList("number of tools", CONVERSATIONS, ({ body: { tools } }) => listFault(tools, "tools", MAX_TOOLS)),
  wrongValue("kinds of tools", CONVERSATIONS, ({ endpoint, tools }) =>
    firstFound(tools, ({ at, tool }) =>
      valueFault(tool["type"] ?? "nothing", `${at}.type`, endpoint === "chat" ? CHAT_TOOLS : RESPONSE_TOOLS),
    ),
  ),
  missing("definitions of tools", CONVERSATIONS, ({ tools }) =>
    firstFound(tools, ({ at, tool, kind, definition, definitionAt }) => {
      // In Chat the definition has a place of its own, which the flat form of Responses leaves empty.
      if (definitionAt !== at && !isObject(tool[kind])) return found(definitionAt);
      return foundIf(NAMED.has(kind) && typeof definition["name"] !== "string", `${definitionAt}.name`);
    }),
  ),
  longText("lengths of tool names", CONVERSATIONS, ({ tools }) =>
    firstFound(tools, ({ name, definitionAt }) => lengthFault(name, `${definitionAt}.name`, MAX_NAME)),
  ),
  wrongPattern("letters of tool names", CONVERSATIONS, ({ tools }) =>
    firstFound(tools, ({ kind, name, definitionAt }) =>
      NAMED.has(kind) ? nameFault(name, `${definitionAt}.name`) : undefined,
    ),
  ),
  schemaRule("parameters of functions", ({ definition }, at) => parametersFault(definition["parameters"], at)),
  schemaRule("strict functions", ({ definition }, at) =>
    definition["strict"] === true ? strictFault(definition["parameters"], at) : undefined,
  ),
  wrongPattern("name of the format", CONVERSATIONS, (call) => {
    const format = formatOf(call);
    return format && nameFault(textOf(format.body["name"]), `${format.at}.name`);
  }),
  missing("schema of the format", CONVERSATIONS, (call) => {
    const format = formatOf(call);
    return foundIf(format !== undefined && !isObject(format.body["schema"]), `${format?.at}.schema`);
  }),
  {
    name: "strict format",
    on: CONVERSATIONS,
    find: (call) => {
      const format = formatOf(call);
      if (format === undefined || format.body["strict"] !== true) return undefined;
      const fault = strictFault(
        format.body["schema"],
        call.endpoint === "chat" ? "response_format" : `${format.at}.schema`,
      );
      return fault && found(fault.at, `'${textOf(format.body["name"])}': ${fault.what}`);
    },
    message: ({ what }) => `Invalid schema for response_format ${what}.`,
    code: "invalid_json_schema",
  },
  {
    name: "the word JSON",
    on: CONVERSATIONS,
    find: ({ endpoint, body, entries }) => {
      const isChat = endpoint === "chat";
      const asks = memberAt(body, isChat ? "response_format.type" : "text.format.type") === "json_object";
      const said = JSON.stringify([body["instructions"], entries.map(({ value }) => value)]);
      return foundIf(asks && !/json/i.test(said), isChat ? "messages" : "input");
    },
    message: ({ at }) =>
      at === "messages"
        ? "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'."
        : "Response input messages must contain the word 'json' in some form to use 'text.format' of type 'json_object'.",
  },
  onlyWithTools("tool_choice"),
  onlyWithTools("parallel_tool_calls"),
  {
    name: "choice without tools",
    on: RESPONSES,
    find: ({ body: { tool_choice: choice }, tools }) =>
      foundIf(tools.length === 0 && (choice === "required" || isObject(choice)), "tool_choice", kindOfChoice(choice)),
    message: ({ what }) => `Tool choice '${what}' must be specified with 'tools' parameter.`,
  },
  wrongValue("kinds of choices", CONVERSATIONS, ({ endpoint, body: { tool_choice: choice } }) =>
    isObject(choice)
      ? valueFault(
          choice["type"] ?? "nothing",
          "tool_choice.type",
          endpoint === "chat" ? CHAT_CHOICES : RESPONSE_CHOICES,
        )
      : valueFault(choice, "tool_choice", CHOICES),
  ),
  {
    name: "chosen tool",
    on: CONVERSATIONS,
    find: chosenFault,
    message: ({ what }) => what,
  },
];

function schemaRule(name: string, find: (tool: DeclaredTool, at: string) => Found | undefined): CallRule {
  return {
    name,
    on: CONVERSATIONS,
    find: ({ tools }) =>
      firstFound(tools, (tool) => {
        const fault = tool.kind === "function" ? find(tool, `${tool.definitionAt}.parameters`) : undefined;
        return fault && found(fault.at, `'${tool.name}': ${fault.what}`);
      }),
    message: ({ what }) => `Invalid schema for function ${what}.`,
    code: "invalid_function_parameters",
  };
}

function onlyWithTools(field: string): CallRule {
  return {
    name: `${field} with tools`,
    on: CHAT,
    find: ({ body }) => foundIf(body[field] != null && body["tools"] == null, field),
    message: ({ at }) => `Invalid value for '${at}': '${at}' is only allowed when 'tools' are specified.`,
  };
}

function formatOf({ body, endpoint }: OpenAiCall): { readonly body: JsonObject; readonly at: string } | undefined {
  const outer = memberAt(body, endpoint === "chat" ? "response_format" : "text.format");
  if (!isObject(outer) || outer["type"] !== "json_schema") return undefined;
  if (endpoint !== "chat") return { body: outer, at: "text.format" };
  const inner = outer["json_schema"];
  return { body: isObject(inner) ? inner : {}, at: "response_format.json_schema" };
}

function kindOfChoice(choice: unknown): string {
  return isObject(choice) ? textOf(choice["type"]) : textOf(choice);
}

// A choice of a tool by its name; other choices name a kind or a list.
function chosenFault({ endpoint, body: { tool_choice: choice }, tools }: OpenAiCall): Found | undefined {
  const kind = kindOfChoice(choice);
  if (!isObject(choice) || (kind !== "function" && kind !== "custom")) return undefined;
  const isChat = endpoint === "chat";
  const named = isChat ? choice[kind] : choice;
  const name = isObject(named) ? textOf(named["name"]) : "";
  if (tools.some((tool) => tool.kind === kind && tool.name === name)) return undefined;
  const words = isChat
    ? `Invalid value for 'tool_choice': no ${kind} named '${name}' was specified in the 'tools' parameter.`
    : `Tool choice '${name}' not found in 'tools' parameter.`;
  return found("tool_choice", words);
}
