import OpenAI from "openai";
import { zodResponseFormat, zodTextFormat } from "openai/helpers/zod";
import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";

import {
  brokenTurn,
  overloadedTurn,
  rateLimitTurn,
  textTurn,
  thinkingTurn,
  toolTurn,
} from "../simulator/build-turn.ts";
import type { Simulator } from "../simulator/simulator.ts";
import type { Turn } from "../simulator/turn.ts";
import { startOpenAiSimulator } from "./start-openai-simulator.ts";

const MESSAGES = [{ role: "user" as const, content: "Weather in Oslo?" }];
const CHAT = { model: "gpt-4.1", messages: MESSAGES };
const RESPONSE = { model: "gpt-5.5", input: "Weather in Oslo?" };
const SCHEMA = {
  type: "object" as const,
  properties: { city: { type: "string" } },
  required: ["city"],
  additionalProperties: false,
};
const FUNCTION = { name: "get_weather", description: "Weather", parameters: SCHEMA, strict: true };
const RESPONSE_TOOLS = [{ type: "function" as const, ...FUNCTION }];
const SEALED = { store: false, include: ["reasoning.encrypted_content" as const] };
const RAIN = textTurn("It rains in Oslo.", { usage: { input: 12, cacheRead: 3, output: 7, reasoning: 2 } });
const TWO_CALLS: Turn = {
  blocks: [
    { type: "thinking", thinking: "Two cities, two calls." },
    { type: "text", text: "I will look." },
    { type: "tool_use", name: "get_weather", input: { city: "Oslo" } },
    { type: "tool_use", name: "get_weather", input: { city: "Łódź" } },
  ],
};
const Weather = z.object({ city: z.string(), degrees: z.number() });
const WEATHER = textTurn('{"city":"Oslo","degrees":7}');

let simulator: Simulator;
const connect = async (...script: Turn[]): Promise<OpenAI> => {
  simulator = await startOpenAiSimulator({ script });
  return new OpenAI({ apiKey: "sk-test", baseURL: `${simulator.url}/v1`, maxRetries: 0 });
};

type Item = OpenAI.Responses.ResponseOutputItem;
/** Narrows to what goes back as it came. */
const isReplayed = (item: Item): item is Extract<Item, { type: "message" | "reasoning" | "function_call" }> =>
  ["message", "reasoning", "function_call"].includes(item.type);

afterEach(() => simulator.close());

describe("the official SDK in Chat", () => {
  it("creates a completion", async () => {
    const client = await connect(RAIN);

    const { data, request_id: requestId } = await client.chat.completions.create(CHAT).withResponse();

    expect(data).toMatchObject({
      id: "chatcmpl-sim_000001",
      model: "gpt-4.1-2025-04-14",
      choices: [{ message: { role: "assistant", content: "It rains in Oslo." }, finish_reason: "stop" }],
      usage: { prompt_tokens: 15, completion_tokens: 7, total_tokens: 22, prompt_tokens_details: { cached_tokens: 3 } },
    });
    expect(requestId).toBe("req_sim_000001");
  });

  it("streams one, with parallel calls, also when they alternate", async () => {
    const client = await connect(TWO_CALLS, { ...TWO_CALLS, pace: { interleaved: true, pieceChars: 3 } });
    // The helper reads strict arguments at the end of each call, and could not wait for those of another one.
    const tools = [{ type: "function" as const, function: { ...FUNCTION, strict: false } }];
    for (const turn of [1, 2]) {
      const stream = client.chat.completions.stream({ ...CHAT, tools, stream_options: { include_usage: true } });

      const { choices, usage } = await stream.finalChatCompletion();

      const ids = [turn * 2 - 1, turn * 2].map((number) => `call_sim_00000${number}`);
      expect(choices).toMatchObject([
        {
          finish_reason: "tool_calls",
          message: {
            content: "I will look.",
            tool_calls: [
              { id: ids[0], type: "function", function: { name: "get_weather", arguments: '{"city":"Oslo"}' } },
              { id: ids[1], type: "function", function: { name: "get_weather", arguments: '{"city":"Łódź"}' } },
            ],
          },
        },
      ]);
      expect(usage?.completion_tokens_details?.reasoning_tokens).toBeGreaterThan(3);
    }
  });

  it("runs tools by itself", async () => {
    const client = await connect(toolTurn("get_weather", { city: "Oslo" }), RAIN);
    const asked: unknown[] = [];
    const run = (input: unknown): string => {
      asked.push(input);
      return "Rain";
    };
    const tools = [{ type: "function" as const, function: { ...FUNCTION, parse: JSON.parse, function: run } }];

    const text = await client.chat.completions.runTools({ ...CHAT, tools }).finalContent();

    expect(asked).toEqual([{ city: "Oslo" }]);
    expect(text).toBe("It rains in Oslo.");
  });

  it("parses what fits a schema, and sees a refusal", async () => {
    const client = await connect(WEATHER, { blocks: [{ type: "refusal", refusal: "I cannot tell." }] });
    const asked = { ...CHAT, response_format: zodResponseFormat(Weather, "weather") };

    const parsed = await client.chat.completions.parse(asked);
    const refused = await client.chat.completions.parse(asked);

    expect(parsed.choices[0]?.message.parsed).toEqual({ city: "Oslo", degrees: 7 });
    expect(refused.choices[0]).toMatchObject({
      message: { parsed: null, content: null, refusal: "I cannot tell." },
      finish_reason: "stop",
    });
  });
});

