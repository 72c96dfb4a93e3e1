import { afterEach, describe, expect, it } from "vitest";

import { errorTurn, rateLimitTurn, textTurn, thinkingTurn, toolTurn } from "../simulator/build-turn.ts";
import { objectsIn, textOf, type JsonObject } from "../simulator/json.ts";
import type { Simulator } from "../simulator/simulator.ts";
import type { MessageTurn, Turn } from "../simulator/turn.ts";
import { CLOSED } from "../testing/openai-bodies.ts";
import { CHAT_HELLO, chunksOf, postChat, postResponse, RESPONSE_HELLO } from "../testing/post-openai.ts";
import { eventsOf } from "../testing/post.ts";
import { contextLengthTurn } from "./build-turn.ts";
import { sealReasoning } from "./reasoning-seal.ts";
import { startOpenAiSimulator, type OpenAiSimulatorOptions } from "./start-openai-simulator.ts";

let simulator: Simulator;
const start = async (script: readonly Turn[], options: OpenAiSimulatorOptions = {}): Promise<void> => {
  simulator = await startOpenAiSimulator({ script, ...options });
};
const chat = async (body: JsonObject = {}): Promise<JsonObject> =>
  (await postChat(simulator, { ...CHAT_HELLO, ...body })).json();
const chatStream = async (body: JsonObject = {}): Promise<JsonObject[]> =>
  chunksOf(await (await postChat(simulator, { ...CHAT_HELLO, stream: true, ...body })).text());
const respond = async (body: JsonObject = {}): Promise<JsonObject> =>
  (await postResponse(simulator, { ...RESPONSE_HELLO, ...body })).json();
const responseStream = async (body: JsonObject = {}): Promise<JsonObject[]> =>
  eventsOf(await (await postResponse(simulator, { ...RESPONSE_HELLO, stream: true, ...body })).text());
const choiceOf = ({ choices }: JsonObject): JsonObject => objectsIn(choices)[0] ?? {};
const deltasOf = (chunks: readonly JsonObject[]): unknown[] => chunks.map((chunk) => choiceOf(chunk)["delta"]);
const withoutPadding = (events: readonly JsonObject[]): JsonObject[] =>
  events.map((event) => Object.fromEntries(Object.entries(event).filter(([name]) => name !== "obfuscation")));

afterEach(() => simulator.close());

const TOOLS = [
  { type: "function", function: { name: "get_weather", parameters: CLOSED } },
  { type: "custom", custom: { name: "apply_patch" } },
];
const RICH: MessageTurn = {
  blocks: [
    { type: "thinking", thinking: "Let me see." },
    { type: "redacted_thinking", hidden: "a secret" },
    { type: "text", text: "I will look: 🌧️ or ☀️?" },
    { type: "tool_use", name: "get_weather", input: { city: "Łódź" } },
    { type: "tool_use", name: "apply_patch", input: { input: "*** Begin" } },
    { type: "whole", block: { provider: "simulator" } },
  ],
  usage: { input: 10, cacheRead: 200, cacheWrite: 34, output: 50, reasoning: 7 },
};

