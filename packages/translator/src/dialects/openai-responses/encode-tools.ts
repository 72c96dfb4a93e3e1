import type { RequestScope } from "../../context.ts";
import type { JsonObject } from "../../json.ts";
import type { CustomTool, FunctionTool, HostedTool, NeutralRequest, Tool, ToolChoice } from "../../neutral/request.ts";
import { CUSTOM_PARAMETERS, customDescription } from "../../tools/custom.ts";
import { isStrictLegal, openaiParameters } from "../../tools/schema.ts";
import { described, wireName } from "../openai-chat/encode-tools.ts";
import type { WireObject } from "./encode-request.ts";

/** Writes tools, and which of them may be called. Without tools nothing is said: empty lists are refused. */
export function encodeTools(request: NeutralRequest, scope: RequestScope, body: WireObject): void {
  const { toolChoice, parallelTools } = request;
  const tools: JsonObject[] = [];
  for (const tool of request.tools) {
    const encoded = encodeTool(tool, request, scope, body);
    if (encoded !== undefined) tools.push(encoded);
  }
  const choice = toolChoice === undefined ? undefined : encodeChoice(toolChoice, request, scope);
  if (tools.length === 0) {
    if (toolChoice?.type === "required" && request.tools.length > 0) scope.losses.note("tool_hosted_forced");
    return;
  }
  body.tools = tools;
  if (choice !== undefined) body.tool_choice = choice;
  if (parallelTools === false) body.parallel_tool_calls = false;
}

function encodeTool(
  tool: Tool,
  request: NeutralRequest,
  scope: RequestScope,
  body: WireObject,
): JsonObject | undefined {
  if (tool.type === "function") return encodeFunction(tool, scope);
  return tool.type === "custom" ? encodeCustom(tool, scope) : encodeHosted(tool, request, scope, body);
}

/** Left out, `strict` would hold the model to a schema in which every argument is needed. */
function encodeFunction(tool: FunctionTool, scope: RequestScope): JsonObject {
  const { losses, capability } = scope;
  if (tool.cache !== undefined) losses.note("cache_marks");
  const { schema, adapted, note } = openaiParameters(tool.parameters);
  const description = described(tool.description, note);
  if (adapted) losses.note("tool_schema", tool.name);
  const strict = tool.strict === true && capability.strictTools && isStrictLegal(schema);
  if (tool.strict === true && !strict) losses.note("tool_strict", tool.name);
  return {
    type: "function",
    name: wireName(tool.name, tool.namespace, scope),
    ...(description !== undefined && { description }),
    parameters: schema,
    strict,
  };
}

function encodeCustom(tool: CustomTool, scope: RequestScope): JsonObject {
  const name = wireName(tool.name, tool.namespace, scope);
  if (!scope.capability.customTools) {
    scope.losses.note("tool_custom", tool.name);
    const description = customDescription(tool);
    return {
      type: "function",
      name,
      ...(description !== undefined && { description }),
      parameters: CUSTOM_PARAMETERS,
      strict: false,
    };
  }
  const { description, format } = tool;
  const grammar = format?.grammar;
  // In Chat the grammar stands in an object of its own.
  const flat = typeof grammar === "object" && grammar !== null ? { type: "grammar", ...grammar } : format;
  return {
    type: "custom",
    name,
    ...(description !== undefined && { description }),
    ...(flat !== undefined && { format: flat }),
  };
}

function encodeHosted(
  tool: HostedTool,
  { tools }: NeutralRequest,
  scope: RequestScope,
  body: WireObject,
): JsonObject | undefined {
  const { losses } = scope;
  if (!isDeclared(tool, scope)) {
    losses.note("tool_hosted", tool.name);
    return undefined;
  }
  if (tool.blockedDomains !== undefined) losses.note("tool_hosted_options");
  if (tool.maxUses !== undefined) {
    if (tools.length === 1) body.max_tool_calls = tool.maxUses;
    else losses.note("tool_hosted_options");
  }
  return {
    type: "web_search",
    ...(tool.allowedDomains !== undefined && { filters: { allowed_domains: tool.allowedDomains } }),
    ...(tool.location !== undefined && { user_location: tool.location }),
  };
}

/** Whether a tool can be declared: of those that the upstream runs, a search of the web only, where it is let through. */
function isDeclared(tool: Tool, { capability }: RequestScope): boolean {
  return tool.type !== "hosted" || (tool.kind === "web_search" && capability.hostedTools.includes("web_search"));
}

function encodeChoice(choice: ToolChoice, { tools }: NeutralRequest, scope: RequestScope): unknown {
  if (choice.type === "allowed") {
    const declared = tools.filter((tool) => isDeclared(tool, scope) && choice.names.includes(tool.name));
    const mode = choice.required ? "required" : "auto";
    if (declared.length === 0) {
      scope.losses.note("tool_choice_allowed");
      return mode;
    }
    return { type: "allowed_tools", mode, tools: declared.map((tool) => named(tool, scope)) };
  }
  if (choice.type !== "tool") return choice.type;
  const found = tools.find(({ name }) => name === choice.name);
  const hosted = tools.find((tool) => tool.type === "hosted" && tool.name.startsWith(choice.name));
  if (found === undefined && hosted === undefined) scope.losses.note("tool_choice_unknown", choice.name);
  const tool = found ?? hosted;
  if (tool !== undefined && !isDeclared(tool, scope)) scope.losses.note("tool_hosted_forced", choice.name);
  return tool === undefined ? undefined : named(tool, scope);
}

function named(tool: Tool, { toolNames, capability }: RequestScope): JsonObject {
  if (tool.type === "hosted") return { type: "web_search" };
  const name = toolNames.toWire(tool.name, tool.namespace);
  return { type: tool.type === "custom" && capability.customTools ? "custom" : "function", name };
}
