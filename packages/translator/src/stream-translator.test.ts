import { describe, expect, test } from "vitest";

import { SseReader } from "./sse/parse.ts";
import { createStreamTranslator, createTranslationStream } from "./stream-translator.ts";
import { StreamCollector, streamResponse } from "./translate-response.ts";
import { translateRequest } from "./translate-request.ts";

const utf8 = new TextEncoder();
const { context } = translateRequest(
  { model: "gpt-5", stream: true, messages: [{ role: "user", content: "Hi" }] },
  { from: "openai-chat", to: "anthropic-messages", answerId: "a1", createdAt: 7 },
);
const frames = [
  '{"type":"message_start","message":{"id":"msg_1","model":"claude","usage":{"input_tokens":3,"output_tokens":1}}}',
  '{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}',
  '{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hi"}}',
  '{"type":"content_block_stop","index":0}',
  '{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":5}}',
  '{"type":"message_stop"}',
].map((data) => utf8.encode(`event: x\ndata: ${data}\n\n`));
const whole = Buffer.concat(frames);

const textIn = (stream: string): string =>
  new SseReader()
    .push(utf8.encode(stream))
    .flatMap(({ data }) => (data === "[DONE]" ? [] : [JSON.parse(data)]))
    .map(({ choices }) => choices[0]?.delta.content ?? "")
    .join("");

test("says what is known as it becomes known", () => {
  const translator = createStreamTranslator(context);
  const seen = frames.map((frame) => {
    translator.push(frame);
    const { started, contentStarted, over, usage, finish } = translator;
    return [started, contentStarted, over, usage.output, finish?.kind];
  });
  expect(seen).toEqual([
    [true, false, false, 1, undefined],
    [true, true, false, 1, undefined],
    [true, true, false, 1, undefined],
    [true, true, false, 1, undefined],
    [true, true, false, 1, undefined],
    [true, true, true, 5, "end"],
  ]);
  expect([translator.error, translator.losses, translator.keepAlive]).toEqual([undefined, [], ": keep-alive\n\n"]);
});

test("nothing is written after the end", () => {
  const translator = createStreamTranslator(context);
  const text = translator.push(whole);
  expect(textIn(text)).toBe("Hi");
  expect(translator.over).toBe(true);
  expect([translator.push(whole), translator.end(), translator.fail({ kind: "server", message: "no" })]).toEqual([
    "",
    "",
    "",
  ]);
  expect(translator.error).toBeUndefined();
});

describe("a stream that does not end well ends in an error, once", () => {
  test("when it stops early", () => {
    const translator = createStreamTranslator(context);
    translator.push(whole.subarray(0, 300));
    expect(translator.end()).toContain('"error"');
    expect([translator.error?.kind, translator.end()]).toEqual(["bad_gateway", ""]);
  });

  test("when the host gives it up", () => {
    const translator = createStreamTranslator(context);
    const text = translator.fail({ kind: "timeout", message: "It took too long." });
    expect(text).toContain("It took too long.");
    expect([translator.over, translator.error?.kind]).toEqual([true, "timeout"]);
  });

  test("when a frame is larger than the limit", () => {
    const translator = createStreamTranslator(context, { maxFrameBytes: 100 });
    expect(translator.push(utf8.encode(`data: ${"x".repeat(200)}`))).toContain("more than 100 bytes");
    expect(translator.push(whole)).toBe("");
  });
});

test("the web stream gives the same bytes", async () => {
  const stream = new Blob([whole]).stream().pipeThrough(createTranslationStream(context));
  expect(await new Response(stream).text()).toBe(createStreamTranslator(context).push(whole));
});

test("a stream is gathered for a client that wants it whole", () => {
  const collector = new StreamCollector(context);
  for (const byte of whole) collector.push(Uint8Array.of(byte));
  expect(collector.end()).toMatchObject({
    body: { object: "chat.completion", choices: [{ message: { content: "Hi" }, finish_reason: "stop" }] },
    usage: { input: 3, output: 5 },
    finish: { kind: "end" },
  });
  const cut = new StreamCollector(context);
  cut.push(whole.subarray(0, 300));
  expect(() => cut.end()).toThrow(expect.objectContaining({ kind: "bad_gateway" }));
});

test("a whole answer is streamed for a client that wants a stream", () => {
  const answer = {
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: "claude",
    content: [{ type: "text", text: "Hi" }],
    stop_reason: "end_turn",
    stop_sequence: null,
    usage: { input_tokens: 3, output_tokens: 5 },
  };
  const { text } = streamResponse(JSON.stringify(answer), context);
  expect(textIn(text)).toBe("Hi");
  expect(text.endsWith("data: [DONE]\n\n")).toBe(true);
});
