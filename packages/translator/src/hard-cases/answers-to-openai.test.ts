import { readFileSync } from "node:fs";

import { describe, expect, test } from "vitest";

import type { TranslationContext } from "../context.ts";
import {
  createStreamTranslator,
  translateError,
  translateLimitHeaders,
  translateRequest,
  translateResponse,
} from "../index.ts";
import type { DialectId } from "../index.ts";
import type { JsonObject } from "../json.ts";
import { DONE_FRAME, writeFrame } from "../sse/write.ts";
import { readAsCodex } from "../testing/acceptance/codex.ts";
import { ACCEPTANCE } from "../testing/acceptance/index.ts";
import { LEAST, MAIN_TARGETS, optionsFor, translateStream } from "../testing/exchange.ts";
import { listOf, objectOf } from "../testing/laws/complaints.ts";
import { eventsIn } from "../testing/said.ts";

/*
 * Hard cases 101 to 128 of the specification: answers, errors and limits for clients of both of OpenAI's APIs. Every stream that is said
 * to be good is read by the official client, too, and those of Responses by the rules of Codex.
 */

/** What belongs to the gateway, whose own tests show it. */
const ELSEWHERE: ReadonlyMap<number, string> = new Map([
  [128, "whether a key is the client's or the gateway's own is known to the gateway only"],
]);

const AM = "anthropic-messages";
const CC = "openai-chat";
const RS = "openai-responses";
const CLIENTS = [CC, RS] as const;
const utf8 = new TextEncoder();

function contextOf(client: DialectId, body: JsonObject = {}, upstream: DialectId = AM): TranslationContext {
  return translateRequest({ ...LEAST[client], ...body }, optionsFor(client, MAIN_TARGETS[upstream])).context;
}

const counted = (usage: JsonObject = {}): JsonObject => ({ input_tokens: 3, output_tokens: 5, ...usage });
const START = {
  type: "message_start",
  message: { id: "msg_01AB", type: "message", role: "assistant", model: "up", content: [], usage: counted() },
};
const STOP = { type: "message_stop" };
const open = (index: number, block: JsonObject): JsonObject => ({
  type: "content_block_start",
  index,
  content_block: block,
});
const close = (index: number): JsonObject => ({ type: "content_block_stop", index });
const delta = (index: number, piece: JsonObject): JsonObject => ({ type: "content_block_delta", index, delta: piece });
const json = (index: number, partial: string): JsonObject =>
  delta(index, { type: "input_json_delta", partial_json: partial });
const ending = (reason: string, usage?: JsonObject, more: JsonObject = {}): JsonObject => ({
  type: "message_delta",
  delta: { stop_reason: reason, stop_sequence: null, ...more },
  usage: counted(usage),
});

const text = (index: number, ...pieces: readonly string[]): readonly JsonObject[] => [
  open(index, { type: "text", text: "" }),
  ...pieces.map((piece) => delta(index, { type: "text_delta", text: piece })),
  close(index),
];
const toolUse = (id: string, input: JsonObject = {}): JsonObject => ({ type: "tool_use", id, name: "look", input });
const call = (index: number, id: string, ...pieces: readonly string[]): readonly JsonObject[] => [
  open(index, toolUse(id)),
  ...pieces.map((piece) => json(index, piece)),
  close(index),
];
const thinking = (index: number, signature: string, ...pieces: readonly string[]): readonly JsonObject[] => [
  open(index, { type: "thinking", thinking: "", signature: "" }),
  ...pieces.map((piece) => delta(index, { type: "thinking_delta", thinking: piece })),
  delta(index, { type: "signature_delta", signature }),
  close(index),
];
const redacted = (index: number, data: string): readonly JsonObject[] => [
  open(index, { type: "redacted_thinking", data }),
  close(index),
];
const ERROR = { type: "error", error: { type: "overloaded_error", message: "Overloaded" } };

const sseOf = (events: readonly JsonObject[]): string =>
  events.map((event) => writeFrame(event, String(event.type))).join("");

