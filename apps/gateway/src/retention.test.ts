import { ledgerEntry } from "@link-assistant/testkit/contracts";
import { pino } from "pino";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { startRetention } from "./retention.ts";
import { createMemoryStore } from "./stores/memory.ts";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

beforeEach(() => void vi.useFakeTimers({ now: Date.UTC(2026, 10, 25) }));
afterEach(() => void vi.useRealTimers());

test("rows are dropped when they are too old, at the start and every hour, by the days of now", async () => {
  const { ledger } = createMemoryStore();
  let days = 2;
  for (const age of [5, 3, 1])
    await ledger.append(ledgerEntry({ startedAtMs: Date.now() - age * DAY_MS, durationMs: 0 }));
  const kept = async (): Promise<number> => (await ledger.exchanges({ limit: 10 })).entries.length;

  const stop = startRetention(ledger, () => days, pino({ level: "silent" }));
  await vi.advanceTimersByTimeAsync(0);
  expect(await kept()).toBe(1);
  await vi.advanceTimersByTimeAsync(DAY_MS + HOUR_MS);
  expect(await kept()).toBe(0);

  days = 0;
  await ledger.append(ledgerEntry({ startedAtMs: 0, durationMs: 0 }));
  await vi.advanceTimersByTimeAsync(DAY_MS);
  expect(await kept()).toBe(1);
  stop();
  expect(vi.getTimerCount()).toBe(0);
});
