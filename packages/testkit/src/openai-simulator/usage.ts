import { totalInputTokens, type Usage } from "@link-assistant/core";

import { isObject, type JsonObject } from "../simulator/json.ts";
import { figure, type UsageReader } from "../simulator/recorded-frames.ts";

/** The `usage` of an answer in Chat. OpenAI counts cached tokens among those of the prompt. */
export function chatUsage(usage: Usage): JsonObject {
  const { prompt, output, cached, written, reasoning } = figuresOf(usage);
  return {
    prompt_tokens: prompt,
    completion_tokens: output,
    total_tokens: prompt + output,
    prompt_tokens_details: { cached_tokens: cached, cache_write_tokens: written, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: reasoning,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}

/** The `usage` of a response. */
export function responseUsage(usage: Usage): JsonObject {
  const { prompt, output, cached, written, reasoning } = figuresOf(usage);
  return {
    input_tokens: prompt,
    input_tokens_details: { cached_tokens: cached, cache_write_tokens: written },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: reasoning },
    total_tokens: prompt + output,
  };
}

/** The figures of an answer in either of OpenAI's dialects. */
export const OPENAI_USAGE: UsageReader = {
  find: (event) => (isObject(event["response"]) ? event["response"] : event)["usage"],
  read: (figures) => {
    const input = detailsOf(figures, "prompt_tokens_details", "input_tokens_details");
    const output = detailsOf(figures, "completion_tokens_details", "output_tokens_details");
    const { cached_tokens: cached, cache_write_tokens: written } = input;
    const prompt = figures["prompt_tokens"] ?? figures["input_tokens"];
    return {
      ...figure("input", typeof prompt === "number" ? prompt - numberOf(cached) - numberOf(written) : undefined),
      ...figure("cacheRead", cached),
      ...figure("cacheWrite", written),
      ...figure("output", figures["completion_tokens"] ?? figures["output_tokens"]),
      ...figure("reasoning", output["reasoning_tokens"]),
    };
  },
};

function figuresOf(usage: Usage): Record<"prompt" | "output" | "cached" | "written" | "reasoning", number> {
  const { cacheRead = 0, cacheWrite = 0, cacheWrite5m = 0, cacheWrite1h = 0, output = 0, reasoning = 0 } = usage;
  const written = cacheWrite + cacheWrite5m + cacheWrite1h;
  return { prompt: totalInputTokens(usage) ?? 0, output, cached: cacheRead, written, reasoning };
}

function detailsOf(figures: JsonObject, ...names: readonly string[]): JsonObject {
  return names.map((name) => figures[name]).find(isObject) ?? {};
}

function numberOf(value: unknown): number {
  return typeof value === "number" ? value : 0;
}