describe("a buffered completion", () => {
  it("has the content, the calls, the reason and the usage of its turn", async () => {
    await start([RICH]);

    const response = await postChat(simulator, { ...CHAT_HELLO, tools: TOOLS });

    expect(response.headers.get("x-request-id")).toBe("req_sim_000001");
    expect(response.headers.get("x-ratelimit-remaining-requests")).toBe("14999");
    expect(await response.json()).toEqual({
      id: "chatcmpl-sim_000001",
      object: "chat.completion",
      created: 1_767_225_600,
      model: "gpt-4.1-2025-04-14",
      choices: [
        {
          index: 0,
          message: {
            role: "assistant",
            content: "I will look: 🌧️ or ☀️?",
            reasoning_content: "Let me see.",
            tool_calls: [
              {
                id: "call_sim_000001",
                type: "function",
                function: { name: "get_weather", arguments: '{"city":"Łódź"}' },
              },
              { id: "call_sim_000002", type: "custom", custom: { name: "apply_patch", input: "*** Begin" } },
            ],
            refusal: null,
            annotations: [],
            provider: "simulator",
          },
          logprobs: null,
          finish_reason: "tool_calls",
        },
      ],
      usage: {
        prompt_tokens: 244,
        completion_tokens: 50,
        total_tokens: 294,
        prompt_tokens_details: { cached_tokens: 200, cache_write_tokens: 34, audio_tokens: 0 },
        completion_tokens_details: {
          reasoning_tokens: 7,
          audio_tokens: 0,
          accepted_prediction_tokens: 0,
          rejected_prediction_tokens: 0,
        },
      },
      service_tier: "default",
      system_fingerprint: "fp_simulator",
    });
  });

  it.each([
    ["reasoning", { reasoning: "Hm." }],
    ["none", { content: "Yes." }],
  ] as const)("shows reasoning as it is told: %s", async (reasoning, shown) => {
    await start([thinkingTurn("Hm.", "Yes.")], { reasoning });

    const { message } = choiceOf(await chat());

    expect(message).toMatchObject(shown);
    expect(message).not.toHaveProperty("reasoning_content");
  });

  it("says in OpenAI's words why it stopped", async () => {
    const reasons = ["end_turn", "max_tokens", "refusal", "stop_sequence", "eos"];
    await start([
      ...reasons.map((stopReason) => textTurn("Hi", { stopReason })),
      toolTurn("get_weather"),
      toolTurn("get_weather"),
    ]);
    const forced = { type: "function", function: { name: "get_weather" } };

    const finishes = [];
    for (const body of [...reasons.map(() => ({})), { tools: TOOLS }, { tools: TOOLS, tool_choice: forced }])
      finishes.push(choiceOf(await chat(body))["finish_reason"]);

    expect(finishes).toEqual(["stop", "length", "content_filter", "stop", "eos", "tool_calls", "stop"]);
  });

  it("may have arguments that are no JSON, and no content", async () => {
    await start([
      { blocks: [{ type: "tool_use", name: "f", input: {}, rawArguments: '{"a":' }], stopReason: "max_tokens" },
      { blocks: [] },
    ]);

    expect(choiceOf(await chat())).toMatchObject({
      message: { content: null, tool_calls: [{ function: { arguments: '{"a":' } }] },
      finish_reason: "length",
    });
    expect(choiceOf(await chat())).toMatchObject({ message: { content: "" }, finish_reason: "stop" });
  });
});

describe("a streamed completion", () => {
  it("has the chunks of the real API, in their order", async () => {
    await start([textTurn("Sixteen letters. And a few more", { usage: { input: 5, output: 9 } })]);

    const response = await postChat(simulator, {
      ...CHAT_HELLO,
      stream: true,
      stream_options: { include_usage: true },
    });
    const text = await response.text();

    const head = {
      id: "chatcmpl-sim_000001",
      object: "chat.completion.chunk",
      created: 1_767_225_600,
      model: "gpt-4.1-2025-04-14",
      service_tier: "default",
      system_fingerprint: "fp_simulator",
      usage: null,
    };
    const choice = (delta: JsonObject, finish: string | null = null): JsonObject => ({
      ...head,
      choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
    });
    expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    expect(text.endsWith("\n\ndata: [DONE]\n\n")).toBe(true);
    expect(withoutPadding(chunksOf(text))).toEqual([
      choice({ role: "assistant", content: "", refusal: null }),
      choice({ content: "Sixteen letters." }),
      choice({ content: " And a few more" }),
      choice({}, "stop"),
      { ...head, choices: [], usage: expect.objectContaining({ prompt_tokens: 5, completion_tokens: 9 }) },
    ]);
  });

  it("has no usage that was not asked for, and padding unless it is unwanted", async () => {
    await start([textTurn("Hi"), textTurn("Hi")]);

    const padded = await chatStream();
    const plain = await chatStream({ stream_options: { include_obfuscation: false } });

    expect(padded.filter((chunk) => "usage" in chunk)).toEqual([]);
    expect(padded).toHaveLength(3);
    expect(padded.map(({ obfuscation }) => textOf(obfuscation).length)).toEqual([0, 7, 14]);
    expect(plain).toEqual(withoutPadding(padded).map((chunk) => ({ ...chunk, id: "chatcmpl-sim_000002" })));
  });

  it("opens a call with its id, its type and its name, then gives its arguments in pieces", async () => {
    await start([{ ...RICH, pace: { pieceChars: 10 } }]);

    const chunks = await chatStream({ tools: TOOLS });

    expect(deltasOf(chunks)).toEqual([
      { role: "assistant", content: "", refusal: null },
      { reasoning_content: "Let me see" },
      { reasoning_content: "." },
      { content: "I will loo" },
      { content: "k: 🌧️ or " },
      { content: "☀️?" },
      opened(0, "function", { name: "get_weather", arguments: "" }),
      fragment(0, { function: { arguments: '{"city":"Ł' } }),
      fragment(0, { function: { arguments: 'ódź"}' } }),
      opened(1, "custom", { name: "apply_patch", input: "" }),
      fragment(1, { custom: { input: "*** Begin" } }),
      { provider: "simulator" },
      {},
    ]);
    expect(choiceOf(chunks.at(-1) ?? {})["finish_reason"]).toBe("tool_calls");
  });

  it("lets parallel calls alternate when the pace says so", async () => {
    await start([
      { blocks: [toolTurn("f", { a: 1 }), toolTurn("g")].flatMap(({ blocks }) => blocks), pace: { interleaved: true } },
    ]);

    expect(deltasOf(await chatStream()).slice(1, -1)).toEqual([
      opened(0, "function", { name: "f", arguments: "" }),
      opened(1, "function", { name: "g", arguments: "" }, "call_sim_000002"),
      fragment(0, { function: { arguments: '{"a":1}' } }),
      fragment(1, { function: { arguments: "{}" } }),
    ]);
  });

  it("refuses piece by piece, without a content", async () => {
    await start([{ blocks: [{ type: "refusal", refusal: "I cannot help with that." }] }]);

    expect(deltasOf(await chatStream())).toEqual([
      { role: "assistant", content: null, refusal: "" },
      { refusal: "I cannot help wi" },
      { refusal: "th that." },
      {},
    ]);
  });
});

