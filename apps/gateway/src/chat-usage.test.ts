import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { UsageChunkFilter, askingForUsage } from "./chat-usage.ts";

const TEXT = 'data: {"choices":[{"delta":{"content":"wörld 🌍 \\"choices\\":[] "}}],"usage":null}\n\n';
const FINISH = 'data: {"choices":[{"delta":{},"finish_reason":"stop"}],"usage":null}\n\n';
const USAGE = 'data: {"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2}}\n\n';
const AZURE = 'data: {"choices":[],"prompt_filter_results":[]}\n\n';
const DONE = "data: [DONE]\n\n";

function filtered(text: string, cuts: readonly number[] = []): string {
  const filter = new UsageChunkFilter();
  const bytes = Buffer.from(text);
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  const pieces = places.slice(1).map((end, index) => filter.push(bytes.subarray(places[index], end)));
  return Buffer.concat([...pieces, filter.end()]).toString();
}

describe("the chunk with the usage", () => {
  test("is taken out, however the stream was cut, and nothing else is", () => {
    fc.assert(
      fc.property(fc.array(fc.nat()), (cuts) => {
        expect(filtered(AZURE + TEXT + FINISH + USAGE + DONE, cuts)).toBe(AZURE + TEXT + FINISH + DONE);
      }),
    );
  });

  test("is taken out of streams with CRLF", () => {
    const crlf = (text: string): string => text.replaceAll("\n", "\r\n");
    expect(filtered(crlf(TEXT + USAGE + DONE))).toBe(crlf(TEXT + DONE));
  });

  test("a stream that breaks off keeps what had come", () => {
    expect(filtered(TEXT + FINISH.slice(0, 20))).toBe(TEXT + FINISH.slice(0, 20));
  });
});

test.each([
  ['{"model":"m","stream":true}', '{"stream_options":{"include_usage":true},"model":"m","stream":true}'],
  ['{"stream":true,"stream_options":{"x":1}}', '{"stream":true,"stream_options":{"x":1,"include_usage":true}}'],
])("%s is asked for usage", (body, expected) => {
  expect(askingForUsage(Buffer.from(body), JSON.parse(body)).toString()).toBe(expected);
});
