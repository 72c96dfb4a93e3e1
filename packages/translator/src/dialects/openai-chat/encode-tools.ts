import type { RequestScope } from "../../context.ts";
import { asObject, asText } from "../../json.ts";
import type { JsonObject } from "../../json.ts";
import type { CustomTool, FunctionTool, HostedTool, NeutralRequest, Tool, ToolChoice } from "../../neutral/request.ts";
import { CUSTOM_PARAMETERS, customDescription } from "../../tools/custom.ts";
import { isStrictLegal, openaiParameters } from "../../tools/schema.ts";
import { marked } from "./encode-parts.ts";
import type { WirePart } from "./encode-parts.ts";

/** Writes tools, and which of them may be called. Without tools nothing is said: empty lists are refused. */
export function encodeTools(request: NeutralRequest, scope: RequestScope, body: WirePart): void {
  const { toolChoice, parallelTools } = request;
  const allowed = allowedTools(request, scope);
  const tools: JsonObject[] = [];
  for (const tool of request.tools) {
    if (tool.type === "hosted") encodeHosted(tool, scope, body);
    else if (allowed === undefined || allowed.has(tool.name)) {
      tools.push(tool.type === "custom" ? encodeCustom(tool, scope) : encodeFunction(tool, scope));
    }
  }
  const choice = toolChoice === undefined ? undefined : encodeChoice(toolChoice, request, scope);
  if (tools.length === 0) return refuseForced(request, scope);
  body.tools = tools;
  if (choice !== undefined) body.tool_choice = choice;
  // True is what every service takes it for; some models refuse the field.
  if (parallelTools !== false) return;
  if (scope.capability.parallelToolsField) body.parallel_tool_calls = false;
  else scope.losses.note("parallel_tools");
}

/** When the tools that must be called are not there, the answer would be to another question. */
function refuseForced({ tools, toolChoice }: NeutralRequest, { losses }: RequestScope): void {
  if (toolChoice?.type === "required" && tools.length > 0) losses.note("tool_hosted_forced", tools[0]?.name);
}

/** The name on the wire, with a note when it is another than the client's. */
export function wireName(name: string, namespace: string | undefined, { toolNames, losses }: RequestScope): string {
  const wire = toolNames.toWire(name, namespace);
  if (namespace !== undefined) losses.note("tool_namespace", namespace);
  else if (wire !== name) losses.note("tool_name", name);
  return wire;
}

function encodeFunction(tool: FunctionTool, scope: RequestScope): WirePart {
  const { schema, adapted, note } = openaiParameters(tool.parameters);
  if (adapted) scope.losses.note("tool_schema", tool.name);
  const declared: WirePart = { name: wireName(tool.name, tool.namespace, scope) };
  const description = described(tool.description, note);
  if (description !== undefined) declared.description = description;
  declared.parameters = schema;
  const strict = strictOf(tool, schema, scope);
  if (strict !== undefined) declared.strict = strict;
  return marked({ type: "function", function: declared }, tool.cache, scope);
}

/** What a tool does, and what else must be said of its arguments. */
export function described(description: string | undefined, note: string | undefined): string | undefined {
  return description === undefined || note === undefined ? (description ?? note) : `${description}\n\n${note}`;
}

/** In the Responses API a tool is held to its schema, where that can be, unless the client says otherwise; here it is not. */
function strictOf({ name, strict }: FunctionTool, schema: JsonObject, scope: RequestScope): boolean | undefined {
  const { capability, losses } = scope;
  const wished = strict ?? losses.from === "openai-responses";
  if (!wished) return strict === false && capability.strictTools ? false : undefined;
  if (capability.strictTools && isStrictLegal(schema)) return true;
  if (strict === true) losses.note("tool_strict", name);
  return undefined;
}

