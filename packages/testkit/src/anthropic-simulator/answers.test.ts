import { afterEach, describe, expect, it } from "vitest";

import { foldContent } from "../testing/fold.ts";
import { eventsOf, HELLO, post } from "../testing/post.ts";
import { rateLimitTurn, textTurn, thinkingTurn, toolTurn } from "../simulator/build-turn.ts";
import { isObject, textOf, type JsonObject } from "../simulator/json.ts";
import { signThinking } from "./signature.ts";
import type { Script } from "../simulator/script.ts";
import type { Simulator } from "../simulator/simulator.ts";
import { startSimulator } from "./start-simulator.ts";
import type { MessageTurn } from "../simulator/turn.ts";

let simulator: Simulator;
const start = async (script: Script): Promise<void> => {
  simulator = await startSimulator({ script });
};
const stream = async (body: JsonObject = {}): Promise<JsonObject[]> => {
  const response = await post(simulator, { ...HELLO, stream: true, ...body });
  expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
  return eventsOf(await response.text());
};
const withoutIds = (content: unknown): unknown =>
  JSON.parse(JSON.stringify(content).replaceAll(/toolu_sim_\d+/g, "id"));
const deltas = (events: readonly JsonObject[]): unknown[] =>
  events.flatMap((event) => (event["type"] === "content_block_delta" ? [event["delta"]] : []));
const firstBlock = (events: readonly JsonObject[]): unknown[] =>
  events.filter((event) => event["index"] === 0).map((event) => event["delta"] ?? event["content_block"]);

afterEach(() => simulator.close());

const RICH: MessageTurn = {
  blocks: [
    { type: "thinking", thinking: "Let me see what the weather is like." },
    { type: "redacted_thinking", hidden: "a secret" },
    { type: "text", text: "I will look: 🌧️ or ☀️? Łódź comes first, then Oslo." },
    { type: "tool_use", name: "get_weather", input: { city: "Łódź", days: 3 } },
    { type: "tool_use", name: "now", input: {} },
    { type: "whole", block: { type: "web_search_tool_result", tool_use_id: "srvtoolu_1", content: [] } },
  ],
  usage: { input: 10, cacheRead: 200, cacheWrite5m: 30, cacheWrite1h: 4, output: 50, reasoning: 7 },
};

describe("a buffered answer", () => {
  it("has the blocks, the reason and the usage of its turn", async () => {
    await start([RICH]);

    const response = await post(simulator);

    expect(response.status).toBe(200);
    expect(response.headers.get("request-id")).toBe("req_sim_000001");
    expect(response.headers.get("anthropic-organization-id")).toMatch(/^[0-9a-f-]{36}$/);
    expect(response.headers.get("anthropic-ratelimit-requests-remaining")).toBe("3999");
    expect(await response.json()).toEqual({
      id: "msg_sim_000001",
      type: "message",
      role: "assistant",
      model: "claude-opus-5-5",
      content: [
        { type: "thinking", thinking: "Let me see what the weather is like.", signature: expect.any(String) },
        { type: "redacted_thinking", data: signThinking("a secret") },
        { type: "text", text: "I will look: 🌧️ or ☀️? Łódź comes first, then Oslo." },
        {
          type: "tool_use",
          id: "toolu_sim_000001",
          name: "get_weather",
          input: { city: "Łódź", days: 3 },
          caller: { type: "direct" },
        },
        { type: "tool_use", id: "toolu_sim_000002", name: "now", input: {}, caller: { type: "direct" } },
        { type: "web_search_tool_result", tool_use_id: "srvtoolu_1", content: [] },
      ],
      stop_reason: "tool_use",
      stop_sequence: null,
      stop_details: null,
      usage: {
        input_tokens: 10,
        cache_creation_input_tokens: 34,
        cache_read_input_tokens: 200,
        cache_creation: { ephemeral_5m_input_tokens: 30, ephemeral_1h_input_tokens: 4 },
        output_tokens: 50,
        output_tokens_details: { thinking_tokens: 7 },
        service_tier: "standard",
        inference_geo: "global",
      },
    });
  });

  it("names the full name of a model that was asked for by an alias", async () => {
    await start([textTurn("Hi")]);

    const response = await post(simulator, { ...HELLO, model: "claude-sonnet-4-5" });

    expect(await response.json()).toMatchObject({ model: "claude-sonnet-4-5-20250929", stop_reason: "end_turn" });
  });
});