describe("the official SDK in Responses", () => {
  it("creates a response", async () => {
    const client = await connect(RAIN);

    const response = await client.responses.create(RESPONSE);

    expect(response).toMatchObject({
      id: "resp_sim_000001",
      status: "completed",
      model: "gpt-5.5-2026-04-23",
      output_text: "It rains in Oslo.",
      usage: {
        input_tokens: 15,
        input_tokens_details: { cached_tokens: 3 },
        output_tokens: 7,
        output_tokens_details: { reasoning_tokens: 2 },
        total_tokens: 22,
      },
    });
  });

  it("streams one with tools, and gives its sealed reasoning back", async () => {
    const client = await connect(TWO_CALLS, TWO_CALLS, RAIN);
    const asked = { ...RESPONSE, ...SEALED, tools: RESPONSE_TOOLS, reasoning: { summary: "auto" as const } };
    const texts: string[] = [];
    const items: OpenAI.Responses.ResponseInputItem[] = [];

    const stream = client.responses.stream(asked);
    stream.on("response.output_text.delta", ({ delta }) => texts.push(delta));
    for await (const event of await client.responses.create({ ...asked, stream: true }))
      if (event.type === "response.output_item.done" && isReplayed(event.item)) items.push(event.item);
    const { output, output_text: text } = await stream.finalResponse();
    const outputs = items
      .filter((item) => item.type === "function_call")
      .map(({ call_id }) => ({ type: "function_call_output" as const, call_id, output: "Rain" }));
    const second = await client.responses.create({ ...asked, input: [...MESSAGES, ...items, ...outputs] });

    expect(texts.join("")).toBe(text);
    expect(output).toMatchObject([
      { type: "reasoning", summary: [{ text: "Two cities, two calls." }], encrypted_content: expect.any(String) },
      { type: "message", content: [{ text: "I will look." }] },
      { type: "function_call", name: "get_weather", parsed_arguments: { city: "Oslo" } },
      { type: "function_call", name: "get_weather", parsed_arguments: { city: "Łódź" } },
    ]);
    expect(second.output_text).toBe("It rains in Oslo.");
  });

  it("parses what fits a schema", async () => {
    const client = await connect(WEATHER, WEATHER);
    const asked = { ...RESPONSE, text: { format: zodTextFormat(Weather, "weather") } };

    const parsed = await client.responses.parse(asked);
    const streamed = await client.responses.stream(asked).finalResponse();

    expect([parsed.output_parsed, streamed.output_parsed]).toEqual([
      { city: "Oslo", degrees: 7 },
      { city: "Oslo", degrees: 7 },
    ]);
  });

  it("goes on from an earlier response, and counts tokens", async () => {
    const client = await connect(toolTurn("get_weather", { city: "Oslo" }), RAIN);
    const first = await client.responses.create({ ...RESPONSE, tools: RESPONSE_TOOLS });
    const output = { type: "function_call_output" as const, call_id: "call_sim_000001", output: "Rain" };

    const asked = { ...RESPONSE, input: [output], previous_response_id: first.id };
    const counted = await client.responses.inputTokens.count(asked);
    const second = await client.responses.create(asked);

    expect(second).toMatchObject({ previous_response_id: first.id, output_text: "It rains in Oslo." });
    expect(counted).toMatchObject({ object: "response.input_tokens", input_tokens: expect.any(Number) });
    await expect(client.responses.create({ ...RESPONSE, previous_response_id: "resp_other" })).rejects.toMatchObject({
      status: 400,
      code: "previous_response_not_found",
    });
  });

  it("reads every kind of item as a stream", async () => {
    const tools = [
      { type: "custom" as const, name: "apply_patch" },
      {
        type: "namespace" as const,
        name: "files",
        description: "Files",
        tools: [{ type: "function" as const, name: "read", parameters: SCHEMA, strict: true }],
      },
    ];
    const client = await connect({
      blocks: [
        { type: "thinking", thinking: "Hm. Well.", summary: ["Hm.", "Well."] },
        { type: "redacted_thinking", hidden: "a secret" },
        { type: "refusal", refusal: "I would rather not." },
        { type: "tool_use", name: "apply_patch", input: { input: "*** Begin Patch" } },
        { type: "tool_use", name: "read", input: { city: "Oslo" } },
        {
          type: "whole",
          block: {
            id: "ws_1",
            type: "web_search_call",
            status: "completed",
            action: { type: "search", query: "Oslo" },
          },
        },
      ],
    });

    const stream = client.responses.stream({ ...RESPONSE, tools, reasoning: { summary: "auto" } });
    const { output } = await stream.finalResponse();

    expect(output).toMatchObject([
      { type: "reasoning", summary: [{ text: "Hm." }, { text: "Well." }] },
      { type: "reasoning", summary: [] },
      { type: "message", content: [{ type: "refusal", refusal: "I would rather not." }] },
      { type: "custom_tool_call", name: "apply_patch", input: "*** Begin Patch" },
      { type: "function_call", name: "read", namespace: "files" },
      { type: "web_search_call" },
    ]);
  });
});

