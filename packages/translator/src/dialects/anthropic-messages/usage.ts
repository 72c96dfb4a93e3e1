import type { Usage } from "@link-assistant/core";

import { asCount, asObject } from "../../json.ts";
import type { JsonObject } from "../../json.ts";
import { USAGE_PATHS } from "./wire.ts";
import type { CountName } from "./wire.ts";

/** Counts as the wire reports them; absent where it reported none. */
export type Counts = { readonly [Name in CountName]?: number };

/** The counts in a `usage` of the wire. Null and whatever cannot be a count are as good as absent. */
export function readCounts(usage: unknown): Counts {
  const counts: { -readonly [Name in CountName]?: number } = {};
  for (const [name, path] of USAGE_PATHS) {
    let value = usage;
    for (const key of path) value = asObject(value)?.[key];
    const count = asCount(value);
    if (count !== undefined) counts[name] = count;
  }
  return counts;
}

/** What is counted before the answer begins. */
const PROMPT_COUNTS = ["input", "cacheRead", "cacheWrites", "cacheWrite5m", "cacheWrite1h"] as const;

/**
 * Earlier counts with later ones in their place: the counts of a stream are cumulative. Relays that count only the answer
 * send zeros for the whole prompt at its end; those do not undo a prompt that was counted at its start.
 */
export function withLater(earlier: Counts, later: Counts): Counts {
  const merged: { -readonly [Name in CountName]?: number } = { ...earlier, ...later };
  if (PROMPT_COUNTS.some((name) => (later[name] ?? 0) > 0)) return merged;
  for (const name of PROMPT_COUNTS) {
    const counted = earlier[name];
    if (counted !== undefined) merged[name] = counted;
  }
  return merged;
}

/**
 * The counts as a usage. Cache writes beyond those of a known lifetime are of an unknown one: with server tools,
 * `message_delta` reports a larger sum than `message_start` split by lifetime. A split above the sum is out of date.
 */
export function toUsage(counts: Counts): Usage {
  const { cacheWrites, ...split } = counts;
  const { cacheWrite5m, cacheWrite1h, ...others } = split;
  if (cacheWrites === undefined) return split;
  const isSplit = cacheWrite5m !== undefined || cacheWrite1h !== undefined;
  const unsplit = cacheWrites - (cacheWrite5m ?? 0) - (cacheWrite1h ?? 0);
  if (!isSplit || unsplit < 0) return { ...others, cacheWrite: cacheWrites };
  return unsplit === 0 ? split : { ...split, cacheWrite: unsplit };
}

/**
 * The counts of a `message_delta`, and most of those of a message. The input and the output must be there and are 0 when nobody has
 * counted; anything else that was not reported is null.
 */
export function writeCounts(usage: Usage): JsonObject {
  const { input = 0, output = 0, cacheRead, cacheWrite, cacheWrite5m, cacheWrite1h, reasoning } = usage;
  const isWritten = cacheWrite !== undefined || cacheWrite5m !== undefined || cacheWrite1h !== undefined;
  return {
    input_tokens: input,
    cache_creation_input_tokens: isWritten ? (cacheWrite ?? 0) + (cacheWrite5m ?? 0) + (cacheWrite1h ?? 0) : null,
    cache_read_input_tokens: cacheRead ?? null,
    output_tokens: output,
    output_tokens_details: reasoning === undefined ? null : { thinking_tokens: reasoning },
    server_tool_use: null,
  };
}

/** A `usage` of the wire. `tier` is named as OpenAI names it. */
export function writeUsage(usage: Usage, tier?: string): JsonObject {
  const { cacheWrite, cacheWrite5m, cacheWrite1h } = usage;
  const isSplit = (cacheWrite5m !== undefined || cacheWrite1h !== undefined) && cacheWrite === undefined;
  const split = { ephemeral_5m_input_tokens: cacheWrite5m ?? 0, ephemeral_1h_input_tokens: cacheWrite1h ?? 0 };
  return {
    ...writeCounts(usage),
    cache_creation: isSplit ? split : null,
    service_tier: tier === undefined ? null : tier === "priority" || tier === "fast" ? "priority" : "standard",
  };
}

const TIERS: ReadonlyMap<unknown, string> = new Map([
  ["standard", "default"],
  ["priority", "priority"],
  ["batch", "default"],
]);

/** The service tier in a `usage`, as OpenAI names it. */
export function readTier(usage: unknown): string | undefined {
  return TIERS.get(asObject(usage)?.service_tier);
}
