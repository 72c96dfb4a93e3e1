import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

import type { Store } from "@link-assistant/core";
import { tokenRecord } from "@link-assistant/testkit/contracts";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { openSqliteStore } from "./sqlite.ts";

let directory: string;
let path: string;
let errors: string[];
let here: Store;
let there: Store;
beforeEach(() => {
  vi.useFakeTimers();
  directory = mkdtempSync(join(tmpdir(), "watch-"));
  path = join(directory, "router.sqlite");
  errors = [];
  here = openSqliteStore({ path, onError: (message) => errors.push(message) });
  there = openSqliteStore({ path });
});
afterEach(async () => {
  await here.close();
  await there.close();
  rmSync(directory, { recursive: true });
  vi.useRealTimers();
});

it("looks every 100 ms, and only while somebody listens", async () => {
  const listener = vi.fn<(record: unknown) => void>();
  expect(vi.getTimerCount()).toBe(0);
  const stop = here.tokens.watch(listener);
  await there.tokens.put(tokenRecord());
  vi.advanceTimersByTime(99);
  expect(listener).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(listener).toHaveBeenCalledOnce();
  stop();
  expect(vi.getTimerCount()).toBe(0);
});

it("does not keep the process alive", () => {
  vi.useRealTimers();
  const before = timersThatKeepAlive();
  here.tokens.watch(() => {});
  expect(timersThatKeepAlive()).toBe(before);
});

it("reports each of many changes between two looks once, as it is now", async () => {
  const listener = vi.fn<(record: unknown) => void>();
  here.tokens.watch(listener);
  const [changed, added] = [tokenRecord(), tokenRecord()];
  for (const label of ["a", "b", "c"]) await there.tokens.put({ ...changed, label });
  await there.tokens.put(added);
  vi.advanceTimersByTime(500);
  expect(listener.mock.calls).toEqual([[{ ...changed, label: "c" }], [added]]);
});

it("goes on after a listener that throws", async () => {
  const listener = vi.fn<(record: unknown) => void>();
  here.tokens.watch(() => {
    throw new Error("no room");
  });
  here.tokens.watch(listener);
  const records = [tokenRecord(), tokenRecord()] as const;
  for (const record of records) {
    await there.tokens.put(record);
    vi.advanceTimersByTime(100);
  }
  expect(listener.mock.calls).toEqual([[records[0]], [records[1]]]);
  // At most one in a minute.
  expect(errors).toEqual([expect.stringContaining("no room")]);
});

it("reports a record that it cannot read once, and those behind it", async () => {
  const listener = vi.fn<(record: unknown) => void>();
  here.tokens.watch(listener);
  const [broken, whole] = [tokenRecord(), tokenRecord()];
  await there.tokens.put(broken);
  sql("UPDATE tokens SET scopes = 'root'");
  await there.tokens.put(whole);
  vi.advanceTimersByTime(120_000);
  expect(listener.mock.calls).toEqual([[whole]]);
  expect(errors).toEqual([expect.stringContaining(broken.id)]);
});

it("goes on after a look that failed", async () => {
  const listener = vi.fn<(record: unknown) => void>();
  here.tokens.watch(listener);
  const record = tokenRecord();
  await there.tokens.put(record);
  sql("ALTER TABLE tokens RENAME TO hidden");
  vi.advanceTimersByTime(60_000);
  sql("ALTER TABLE hidden RENAME TO tokens");
  vi.advanceTimersByTime(100);
  expect(listener.mock.calls).toEqual([[record]]);
  expect(errors).toEqual([expect.stringContaining("no such table")]);
});

function timersThatKeepAlive(): number {
  return process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
}

function sql(statement: string): void {
  const other = new DatabaseSync(path);
  other.exec(statement);
  other.close();
}