/** Events between the start and an end for that reason. */
const whole = (events: readonly JsonObject[], reason = "end_turn"): string =>
  sseOf([START, ...events, ending(reason), STOP]);

/** The client's stream, which has to be without fault, and what the official client makes of it. */
async function taken(
  client: (typeof CLIENTS)[number],
  sse: string,
  body?: JsonObject,
): Promise<{ readonly sse: string; readonly events: readonly JsonObject[]; readonly answer: JsonObject }> {
  const translated = translateStream(sse, contextOf(client, { stream: true, ...body }));
  expect(ACCEPTANCE[client].streamComplaints(translated, body?.stream_options !== undefined)).toEqual([]);
  expect(client === RS ? readAsCodex(translated).complaints : []).toEqual([]);
  return { sse: translated, events: eventsIn(translated), answer: await ACCEPTANCE[client].stream(translated) };
}

/** A whole message of Anthropic's as the client gets it. */
function buffered(client: DialectId, content: readonly JsonObject[], stop: JsonObject): JsonObject {
  const body = { ...START.message, stop_sequence: null, content, ...stop };
  return translateResponse(body, contextOf(client)).body;
}

const TOOLS: Readonly<Record<(typeof CLIENTS)[number], JsonObject>> = {
  [CC]: { tools: [{ type: "function", function: { name: "look", parameters: { type: "object", properties: {} } } }] },
  [RS]: { tools: [{ type: "function", name: "look", parameters: { type: "object", properties: {} }, strict: false }] },
};

const choiceOf = (body: JsonObject): JsonObject => listOf(body.choices)[0] ?? {};
const messageOf = (body: JsonObject): JsonObject => objectOf(choiceOf(body).message);
const typesOf = (events: readonly JsonObject[]): readonly unknown[] => events.map(({ type }) => type);
const ofType = (events: readonly JsonObject[], type: string): readonly JsonObject[] =>
  events.filter((event) => event.type === type);
const responseOf = (events: readonly JsonObject[]): JsonObject => objectOf(events.at(-1)?.response);
const itemsDone = (events: readonly JsonObject[]): readonly JsonObject[] =>
  ofType(events, "response.output_item.done").map(({ item }) => objectOf(item));
const deltasOf = (events: readonly JsonObject[]): readonly JsonObject[] =>
  events.map((event) => objectOf(choiceOf(event).delta));

/** What each client reads as the arguments of the calls in its answer. */
function argumentsIn(client: (typeof CLIENTS)[number], answer: JsonObject): readonly unknown[] {
  if (client === CC) {
    return listOf(messageOf(answer).tool_calls).map(({ function: called }) => objectOf(called).arguments);
  }
  return listOf(answer.output).flatMap((item) => (item.type === "function_call" ? [item.arguments] : []));
}

