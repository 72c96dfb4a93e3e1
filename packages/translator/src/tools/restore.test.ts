import { describe, expect, test } from "vitest";

import type { StreamEvent } from "../neutral/event.ts";
import type { ToolCallPart } from "../neutral/part.ts";
import type { NeutralRequest, Tool } from "../neutral/request.ts";
import type { NeutralResponse } from "../neutral/response.ts";
import { ToolNames } from "./names.ts";
import { restoreEvents, restoreResponse, restores } from "./restore.ts";

const tools: readonly Tool[] = [
  { type: "function", name: "get.weather" },
  { type: "function", name: "search", namespace: "crm" },
  { type: "custom", name: "apply_patch" },
];
const request: NeutralRequest = { model: "m", system: [], turns: [], tools, stream: false };
const toolNames = new ToolNames(request, 64);
const none = new ToolNames({ ...request, tools: [] }, 64);

function call(name: string, text: string, kind: ToolCallPart["kind"] = "function"): ToolCallPart {
  return { type: "tool_call", id: `id_${name}`, name, arguments: text, kind };
}

function answer(...parts: NeutralResponse["parts"]): NeutralResponse {
  return { parts, finish: { kind: "tool_use" }, usage: {} };
}

test("where nothing was changed nothing is restored", () => {
  const response = answer(call("x", "{}"));
  expect(restores({ toolNames: none })).toBe(false);
  expect(restoreResponse(response, { toolNames: none })).toBe(response);
  expect([restores({ toolNames }), restores({ toolNames: none, jsonTool: "respond_json" })]).toEqual([true, true]);
});

describe("a whole answer", () => {
  test("names its tools as the client does, name spaces and kinds included", () => {
    const response = answer(
      { type: "text", text: "Hi" },
      call(toolNames.toWire("get.weather"), "{}"),
      call("crm__search", '{"q":1}'),
      call("apply_patch", '{"input":"*** Begin"}'),
      call("unknown", "{}"),
    );
    expect(restoreResponse(response, { toolNames }).parts).toEqual([
      { type: "text", text: "Hi" },
      { ...call("get.weather", "{}"), id: `id_${toolNames.toWire("get.weather")}` },
      { ...call("search", '{"q":1}'), id: "id_crm__search", namespace: "crm" },
      call("apply_patch", "*** Begin", "custom"),
      call("unknown", "{}"),
    ]);
  });

  test("text of a tool that the upstream knows as one of plain text stays", () => {
    const { parts } = restoreResponse(answer(call("apply_patch", '{"input":"x"}', "custom")), { toolNames });
    expect(parts).toEqual([call("apply_patch", '{"input":"x"}', "custom")]);
  });

  test("48: the stand-in for a schema becomes text, and the answer ends", () => {
    const context = { toolNames: none, jsonTool: "respond_json" };
    const alone = restoreResponse(answer(call("respond_json", '{"a":1}')), context);
    expect(alone.parts).toEqual([{ type: "text", text: '{"a":1}' }]);
    expect(alone.finish).toEqual({ kind: "end" });
    const beside = restoreResponse(answer(call("respond_json", "{}"), call("weather", "{}")), context);
    expect(beside.finish).toEqual({ kind: "tool_use" });
    const cut = restoreResponse({ ...answer(call("respond_json", "{")), finish: { kind: "max_tokens" } }, context);
    expect(cut.finish).toEqual({ kind: "max_tokens" });
  });
});

describe("a streamed answer", () => {
  const { type: _type, arguments: _arguments, ...opened } = call("apply_patch", "");
  const run = (context: Parameters<typeof restoreEvents>[0], events: readonly StreamEvent[]): StreamEvent[] => {
    const seen: StreamEvent[] = [];
    const sink = restoreEvents(context, (event) => seen.push(event));
    for (const event of events) sink(event);
    return seen;
  };

  test("gives a wrapped text when it is whole, and lets others through meanwhile", () => {
    const events = run({ toolNames }, [
      { type: "start" },
      { type: "open", n: 4, part: { type: "tool_call", ...opened } },
      { type: "delta", n: 4, text: '{"inp' },
      { type: "open", n: 5, part: { type: "text" } },
      { type: "delta", n: 5, text: "Hi" },
      { type: "delta", n: 4, text: 'ut":"x\\n"}' },
      { type: "close", n: 4 },
      { type: "finish", finish: { kind: "tool_use" } },
      { type: "end" },
    ]);
    expect(events).toEqual([
      { type: "start" },
      { type: "open", n: 4, part: { type: "tool_call", ...opened, kind: "custom" } },
      { type: "open", n: 5, part: { type: "text" } },
      { type: "delta", n: 5, text: "Hi" },
      { type: "delta", n: 4, text: "x\n" },
      { type: "close", n: 4 },
      { type: "finish", finish: { kind: "tool_use" } },
      { type: "end" },
    ]);
  });

  test("of a tool of plain text without any text is closed", () => {
    const events = run({ toolNames }, [
      { type: "open", n: 0, part: { type: "tool_call", ...opened } },
      { type: "close", n: 0 },
    ]);
    expect(events.map(({ type }) => type)).toEqual(["open", "close"]);
  });

  test("48: shows the stand-in for a schema as text while it comes", () => {
    const events = run({ toolNames: none, jsonTool: "respond_json" }, [
      { type: "open", n: 0, part: { type: "tool_call", id: "1", name: "respond_json", kind: "function" } },
      { type: "delta", n: 0, text: '{"a":' },
      { type: "delta", n: 0, text: "1}" },
      { type: "close", n: 0 },
      { type: "finish", finish: { kind: "tool_use" } },
    ]);
    expect(events).toEqual([
      { type: "open", n: 0, part: { type: "text" } },
      { type: "delta", n: 0, text: '{"a":' },
      { type: "delta", n: 0, text: "1}" },
      { type: "close", n: 0 },
      { type: "finish", finish: { kind: "end" } },
    ]);
  });
});
