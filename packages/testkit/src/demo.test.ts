import { readFileSync } from "node:fs";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { startDemo } from "./demo.ts";
import type { JsonObject } from "./simulator/json.ts";
import type { Simulator } from "./simulator/simulator.ts";
import { foldContent } from "./testing/fold.ts";
import { eventsOf, HELLO, post } from "./testing/post.ts";

const NOTICE = "This is a simulated answer of the Link.Assistant.Router demo; no model was called.";
const TOOLS = [
  {
    name: "get_weather",
    input_schema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  },
];

let demo: Simulator;
beforeEach(async () => {
  demo = await startDemo({ pauseMs: 0 });
});
afterEach(() => demo.close());

const ask = async (body: JsonObject): Promise<JsonObject> => (await post(demo, { ...HELLO, ...body })).json();
const stopReason = async (body: JsonObject): Promise<unknown> => (await ask({ tools: TOOLS, ...body }))["stop_reason"];
const says = (content: unknown): JsonObject => ({ messages: [{ role: "user", content }] });

describe("the demo", () => {
  it("says that it is simulated, and what it was told", async () => {
    expect(await ask(says("How are you?"))).toMatchObject({
      id: "msg_demo_000001",
      content: [{ type: "text", text: `${NOTICE} You said: How are you?` }],
    });
  });

  it("does not take the reminders of a client for words of the user", async () => {
    const { content } = await ask(
      says([
        { type: "text", text: "Hello" },
        { type: "text", text: "<system-reminder>Be nice.</system-reminder>" },
      ]),
    );

    expect(content).toEqual([{ type: "text", text: `${NOTICE} You said: Hello` }]);
  });

  it("quotes only the beginning of a long text, whole characters of it", async () => {
    const { content } = await ask(says("🎉".repeat(1000)));

    expect(content).toEqual([{ type: "text", text: `${NOTICE} You said: ${"🎉".repeat(200)}…` }]);
  });

  it("answers any model, and lists its own", async () => {
    const answer = await ask({ model: "claude-next" });
    const list = await fetch(`${demo.url}/v1/models?limit=1000`, {
      headers: { "x-api-key": "any", "anthropic-version": "2023-06-01" },
    });

    expect(answer).toMatchObject({ model: "claude-next" });
    expect(await list.json()).toMatchObject({
      data: [{ id: "claude-opus-5-5" }, { id: "claude-sonnet-5-5" }, { id: "claude-haiku-5-5" }],
    });
  });

  it.each(["Please use the tool get_weather.", "Call the `get_weather` tool now"])(
    "calls a tool that is asked for: %s",
    async (text) => {
      expect(await ask({ tools: TOOLS, ...says(text) })).toMatchObject({
        stop_reason: "tool_use",
        content: [
          { type: "text", text: `${NOTICE} It calls the tool get_weather.` },
          { type: "tool_use", name: "get_weather", input: { city: expect.any(String) } },
        ],
      });
    },
  );

  it("calls a tool that is forced, and none that is only mentioned or forbidden", async () => {
    expect(await stopReason({ tool_choice: { type: "any" } })).toBe("tool_use");
    expect(await stopReason({ tool_choice: { type: "tool", name: "get_weather" } })).toBe("tool_use");
    expect(await stopReason(says("What does get_weather do?"))).toBe("end_turn");
    expect(await stopReason({ tool_choice: { type: "none" }, ...says("Use the tool get_weather") })).toBe("end_turn");
    expect(await stopReason(says("Use the tool bash"))).toBe("end_turn");
  });

  it("takes the result of a tool, and does not call it again", async () => {
    const messages = [
      { role: "user", content: "Use the tool get_weather" },
      { role: "assistant", content: [{ type: "tool_use", id: "a", name: "get_weather", input: {} }] },
      { role: "user", content: [{ type: "tool_result", tool_use_id: "a", content: "Rain" }] },
    ];

    const { content } = await ask({ tools: TOOLS, messages });

    expect(content).toEqual([{ type: "text", text: `${NOTICE} The conversation now holds 1 more tool result(s).` }]);
  });

  it("answers a JSON schema with JSON that fits, and says so in it", async () => {
    const schema = {
      type: "object",
      properties: { city: { type: "string" }, degrees: { type: "number" } },
      required: ["city", "degrees"],
      additionalProperties: false,
    };

    const response = await post(demo, { ...HELLO, output_config: { format: { type: "json_schema", schema } } });
    const { content }: { content: { text: string }[] } = await response.json();

    expect(JSON.parse(content[0]?.text ?? "")).toEqual({
      city: "Simulated by the Link.Assistant.Router demo",
      degrees: 0,
    });
  });

  it("shows what a prompt cache does", async () => {
    const cached = says([{ type: "text", text: "Remember this", cache_control: { type: "ephemeral" } }]);

    await ask(cached);

    expect(await ask(cached)).toMatchObject({
      usage: { cache_read_input_tokens: expect.toSatisfy((tokens) => tokens > 5), input_tokens: 0 },
    });
  });

  it("streams", async () => {
    const response = await post(demo, { ...HELLO, stream: true });

    expect(eventsOf(await response.text()).at(-1)).toEqual({ type: "message_stop" });
  });

  it.each([
    ["claude-code-interactive.json", `${NOTICE} You said: Please say hello to me`],
    ["claude-code-title.json", '{"title":"Simulated by the Link.Assistant.Router demo"}'],
  ])("serves Claude Code: %s", async (file, text) => {
    const sample: { path: string; headers: Record<string, string>; body: JsonObject } = JSON.parse(
      readFileSync(join(import.meta.dirname, "anthropic-simulator/fixtures", file), "utf8"),
    );

    const response = await post(demo, sample.body, sample);

    expect(foldContent(eventsOf(await response.text()))).toEqual([{ type: "text", text }]);
  });
});