describe("calls", () => {
  test("101: calls in blocks 1 and 3 are calls 0 and 1, each with its own arguments", async () => {
    const { answer, events } = await taken(
      CC,
      whole(
        [
          ...text(0, "a"),
          open(1, toolUse("toolu_a")),
          json(1, '{"a":'),
          json(1, "1}"),
          close(1),
          ...text(2, "b"),
          ...call(3, "toolu_b", '{"b":2}'),
        ],
        "tool_use",
      ),
    );
    expect(listOf(messageOf(answer).tool_calls)).toMatchObject([
      { id: "toolu_a", function: { name: "look", arguments: '{"a":1}' } },
      { id: "toolu_b", function: { name: "look", arguments: '{"b":2}' } },
    ]);
    const indices = deltasOf(events).flatMap(({ tool_calls: calls }) => listOf(calls).map(({ index }) => index));
    expect([...new Set(indices)]).toEqual([0, 1]);
  });

  test("102: a call without any arguments has an empty object", async () => {
    for (const client of CLIENTS) {
      for (const pieces of [[], [""]]) {
        const { answer } = await taken(client, whole(call(0, "toolu_a", ...pieces), "tool_use"), TOOLS[client]);
        expect(argumentsIn(client, answer)).toEqual(["{}"]);
      }
      const stop = { stop_reason: "tool_use" };
      expect(argumentsIn(client, buffered(client, [toolUse("toolu_a")], stop))).toEqual(["{}"]);
    }
  });

  test("103: arguments that stand in the block's start are whole, and nothing is before them", async () => {
    for (const client of CLIENTS) {
      const events = [open(0, toolUse("toolu_a", { a: { b: 1 } })), close(0)];
      const { answer } = await taken(client, whole(events, "tool_use"), TOOLS[client]);
      expect(argumentsIn(client, answer)).toEqual(['{"a":{"b":1}}']);
    }
  });

  test("112: two calls of one id get two", async () => {
    const twice = [...call(0, "toolu_a", '{"a":1}'), ...call(1, "toolu_a", '{"a":2}')];
    const { answer, events } = await taken(RS, whole(twice, "tool_use"), TOOLS[RS]);
    expect(argumentsIn(RS, answer)).toEqual(['{"a":1}', '{"a":2}']);
    expect(itemsDone(events).map(({ call_id: id }) => id)).toEqual(["toolu_a", "toolu_a_2"]);
    const stop = { stop_reason: "tool_use" };
    const output = listOf(buffered(RS, [toolUse("toolu_a"), toolUse("toolu_a")], stop).output);
    expect(output.map(({ call_id: id }) => id)).toEqual(["toolu_a", "toolu_a_2"]);
  });
});

describe("thinking", () => {
  test("104: thinking never shows in the content, not even as an empty one", async () => {
    const { answer, events } = await taken(CC, whole([...thinking(0, "sig", "hm", "m"), ...text(1, "hi")]));
    expect(messageOf(answer).content).toBe("hi");
    const thoughts = deltasOf(events).filter((each) => "reasoning_content" in each || "reasoning_details" in each);
    expect(thoughts.length).toBeGreaterThan(0);
    expect(thoughts.every((each) => !("content" in each))).toBe(true);
    const contents = deltasOf(events).flatMap((each) => ("content" in each ? [each.content] : []));
    expect(contents).toEqual(["", "hi"]);
  });

  test("113: reasoning always has a list of summaries", async () => {
    const { events, answer } = await taken(
      RS,
      whole([...thinking(0, "sig", "hm"), ...thinking(1, "empty"), ...redacted(2, "xyz"), ...text(3, "hi")]),
    );
    const announced = ofType(events, "response.output_item.added").map(({ item }) => objectOf(item));
    const reasoning = [...announced, ...itemsDone(events), ...listOf(answer.output)].filter(
      ({ type }) => type === "reasoning",
    );
    expect(reasoning).toHaveLength(9);
    expect(reasoning.every(({ summary }) => Array.isArray(summary))).toBe(true);
  });

  /** What a Responses client sends back of an answer goes to Anthropic again. */
  function sentBack(items: readonly JsonObject[]): readonly JsonObject[] {
    const output = { type: "function_call_output", call_id: "toolu_a", output: "ok" };
    const input = [{ role: "user", content: "hi" }, ...items, output];
    const { body } = translateRequest(
      { ...LEAST[RS], ...TOOLS[RS], reasoning: { effort: "high" }, input },
      optionsFor(RS, MAIN_TARGETS[AM]),
    );
    return listOf(listOf(body.messages)[1]?.content);
  }

  test("117: a signature comes in the item's encrypted content, and goes back to Anthropic as it was", async () => {
    const signature = "EqQBCkYIBxgCKkDz+/=";
    const sse = whole([...thinking(0, signature, "let me ", "see"), ...call(1, "toolu_a", '{"a":1}')], "tool_use");
    for (const reasoning of [{ summary: "auto" }, { summary: null }]) {
      const { events } = await taken(RS, sse, { ...TOOLS[RS], reasoning });
      const [item = {}] = itemsDone(events);
      expect(item).toMatchObject({ type: "reasoning", encrypted_content: expect.stringMatching(/^tgA1\./) });
      expect(JSON.stringify(item)).not.toContain(signature);
      expect(sentBack(itemsDone(events))).toEqual([
        { type: "thinking", thinking: "let me see", signature },
        { type: "tool_use", id: "toolu_a", name: "look", input: { a: 1 } },
      ]);
    }
  });

  test("118: two redacted blocks are two items, and both go back before the call", async () => {
    const sse = whole([...redacted(0, "one"), ...redacted(1, "two"), ...call(2, "toolu_a", "{}")], "tool_use");
    const { events } = await taken(RS, sse, TOOLS[RS]);
    const done = ofType(events, "response.output_item.done");
    expect(done.map(({ output_index: index }) => index)).toEqual([0, 1, 2]);
    expect(new Set(itemsDone(events).map(({ id }) => id)).size).toBe(3);
    expect(sentBack(itemsDone(events))).toEqual([
      { type: "redacted_thinking", data: "one" },
      { type: "redacted_thinking", data: "two" },
      { type: "tool_use", id: "toolu_a", name: "look", input: {} },
    ]);
  });
});

