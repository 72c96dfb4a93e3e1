import { asCount, asList, asObject, asText } from "../../json.ts";
import type { JsonObject } from "../../json.ts";
import type { LossLog } from "../../loss.ts";
import type { FunctionTool, HostedTool, Tool, ToolChoice } from "../../neutral/request.ts";
import { clientTool, isScreenTool } from "./client-tools.ts";
import { cacheOf } from "./decode-blocks.ts";
import { listField, objectField, wrongField } from "./fields.ts";

/** The tools of a request. */
export function decodeTools(body: JsonObject, losses: LossLog): Tool[] {
  return listField(body, "tools").map((tool, index) => decodeTool(tool, `tools[${index}]`, losses));
}

/** One tool: of the client's own, of a type that its client runs, or one that Anthropic runs. */
export function decodeTool(item: unknown, at: string, losses: LossLog): Tool {
  const tool = asObject(item);
  if (tool === undefined) throw wrongField(at, "an object");
  const type = asText(tool.type) ?? "custom";
  if (type === "custom") return decodeOwn(tool, at, losses);
  const known = clientTool(type);
  if (known !== undefined) {
    losses.note("tool_builtin", type);
    return { ...decodeOwn(tool, at, losses), ...known };
  }
  if (isScreenTool(type)) losses.note("tool_screen", type);
  return decodeHosted(tool, type);
}

function decodeOwn(tool: JsonObject, at: string, losses: LossLog): FunctionTool {
  const name = asText(tool.name);
  if (name === undefined) throw wrongField(`${at}.name`, "a name");
  noteOptions(tool, losses);
  const { input_schema: parameters, strict } = tool;
  const description = asText(tool.description);
  const cache = cacheOf(tool);
  return {
    type: "function",
    name,
    ...(description !== undefined && { description }),
    ...(parameters !== undefined && parameters !== null && { parameters }),
    ...(typeof strict === "boolean" && { strict }),
    ...(cache !== undefined && { cache }),
  };
}

/** `eager_input_streaming` only says how fast arguments are streamed, which is as fast as they come. */
function noteOptions(tool: JsonObject, losses: LossLog): void {
  if (tool.defer_loading === true) losses.note("tool_options", "defer_loading");
  const callers = asList(tool.allowed_callers);
  if (callers !== undefined && !callers.includes("direct")) losses.note("tool_options", "allowed_callers");
  if ((asList(tool.input_examples)?.length ?? 0) > 0) losses.note("tool_examples");
}

function decodeHosted(tool: JsonObject, type: string): HostedTool {
  if (!type.startsWith("web_search_")) return { type: "hosted", kind: "other", name: type };
  const [allowed, blocked] = [domains(tool.allowed_domains), domains(tool.blocked_domains)];
  const [location, maxUses] = [asObject(tool.user_location), asCount(tool.max_uses)];
  return {
    type: "hosted",
    kind: "web_search",
    name: type,
    ...(allowed !== undefined && { allowedDomains: allowed }),
    ...(blocked !== undefined && { blockedDomains: blocked }),
    ...(location !== undefined && { location }),
    ...(maxUses !== undefined && { maxUses }),
  };
}

function domains(value: unknown): readonly string[] | undefined {
  const list = asList(value)
    ?.map(asText)
    .filter((domain) => domain !== undefined);
  return list === undefined || list.length === 0 ? undefined : list;
}

const WORDS: ReadonlyMap<unknown, ToolChoice> = new Map<unknown, ToolChoice>([
  ["auto", { type: "auto" }],
  ["any", { type: "required" }],
  ["none", { type: "none" }],
  // What clients of OpenAI's dialects write.
  ["required", { type: "required" }],
]);

/** Which tools the model may call, and whether several at once. */
export function decodeToolChoice(body: JsonObject): { readonly choice?: ToolChoice; readonly single: boolean } {
  const given = typeof body.tool_choice === "string" ? { type: body.tool_choice } : objectField(body, "tool_choice");
  if (given === undefined) return { single: false };
  const single = "disable_parallel_tool_use" in given && given.disable_parallel_tool_use === true;
  const word = WORDS.get(given.type);
  if (word !== undefined) return { choice: word, single };
  const name = "name" in given ? asText(given.name) : undefined;
  if (given.type !== "tool" || name === undefined) {
    throw wrongField("tool_choice", 'an object of type "auto", "any", "none", or "tool" with the name of a tool');
  }
  return { choice: { type: "tool", name }, single };
}
