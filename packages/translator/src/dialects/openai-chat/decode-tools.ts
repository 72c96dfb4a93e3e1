import { asList, asObject, asText } from "../../json.ts";
import type { JsonObject } from "../../json.ts";
import type { LossLog } from "../../loss.ts";
import type { HostedTool, Tool, ToolChoice } from "../../neutral/request.ts";
import { cacheOf } from "./decode-parts.ts";
import { listField, objectField, wrongField } from "./fields.ts";

/** The tools of a request: `tools`, the older `functions`, and the web search that is a field of its own. */
export function decodeTools(body: JsonObject, losses: LossLog): readonly Tool[] {
  const tools = listField(body, "tools").map((tool, index) => decodeTool(tool, `tools[${index}]`));
  for (const [index, legacy] of listField(body, "functions").entries()) {
    tools.push(decodeFunction(asObject(legacy) ?? {}, {}, `functions[${index}]`));
  }
  const search = objectField(body, "web_search_options");
  if (search !== undefined) tools.push(decodeWebSearch(search, losses));
  return tools;
}

function decodeTool(item: unknown, at: string): Tool {
  const tool = asObject(item);
  if (tool === undefined) throw wrongField(at, "an object with a `type`");
  const custom = asObject(tool.custom);
  if (tool.type === "custom" && custom !== undefined) return decodeCustom(custom, at);
  const declared = asObject(tool.function);
  if (declared !== undefined) return decodeFunction(declared, tool, `${at}.function`);
  // The Responses API has the fields of a function beside its type; clients of both mix that up.
  if (tool.type === "function") return decodeFunction(tool, tool, at);
  const type = asText(tool.type);
  if (type === undefined) throw wrongField(`${at}.type`, '"function" or "custom"');
  return { type: "hosted", kind: type.startsWith("web_search") ? "web_search" : "other", name: type };
}

function decodeFunction(declared: JsonObject, tool: JsonObject, at: string): Tool {
  const name = asText(declared.name);
  if (name === undefined) throw wrongField(`${at}.name`, "a name");
  const { parameters, strict } = declared;
  const description = asText(declared.description);
  const cache = cacheOf(tool) ?? cacheOf(declared);
  return {
    type: "function",
    name,
    ...(description !== undefined && { description }),
    ...(parameters !== undefined && parameters !== null && { parameters }),
    ...(typeof strict === "boolean" && { strict }),
    ...(cache !== undefined && { cache }),
  };
}

function decodeCustom(custom: JsonObject, at: string): Tool {
  const name = asText(custom.name);
  if (name === undefined) throw wrongField(`${at}.custom.name`, "a name");
  const [description, format] = [asText(custom.description), asObject(custom.format)];
  return {
    type: "custom",
    name,
    ...(description !== undefined && { description }),
    ...(format !== undefined && format.type !== "text" && { format }),
  };
}

function decodeWebSearch(options: JsonObject, losses: LossLog): HostedTool {
  if (asText(options.search_context_size) !== undefined) losses.note("tool_hosted_options", "search_context_size");
  const approximate = asObject(asObject(options.user_location)?.approximate);
  return {
    type: "hosted",
    kind: "web_search",
    name: "web_search",
    ...(approximate !== undefined && { location: { type: "approximate", ...approximate } }),
  };
}

const WORDS: ReadonlyMap<unknown, ToolChoice> = new Map<unknown, ToolChoice>([
  ["auto", { type: "auto" }],
  ["none", { type: "none" }],
  ["required", { type: "required" }],
  // Mistral's word for it.
  ["any", { type: "required" }],
]);

/** Which tools the model may call: `tool_choice`, or the older `function_call`. */
export function decodeToolChoice(body: JsonObject): ToolChoice | undefined {
  const given = body.tool_choice ?? body.function_call;
  if (given === undefined || given === null) return undefined;
  const word = WORDS.get(given);
  if (word !== undefined) return word;
  const choice = asObject(given);
  const allowed = asObject(choice?.allowed_tools);
  if (allowed !== undefined) return decodeAllowed(allowed);
  const name = nameIn(choice);
  if (name !== undefined) return { type: "tool", name };
  const worded = WORDS.get(choice?.type);
  if (worded === undefined)
    throw wrongField("tool_choice", '"auto", "none", "required" or an object that names a tool');
  return worded;
}

function decodeAllowed({ mode, tools }: JsonObject): ToolChoice {
  const names = (asList(tools) ?? []).map((tool) => nameIn(asObject(tool))).filter((name) => name !== undefined);
  return { type: "allowed", names, required: mode === "required" };
}

/** The name of a tool: nested as this API has it, or beside the type as the others do. */
function nameIn(tool: JsonObject | undefined): string | undefined {
  return asText(asObject(tool?.function)?.name) ?? asText(asObject(tool?.custom)?.name) ?? asText(tool?.name);
}
