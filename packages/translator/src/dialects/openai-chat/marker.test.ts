import { expect, test } from "vitest";

import { findMarker } from "./marker.ts";

const find = (text: string): number => findMarker(new TextEncoder().encode(text), 0);

test.each([
  '{"finish_reason":"stop"}',
  '{"finish_reason" : "stop"}',
  '{"finish_reason":""}',
  '{"usage":{"total_tokens":1}}',
  '{"finish_reason":\ndata: "stop"}',
  '{"finish_reason":null,"usage":{"completion_tokens" : 1}}',
  '{"error":{"message":"no"}}',
  '{"error": 500}',
  '{"object":"error"}',
  "data: [DONE]",
  'data: [DONE]\n\ndata: {"n":null}',
  "data:[DONE] ",
  "event: error\ndata: null",
  "event:error",
])("%j holds one", (text) => {
  expect(find(text)).not.toBe(-1);
});

test.each([
  '{"choices":[{"delta":{"content":"Hi"},"finish_reason":null}],"usage":null}',
  '{"finish_reason": null, "usage" : null, "error":  null}',
  String.raw`{"content":"{\"error\":{}, \"max_tokens\": 1, \"finish_reason\":\"stop\"}"}`,
  '{"content":"no errors in the usage"}',
])("%j holds none", (text) => {
  expect(find(text)).toBe(-1);
});

test("begins to look where it is told to", () => {
  const bytes = new TextEncoder().encode("[DONE] [DONE]");
  expect([findMarker(bytes, 0), findMarker(bytes, 1), findMarker(bytes, 8)]).toEqual([0, 7, -1]);
});