describe("a buffered response", () => {
  it("has the items, the status and the usage of its turn, and says again what was asked", async () => {
    await start([RICH]);
    const tools = [{ type: "custom", name: "apply_patch" }];

    const response = await respond({ tools, reasoning: { effort: "low" }, text: { verbosity: "low" }, user: "u" });

    expect(response).toMatchObject({
      id: "resp_sim_000001",
      object: "response",
      created_at: 1_767_225_600,
      completed_at: 1_767_225_600,
      status: "completed",
      error: null,
      incomplete_details: null,
      model: "gpt-5.5-2026-04-23",
      tools,
      tool_choice: "auto",
      parallel_tool_calls: true,
      store: true,
      temperature: 1,
      user: "u",
      reasoning: { effort: "low", summary: null },
      text: { format: { type: "text" }, verbosity: "low" },
      output: [
        { id: "rs_sim_000001", type: "reasoning", content: [], summary: [] },
        { id: "rs_sim_000002", type: "reasoning", content: [], summary: [] },
        {
          id: "msg_sim_000001",
          type: "message",
          status: "completed",
          role: "assistant",
          content: [{ type: "output_text", annotations: [], logprobs: [], text: "I will look: 🌧️ or ☀️?" }],
        },
        {
          id: "fc_sim_000001",
          type: "function_call",
          status: "completed",
          call_id: "call_sim_000001",
          name: "get_weather",
          arguments: '{"city":"Łódź"}',
        },
        {
          id: "ctc_sim_000001",
          type: "custom_tool_call",
          status: "completed",
          call_id: "call_sim_000002",
          name: "apply_patch",
          input: "*** Begin",
        },
        { provider: "simulator" },
      ],
      usage: {
        input_tokens: 244,
        input_tokens_details: { cached_tokens: 200, cache_write_tokens: 34 },
        output_tokens: 50,
        output_tokens_details: { reasoning_tokens: 7 },
        total_tokens: 294,
      },
    });
  });

  it("seals reasoning when it is asked to, and shows a summary when it is asked to", async () => {
    const thought: Turn = thinkingTurn("Hm.", "Yes.");
    await start([thought, thought, thought]);
    const include = ["reasoning.encrypted_content"];

    const outputs = [
      await respond({ include }),
      await respond({ reasoning: { summary: "auto" } }),
      await respond({ model: "local" }),
    ].map(({ output }) => objectsIn(output)[0]);

    expect(outputs).toMatchObject([
      { summary: [], encrypted_content: sealReasoning("Hm.") },
      { summary: [{ type: "summary_text", text: "Hm." }] },
      { summary: [], content: [{ type: "reasoning_text", text: "Hm." }] },
    ]);
    expect(outputs[1]).not.toHaveProperty("encrypted_content");
  });

  it("is incomplete when the model could not end", async () => {
    await start([
      toolTurn("f", {}, { text: "One", stopReason: "max_tokens" }),
      textTurn("", { stopReason: "content_filter" }),
    ]);

    expect(await respond()).toMatchObject({
      status: "incomplete",
      incomplete_details: { reason: "max_output_tokens" },
      output: [
        { type: "message", status: "completed" },
        { type: "function_call", status: "incomplete" },
      ],
    });
    expect(await respond()).toMatchObject({ incomplete_details: { reason: "content_filter" } });
  });

  it("names the namespace of a tool, and the phase of a text", async () => {
    const tools = [
      { type: "namespace", name: "files", description: "", tools: [{ type: "custom", name: "edit" }] },
      { type: "custom", name: "edit" },
    ];
    await start([
      {
        blocks: [
          { type: "text", text: "Now.", phase: "commentary" },
          { type: "tool_use", name: "edit", namespace: "files", input: { input: "x" } },
          { type: "tool_use", name: "read", namespace: "files", input: {} },
        ],
      },
    ]);

    const additional = { type: "additional_tools", role: "developer", tools };
    expect(await respond({ input: [additional, { role: "user", content: "Hi" }] })).toMatchObject({
      output: [
        { phase: "commentary" },
        { type: "custom_tool_call", name: "edit", namespace: "files", input: "x" },
        { type: "function_call", name: "read", namespace: "files" },
      ],
    });
  });
});

