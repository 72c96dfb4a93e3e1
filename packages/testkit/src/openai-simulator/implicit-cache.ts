import type { Usage } from "@link-assistant/core";

import { BoundedMap } from "../simulator/bounded-map.ts";
import { prefixChain } from "../simulator/prefix-chain.ts";
import { estimateAllTokens } from "../simulator/tokens.ts";

const MAX_ENTRIES = 10_000;

/** A prompt cache that nobody has to ask for. */
export interface ImplicitCache {
  /**
   * Estimates the prompt's share of a usage, and remembers the prompt: what an earlier prompt began with was read from the cache.
   * @param scope prompts of different scopes share nothing, as those of different organisations and models do.
   */
  note(scope: string, parts: readonly unknown[]): Usage;
}

/** A cache that is empty. It holds parts of any length, where the service wants 1024 tokens, and never forgets. */
export function createImplicitCache(): ImplicitCache {
  const known = new BoundedMap<string, true>(MAX_ENTRIES);
  return {
    note(scope, parts) {
      const keys = prefixChain(
        scope,
        parts.map((part) => JSON.stringify(part)),
      );
      const read = keys.findLastIndex((key) => known.has(key)) + 1;
      for (const key of keys) known.set(key, true);
      return { input: estimateAllTokens(parts.slice(read)), cacheRead: estimateAllTokens(parts.slice(0, read)) };
    },
  };
}
