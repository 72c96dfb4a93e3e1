import { describe, expect, test } from "vitest";

import type { JsonObject } from "../../json.ts";
import type { NeutralResponse } from "../../neutral/response.ts";
import { contextFor } from "../../testing/chat-codec.ts";
import { decodeResponse } from "./response.ts";

const context = () => contextFor({ stop: ["END"] }, { client: "anthropic-messages" });

function decoded(message: object, choice: object = { finish_reason: "stop" }, body: object = {}): NeutralResponse {
  return decodeResponse({ choices: [{ index: 0, message, ...choice }], ...body }, context());
}

describe("parts", () => {
  test.each<[object, readonly object[]]>([
    [{ content: "hi" }, [{ type: "text", text: "hi" }]],
    [{ content: "" }, []],
    [{ content: null, refusal: "no" }, [{ type: "refusal", text: "no" }]],
    [
      { content: "hi", reasoning_content: "hm", reasoning: "hm" },
      [
        { type: "reasoning", texts: ["hm"], full: true },
        { type: "text", text: "hi" },
      ],
    ],
    [
      {
        content: [
          { type: "thinking", thinking: [{ type: "text", text: "hm" }] },
          { type: "text", text: "a" },
          { type: "text", text: "b" },
        ],
      },
      [
        { type: "reasoning", texts: ["hm"], full: true },
        { type: "text", text: "ab" },
      ],
    ],
    [
      { tool_calls: [{ id: "c", type: "function", function: { name: "f", arguments: '{"a":' } }] },
      [{ type: "tool_call", id: "c", name: "f", arguments: '{"a":', kind: "function" }],
    ],
    [
      { tool_calls: [{ function: { name: "f", arguments: { a: 1 } } }, {}, { function: { arguments: "{}" } }] },
      [
        { type: "tool_call", id: "call_answer1_0", name: "f", arguments: '{"a":1}', kind: "function" },
        { type: "tool_call", id: "call_answer1_2", name: "tool_2", arguments: "{}", kind: "function" },
      ],
    ],
    [
      { tool_calls: [{ id: "c", type: "custom", custom: { name: "p", input: "raw" } }] },
      [{ type: "tool_call", id: "c", name: "p", arguments: "raw", kind: "custom" }],
    ],
    [
      { function_call: { name: "f", arguments: "{}" } },
      [{ type: "tool_call", id: "call_answer1_0", name: "f", arguments: "{}", kind: "function" }],
    ],
  ])("%j", (message, parts) => {
    expect(decoded(message).parts).toEqual(parts);
  });

  test("sources of a text", () => {
    const cited = {
      type: "url_citation",
      url_citation: { url: "https://x", title: "X", start_index: 1, end_index: 2 },
    };
    const unplaced = { type: "url_citation", url_citation: { url: "https://y", start_index: 0, end_index: 0 } };
    const annotations = [cited, unplaced, { type: "file" }, 7];
    expect(decoded({ content: "abc", annotations }).parts).toEqual([
      {
        type: "text",
        text: "abc",
        citations: [
          { url: "https://x", title: "X", start: 1, end: 2, raw: cited },
          { url: "https://y", raw: unplaced },
        ],
      },
    ]);
  });

  test("reasoning with its proofs", () => {
    const details = [
      { type: "reasoning.summary", summary: "s", index: 0 },
      { type: "reasoning.encrypted", data: "e", index: 1 },
    ];
    expect(decoded({ content: "a", reasoning_details: details }).parts[0]).toEqual({
      type: "reasoning",
      texts: ["s"],
      seal: { origin: "openai-chat", kind: "details", data: JSON.stringify(details) },
    });
    const unproven = [{ type: "reasoning.text", text: "t", signature: null }];
    expect(decoded({ content: "a", reasoning_details: unproven, reasoning: "t" }).parts[0]).toEqual({
      type: "reasoning",
      texts: ["t"],
      full: true,
    });
  });
});