describe("a streamed response", () => {
  it("has the events of the real API, in their order, and each a number", async () => {
    await start([thinkingTurn("Hm.", "Sixteen letters. And more", { usage: { input: 5, output: 9 } })]);
    const asked = { include: ["reasoning.encrypted_content"], reasoning: { summary: "auto" } };

    const events = withoutPadding(await responseStream(asked));

    const inside = { item_id: "rs_sim_000001", output_index: 0, summary_index: 0 };
    const text = { item_id: "msg_sim_000001", output_index: 1, content_index: 0 };
    const part = { type: "output_text", annotations: [], logprobs: [], text: "" };
    const seal = sealReasoning("Hm.");
    expect(events.map(({ sequence_number: number }) => number)).toEqual(events.map((_, index) => index));
    expect(events).toMatchObject([
      { type: "response.created", response: { status: "in_progress", output: [], usage: null } },
      { type: "response.in_progress", response: { status: "in_progress" } },
      {
        type: "response.output_item.added",
        output_index: 0,
        item: { type: "reasoning", summary: [], encrypted_content: expect.not.stringMatching(seal) },
      },
      { type: "response.reasoning_summary_part.added", ...inside, part: { type: "summary_text", text: "" } },
      { type: "response.reasoning_summary_text.delta", ...inside, delta: "Hm." },
      { type: "response.reasoning_summary_text.done", ...inside, text: "Hm." },
      { type: "response.reasoning_summary_part.done", ...inside, part: { type: "summary_text", text: "Hm." } },
      { type: "response.output_item.done", output_index: 0, item: { type: "reasoning", encrypted_content: seal } },
      { type: "response.output_item.added", output_index: 1, item: { status: "in_progress", content: [] } },
      { type: "response.content_part.added", ...text, part },
      { type: "response.output_text.delta", ...text, delta: "Sixteen letters.", logprobs: [] },
      { type: "response.output_text.delta", ...text, delta: " And more", logprobs: [] },
      { type: "response.output_text.done", ...text, text: "Sixteen letters. And more", logprobs: [] },
      { type: "response.content_part.done", ...text, part: { ...part, text: "Sixteen letters. And more" } },
      { type: "response.output_item.done", output_index: 1, item: { status: "completed" } },
      { type: "response.completed", response: { status: "completed", usage: { input_tokens: 5, output_tokens: 9 } } },
    ]);
  });

  it("gives calls their arguments and free texts theirs", async () => {
    await start([RICH]);
    const tools = [{ type: "custom", name: "apply_patch" }];

    const events = withoutPadding(await responseStream({ tools }));

    const call = { item_id: "fc_sim_000001", output_index: 3 };
    const free = { item_id: "ctc_sim_000001", output_index: 4 };
    expect(events.filter(({ type }) => /call|output_item/.test(textOf(type))).slice(6)).toMatchObject([
      { type: "response.output_item.added", item: { type: "function_call", arguments: "", status: "in_progress" } },
      { type: "response.function_call_arguments.delta", ...call, delta: '{"city":"Łódź"}' },
      { type: "response.function_call_arguments.done", ...call, arguments: '{"city":"Łódź"}' },
      { type: "response.output_item.done", item: { arguments: '{"city":"Łódź"}' } },
      { type: "response.output_item.added", item: { type: "custom_tool_call", input: "" } },
      { type: "response.custom_tool_call_input.delta", ...free, delta: "*** Begin" },
      { type: "response.custom_tool_call_input.done", ...free, input: "*** Begin" },
      { type: "response.output_item.done", item: { input: "*** Begin" } },
      { type: "response.output_item.added", item: { provider: "simulator" } },
      { type: "response.output_item.done", item: { provider: "simulator" } },
    ]);
  });

  it("shows the reasoning of an open model, and a refusal", async () => {
    await start([{ blocks: [...thinkingTurn("Hm.", "").blocks.slice(0, 1), { type: "refusal", refusal: "No." }] }]);

    const events = await responseStream({ model: "local" });

    expect(events.map(({ type }) => type).slice(2, -1)).toEqual([
      "response.output_item.added",
      "response.content_part.added",
      "response.reasoning_text.delta",
      "response.reasoning_text.done",
      "response.content_part.done",
      "response.output_item.done",
      "response.output_item.added",
      "response.content_part.added",
      "response.refusal.delta",
      "response.refusal.done",
      "response.content_part.done",
      "response.output_item.done",
    ]);
  });

  it("ends with response.incomplete when the model could not end", async () => {
    await start([textTurn("One", { stopReason: "max_tokens" })]);

    expect((await responseStream()).at(-1)).toMatchObject({
      type: "response.incomplete",
      response: { status: "incomplete", incomplete_details: { reason: "max_output_tokens" } },
    });
  });

  it("says the same as the buffered one, and is the same bytes in every run", async () => {
    await start([RICH]);
    const buffered = await respond();
    await simulator.close();
    await start([RICH]);
    const events = await responseStream();

    expect(events.at(-1)?.["response"]).toEqual(buffered);
    const done = events.filter(({ type }) => type === "response.output_item.done").map(({ item }) => item);
    expect(done).toEqual(buffered["output"]);
  });
});