function encodeCustom(tool: CustomTool, scope: RequestScope): JsonObject {
  const { description, format } = tool;
  const name = wireName(tool.name, tool.namespace, scope);
  if (scope.capability.customTools) {
    const custom = {
      name,
      ...(description !== undefined && { description }),
      ...(format && { format: grammarOf(format) }),
    };
    return { type: "custom", custom };
  }
  scope.losses.note("tool_custom", tool.name);
  const said = customDescription(tool);
  const wrapped = { name, ...(said !== undefined && { description: said }), parameters: CUSTOM_PARAMETERS };
  return { type: "function", function: wrapped };
}

/** Here the grammar stands in an object of its own; in the Responses API beside the type. */
function grammarOf(format: JsonObject): JsonObject {
  if (format.type !== "grammar" || asObject(format.grammar) !== undefined) return format;
  return { type: "grammar", grammar: { syntax: format.syntax, definition: format.definition } };
}

/** The only tool that an upstream runs here is the web search, which is a field of the request. */
function encodeHosted(tool: HostedTool, { capability, losses }: RequestScope, body: WirePart): void {
  if (tool.kind !== "web_search" || !capability.hostedTools.includes("web_search")) {
    losses.note("tool_hosted", tool.name);
    return;
  }
  const { allowedDomains, blockedDomains, maxUses, location } = tool;
  if (allowedDomains !== undefined || blockedDomains !== undefined || maxUses !== undefined) {
    losses.note("tool_hosted_options");
  }
  const { type: _approximate, ...approximate } = location ?? {};
  body.web_search_options = location === undefined ? {} : { user_location: { type: "approximate", approximate } };
}

/** The names to which the tools are cut where the upstream cannot be told so; undefined: no cut. */
function allowedTools({ toolChoice, tools }: NeutralRequest, scope: RequestScope): ReadonlySet<string> | undefined {
  if (toolChoice?.type !== "allowed" || scope.capability.openaiFields) return undefined;
  const names = new Set(toolChoice.names);
  if (!tools.some(({ name }) => names.has(name))) return undefined;
  scope.losses.note("tool_choice_allowed");
  return names;
}

function encodeChoice(choice: ToolChoice, { tools }: NeutralRequest, scope: RequestScope): unknown {
  if (choice.type === "tool") return encodeNamed(choice, tools, scope);
  if (choice.type !== "allowed") return choice.type;
  const mode = choice.required ? "required" : "auto";
  if (!scope.capability.openaiFields) return mode;
  const declared = tools.filter((tool) => tool.type !== "hosted" && choice.names.includes(tool.name));
  if (declared.length === 0) return mode;
  return { type: "allowed_tools", allowed_tools: { mode, tools: declared.map((tool) => named(tool, scope)) } };
}

function encodeNamed(
  choice: Extract<ToolChoice, { type: "tool" }>,
  tools: readonly Tool[],
  scope: RequestScope,
): unknown {
  const found = tools.find(
    (tool) =>
      tool.name === choice.name &&
      (tool.type === "hosted" || choice.namespace === undefined || tool.namespace === choice.namespace),
  );
  if (found === undefined || found.type === "hosted") {
    const isHosted =
      found !== undefined || tools.some(({ type, name }) => type === "hosted" && name.startsWith(choice.name));
    scope.losses.note(isHosted ? "tool_hosted_forced" : "tool_choice_unknown", choice.name);
    return undefined;
  }
  return named(found, scope);
}

function named(tool: Tool, { capability, toolNames }: RequestScope): JsonObject {
  const name = toolNames.toWire(tool.name, tool.type === "hosted" ? undefined : tool.namespace);
  return tool.type === "custom" && capability.customTools
    ? { type: "custom", custom: { name } }
    : { type: "function", function: { name } };
}

/** The name of a schema as OpenAI takes it. */
export function schemaName(name: string | undefined): string {
  return asText(name?.replaceAll(/[^a-zA-Z0-9_-]/g, "_").slice(0, 64)) ?? "response";
}
