import type { Usage } from "@link-assistant/core";

import { asCount, asObject } from "../../json.ts";
import { USAGE_PATHS } from "./wire.ts";

/** The counts in a `usage` of the wire. Null and whatever cannot be a count are as good as absent. */
export function readUsage(usage: unknown): Usage {
  const count = (name: keyof typeof USAGE_PATHS): number | undefined => {
    let value = usage;
    for (const key of USAGE_PATHS[name]) value = asObject(value)?.[key];
    return asCount(value);
  };
  const [prompt, cacheWrite, reasoning] = [count("prompt"), count("cacheWrite"), count("reasoning")];
  const cacheRead = atMost(prompt, count("cached"));
  const output = withReasoning(count("output"), reasoning, prompt, count("total"));
  return {
    ...(prompt !== undefined && { input: Math.max(0, prompt - (cacheRead ?? 0) - (cacheWrite ?? 0)) }),
    ...(cacheRead !== undefined && { cacheRead }),
    ...(cacheWrite !== undefined && { cacheWrite }),
    ...(output !== undefined && { output }),
    ...(reasoning !== undefined && { reasoning }),
  };
}

/** Some services count more tokens as cached than the prompt has. */
function atMost(limit: number | undefined, count: number | undefined): number | undefined {
  return limit === undefined || count === undefined ? count : Math.min(limit, count);
}

/** Some services count reasoning beside the output; the total gives them away. */
function withReasoning(
  output: number | undefined,
  reasoning: number | undefined,
  prompt: number | undefined,
  total: number | undefined,
): number | undefined {
  if (output === undefined || reasoning === undefined || prompt === undefined) return output;
  return total === prompt + output + reasoning ? output + reasoning : output;
}
