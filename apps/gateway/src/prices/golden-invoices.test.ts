import { readRecording } from "@link-assistant/testkit";
import type { Recording } from "@link-assistant/testkit";
import { observeBuffered, observeStream } from "@link-assistant/translator";
import type { Observation } from "@link-assistant/translator";
import { describe, expect, test } from "vitest";

import { openPrices } from "./prices.ts";

/** Tokens, and US dollars for a million of them, multiplied and added by hand in millionths of a dollar: list prices of November 2026. */
const INVOICES: readonly (readonly [recording: string, service: string, millionths: number])[] = [
  // claude-sonnet-4: input 18 × 3, written to the cache 2,055 × 3.75, output 100 × 15
  ["am-dd-trace-py-anthropic_completion_cache_write-0-e1d15454", "anthropic", 54 + 7706.25 + 1500],
  // claude-haiku-4-5: input 8 × 1, read from the cache 18,783 × 0.10, written for five minutes 205 × 1.25, output 45 × 5
  [
    "am-braintrust-sdk-javascript-claude-agent-sdk-instrumentation-claude-agent-sdk-v0-1-d88fd59e",
    "anthropic",
    8 + 1878.3 + 256.25 + 225,
  ],
  // claude-sonnet-4-6: input 3 × 3, written for five minutes 1,143 × 3.75, output 101 × 15
  ["am-dd-trace-js-claude-agent-sdk_v1_messages_beta_true_post_1a9ef989-0-ac291481", "anthropic", 9 + 4286.25 + 1515],
  // claude-sonnet-4-6: input 3 × 3, written for an hour 9,705 × 6, output 7 × 15
  ["am-rig-matrix_automatic_1h_prefix_unset_tools_streaming-0-19bf14dc", "anthropic", 9 + 58_230 + 105],
  // claude-sonnet-4-6: input 10 × 3, written for five minutes 67 × 3.75 and for an hour 1,603 × 6, output 13 × 15
  ["am-rig-static_prefix_ttl_coexists_with_extended_thinking-0-9ad33f58", "anthropic", 30 + 251.25 + 9618 + 195],
  // claude-opus-4-1: input 10,423 × 15, output 341 × 75
  ["am-llm-anthropic-test_anthropic-test_web_search-0-7033b878", "anthropic", 156_345 + 25_575],
  // gpt-4.1: input 35 × 2, read from the cache 1,152 × 0.50, output 14 × 8
  ["oc-crewai-test_openai_completions_cached_prompt_tokens_with_tools-0-6954f848", "openai", 70 + 576 + 112],
  // gpt-4.1-nano: input 56 × 0.10, read from the cache 1,024 × 0.025, output 7 × 0.40
  ["oc-ellmer-testthat-openai-pdf-1-27e7fc99", "openai", 5.6 + 25.6 + 2.8],
  // gpt-5.2: input 213 × 1.75, read from the cache 4,352 × 0.175, output 5 × 14
  [
    "or-ruby_llm-chat_web_search_with_openai_gpt-5_2_searches_and_records_the_tool_call_i-1-8bcfa084",
    "openai",
    372.75 + 761.6 + 70,
  ],
  // gpt-5.3-codex: input 4,453 × 1.75, read from the cache 8,576 × 0.175, output 63 × 14, of which 53 reasoning
  [
    "or-braintrust-sdk-javascript-openai-codex-instrumentation-openai-codex-v0-auto-hook-1-64a0b858",
    "openai",
    7792.75 + 1500.8 + 882,
  ],
  // gpt-5.5: input 538 × 5, output 66 × 30, of which 49 reasoning
  ["or-lingua-responsestoolsearchinputparam-response-streaming-1-1c4e6780", "openai", 2690 + 1980],
  // o4-mini: input 36 × 1.10, output 518 × 4.40, of which 448 reasoning
  ["or-openinference-agno-agent_run_reasoning_stream-0-30163aa3", "openai", 39.6 + 2279.2],
  // claude-haiku-4.5 at OpenRouter: input 419 × 1, output 146 × 5
  ["oc-rig-reasoning_tool_order_matrix-streaming_single-0-5102c4e6", "openrouter", 419 + 730],
];

const prices = openPrices({});
const atMs = Date.UTC(2026, 10, 1);

function observed({ dialect, status, response }: Recording): Observation {
  const encoder = new TextEncoder();
  if (response.sse === undefined)
    return observeBuffered(dialect, status, encoder.encode(JSON.stringify(response.body)));
  const observer = observeStream(dialect);
  observer.push(encoder.encode(response.sse));
  return observer.end();
}

describe("what recorded answers cost", () => {
  test.each(INVOICES)("%s at %s", (id, service, millionths) => {
    const { model = "", usage } = observed(readRecording(id));
    expect(prices.cost({ service, model, atMs }, usage)).toBe(Math.round(millionths * 1000));
  });

  test("is not known of a model that has no price, and that is not 0", () => {
    const { model = "", usage } = observed(readRecording("or-rig-reasoning_content_tool_roundtrip-0-138477f6"));
    expect(model).toBe("llama-cpp-reasoning-model");
    expect(prices.cost({ service: "openai", model, atMs }, usage)).toBeNull();
  });
});
