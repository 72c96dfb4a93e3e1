import type { Usage } from "@link-assistant/core";

import { asCount, asObject } from "../../json.ts";
import { USAGE_PLACES } from "./wire.ts";
import type { CountName } from "./wire.ts";

/** The counts in a `usage` of the wire. Null and whatever cannot be a count are as good as absent. */
export function readUsage(usage: unknown): Usage {
  const [prompt, reasoning] = [countOf(usage, "prompt"), countOf(usage, "reasoning")];
  const [cached, cacheWrite] = [countOf(usage, "cacheRead"), countOf(usage, "cacheWrite")];
  // Some services count more tokens as cached than the prompt has.
  const cacheRead = cached === undefined ? undefined : Math.min(cached, prompt ?? cached);
  const output = readOutput(usage, prompt, reasoning);
  return {
    ...(prompt !== undefined && { input: Math.max(0, prompt - (cacheRead ?? 0) - (cacheWrite ?? 0)) }),
    ...(cacheRead !== undefined && { cacheRead }),
    ...(cacheWrite !== undefined && { cacheWrite }),
    ...(output !== undefined && { output }),
    ...(reasoning !== undefined && { reasoning }),
  };
}

/** Some services, as xAI, count the reasoning beside the output; their total gives them away. */
function readOutput(usage: unknown, prompt: number | undefined, reasoning: number | undefined): number | undefined {
  const output = countOf(usage, "output");
  if (output === undefined || prompt === undefined || reasoning === undefined) return output;
  return countOf(usage, "total") === prompt + output + reasoning ? output + reasoning : output;
}

function countOf(usage: unknown, name: CountName): number | undefined {
  for (const path of USAGE_PLACES[name]) {
    let value = usage;
    for (const key of path) value = asObject(value)?.[key];
    const count = asCount(value);
    if (count !== undefined) return count;
  }
  return undefined;
}
