import type { LossLog } from "../loss.ts";
import type { FunctionTool, NeutralRequest } from "../neutral/request.ts";

const NAME = "respond_json";

/** A request, and the name of the tool that stands in for its JSON schema; without one it wants none. */
export interface WithJsonTool {
  readonly request: NeutralRequest;
  readonly jsonTool?: string;
}

/**
 * For models that do not keep to a JSON schema by themselves: the schema becomes the arguments of a tool that must be called. Beside
 * other tools, or while the model thinks, it cannot be forced alone, so the model is told in words too.
 */
export function withJsonTool(request: NeutralRequest, losses: LossLog): WithJsonTool {
  const { format } = request;
  if (format?.type !== "json_schema") return { request };
  losses.note("format_tool");
  const jsonTool = freeName(request);
  const { format: _replaced, toolChoice: _forced, ...rest } = request;
  const tool: FunctionTool = {
    type: "function",
    name: jsonTool,
    description: format.description ?? "Gives the answer. Call it once, with the whole answer.",
    parameters: format.schema,
  };
  const tools = [...request.tools, tool];
  if (request.tools.length === 0 && !thinks(request)) {
    return {
      jsonTool,
      request: { ...rest, tools, toolChoice: { type: "tool", name: jsonTool }, parallelTools: false },
    };
  }
  const system = [
    ...request.system,
    { type: "text", text: `Give your final answer by calling the tool ${jsonTool}.` } as const,
  ];
  return { jsonTool, request: { ...rest, tools, system, toolChoice: { type: thinks(request) ? "auto" : "required" } } };
}

function thinks({ reasoning }: NeutralRequest): boolean {
  if (reasoning === undefined || reasoning.mode === "disabled") return false;
  return reasoning.mode !== undefined || (reasoning.effort !== undefined && reasoning.effort !== "none");
}

function freeName({ tools }: NeutralRequest): string {
  let name = NAME;
  while (tools.some((tool) => tool.name === name)) name += "_";
  return name;
}
