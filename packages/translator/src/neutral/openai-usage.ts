import { totalInputTokens } from "@link-assistant/core";
import type { Usage } from "@link-assistant/core";

/**
 * The counts of an OpenAI `usage`, whichever names the API gives them. The prompt holds what a cache took part in; the output holds
 * the reasoning. Whatever was not reported is undefined.
 */
export interface OpenaiCounts {
  readonly prompt: number | undefined;
  readonly cached: number | undefined;
  readonly cacheWrite: number | undefined;
  readonly output: number | undefined;
  readonly reasoning: number | undefined;
  readonly total: number | undefined;
}

/** The counts with every number there, as a `usage` is written: what was not reported is 0, but reasoning stays unknown. */
export interface WrittenCounts {
  readonly prompt: number;
  readonly cached: number;
  readonly cacheWrite: number;
  readonly output: number;
  readonly reasoning: number | undefined;
  readonly total: number;
}

/** Reads counts as parts that do not overlap. */
export function usageOfCounts({ prompt, cached, cacheWrite, output, reasoning, total }: OpenaiCounts): Usage {
  const usage: { -readonly [Field in keyof Usage]: Usage[Field] } = {};
  // Some services count more tokens as cached than the prompt has.
  const cacheRead = cached === undefined ? undefined : Math.min(cached, prompt ?? cached);
  if (prompt !== undefined) usage.input = Math.max(0, prompt - (cacheRead ?? 0) - (cacheWrite ?? 0));
  if (cacheRead !== undefined) usage.cacheRead = cacheRead;
  if (cacheWrite !== undefined) usage.cacheWrite = cacheWrite;
  if (output !== undefined) usage.output = output + reasoningBeside(output, prompt, reasoning, total);
  if (reasoning !== undefined) usage.reasoning = reasoning;
  return usage;
}

/** The reasoning that a service, as xAI, counts beside the output and not in it: the total gives it away. */
function reasoningBeside(
  output: number,
  prompt: number | undefined,
  reasoning: number | undefined,
  total: number | undefined,
): number {
  if (prompt === undefined || reasoning === undefined) return 0;
  return total === prompt + output + reasoning ? reasoning : 0;
}

/** Writes usage as counts: caches in the prompt, reasoning in the output. Nothing is estimated. */
export function countsOfUsage(usage: Usage): WrittenCounts {
  const prompt = totalInputTokens(usage) ?? 0;
  const output = usage.output ?? 0;
  return {
    prompt,
    cached: usage.cacheRead ?? 0,
    cacheWrite: (usage.cacheWrite ?? 0) + (usage.cacheWrite5m ?? 0) + (usage.cacheWrite1h ?? 0),
    output,
    reasoning: usage.reasoning,
    total: prompt + output,
  };
}
