import { totalInputTokens } from "@link-assistant/core";
import type { Usage } from "@link-assistant/core";
import type { Counter, Meter } from "@opentelemetry/api";
import { firstSetting, type Environment } from "./environment.ts";
import { BoundedSeries } from "./series.ts";

/** One counter of tokens. */
export interface TokenCounterRow {
  /** Its name in OTLP. In Prometheus text dots are underscores, and `_total` is the end of the name. */
  readonly name: string;
  /** One sentence, shown as `# HELP`. */
  readonly description: string;
  /** The part of a usage that it counts; what was not reported adds nothing. */
  readonly of: (usage: Usage) => number | undefined;
}

/**
 * The counters of tokens of OpenTelemetry's GenAI conventions that are newer than 1.41.1. They are there only when
 * `OTEL_SEMCONV_STABILITY_OPT_IN` has `gen_ai_latest_experimental` among its values.
 */
export const TOKEN_COUNTERS = [
  {
    name: "gen_ai.client.inference.usage.input_tokens",
    description: "Tokens of prompts, cached ones included.",
    of: totalInputTokens,
  },
  {
    name: "gen_ai.client.inference.usage.output_tokens",
    description: "Tokens of answers, reasoning included.",
    of: ({ output }) => output,
  },
  {
    name: "gen_ai.client.inference.usage.cache_read.input_tokens",
    description: "Tokens of prompts that were read from a cache.",
    of: ({ cacheRead }) => cacheRead,
  },
  {
    name: "gen_ai.client.inference.usage.cache_write.input_tokens",
    description: "Tokens of prompts that were written to a cache.",
    of: ({ cacheWrite5m, cacheWrite1h, cacheWrite }) => (cacheWrite5m ?? 0) + (cacheWrite1h ?? 0) + (cacheWrite ?? 0),
  },
  {
    name: "gen_ai.client.inference.usage.reasoning.output_tokens",
    description: "Tokens of answers that were spent on reasoning.",
    of: ({ reasoning }) => reasoning,
  },
] as const satisfies readonly TokenCounterRow[];

/** The labels of these counters. */
export const TOKEN_COUNTER_LABELS = [
  "gen_ai.operation.name",
  "gen_ai.provider.name",
  "gen_ai.token.modality",
  "gen_ai.request.model",
] as const;
/** Most series of each of these counters. */
export const TOKEN_COUNTER_SERIES = 100;

/** Providers say of hardly any answer which of its tokens were text. */
const MODALITY = "unknown";
const OPT_IN = "gen_ai_latest_experimental";

/** Whether the environment asks for the newest conventions. */
export function wantsTokenCounters(env: Environment): boolean {
  const values = firstSetting(env, "OTEL_SEMCONV_STABILITY_OPT_IN")?.value.split(",") ?? [];
  return values.some((value) => value.trim() === OPT_IN);
}

/** Counts the tokens of an answer. */
export type TokenCounter = (operation: string, provider: string, model: string, usage: Usage) => void;

/** Makes the counters on this meter. */
export function createTokenCounter(meter: Meter, onOverflow: (label: string) => void): TokenCounter {
  const series = new BoundedSeries({ labels: TOKEN_COUNTER_LABELS, maxSeries: TOKEN_COUNTER_SERIES }, onOverflow);
  const counters = TOKEN_COUNTERS.map(({ name, description, of }): readonly [Counter, TokenCounterRow["of"]] => [
    meter.createCounter(name, { unit: "{token}", description }),
    of,
  ]);
  return (operation, provider, model, usage) => {
    const attributes = series.attributes([operation, provider, MODALITY, model]);
    for (const [counter, of] of counters) {
      const tokens = of(usage) ?? 0;
      if (tokens > 0) counter.add(tokens, attributes);
    }
  };
}
