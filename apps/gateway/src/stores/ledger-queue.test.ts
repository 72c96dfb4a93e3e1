import type { LedgerEntry } from "@link-assistant/core";
import { ledgerEntry } from "@link-assistant/testkit/contracts";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { LedgerQueue } from "./ledger-queue.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A queue in front of a list; `broken` makes writing fail. */
function setUp() {
  const groups: (readonly LedgerEntry[])[] = [];
  const errors: string[] = [];
  const disk = { broken: false, tries: 0 };
  const queue = new LedgerQueue({
    write(entries) {
      disk.tries += 1;
      if (disk.broken) throw new Error("The disk is full.");
      groups.push(entries);
    },
    onError: (message) => errors.push(message),
  });
  return { queue, groups, errors, disk };
}

function appendMany(queue: LedgerQueue, count: number): void {
  for (let sent = 0; sent < count; sent += 1) queue.append(ledgerEntry({ bytesSent: sent }));
}

it("writes a group 100 ms after its first entry", () => {
  const { queue, groups } = setUp();
  const entries = [ledgerEntry(), ledgerEntry()] as const;
  queue.append(entries[0]);
  vi.advanceTimersByTime(60);
  queue.append(entries[1]);
  vi.advanceTimersByTime(39);
  expect(groups).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(groups).toEqual([entries]);
  expect(queue.waiting).toEqual([]);
});

it("writes nothing when nothing waits", () => {
  const { queue, disk } = setUp();
  queue.append(ledgerEntry());
  queue.flush();
  queue.flush();
  vi.advanceTimersByTime(10_000);
  expect(disk.tries).toBe(1);
});

it("writes at once when 500 wait", () => {
  const { queue, groups } = setUp();
  appendMany(queue, 499);
  expect(groups).toEqual([]);
  appendMany(queue, 502);
  expect(groups.map((group) => group.length)).toEqual([500, 500]);
  expect(queue.waiting).toHaveLength(1);
});

it("does not keep the process alive", () => {
  vi.useRealTimers();
  const { queue } = setUp();
  const before = process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
  queue.append(ledgerEntry());
  expect(process.getActiveResourcesInfo().filter((name) => name === "Timeout")).toHaveLength(before);
  queue.close();
});

it("keeps what could not be written, tries each second, and reports each minute", () => {
  const { queue, groups, errors, disk } = setUp();
  disk.broken = true;
  appendMany(queue, 600);
  expect(errors).toEqual(["The ledger cannot be written: The disk is full. Entries waiting: 500."]);
  // Not again for each of the hundred that came after the failure.
  expect(disk.tries).toBe(1);
  vi.advanceTimersByTime(59_000);
  expect(disk.tries).toBe(60);
  expect(errors).toHaveLength(1);
  vi.advanceTimersByTime(1000);
  expect(errors).toHaveLength(2);

  disk.broken = false;
  vi.advanceTimersByTime(1000);
  expect(groups.map((group) => group.length)).toEqual([600]);
  queue.append(ledgerEntry());
  vi.advanceTimersByTime(100);
  expect(groups).toHaveLength(2);
  expect(errors).toHaveLength(2);
});

it("loses the oldest beyond 10,000, and says so when it writes again", () => {
  const { queue, groups, errors, disk } = setUp();
  disk.broken = true;
  appendMany(queue, 10_003);
  expect(queue.waiting).toHaveLength(10_000);
  expect(queue.waiting[0]?.bytesSent).toBe(3);

  disk.broken = false;
  queue.flush();
  expect(groups.map((group) => group.length)).toEqual([10_000]);
  expect(errors.at(-1)).toBe("The ledger can be written again. Entries lost: 3.");
});

it("throws from flush, never from append, and loses nothing by it", () => {
  const { queue, groups, disk } = setUp();
  disk.broken = true;
  queue.append(ledgerEntry());
  expect(() => queue.flush()).toThrow("The disk is full.");
  expect(() => appendMany(queue, 1000)).not.toThrow();
  disk.broken = false;
  queue.flush();
  expect(groups[0]).toHaveLength(1001);
});

it("writes the last on closing, and stops", () => {
  const { queue, groups, errors, disk } = setUp();
  queue.append(ledgerEntry());
  queue.close();
  expect(groups).toHaveLength(1);

  const late = setUp();
  late.disk.broken = true;
  late.queue.append(ledgerEntry());
  late.queue.close();
  late.queue.append(ledgerEntry());
  vi.advanceTimersByTime(10_000);
  expect(late.disk.tries).toBe(1);
  expect(late.errors).toEqual(["Ledger entries lost: 1. The disk is full."]);
  expect([errors, disk.tries]).toEqual([[], 1]);
});