describe("a streamed answer", () => {
  it("has the events of the real API, in their order", async () => {
    await start([textTurn("Sixteen letters. And a few more", { usage: { input: 5, output: 9 } })]);

    const events = await stream();

    expect(events).toMatchObject([
      {
        type: "message_start",
        message: { content: [], stop_reason: null, usage: { input_tokens: 5, output_tokens: 1 } },
      },
      { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
      { type: "ping" },
      { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Sixteen letters." } },
      { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: " And a few more" } },
      { type: "content_block_stop", index: 0 },
      { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { input_tokens: 5, output_tokens: 9 } },
      { type: "message_stop" },
    ]);
  });

  it("says the same as the buffered one", async () => {
    await start([RICH, RICH]);
    const buffered: JsonObject = await (await post(simulator)).json();

    const events = await stream();

    expect(withoutIds(foldContent(events))).toEqual(withoutIds(buffered["content"]));
    expect(events.at(-2)).toMatchObject({ delta: { stop_reason: buffered["stop_reason"] } });
    expect(buffered["usage"]).toMatchObject(events.at(-2)?.["usage"] ?? {});
  });

  it("gives a tool call its arguments in pieces, the first one empty", async () => {
    await start([toolTurn("f", { a: 1 }), toolTurn("g")]);
    expect(deltas(await stream())).toEqual([
      { type: "input_json_delta", partial_json: "" },
      { type: "input_json_delta", partial_json: '{"a":1}' },
    ]);
    expect(deltas(await stream())).toEqual([{ type: "input_json_delta", partial_json: "" }]);
  });

  it("never cuts a character in two", async () => {
    await start([textTurn(`odd${"🎉".repeat(40)}`)]);

    const texts = deltas(await stream()).map((delta) => (isObject(delta) ? textOf(delta["text"]) : ""));

    expect(texts.join("")).toBe(`odd${"🎉".repeat(40)}`);
    expect(texts.filter((text) => !text.isWellFormed())).toEqual([]);
  });

  it("signs thinking last, and leaves its text out when the request wants it omitted", async () => {
    await start([thinkingTurn("Hm.", "Yes."), thinkingTurn("Hm.", "Yes.")]);
    const shown = firstBlock(await stream());
    const omitted = firstBlock(await stream({ thinking: { type: "adaptive", display: "omitted" } }));

    const signature = signThinking("Hm.");
    expect(shown).toEqual([
      { type: "thinking", thinking: "", signature: "" },
      { type: "thinking_delta", thinking: "Hm." },
      { type: "signature_delta", signature },
      undefined,
    ]);
    expect(omitted).toEqual([
      { type: "thinking", thinking: "", signature: "" },
      { type: "signature_delta", signature },
      undefined,
    ]);
  });

  it("carries context_management when the request has it", async () => {
    await start([textTurn("Hi")]);

    const response = await post(
      simulator,
      { ...HELLO, stream: true, context_management: { edits: [] } },
      { headers: { "anthropic-beta": "context-management-2025-06-27" } },
    );

    expect(eventsOf(await response.text()).at(-2)).toMatchObject({ context_management: { applied_edits: [] } });
  });

  it("is the same bytes in every run", async () => {
    await start([RICH]);
    const first = await (await post(simulator, { ...HELLO, stream: true })).text();
    await simulator.close();
    await start([RICH]);

    expect(await (await post(simulator, { ...HELLO, stream: true })).text()).toBe(first);
  });
});

describe("an error turn", () => {
  it("has Anthropic's shape and the headers that tell a client when to come back", async () => {
    await start([rateLimitTurn(7)]);

    const response = await post(simulator, { ...HELLO, stream: true });

    expect(response.status).toBe(429);
    expect(response.headers.get("retry-after")).toBe("7");
    expect(response.headers.get("x-should-retry")).toBe("true");
    expect(await response.json()).toEqual({
      type: "error",
      error: { type: "rate_limit_error", message: expect.any(String) },
      request_id: "req_sim_000001",
    });
  });

  it("can have a body of its own", async () => {
    const error = {
      status: 502,
      type: "api_error",
      message: "",
      body: "<html>",
      headers: { "content-type": "text/html" },
    };
    await start([{ error }]);

    const response = await post(simulator);

    expect([response.status, response.headers.get("content-type"), await response.text()]).toEqual([
      502,
      "text/html",
      "<html>",
    ]);
  });
});

describe("a script", () => {
  it("that holds what cannot be sent is told so", async () => {
    await start([rateLimitTurn(), { error: { status: 400, type: "x", message: "", headers: { "x-two": "a\nb" } } }]);
    await post(simulator);

    const response = await post(simulator);

    expect([response.status, await response.text()]).toEqual([500, expect.stringContaining("x-two")]);
    expect(simulator.aborted).toBe(0);
  });

  it("may be a function of the request", async () => {
    await start(async ({ rawBody }) => textTurn(`${rawBody.length} bytes`));

    const response = await post(simulator);

    expect(await response.json()).toMatchObject({ content: [{ text: `${JSON.stringify(HELLO).length} bytes` }] });
  });

  it("that is used up or fails is answered with a 500 that nobody tries again", async () => {
    await start([textTurn("only one")]);
    await post(simulator);
    const usedUp = await post(simulator);
    await simulator.close();
    await start(() => Promise.reject(new Error("no idea")));

    const failed = await post(simulator);

    expect([usedUp.status, usedUp.headers.get("x-should-retry")]).toEqual([500, "false"]);
    expect(await usedUp.text()).toContain("none of its 1 turns is left");
    expect([failed.status, failed.headers.get("x-should-retry")]).toEqual([500, "false"]);
    expect(await failed.text()).toContain("no idea");
  });
});
