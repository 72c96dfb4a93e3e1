import type { Usage } from "@link-assistant/core";

import { asCount, asObject } from "../../json.ts";
import type { JsonObject } from "../../json.ts";
import { countsOfUsage, usageOfCounts } from "../../neutral/openai-usage.ts";

const NONE: JsonObject = {};

/** The counts in a `usage` of the wire. Null and whatever cannot be a count are as good as absent. */
export function readUsage(usage: unknown): Usage {
  const said = asObject(usage);
  if (said === undefined) return {};
  const input = asObject(said.input_tokens_details) ?? NONE;
  const output = asObject(said.output_tokens_details) ?? NONE;
  return usageOfCounts({
    prompt: asCount(said.input_tokens),
    cached: asCount(input.cached_tokens),
    cacheWrite: asCount(input.cache_write_tokens),
    output: asCount(said.output_tokens),
    reasoning: asCount(output.reasoning_tokens),
    total: asCount(said.total_tokens),
  });
}

/** A `usage` of the wire. What was not reported is 0, and both details are there: Codex cannot read an answer without them. */
export function writeUsage(usage: Usage): JsonObject {
  const { prompt, cached, cacheWrite, output, reasoning, total } = countsOfUsage(usage);
  return {
    input_tokens: prompt,
    input_tokens_details: { cached_tokens: cached, cache_write_tokens: cacheWrite },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: reasoning ?? 0 },
    total_tokens: total,
  };
}
