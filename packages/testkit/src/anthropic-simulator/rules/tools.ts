import { isObject, objectsIn, textOf, type JsonObject } from "../../simulator/json.ts";
import type { Call, CallTurn } from "./call.ts";
import { firstFound, found, foundIf, type Found, type Rule } from "../../simulator/rule.ts";
import { CONVERSATIONS, type AnthropicEndpoint } from "./endpoint.ts";

const TOOL_NAME = /^[a-zA-Z0-9_-]{1,128}$/;
const MAX_STRICT_TOOLS = 20;

/** What is refused about tools, their calls and their results. */
export const TOOL_RULES: readonly Rule<Call, AnthropicEndpoint>[] = [
  {
    name: "tool names",
    on: CONVERSATIONS,
    find: (call) => firstCustomTool(call, (tool, at) => foundIf(!TOOL_NAME.test(textOf(tool["name"])), at)),
    message: ({ at }) => `${at}.name: String should match pattern '${TOOL_NAME.source}'`,
  },
  {
    name: "tool names differ",
    on: CONVERSATIONS,
    find: ({ body }) => {
      const names = objectsIn(body["tools"])
        .map((tool) => tool["name"])
        .filter((name) => name !== undefined);
      return foundIf(new Set(names).size < names.length);
    },
    message: () => "tools: Tool names must be unique.",
  },
  {
    name: "tool schemas",
    on: CONVERSATIONS,
    find: (call) => firstCustomTool(call, (tool, at) => schemaFault(tool["input_schema"], `${at}.input_schema`)),
    message: ({ at, what }) => `${at}: ${what}`,
  },
  {
    name: "strict tools",
    on: CONVERSATIONS,
    find: ({ body }) => {
      const strict = objectsIn(body["tools"]).filter((tool) => tool["strict"] === true).length;
      return foundIf(strict > MAX_STRICT_TOOLS, String(strict));
    },
    message: ({ at }) =>
      `Too many strict tools (${at}). The maximum number of strict tools supported is ${MAX_STRICT_TOOLS}. Try reducing the number of tools marked as strict.`,
  },
  {
    name: "tool choice",
    on: CONVERSATIONS,
    find: choiceFault,
    message: ({ at }) => at,
  },
  {
    name: "forced tool with thinking",
    on: CONVERSATIONS,
    find: ({ body }) => {
      const thinks = isObject(body["thinking"]) && body["thinking"]["type"] === "enabled";
      return foundIf(thinks && ["any", "tool"].includes(choiceType(body)));
    },
    message: () => "Thinking may not be enabled when tool_choice forces tool use.",
  },
  {
    name: "results for all calls",
    on: CONVERSATIONS,
    find: ({ turns }) =>
      firstFound(turns, (turn, index) => {
        const results = leadingResultIds(turns[index + 1]);
        const open = callIds(turn).filter((id) => !results.includes(id));
        return foundIf(open.length > 0, turn.at, open.join(", "));
      }),
    message: ({ at, what }) =>
      `${at}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${what}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`,
  },
  {
    name: "calls for all results",
    on: CONVERSATIONS,
    find: (call) => firstResult(call, (id, at, calls) => foundIf(!calls.includes(id), at, id)),
    message: ({ at, what }) =>
      `${at}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${what}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`,
  },
  {
    name: "one result for a call",
    on: CONVERSATIONS,
    find: (call) => firstResult(call, (id, at, _, earlier) => foundIf(earlier.includes(id), at, id)),
    message: ({ at, what }) =>
      `${at}: each tool_use must have a single result. Found multiple \`tool_result\` blocks with id: ${what}`,
  },
  {
    name: "closed output schema",
    on: CONVERSATIONS,
    find: ({ body }) => {
      const format = isObject(body["output_config"]) ? body["output_config"]["format"] : body["output_format"];
      return foundIf(isObject(format) && hasOpenObject(format["schema"]));
    },
    message: () =>
      "output_config.format.schema: For 'object' type, 'additionalProperties' must be explicitly set to false",
  },
];

function firstCustomTool(call: Call, find: (tool: JsonObject, at: string) => Found | undefined): Found | undefined {
  return firstFound(objectsIn(call.body["tools"]), (tool, index) => {
    const custom = tool["type"] === undefined || tool["type"] === null || tool["type"] === "custom";
    return custom ? find(tool, `tools.${index}.custom`) : undefined;
  });
}

function schemaFault(schema: unknown, at: string): Found | undefined {
  if (schema === undefined) return found(at, "Field required");
  if (!isObject(schema)) return found(at, "Input does not match the expected shape.");
  if (schema["type"] === undefined) return found(`${at}.type`, "Field required");
  return foundIf(schema["type"] !== "object", `${at}.type`, "Input should be 'object'");
}

function choiceType(body: JsonObject): string {
  return isObject(body["tool_choice"]) ? textOf(body["tool_choice"]["type"]) : "";
}

function choiceFault({ body }: Call): Found | undefined {
  const choice = body["tool_choice"];
  if (!isObject(choice)) return undefined;
  const type = choiceType(body);
  if (!["auto", "any", "tool", "none"].includes(type)) {
    return found(
      `tool_choice: Input tag '${type}' found using 'type' does not match any of the expected tags: 'auto', 'any', 'tool', 'none'`,
    );
  }
  const tools = objectsIn(body["tools"]);
  if (type === "any" && tools.length === 0) {
    return found("tool_choice.any may only be specified while providing tools");
  }
  const named = tools.some((tool) => tool["name"] === choice["name"]);
  return foundIf(type === "tool" && !named, `Tool '${textOf(choice["name"])}' not found in provided tools`);
}

function callIds(turn: CallTurn): string[] {
  const calls = turn.role === "assistant" ? turn.blocks.filter(({ block }) => block["type"] === "tool_use") : [];
  return calls.map(({ block }) => textOf(block["id"]));
}

// Results come first in a turn: behind a text they do not count.
function leadingResultIds(turn: CallTurn | undefined): string[] {
  const blocks = turn?.role === "user" ? turn.blocks.map(({ block }) => block) : [];
  const end = blocks.findIndex((block) => block["type"] !== "tool_result");
  return blocks.slice(0, end === -1 ? blocks.length : end).map((block) => textOf(block["tool_use_id"]));
}

/** The first faulty result; `calls` are the ids of the turn before it, `earlier` those of the results before it in its turn. */
function firstResult(
  call: Call,
  find: (id: string, at: string, calls: readonly string[], earlier: readonly string[]) => Found | undefined,
): Found | undefined {
  return firstFound(call.turns, (turn, index) => {
    const before = call.turns[index - 1];
    // The calls of a thread that goes on are held by the service.
    if (before === undefined && continuesThread(call.body)) return undefined;
    const results = turn.blocks.filter(({ block }) => block["type"] === "tool_result");
    const ids = results.map(({ block }) => textOf(block["tool_use_id"]));
    return firstFound(results, ({ at }, position) =>
      find(ids[position] ?? "", at, before === undefined ? [] : callIds(before), ids.slice(0, position)),
    );
  });
}

function continuesThread(body: JsonObject): boolean {
  return isObject(body["thread"]) && body["thread"]["type"] === "continue";
}

function hasOpenObject(schema: unknown): boolean {
  if (Array.isArray(schema)) return schema.some(hasOpenObject);
  if (!isObject(schema)) return false;
  if (schema["type"] === "object" && schema["additionalProperties"] !== false) return true;
  return Object.values(schema).some(hasOpenObject);
}
