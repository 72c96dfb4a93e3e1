import type { Usage } from "@link-assistant/core";

import { BoundedMap } from "../simulator/bounded-map.ts";
import { isObject, textOf, type JsonObject } from "../simulator/json.ts";
import { prefixChain } from "../simulator/prefix-chain.ts";
import { estimateTokens } from "../simulator/tokens.ts";
import { promptParts, type PromptPart } from "./prompt.ts";

const MAX_ENTRIES = 10_000;

/** A prompt cache without an end to its entries' lives: what was marked once is read for ever after. */
export interface PromptCache {
  /**
   * Estimates the prompt's share of a usage, and remembers the marked prefixes of this prompt.
   * @param scope prompts of different scopes share nothing, as those of different organisations and models do.
   */
  note(scope: string, body: JsonObject): Usage;
}

/** A cache that is empty. */
export function createPromptCache(): PromptCache {
  const known = new BoundedMap<string, true>(MAX_ENTRIES);
  return {
    note(scope, body) {
      const parts = prefixesOf(scope, body);
      const lastMark = parts.findLastIndex((part) => part.ttl !== undefined);
      const lastRead = parts.findLastIndex((part, index) => index <= lastMark && known.has(part.prefix));
      for (const part of parts) if (part.ttl !== undefined) known.set(part.prefix, true);
      return usageOf(parts, lastRead, lastMark);
    },
  };
}

type Ttl = "5m" | "1h";

interface Prefix {
  /** Stands for this part and all before it. */
  readonly prefix: string;
  readonly tokens: number;
  /** Absent when the part is not marked. */
  readonly ttl: Ttl | undefined;
}

function prefixesOf(scope: string, body: JsonObject): Prefix[] {
  const parts = promptParts(body);
  const prefixes = prefixChain(scope, parts.map(hashedText));
  const automatic = isObject(body["cache_control"]) ? body["cache_control"] : undefined;
  return parts.map((part, index) => {
    const mark = part.cacheControl ?? (index === parts.length - 1 ? automatic : undefined);
    return {
      prefix: prefixes[index] ?? "",
      tokens: estimateTokens(part.content),
      ttl: mark === undefined ? undefined : ttlOf(mark),
    };
  });
}

// A mark may move from one request to the next. Claude Code's first system block is another one in each request, and its cache works.
function hashedText({ content }: PromptPart): string {
  if (isObject(content) && textOf(content["text"]).startsWith("x-anthropic-billing-header:")) return "";
  return JSON.stringify(content, (key, value: unknown) => (key === "cache_control" ? undefined : value));
}

function ttlOf(mark: JsonObject): Ttl {
  return mark["ttl"] === "1h" ? "1h" : "5m";
}

function usageOf(parts: readonly Prefix[], lastRead: number, lastMark: number): Usage {
  const usage = { input: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 };
  parts.forEach((part, index) => {
    if (index <= lastRead) usage.cacheRead += part.tokens;
    else if (index > lastMark) usage.input += part.tokens;
    else if (markFrom(parts, index) === "1h") usage.cacheWrite1h += part.tokens;
    else usage.cacheWrite5m += part.tokens;
  });
  return usage;
}

// A part is written to the cache by the first mark on it or after it.
function markFrom(parts: readonly Prefix[], index: number): Ttl | undefined {
  return parts.slice(index).find((part) => part.ttl !== undefined)?.ttl;
}
