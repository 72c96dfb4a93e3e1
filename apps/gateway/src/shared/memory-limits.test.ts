import { limitContract } from "@link-assistant/testkit/contracts";

import { MemoryLimits } from "./memory-limits.ts";

limitContract("memory", async (usedBefore = async () => ({ requests: 0, nanoUsd: 0 })) => {
  return new MemoryLimits({ usedBefore, now: Date.now });
});
