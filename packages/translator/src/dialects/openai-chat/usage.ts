import type { Usage } from "@link-assistant/core";

import { asCount, asObject } from "../../json.ts";
import type { JsonObject } from "../../json.ts";
import { countsOfUsage, usageOfCounts } from "../../neutral/openai-usage.ts";

const NONE: JsonObject = {};

/**
 * The counts in a `usage` of the wire. Null and whatever cannot be a count are as good as absent. Cached tokens stand in the
 * details at OpenAI, in `cached_tokens` at Moonshot, `prompt_cache_hit_tokens` at DeepSeek, `num_cached_tokens` at Mistral;
 * recorded answers, read on 2026-11-25.
 */
export function readUsage(usage: unknown): Usage {
  const said = asObject(usage);
  if (said === undefined) return {};
  const prompt = asObject(said.prompt_tokens_details) ?? NONE;
  const output = asObject(said.completion_tokens_details) ?? NONE;
  return usageOfCounts({
    prompt: asCount(said.prompt_tokens),
    cached:
      asCount(prompt.cached_tokens) ??
      asCount(said.cached_tokens) ??
      asCount(said.prompt_cache_hit_tokens) ??
      asCount(said.num_cached_tokens),
    cacheWrite: asCount(prompt.cache_write_tokens),
    output: asCount(said.completion_tokens),
    reasoning: asCount(output.reasoning_tokens),
    total: asCount(said.total_tokens),
  });
}

/** A `usage` of the wire. What was not reported is 0; the reasoning, which the types leave optional, is left out then. */
export function writeUsage(usage: Usage): JsonObject {
  const { prompt, cached, cacheWrite, output, reasoning, total } = countsOfUsage(usage);
  return {
    prompt_tokens: prompt,
    completion_tokens: output,
    total_tokens: total,
    prompt_tokens_details: { cached_tokens: cached, cache_write_tokens: cacheWrite },
    ...(reasoning !== undefined && { completion_tokens_details: { reasoning_tokens: reasoning } }),
  };
}