describe("the end", () => {
  test("105: an answer that ran out of tokens is incomplete, and so is its last item", async () => {
    const { events, answer } = await taken(RS, whole([...text(0, "a"), ...text(1, "b")], "max_tokens"));
    expect(typesOf(events).at(-1)).toBe("response.incomplete");
    const incomplete = { status: "incomplete", incomplete_details: { reason: "max_output_tokens" } };
    expect(answer).toMatchObject({ ...incomplete, output: [{ type: "message", status: "incomplete" }] });
    const cut = [open(0, toolUse("toolu_a")), json(0, '{"a":'), close(0)];
    const { events: cutEvents } = await taken(RS, whole(cut, "max_tokens"), TOOLS[RS]);
    expect(itemsDone(cutEvents)).toMatchObject([{ type: "function_call", arguments: '{"a":', status: "incomplete" }]);
    const content = [{ type: "text", text: "a" }];
    expect(buffered(RS, content, { stop_reason: "max_tokens" })).toMatchObject({
      ...incomplete,
      output: [{ status: "incomplete" }],
    });
    expect(choiceOf(buffered(CC, content, { stop_reason: "max_tokens" })).finish_reason).toBe("length");
  });

  test("106: a refusal is told as one, with its words", async () => {
    const stop_details = { type: "refusal", category: null, explanation: "I must not." };
    const sse = sseOf([START, ending("refusal", {}, { stop_details }), STOP]);
    const { answer: chat } = await taken(CC, sse);
    expect(choiceOf(chat).finish_reason).toBe("content_filter");
    expect(messageOf(chat).refusal).toBe("I must not.");
    const said = {
      status: "incomplete",
      incomplete_details: { reason: "content_filter" },
      output: [{ type: "message", content: [{ type: "refusal", refusal: "I must not." }] }],
    };
    expect((await taken(RS, sse)).answer).toMatchObject(said);
    expect(buffered(RS, [], { stop_reason: "refusal", stop_details })).toMatchObject(said);
    expect(choiceOf(buffered(CC, [], { stop_reason: "refusal" })).finish_reason).toBe("content_filter");
  });

  test("107: a full context is a length; a word that is not known is an ordinary end, and noted", async () => {
    const full = whole(text(0, "a"), "model_context_window_exceeded");
    expect(choiceOf((await taken(CC, full)).answer).finish_reason).toBe("length");
    expect((await taken(RS, full)).answer).toMatchObject({
      status: "incomplete",
      incomplete_details: { reason: "max_output_tokens" },
    });
    for (const client of CLIENTS) {
      const context = contextOf(client, { stream: true });
      const translated = translateStream(whole(text(0, "a"), "brand_new"), context);
      const answer = await ACCEPTANCE[client].stream(translated);
      expect(client === CC ? choiceOf(answer).finish_reason : answer.status).toBe(client === CC ? "stop" : "completed");
      expect(context.losses.list).toMatchObject([{ code: "answer_finish", detail: "brand_new" }]);
    }
  });

  test("108: a pause ends the stream; Codex is told that the turn has not ended", async () => {
    const sse = whole(text(0, "searching"), "pause_turn");
    const { sse: translated, answer } = await taken(RS, sse);
    expect(answer).toMatchObject({ status: "completed", end_turn: false });
    expect(readAsCodex(translated).end).toEqual({ type: "completed", endTurn: false });
    expect(choiceOf((await taken(CC, sse)).answer).finish_reason).toBe("stop");
  });

  test("122: a good stream of Chat Completions ends with its mark, which Anthropic does not have", async () => {
    expect((await taken(CC, whole(text(0, "a")))).sse.endsWith(DONE_FRAME)).toBe(true);
  });
});

