import type { RequestScope } from "../../context.ts";
import type { CustomTool, FunctionTool, HostedTool, NeutralRequest, Tool, ToolChoice } from "../../neutral/request.ts";
import { CUSTOM_PARAMETERS, customDescription } from "../../tools/custom.ts";
import { anthropicInputSchema, anthropicStrictSchema } from "../../tools/schema.ts";
import type { CacheMarks } from "./encode-cache.ts";
import { WEB_SEARCH_NAME, WEB_SEARCH_TYPE } from "./wire.ts";
import type { WireBlock } from "./wire.ts";

/** The tools and what is said of calling them. */
export interface WireTools {
  readonly tools: readonly WireBlock[];
  readonly choice?: WireBlock;
  /** Whether some tool must be called. */
  readonly forced: boolean;
}

/** Writes tools, and which of them may be called. A history that calls tools needs some, so those that it names are declared then. */
export function encodeTools(request: NeutralRequest, scope: RequestScope, cache: CacheMarks): WireTools {
  const tools = declaredTools(request, scope, cache);
  const choice = request.toolChoice === undefined ? undefined : encodeChoice(request.toolChoice, request, scope);
  if (tools.length === 0) return withoutTools(request, scope);
  const wire = choice ?? (request.parallelTools === false ? { type: "auto" } : undefined);
  if (wire === undefined) return { tools, forced: false };
  // With none there is nothing to disable.
  if (request.parallelTools === false && wire.type !== "none") wire.disable_parallel_tool_use = true;
  return { tools, choice: wire, forced: wire.type === "any" || wire.type === "tool" };
}

/** When the tools that must be called are not there, the answer would be to another question. */
function withoutTools(request: NeutralRequest, scope: RequestScope): WireTools {
  const [first] = request.tools;
  if (request.toolChoice?.type === "required" && first !== undefined)
    scope.losses.note("tool_hosted_forced", first.name);
  return { tools: toolsOfHistory(request, scope), choice: { type: "none" }, forced: false };
}

function declaredTools(request: NeutralRequest, scope: RequestScope, cache: CacheMarks): readonly WireBlock[] {
  const allowed = allowedTools(request, scope);
  const tools: WireBlock[] = [];
  const names = new Set<unknown>();
  for (const tool of request.tools) {
    if (allowed !== undefined && !isAllowed(tool, allowed)) continue;
    const name = tool.type === "hosted" ? WEB_SEARCH_NAME : scope.toolNames.toWire(tool.name, tool.namespace);
    // Of tools with one name the first is the one; a search that the client runs itself stands before Anthropic's.
    if (names.has(name) || (tool.type === "hosted" && !isSendable(tool, request, scope))) {
      if (tool.type === "hosted") scope.losses.note("tool_hosted", tool.name);
      continue;
    }
    names.add(name);
    tools.push(TOOL_ENCODERS[tool.type](tool, name, scope, cache));
  }
  return tools;
}

/** The names to which the tools are cut; undefined: no cut, which is so too when none of them is there. */
function allowedTools(
  { toolChoice, tools }: NeutralRequest,
  { losses }: RequestScope,
): ReadonlySet<string> | undefined {
  if (toolChoice?.type !== "allowed") return undefined;
  losses.note("tool_choice_allowed");
  const names = new Set(toolChoice.names);
  return tools.some((tool) => isAllowed(tool, names)) ? names : undefined;
}

function isAllowed(tool: Tool, names: ReadonlySet<string>): boolean {
  return names.has(tool.name) || (tool.type === "hosted" && names.has(tool.kind));
}

function isSendable({ kind }: HostedTool, { tools }: NeutralRequest, { capability }: RequestScope): boolean {
  if (kind !== "web_search" || !capability.hostedTools.includes("web_search")) return false;
  return !tools.some((tool) => tool.type !== "hosted" && tool.name === WEB_SEARCH_NAME);
}

type ToolEncoder = (tool: Tool, name: string, scope: RequestScope, cache: CacheMarks) => WireBlock;

const TOOL_ENCODERS: Readonly<Record<Tool["type"], ToolEncoder>> = {
  function: (tool, name, scope, cache) => (tool.type === "function" ? encodeFunction(tool, name, scope, cache) : {}),
  custom: (tool, name, scope) => (tool.type === "custom" ? encodeCustom(tool, name, scope) : {}),
  hosted: (tool, _name, scope) => (tool.type === "hosted" ? encodeWebSearch(tool, scope) : {}),
};