describe("the end", () => {
  const calls = { tool_calls: [{ id: "c", function: { name: "f", arguments: "{}" } }] };
  test.each<[object, object, object]>([
    [{ content: "a" }, { finish_reason: "stop" }, { kind: "end", raw: "stop" }],
    [{ content: "a" }, { finish_reason: "length" }, { kind: "max_tokens", raw: "length" }],
    [calls, { finish_reason: "length" }, { kind: "max_tokens", raw: "length" }],
    [calls, { finish_reason: "tool_calls" }, { kind: "tool_use", raw: "tool_calls" }],
    [calls, { finish_reason: "stop" }, { kind: "tool_use", raw: "stop" }],
    [{ content: "a" }, { finish_reason: "tool_calls" }, { kind: "end", raw: "tool_calls" }],
    [{ content: "a" }, { finish_reason: "content_filter" }, { kind: "refusal", raw: "content_filter" }],
    [{ refusal: "no" }, { finish_reason: "stop" }, { kind: "refusal", raw: "stop", explanation: "no" }],
    [{ content: "a" }, { finish_reason: "" }, { kind: "end" }],
    [{ content: "a" }, { finish_reason: null }, { kind: "end" }],
    [{ content: "a" }, { finish_reason: "strange" }, { kind: "other", raw: "strange" }],
    [
      { content: "a" },
      { finish_reason: "stop", stop_reason: "END" },
      { kind: "stop_sequence", raw: "stop", stopSequence: "END" },
    ],
    [
      { content: "a" },
      { finish_reason: "stop", matched_stop: "END" },
      { kind: "stop_sequence", raw: "stop", stopSequence: "END" },
    ],
    [{ content: "a" }, { finish_reason: "stop", stop_reason: 128_009 }, { kind: "end", raw: "stop" }],
    [{ content: "a" }, { finish_reason: "stop", stop_reason: "end_turn" }, { kind: "end", raw: "stop" }],
  ])("%j with %j", (message, choice, finish) => {
    expect(decoded(message, choice).finish).toEqual(finish);
  });
});

test("the envelope", () => {
  const usage = { prompt_tokens: 10, completion_tokens: 2, prompt_tokens_details: { cached_tokens: 4 } };
  expect(
    decoded({ content: "a" }, undefined, { id: "chatcmpl-1", model: "up", service_tier: "flex", usage }),
  ).toMatchObject({ id: "chatcmpl-1", model: "up", tier: "flex", usage: { input: 6, cacheRead: 4, output: 2 } });
  expect(decoded({ content: "a" }, { finish_reason: "stop", usage })).toMatchObject({ usage: { output: 2 } });
});

test("of several choices the first is taken", () => {
  const used = context();
  const choice = (index: number, content: string) => ({ index, message: { content }, finish_reason: "stop" });
  expect(decodeResponse({ choices: [choice(1, "b"), choice(0, "a")] }, used).parts).toMatchObject([{ text: "a" }]);
  expect(used.losses.list.map(({ code }) => code)).toEqual(["answer_choices"]);
});

test.each<[JsonObject, object]>([
  [{}, { kind: "bad_gateway" }],
  [{ choices: [] }, { kind: "bad_gateway" }],
  [{ choices: [{ message: {}, finish_reason: null }] }, { kind: "bad_gateway" }],
  [{ choices: [{ message: { content: "a" }, finish_reason: "error" }] }, { kind: "bad_gateway" }],
  [{ error: { message: "no", code: 429 } }, { kind: "rate_limit", message: "no" }],
  [
    { choices: [{ message: { content: "a" }, error: { message: "no", code: 502 } }] },
    { kind: "bad_gateway", message: "no" },
  ],
  [{ choices: [{ message: { content: "a" } }], error: "overloaded" }, { kind: "overloaded" }],
])("%j is no answer", (body, error) => {
  expect(() => decodeResponse(body, context())).toThrow(expect.objectContaining(error));
});