describe("the grammar of Responses", () => {
  const MIXED = [...thinking(0, "sig", "hm"), ...text(1, "a"), ...call(2, "toolu_a", '{"a":', "1}"), ...text(3, "b")];

  test("109: the answer is announced first, and its id stays the same", async () => {
    const { events } = await taken(RS, whole(MIXED), TOOLS[RS]);
    expect(typesOf(events).slice(0, 2)).toEqual(["response.created", "response.in_progress"]);
    const ids = events.flatMap(({ response }) => (response === undefined ? [] : [objectOf(response).id]));
    expect(ids).toEqual(["resp_01AB", "resp_01AB", "resp_01AB"]);
  });

  test("110: pings and what is not known stay out; silence is kept by a comment", async () => {
    const PING = { type: "ping" };
    const odd = { type: "content_block_telemetry", index: 0 };
    const sse = sseOf([START, PING, ...text(0, "a").flatMap((event) => [event, PING, odd]), ending("end_turn"), STOP]);
    const { sse: translated, events } = await taken(RS, sse);
    expect(typesOf(events).every((type) => String(type).startsWith("response."))).toBe(true);
    expect(translated).not.toContain("ping");
    expect(createStreamTranslator(contextOf(RS)).keepAlive).toBe(": keep-alive\n\n");
    expect(createStreamTranslator(contextOf(CC)).keepAlive).toBe(": keep-alive\n\n");
  });

  test("111: an item is announced before its text, under one id to the end", async () => {
    const { events } = await taken(RS, whole(MIXED), TOOLS[RS]);
    const announced = new Map<unknown, unknown>();
    const others: (readonly [unknown, unknown])[] = [];
    for (const { type, output_index: index, item, item_id: id } of events) {
      const said = id ?? objectOf(item).id;
      if (type === "response.output_item.added") announced.set(index, said);
      else if (said !== undefined) others.push([said, announced.get(index)]);
    }
    expect(others.length).toBeGreaterThan(15);
    for (const [said, known] of others) expect(said).toBe(known);
    expect(new Set(announced.values()).size).toBe(4);
    expect(announced.size).toBe(4);
    expect(listOf(responseOf(events).output).map(({ id }) => id)).toEqual([...announced.values()]);
  });

  test("114: the end repeats the whole output in its order", async () => {
    const { events, answer } = await taken(RS, whole(MIXED), TOOLS[RS]);
    const { output } = responseOf(events);
    expect(output).toEqual(itemsDone(events));
    expect(listOf(output).map(({ type }) => type)).toEqual(["reasoning", "message", "function_call", "message"]);
    expect(listOf(answer.output)).toHaveLength(4);
  });

  test("115: usage has every number, whatever the upstream counted", async () => {
    const { sse, events } = await taken(RS, whole(text(0, "a")));
    expect(responseOf(events).usage).toEqual({
      input_tokens: 3,
      input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
      output_tokens: 5,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: 8,
    });
    expect(readAsCodex(sse).usage).toEqual({ input: 3, cached: 0, output: 5, reasoning: 0, total: 8 });
  });

  test("116: text, a call, and text are a message, a call, and another message", async () => {
    const sse = whole([...text(0, "a", "b"), ...text(1, "c"), ...call(2, "toolu_a", "{}"), ...text(3, "d")]);
    const { events } = await taken(RS, sse, TOOLS[RS]);
    const part = (words: string): object => ({ type: "output_text", text: words, annotations: [], logprobs: [] });
    expect(itemsDone(events)).toMatchObject([
      { type: "message", content: [part("ab"), part("c")] },
      { type: "function_call" },
      { type: "message", content: [part("d")] },
    ]);
  });
});

