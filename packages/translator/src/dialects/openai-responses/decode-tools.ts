import { asCount, asList, asObject, asText } from "../../json.ts";
import type { JsonObject } from "../../json.ts";
import type { LossLog } from "../../loss.ts";
import type { CustomTool, FunctionTool, HostedTool, Tool, ToolChoice } from "../../neutral/request.ts";
import { wrongField } from "../openai-chat/fields.ts";

/** Options of a tool that no other dialect has and that change nothing of what it does. */
const OPTIONS = ["defer_loading", "allowed_callers", "async", "output_schema"] as const;

/** The tools of a request, those of name spaces among the others. Of two by one name the first counts; a hosted tool is no other's namesake. */
export function decodeTools(tools: readonly unknown[], losses: LossLog): readonly Tool[] {
  const decoded = tools.flatMap((item, index) => decodeTool(item, `tools[${index}]`, undefined, losses));
  const known = new Set<string>();
  return decoded.filter((tool) => {
    const key = tool.type === "hosted" ? tool.name : `\n${tool.namespace ?? ""}\n${tool.name}`;
    if (known.has(key)) return false;
    known.add(key);
    return true;
  });
}

function decodeTool(item: unknown, at: string, namespace: string | undefined, losses: LossLog): readonly Tool[] {
  const tool = asObject(item);
  const type = asText(tool?.type);
  if (tool === undefined || type === undefined) throw wrongField(at, "an object with a `type`");
  if (type === "namespace") {
    return (asList(tool.tools) ?? []).flatMap((inner) => decodeTool(inner, at, asText(tool.name), losses));
  }
  if (OPTIONS.some((option) => tool[option] !== undefined)) losses.note("tool_options");
  if (type !== "function" && type !== "custom") return [decodeHosted(tool, type)];
  const name = asText(tool.name);
  if (name === undefined) throw wrongField(`${at}.name`, "a string that is not empty");
  const named = { name, ...(namespace !== undefined && { namespace }), ...describedBy(tool) };
  return [type === "function" ? decodeFunction(tool, named) : decodeCustom(tool, named)];
}

type Named = Pick<FunctionTool, "name" | "namespace" | "description">;

function describedBy({ description }: JsonObject): { readonly description?: string } {
  const text = asText(description);
  return text === undefined ? {} : { description: text };
}

function decodeFunction(tool: JsonObject, named: Named): FunctionTool {
  return {
    type: "function",
    ...named,
    parameters: tool.parameters,
    ...(typeof tool.strict === "boolean" && { strict: tool.strict }),
  };
}

function decodeCustom(tool: JsonObject, named: Named): CustomTool {
  const format = asObject(tool.format);
  return { type: "custom", ...named, ...(format !== undefined && format.type !== "text" && { format }) };
}

/** A search of the web that may use what was stored only is no search anywhere else. */
function decodeHosted(tool: JsonObject, type: string): HostedTool {
  const isSearch = type.startsWith("web_search") && tool.external_web_access !== false;
  const allowed = asList(asObject(tool.filters)?.allowed_domains)?.filter((each) => typeof each === "string");
  const [location, maxUses] = [asObject(tool.user_location), asCount(tool.max_uses)];
  return {
    type: "hosted",
    kind: isSearch ? "web_search" : "other",
    name: type,
    ...(allowed !== undefined && allowed.length > 0 && { allowedDomains: allowed }),
    ...(location !== undefined && { location }),
    ...(maxUses !== undefined && { maxUses }),
  };
}

/** Which tool must be called; undefined when the client did not say. */
export function decodeToolChoice(value: unknown): ToolChoice | undefined {
  if (value === undefined || value === null) return undefined;
  if (value === "auto" || value === "none" || value === "required") return { type: value };
  const choice = asObject(value) ?? {};
  if (choice.type === "allowed_tools") return decodeAllowed(asObject(choice.allowed_tools) ?? choice);
  const [name, namespace] = [chosenName(choice), asText(choice.namespace)];
  if (name === undefined) throw wrongField("tool_choice", "auto, none, required, or an object that names a tool");
  return { type: "tool", name, ...(namespace !== undefined && { namespace }) };
}

function decodeAllowed({ tools, mode }: JsonObject): ToolChoice {
  const names = (asList(tools) ?? []).flatMap((tool) => chosenName(asObject(tool) ?? {}) ?? []);
  return { type: "allowed", names, required: mode === "required" };
}

/** A hosted tool is named by its type. The form of Chat Completions, with an object around the name, is understood as well. */
function chosenName(tool: JsonObject): string | undefined {
  return asText(tool.name) ?? asText(asObject(tool.function ?? tool.custom)?.name) ?? asText(tool.type);
}
