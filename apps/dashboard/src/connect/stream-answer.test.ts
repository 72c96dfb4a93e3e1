import { expect, test } from "vitest";

import { readAnswer } from "./stream-answer.ts";
import type { Answer } from "./stream-answer.ts";

const EVENTS = [
  { type: "message_start", message: { usage: { input_tokens: 12, output_tokens: 1 } } },
  { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
  { type: "ping" },
  { type: "content_block_delta", index: 0, delta: { type: "thinking_delta", thinking: "hm" } },
  { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Grüße " } },
  { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "👋" } },
  { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 9 } },
  { type: "message_stop" },
];

function bodyOf(events: readonly object[], bytes: number): ReadableStream<Uint8Array<ArrayBuffer>> {
  const text = events.map((event) => `event: x\ndata: ${JSON.stringify(event)}\n\n`).join("");
  const whole = new TextEncoder().encode(text);
  return new ReadableStream({
    start: (controller) => {
      for (let at = 0; at < whole.length; at += bytes) controller.enqueue(whole.slice(at, at + bytes));
      controller.close();
    },
  });
}

test.each([1, 7, 100_000])("an answer in chunks of %s bytes is told of as it comes", async (bytes) => {
  const told: Answer[] = [];
  await readAnswer(bodyOf(EVENTS, bytes), (answer) => told.push(answer));
  expect(told.at(-1)).toEqual({ text: "Grüße 👋", inputTokens: 12, outputTokens: 9, isWhole: true });
});

test("an error in the midst of it is thrown in its own words", async () => {
  const events = [...EVENTS.slice(0, 5), { type: "error", error: { type: "overloaded_error", message: "Overloaded" } }];
  const told: Answer[] = [];
  await expect(readAnswer(bodyOf(events, 50), (answer) => told.push(answer))).rejects.toThrow("Overloaded");
  expect(told.at(-1)?.text).toBe("Grüße ");
});

test("a stream that ends before the answer does has broken off", async () => {
  await expect(readAnswer(bodyOf(EVENTS.slice(0, -1), 50), () => {})).rejects.toThrow("broke off");
});
