import type { LedgerEntry } from "@link-assistant/core";
import { ledgerEntry } from "@link-assistant/testkit/contracts";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

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

function appendMany(queue: LedgerQueue, count: number): Promise<void>[] {
  return Array.from({ length: count }, (_, sent) => queue.append(ledgerEntry({ bytesSent: sent })));
}

/** What became of a promise by now. */
async function stateOf(promise: Promise<void>): Promise<string> {
  const kept = promise.then(
    () => "kept",
    () => "refused",
  );
  return Promise.race([kept, vi.advanceTimersByTimeAsync(0).then(() => "waiting")]);
}

describe("a group", () => {
  it("is written 2 ms after its first entry, and all who wait are told", async () => {
    const { queue, groups } = setUp();
    const entries = [ledgerEntry(), ledgerEntry()] as const;
    const first = queue.append(entries[0]);
    await vi.advanceTimersByTimeAsync(1);
    const second = queue.append(entries[1]);
    expect([groups, queue.waiting, await stateOf(first)]).toEqual([[], 2, "waiting"]);
    await vi.advanceTimersByTimeAsync(1);
    await Promise.all([first, second]);
    expect([groups, queue.waiting]).toEqual([[entries], 0]);
  });

  it("is written at once when 500 wait", async () => {
    const { queue, groups } = setUp();
    void appendMany(queue, 499);
    expect(groups).toEqual([]);
    void appendMany(queue, 502);
    expect(groups.map((group) => group.length)).toEqual([500, 500]);
    expect(queue.waiting).toBe(1);
  });

  it("gathers while another one is being written, and is written right after", async () => {
    const written: number[] = [];
    const finish: (() => void)[] = [];
    const queue = new LedgerQueue({
      write: (entries) => {
        written.push(entries.length);
        return new Promise<void>((resolve) => finish.push(resolve));
      },
      onError: () => {},
    });
    const first = queue.append(ledgerEntry());
    await vi.advanceTimersByTimeAsync(2);
    const others = appendMany(queue, 700);
    await vi.advanceTimersByTimeAsync(1000);
    expect(written).toEqual([1]);
    finish[0]?.();
    await first;
    await vi.advanceTimersByTimeAsync(0);
    expect(written).toEqual([1, 700]);
    finish[1]?.();
    await Promise.all(others);
    expect(queue.waiting).toBe(0);
  });

  it("is not made of nothing", async () => {
    const { queue, disk } = setUp();
    void queue.append(ledgerEntry());
    await queue.flush();
    await queue.flush();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(disk.tries).toBe(1);
  });
});

describe("a place that cannot be written", () => {
  it("refuses those who wait, keeps the entries, tries each second, and is reported each minute", async () => {
    const { queue, groups, errors, disk } = setUp();
    disk.broken = true;
    const early = appendMany(queue, 600);
    await vi.advanceTimersByTimeAsync(1);
    expect(await stateOf(early[0] ?? Promise.resolve())).toBe("refused");
    expect([queue.failing, queue.waiting]).toEqual([true, 600]);
    expect(errors).toEqual(["The ledger cannot be written: The disk is full. Entries waiting: 600."]);
    // Not again for each of the hundred that came after the failure.
    expect(disk.tries).toBe(1);
    await vi.advanceTimersByTimeAsync(59_000);
    expect(disk.tries).toBe(60);
    expect(errors).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1000);
    expect(errors).toHaveLength(2);

    disk.broken = false;
    await vi.advanceTimersByTimeAsync(1000);
    expect(groups.map((group) => group.length)).toEqual([600]);
    expect(queue.failing).toBe(false);
    await Promise.all([queue.append(ledgerEntry()), vi.advanceTimersByTimeAsync(2)]);
    expect([groups.length, errors.length]).toEqual([2, 2]);
  });

  it("loses what comes beyond 10,000, tells whoever waits, and says so when it writes again", async () => {
    const { queue, groups, errors, disk } = setUp();
    disk.broken = true;
    const all = appendMany(queue, 10_003);
    expect(queue.waiting).toBe(10_000);
    expect(await stateOf(all.at(-1) ?? Promise.resolve())).toBe("refused");
    disk.broken = false;
    await queue.flush();
    expect(groups.map((group) => group.length)).toEqual([10_000]);
    expect(groups[0]?.[0]?.bytesSent).toBe(0);
    expect(errors.at(-1)).toBe("The ledger can be written again. Entries lost: 3.");
  });

  it("makes a flush reject, and loses nothing by it", async () => {
    const { queue, groups, disk } = setUp();
    disk.broken = true;
    void queue.append(ledgerEntry());
    await expect(queue.flush()).rejects.toThrow("The disk is full.");
    disk.broken = false;
    await queue.flush();
    expect(groups[0]).toHaveLength(1);
  });

  it("does not keep the process alive", async () => {
    vi.useRealTimers();
    const { queue, disk } = setUp();
    disk.broken = true;
    const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
    const before = timers();
    void queue.append(ledgerEntry());
    await expect(queue.flush()).rejects.toThrow("The disk is full.");
    expect(timers()).toBe(before);
    await queue.close();
  });
});

it("writes the last on closing, and stops", async () => {
  const { queue, groups, errors, disk } = setUp();
  void queue.append(ledgerEntry());
  await queue.close();
  expect(groups).toHaveLength(1);

  const late = setUp();
  late.disk.broken = true;
  void late.queue.append(ledgerEntry());
  await late.queue.close();
  await expect(late.queue.append(ledgerEntry())).rejects.toThrow("the ledger is closed");
  await vi.advanceTimersByTimeAsync(10_000);
  expect(late.disk.tries).toBe(1);
  expect(late.errors).toEqual(["Ledger entries lost: 1. The disk is full."]);
  expect([errors, disk.tries]).toEqual([[], 1]);
});