describe("the grammar of Chat Completions", () => {
  test("119: the role is said once, in the first chunk, also of an empty answer", async () => {
    for (const parts of [[], text(0, "a"), call(0, "toolu_a", "{}"), thinking(0, "sig", "hm")]) {
      const { events } = await taken(CC, whole(parts), TOOLS[CC]);
      expect(deltasOf(events)[0]).toMatchObject({ role: "assistant" });
      expect(deltasOf(events).filter(({ role }) => role !== undefined)).toHaveLength(1);
    }
  });

  test("120: usage comes when it is asked for, without choices, and counts the cache", async () => {
    const usage = { cache_read_input_tokens: 1000, cache_creation_input_tokens: 200, output_tokens: 50 };
    const sse = sseOf([START, ...text(0, "a"), ending("end_turn", usage), STOP]);
    const { events } = await taken(CC, sse, { stream_options: { include_usage: true } });
    expect(events.at(-1)).toMatchObject({
      choices: [],
      usage: {
        prompt_tokens: 1203,
        prompt_tokens_details: { cached_tokens: 1000, cache_write_tokens: 200 },
        completion_tokens: 50,
        total_tokens: 1253,
      },
    });
    const { events: unasked } = await taken(CC, sse);
    expect(unasked.every((event) => (event.usage ?? null) === null && listOf(event.choices).length === 1)).toBe(true);
  });
});

