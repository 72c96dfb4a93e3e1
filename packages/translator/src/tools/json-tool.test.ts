import { expect, test } from "vitest";

import { LossLog } from "../loss.ts";
import type { NeutralRequest, Tool } from "../neutral/request.ts";
import { withJsonTool } from "./json-tool.ts";

const schema = { type: "object", properties: { city: { type: "string" } } };
const base: NeutralRequest = {
  model: "m",
  system: [],
  turns: [],
  tools: [],
  format: { type: "json_schema", schema, description: "The city." },
  stream: false,
};
const weather: Tool = { type: "function", name: "weather" };

const run = (request: NeutralRequest) => {
  const losses = new LossLog("openai-chat", "anthropic-messages");
  return { ...withJsonTool(request, losses), codes: losses.list.map(({ code }) => code) };
};

test("48: a forced tool stands in for the schema", () => {
  expect(run(base)).toEqual({
    jsonTool: "respond_json",
    codes: ["format_tool"],
    request: {
      model: "m",
      system: [],
      turns: [],
      tools: [{ type: "function", name: "respond_json", description: "The city.", parameters: schema }],
      toolChoice: { type: "tool", name: "respond_json" },
      parallelTools: false,
      stream: false,
    },
  });
});

test("beside other tools some tool must be called, and the model is told which", () => {
  const { request } = run({ ...base, tools: [weather], toolChoice: { type: "auto" } });
  expect(request.toolChoice).toEqual({ type: "required" });
  expect(request.tools.map(({ name }) => name)).toEqual(["weather", "respond_json"]);
  expect(request.system).toEqual([{ type: "text", text: "Give your final answer by calling the tool respond_json." }]);
});

test.each([
  [{ effort: "high" }, "auto"],
  [{ mode: "adaptive" }, "auto"],
  [{ mode: "disabled", effort: "high" }, "tool"],
  [{ effort: "none" }, "tool"],
  [{ show: true }, "tool"],
] as const)("while the model thinks, %j, nothing can be forced", (reasoning, choice) => {
  expect(run({ ...base, reasoning }).request.toolChoice?.type).toBe(choice);
});

test("the stand-in does not take another tool's name", () => {
  const { jsonTool } = run({ ...base, tools: [{ type: "custom", name: "respond_json" }] });
  expect(jsonTool).toBe("respond_json_");
});

test.each([undefined, { type: "json_object" } as const])("with the format %j nothing changes", (format) => {
  const { format: _schema, ...rest } = base;
  const request: NeutralRequest = format === undefined ? rest : { ...rest, format };
  expect(run(request)).toEqual({ request, codes: [] });
});
