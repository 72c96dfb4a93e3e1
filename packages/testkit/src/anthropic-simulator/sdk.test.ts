import Anthropic from "@anthropic-ai/sdk";
import { afterEach, describe, expect, it } from "vitest";

import { brokenTurn, overloadedTurn, textTurn, thinkingTurn, toolTurn } from "../simulator/build-turn.ts";
import type { Simulator } from "../simulator/simulator.ts";
import { startSimulator } from "./start-simulator.ts";
import type { Turn } from "../simulator/turn.ts";

const CALL = {
  model: "claude-opus-5-5",
  max_tokens: 1024,
  messages: [{ role: "user" as const, content: "Weather in Oslo?" }],
};
const TOOLS = [
  { name: "get_weather", input_schema: { type: "object" as const, properties: { city: { type: "string" } } } },
];
const RAIN = textTurn("It rains in Oslo.", { usage: { input: 12, cacheRead: 3, output: 7 } });

let simulator: Simulator;
const connect = async (...script: Turn[]): Promise<Anthropic> => {
  simulator = await startSimulator({ script });
  return new Anthropic({ apiKey: "sk-ant-test", baseURL: simulator.url, maxRetries: 0 });
};

afterEach(() => simulator.close());

describe("the official SDK", () => {
  it("creates a message", async () => {
    const client = await connect(RAIN);

    const { data: message, request_id: requestId } = await client.messages.create(CALL).withResponse();

    expect(message).toMatchObject({
      content: [{ text: "It rains in Oslo." }],
      usage: { input_tokens: 12, cache_read_input_tokens: 3, output_tokens: 7 },
    });
    expect(requestId).toBe("req_sim_000001");
    expect(simulator.requests[0]?.headers).toMatchObject({
      "anthropic-version": "2026-10-21",
      authorization: "Bearer sk-ant-test",
    });
  });

  it("streams one", async () => {
    const client = await connect(thinkingTurn("Rain, as ever.", "It rains."));

    const stream = client.messages.stream(CALL);
    const texts: string[] = [];
    stream.on("text", (text) => texts.push(text));
    const message = await stream.finalMessage();

    expect(texts.join("")).toBe("It rains.");
    expect(message).toMatchObject({
      content: [{ type: "thinking", thinking: "Rain, as ever." }, { type: "text" }],
      stop_reason: "end_turn",
    });
  });

  it("uses a tool, with the thinking before it sent back", async () => {
    const call: Turn = {
      blocks: [
        { type: "thinking", thinking: "I must look." },
        { type: "tool_use", name: "get_weather", input: { city: "Oslo" } },
      ],
    };
    const client = await connect(call, RAIN);
    const request = { ...CALL, tools: TOOLS, thinking: { type: "adaptive" as const } };

    const first = await client.messages.stream(request).finalMessage();
    const use = first.content.find((block) => block.type === "tool_use");
    const results = [{ type: "tool_result" as const, tool_use_id: use?.id ?? "", content: "Rain" }];
    const history = [
      ...CALL.messages,
      { role: "assistant" as const, content: first.content },
      { role: "user" as const, content: results },
    ];
    const second = await client.messages.create({ ...request, messages: history });

    expect(use).toMatchObject({ id: "toolu_sim_000001", input: { city: "Oslo" } });
    expect(second.stop_reason).toBe("end_turn");
  });

  it("runs tools by itself, in a thread", async () => {
    const client = await connect(toolTurn("get_weather", { city: "Oslo" }), RAIN);
    const asked: unknown[] = [];
    const [tool] = TOOLS.map((tool) => ({
      ...tool,
      type: "custom" as const,
      parse: (input: unknown) => input,
      run: (input: unknown) => (asked.push(input), "Rain"),
    }));

    const last = await client.beta.messages.toolRunner({ ...CALL, tools: tool === undefined ? [] : [tool] });

    expect(asked).toEqual([{ city: "Oslo" }]);
    expect(last.content).toMatchObject([{ text: "It rains in Oslo." }]);
    expect(simulator.requests.map(({ body }) => body)).toMatchObject([
      { thread: { type: "create" } },
      { thread: { type: "continue", previous_message_id: "msg_sim_000001" } },
    ]);
  });

  it("counts tokens, and pages through the models", async () => {
    const client = await connect();

    const { input_tokens: tokens } = await client.messages.countTokens({ model: CALL.model, messages: CALL.messages });
    const ids: string[] = [];
    for await (const model of client.models.list({ limit: 3 })) ids.push(model.id);

    expect(tokens).toBeGreaterThan(3);
    expect(ids).toHaveLength(8);
    expect(simulator.requests.map(({ path }) => path)).toEqual([
      "/v1/messages/count_tokens",
      "/v1/models?limit=3",
      "/v1/models?limit=3&after_id=claude-sonnet-5-5",
      "/v1/models?limit=3&after_id=claude-sonnet-4-6",
    ]);
  });

  it("leaks nothing", async () => {
    const client = await connect(RAIN);

    await client.messages.create(CALL);

    expect(simulator.leaks).toEqual([]);
  });

  it("understands errors, before the stream and in it", async () => {
    const client = await connect(
      overloadedTurn(),
      brokenTurn("It rains in Oslo.", 4, { type: "overloaded_error", message: "Overloaded" }),
    );

    await expect(client.messages.create(CALL)).rejects.toMatchObject({
      status: 529,
      type: "overloaded_error",
      requestID: "req_sim_000001",
    });
    await expect(client.messages.stream(CALL).finalMessage()).rejects.toMatchObject({ type: "overloaded_error" });
    await expect(client.messages.create({ ...CALL, model: "gpt-5.5" })).rejects.toMatchObject({ status: 404 });
  });
});
