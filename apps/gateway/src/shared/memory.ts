import type { BindingStore, SharedState } from "@link-assistant/core";

import { MemoryLimits } from "./memory-limits.ts";
import type { MemoryLimitsOptions } from "./memory-limits.ts";

/** Bindings that nobody else makes: what this process knows it keeps itself. */
export const NO_BINDINGS: BindingStore = {
  find: async () => undefined,
  bind: () => {},
  watch: () => () => {},
};

/** What one process shares with itself. */
export function createMemoryShared(options: MemoryLimitsOptions): SharedState {
  return { limits: new MemoryLimits(options), bindings: NO_BINDINGS, close: async () => {} };
}
