import { countedLimits } from "@link-assistant/core";
import { limitContract } from "@link-assistant/testkit/contracts";
import { describe, expect, test } from "vitest";

import { MemoryLimits } from "./memory-limits.ts";

limitContract("memory", async (usedBefore = async () => ({ requests: 0, nanoUsd: 0 })) => {
  return new MemoryLimits({ usedBefore, now: Date.now });
});

describe("a ledger that cannot be asked", () => {
  const limits = { requestsTotal: 3 };
  let nowMs = 0;
  let isDown = true;
  const usedBefore = async (): Promise<{ requests: number; nanoUsd: number }> => {
    if (isDown) throw new Error("The ledger is away.");
    return { requests: 2, nanoUsd: 0 };
  };
  const admitted = async (store: MemoryLimits, leaseId: string): Promise<string> => {
    const counted = countedLimits(limits, 0);
    if (counted === undefined) throw new TypeError("a counted limit was expected");
    return (await store.admit({ tokenId: "t", leaseId, limits: counted, tokens: 1, nanoUsd: 0 })).kind;
  };

  test("is done without, and asked again later", async () => {
    const store = new MemoryLimits({ usedBefore, now: () => nowMs });
    expect(await admitted(store, "a")).toBe("admitted");
    isDown = false;
    // Not at once: whoever asks would have to wait for it.
    expect(await admitted(store, "b")).toBe("admitted");
    nowMs += 5000;
    expect(await admitted(store, "c")).toBe("refused");
  });

  test("is a reason to refuse where that is asked for", async () => {
    isDown = true;
    const store = new MemoryLimits({ usedBefore, now: () => nowMs, whenDown: "refuse" });
    await expect(admitted(store, "a")).rejects.toThrow("The ledger is away.");
  });
});