describe("the official SDK", () => {
  it("understands errors before a stream", async () => {
    const client = await connect(overloadedTurn(), rateLimitTurn(3));

    await expect(client.chat.completions.create(CHAT)).rejects.toMatchObject({
      status: 503,
      code: "server_is_overloaded",
      requestID: "req_sim_000001",
    });
    await expect(client.responses.create(RESPONSE)).rejects.toMatchObject({
      status: 429,
      code: "rate_limit_exceeded",
      headers: expect.toSatisfy((headers) => headers.get("retry-after") === "3"),
    });
    await expect(client.chat.completions.create({ ...CHAT, model: "claude" })).rejects.toMatchObject({ status: 404 });
  });

  it("understands errors in a stream, and one that ends too early", async () => {
    const broken = brokenTurn("It rains in Oslo.", 3, { type: "overloaded_error", message: "Overloaded" });
    const client = await connect(broken, broken, { ...RAIN, cut: { by: "drop", afterEvents: 3 } });

    const chat = client.chat.completions.stream(CHAT).finalChatCompletion();
    await expect(chat).rejects.toMatchObject({ code: "server_is_overloaded" });
    const response = client.responses.stream(RESPONSE).finalResponse();
    await expect(response).rejects.toMatchObject({ code: "server_is_overloaded" });
    await expect(client.chat.completions.stream(CHAT).finalChatCompletion()).rejects.toThrow("terminated");
  });

  it("lists models and leaks nothing", async () => {
    const client = await connect(thinkingTurn("Hm.", "Hello."));
    await client.chat.completions.create(CHAT);
    const ids: string[] = [];

    for await (const model of client.models.list()) ids.push(model.id);
    const one = await client.models.retrieve("gpt-4.1");

    expect(ids).toEqual(expect.arrayContaining(["gpt-5.5", "gpt-5.5-2026-04-23", "local"]));
    expect(one).toEqual({ id: "gpt-4.1", object: "model", created: 1_744_588_800, owned_by: "openai" });
    expect(simulator.leaks).toEqual([]);
  });
});