function encodeFunction(tool: FunctionTool, name: string, scope: RequestScope, cache: CacheMarks): WireBlock {
  const { capability, losses } = scope;
  noteName(tool, name, scope);
  const { schema, adapted, note } = anthropicInputSchema(tool.parameters);
  const isStrict = tool.strict === true && capability.strictTools;
  if (tool.strict === true && !isStrict) losses.note("tool_strict", tool.name);
  const held = isStrict ? anthropicStrictSchema(schema) : { schema, adapted: false };
  if (adapted || held.adapted) losses.note("tool_schema", tool.name);
  const description = [tool.description, note].filter((text) => text !== undefined && text !== "").join("\n\n");
  const wire: WireBlock = { name };
  if (description !== "") wire.description = description;
  wire.input_schema = held.schema;
  if (isStrict) wire.strict = true;
  return cache.mark(wire, tool.cache);
}

/** Tells when a tool goes by another name than the client's. */
export function noteName(
  { name, namespace }: { readonly name: string; readonly namespace?: string },
  wire: string,
  { losses }: RequestScope,
): void {
  if (namespace !== undefined) losses.note("tool_namespace", namespace);
  else if (wire !== name) losses.note("tool_name", name);
}

/** A tool of plain text takes its text as the one argument of a function. */
function encodeCustom(tool: CustomTool, name: string, scope: RequestScope): WireBlock {
  noteName(tool, name, scope);
  scope.losses.note("tool_custom", tool.name);
  const description = customDescription(tool);
  return {
    name,
    ...(description !== undefined && description !== "" && { description }),
    input_schema: CUSTOM_PARAMETERS,
  };
}

/** Hosts may be allowed or blocked, not both. */
function encodeWebSearch(tool: HostedTool, { losses }: RequestScope): WireBlock {
  const { allowedDomains, blockedDomains, location, maxUses } = tool;
  if (allowedDomains !== undefined && blockedDomains !== undefined)
    losses.note("tool_hosted_options", "blocked_domains");
  return {
    type: WEB_SEARCH_TYPE,
    name: WEB_SEARCH_NAME,
    ...(maxUses !== undefined && { max_uses: maxUses }),
    ...(allowedDomains !== undefined && { allowed_domains: allowedDomains }),
    ...(blockedDomains !== undefined && allowedDomains === undefined && { blocked_domains: blockedDomains }),
    ...(location !== undefined && { user_location: location }),
  };
}

function encodeChoice(choice: ToolChoice, { tools }: NeutralRequest, scope: RequestScope): WireBlock | undefined {
  if (choice.type === "tool") return encodeNamed(choice, tools, scope);
  if (choice.type === "allowed") return { type: choice.required ? "any" : "auto" };
  return { type: choice.type === "required" ? "any" : choice.type };
}

function encodeNamed(
  choice: Extract<ToolChoice, { type: "tool" }>,
  tools: readonly Tool[],
  scope: RequestScope,
): WireBlock | undefined {
  const { capability, losses, toolNames } = scope;
  const own = tools.find(
    (tool) =>
      tool.type !== "hosted" &&
      tool.name === choice.name &&
      (choice.namespace === undefined || tool.namespace === choice.namespace),
  );
  if (own?.type === "function" || own?.type === "custom")
    return { type: "tool", name: toolNames.toWire(own.name, own.namespace) };
  const hosted = tools.find((tool) => tool.type === "hosted" && tool.name.startsWith(choice.name));
  if (hosted?.type === "hosted" && hosted.kind === "web_search" && capability.hostedTools.includes("web_search"))
    return { type: "tool", name: WEB_SEARCH_NAME };
  losses.note(hosted === undefined ? "tool_choice_unknown" : "tool_hosted_forced", choice.name);
  return undefined;
}

/** The tools that a conversation without tools names, as a compaction sends it. The client did not offer them, so none may be called. */
function toolsOfHistory({ turns }: NeutralRequest, scope: RequestScope): readonly WireBlock[] {
  const names = new Set<string>();
  for (const { parts } of turns) {
    for (const part of parts) {
      if (part.type !== "tool_call") continue;
      const wire = scope.toolNames.toWire(part.name, part.namespace);
      noteName(part, wire, scope);
      names.add(wire);
    }
  }
  if (names.size > 0) scope.losses.note("tools_of_history");
  return [...names].map((name) => ({ name, input_schema: { type: "object", properties: {} } }));
}