describe("errors", () => {
  const said = (client: DialectId, status: number, error: JsonObject): JsonObject => {
    const body = JSON.stringify({ type: "error", error });
    const { status: told, body: worded } = translateError({ status, body }, { from: AM, to: client });
    return { status: told, ...objectOf(worded.error) };
  };

  test("121: an error in mid-stream is one for the client, who gets no end", async () => {
    const sse = sseOf([START, open(0, { type: "text", text: "" }), delta(0, { type: "text_delta", text: "a" }), ERROR]);
    const chat = translateStream(sse, contextOf(CC, { stream: true }));
    expect(eventsIn(chat).at(-1)).toEqual({
      error: { message: "Overloaded", type: "server_error", param: null, code: "server_is_overloaded" },
    });
    expect(chat).not.toContain("[DONE]");
    expect(eventsIn(chat).every((event) => (choiceOf(event).finish_reason ?? null) === null)).toBe(true);
    await expect(ACCEPTANCE[CC].stream(chat)).rejects.toThrow("Overloaded");

    const responses = translateStream(sse, contextOf(RS, { stream: true }));
    const events = eventsIn(responses);
    expect(typesOf(events).slice(-2)).toEqual(["error", "response.failed"]);
    expect(responseOf(events)).toMatchObject({
      status: "failed",
      error: { code: "server_error", message: "Overloaded" },
      output: [{ type: "message", status: "incomplete" }],
    });
    expect(readAsCodex(responses).end).toEqual({ type: "retry", reason: "server_error" });
    await expect(ACCEPTANCE[RS].stream(responses)).rejects.toThrow("Overloaded");
  });

  // That the gateway waits for the first event before it commits a status is shown by its own tests.
  test("123: an error that comes first is known before anything has begun, with a status of its own", () => {
    const first = (upstream: DialectId, client: DialectId, sse: string): JsonObject => {
      const translator = createStreamTranslator(contextOf(client, { stream: true }, upstream));
      translator.push(utf8.encode(sse));
      const { started, error } = translator;
      if (error === undefined) throw new TypeError("no error");
      const { kind, message } = error;
      return { started, kind, message };
    };
    const overloaded = { started: false, kind: "overloaded", message: "Overloaded" };
    for (const client of CLIENTS) {
      expect(first(AM, client, sseOf([ERROR]))).toEqual(overloaded);
      expect(said(client, 529, ERROR.error)).toMatchObject({ status: 503, code: "server_is_overloaded" });
    }
    const chunk = writeFrame({ error: { message: "Overloaded", code: "server_is_overloaded" } });
    expect(first(CC, AM, chunk)).toEqual(overloaded);
    const body = '{"error":{"message":"Overloaded","code":"server_is_overloaded"}}';
    expect(translateError({ status: 503, body }, { from: CC, to: AM }).status).toBe(529);
  });

  test("124: how long to wait is told in OpenAI's way", () => {
    const headers = {
      "retry-after": "7",
      "anthropic-ratelimit-requests-limit": "50",
      "anthropic-ratelimit-requests-remaining": "0",
      "anthropic-ratelimit-requests-reset": "2026-11-25T00:06:00Z",
      "request-id": "req_1",
    };
    const nowSeconds = Date.parse("2026-11-25T00:00:00Z") / 1000;
    for (const to of CLIENTS) {
      expect(translateLimitHeaders(headers, { from: AM, to, nowSeconds })).toEqual({
        "retry-after": "7",
        "x-ratelimit-limit-requests": "50",
        "x-ratelimit-remaining-requests": "0",
        "x-ratelimit-reset-requests": "6m0s",
      });
      expect(said(to, 429, { type: "rate_limit_error", message: "Slow down" })).toMatchObject({
        status: 429,
        type: "rate_limit_error",
        code: "rate_limit_exceeded",
      });
    }
  });

  test("125: a prompt that is too long has OpenAI's code, for Codex inside a stream", () => {
    const error = { type: "invalid_request_error", message: "prompt is too long: 208310 tokens > 200000 maximum" };
    for (const client of CLIENTS) {
      expect(said(client, 400, error)).toMatchObject({
        status: 400,
        code: "context_length_exceeded",
        param: client === CC ? "messages" : "input",
        message: expect.stringContaining("maximum context length is 200000 tokens"),
      });
    }
    const body = JSON.stringify({ type: "error", error });
    const translator = createStreamTranslator(contextOf(RS, { stream: true }));
    const sse = translator.fail(translateError({ status: 400, body }, { from: AM, to: RS }).error) + translator.end();
    expect(typesOf(eventsIn(sse))).toEqual(["response.created", "response.in_progress", "error", "response.failed"]);
    expect(readAsCodex(sse).end).toEqual({ type: "failed", code: "context_length_exceeded" });
  });

  test("126: OpenAI's prompt that is too long has Anthropic's words", () => {
    const message =
      "This model's maximum context length is 128000 tokens. However, your messages resulted in 130011 tokens.";
    const error = { message, type: "invalid_request_error", param: "messages", code: "context_length_exceeded" };
    for (const from of CLIENTS) {
      const { status, body } = translateError({ status: 400, body: JSON.stringify({ error }) }, { from, to: AM });
      expect(status).toBe(400);
      expect(objectOf(body.error)).toMatchObject({
        type: "invalid_request_error",
        message: expect.stringMatching(/^prompt is too long: 130011 tokens > 128000 maximum/),
      });
    }
  });

  test("127: Anthropic's overload is one that Codex knows", () => {
    expect(said(RS, 529, ERROR.error)).toEqual({
      status: 503,
      message: "Overloaded",
      type: "server_error",
      param: null,
      code: "server_is_overloaded",
    });
  });
});

test("hard cases 101 to 128 are all tested here, or elsewhere", () => {
  const source = readFileSync(new URL(import.meta.url), "utf8");
  const tested = new Set([...source.matchAll(/^ +test\("(\d+): /gm)].map(([, number]) => Number(number)));
  const all = [...tested, ...ELSEWHERE.keys()].toSorted((a, b) => a - b);
  expect(all).toEqual(Array.from({ length: 28 }, (_, index) => 101 + index));
});