describe("an error turn", () => {
  it("has OpenAI's shape and words, whatever the words of the script", async () => {
    await start([
      rateLimitTurn(7),
      errorTurn("server_error", "Oops", { code: "odd" }),
      errorTurn("api_error", "Oops", { status: 502 }),
    ]);

    const limited = await postChat(simulator, { ...CHAT_HELLO, stream: true });
    const own = await postChat(simulator);
    const translated = await postChat(simulator);

    expect([limited.status, limited.headers.get("retry-after")]).toEqual([429, "7"]);
    expect(await limited.json()).toEqual({
      error: { message: expect.any(String), type: "requests", param: null, code: "rate_limit_exceeded" },
    });
    expect([own.status, await own.json()]).toEqual([
      500,
      { error: { message: "Oops", type: "server_error", param: null, code: "odd" } },
    ]);
    expect([translated.status, await translated.json()]).toMatchObject([502, { error: { type: "server_error" } }]);
  });

  it("can say that the prompt is too long, in the words of either dialect", async () => {
    await start([contextLengthTurn("openai-chat", 200, 100), contextLengthTurn("openai-responses")]);

    expect(await chat()).toEqual({
      error: {
        message:
          "This model's maximum context length is 100 tokens. However, your messages resulted in 200 tokens. Please reduce the length of the messages.",
        type: "invalid_request_error",
        param: "messages",
        code: "context_length_exceeded",
      },
    });
    expect(await respond()).toMatchObject({ error: { param: "input", code: "context_length_exceeded" } });
  });

  it("can have a status, headers and a body of its own", async () => {
    const error = { status: 502, type: "x", message: "", body: "<html>", headers: { "content-type": "text/html" } };
    await start([{ error }]);

    const response = await postResponse(simulator);

    expect([response.status, response.headers.get("content-type"), await response.text()]).toEqual([
      502,
      "text/html",
      "<html>",
    ]);
  });
});

function opened(index: number, type: string, body: JsonObject, id = `call_sim_00000${index + 1}`): JsonObject {
  return { tool_calls: [{ index, id, type, [type]: body }] };
}

function fragment(index: number, body: JsonObject): JsonObject {
  return { tool_calls: [{ index, ...body }] };
}
