import { describe, expect, test } from "vitest";

import type { Exchange, TraceStep } from "../api/answers.ts";
import { inputTokens, timelineOf, usageParts } from "./timeline.ts";

function step(fields: Partial<TraceStep>): TraceStep {
  return {
    account: "a",
    upstream: "anthropic",
    model: "m",
    outcome: "served",
    status: 200,
    duration_ms: 100,
    ...fields,
  };
}

function exchange(fields: Partial<Exchange> = {}): Exchange {
  return {
    id: "req_1",
    started_at: "2026-11-25T12:00:00.000Z",
    ended_at: "2026-11-25T12:00:01.000Z",
    duration_ms: 1000,
    first_byte_ms: 250,
    surface: "anthropic_messages",
    token_id: null,
    token_label: null,
    account: "a",
    upstream: "anthropic",
    attempts: 1,
    requested_model: "m",
    model: "m",
    status: 200,
    end: "complete",
    stream: true,
    input_tokens: null,
    cache_read_tokens: null,
    cache_write_5m_tokens: null,
    cache_write_1h_tokens: null,
    cache_write_tokens: null,
    output_tokens: null,
    reasoning_tokens: null,
    cost_usd: null,
    bytes_sent: 0,
    bytes_received: 0,
    losses: [],
    trace: [],
    ...fields,
  };
}

describe("a timeline", () => {
  test("has the attempts one after the other, and the answer behind the last", () => {
    const trace = [step({ outcome: "rate_limit", status: 429, duration_ms: 150 }), step({ account: "b" })];
    expect(timelineOf(exchange({ trace }))).toEqual([
      { title: "a: rate limit", detail: "anthropic, m, status 429", fromMs: 0, toMs: 150, mood: "bad" },
      { title: "b: served", detail: "anthropic, m, status 200", fromMs: 150, toMs: 250, mood: "good" },
      { title: "answer", detail: "ended whole", fromMs: 250, toMs: 1000, mood: "good" },
    ]);
  });

  test.each([
    ["client_abort", "calm"],
    ["upstream_error", "bad"],
  ])("of an answer that ended by %s ends %s", (end, mood) => {
    expect(timelineOf(exchange({ end, trace: [step({})] })).at(-1)).toMatchObject({ title: "answer", mood });
  });

  test("of what was refused is empty, and no stretch is outside of the exchange", () => {
    expect(timelineOf(exchange())).toEqual([]);
    const trace = [
      step({ outcome: "network", status: null, duration_ms: 5000 }),
      step({ outcome: "abandoned", status: null }),
    ];
    const stretches = timelineOf(exchange({ trace }));
    expect(stretches.map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual([
      [0, 1000],
      [1000, 1000],
    ]);
    expect(stretches[0]?.detail).toBe("anthropic, m, no answer");
  });
});

test("a usage has the parts that were reported", () => {
  const reported = exchange({ input_tokens: 10, cache_read_tokens: 90, output_tokens: 0 });
  expect(usageParts(reported)).toEqual([
    ["Input, not from a cache", 10],
    ["Read from a cache", 90],
    ["Output", 0],
  ]);
  expect(inputTokens(reported)).toBe(100);
  expect(inputTokens(exchange())).toBeNull();
});
