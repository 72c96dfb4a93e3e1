import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

import type { LedgerEntry, Store } from "@link-assistant/core";
import { ledgerEntry } from "@link-assistant/testkit/contracts";
import { afterEach, beforeEach, expect, it } from "vitest";

import { openSqliteStore } from "./sqlite.ts";

let directory: string;
let path: string;
let errors: string[];
let store: Store;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "ledger-"));
  path = join(directory, "router.sqlite");
  errors = [];
  store = openSqliteStore({ path, busyTimeoutMs: 1, onError: (message) => errors.push(message) });
});
afterEach(async () => {
  await store.close();
  rmSync(directory, { recursive: true });
});

it("keeps entries that cannot be written until they can", async () => {
  const [first, second] = [ledgerEntry(), ledgerEntry()];
  const other = new DatabaseSync(path);
  other.exec("BEGIN IMMEDIATE");
  void store.ledger.append(first);
  await expect(store.ledger.flush()).rejects.toMatchObject({ name: "StoreError", code: "locked" });
  void store.ledger.append(second);
  // What could not be written is not seen, and neither is it lost.
  expect(await newest(store)).toStrictEqual([]);
  expect([store.ledger.waiting, store.ledger.failing]).toEqual([2, true]);
  other.exec("ROLLBACK");
  other.close();

  await store.ledger.flush();
  expect(new Set(await newest(store))).toStrictEqual(new Set([first, second]));
  expect((await rereadIds()).toSorted()).toEqual([first.id, second.id].toSorted());
});

it("reports what a last write could not keep", async () => {
  const other = new DatabaseSync(path);
  other.exec("BEGIN IMMEDIATE");
  void store.ledger.append(ledgerEntry());
  await store.close();
  other.close();
  expect(errors).toEqual([expect.stringMatching(/^Ledger entries lost: 1\. .* locked by another process/)]);
});

it("does not let one impossible entry hold up the others", async () => {
  const [before, broken, after] = [ledgerEntry(), ledgerEntry({ durationMs: Number.NaN }), ledgerEntry()];
  for (const entry of [before, broken, after]) void store.ledger.append(entry);
  await store.ledger.flush();
  expect(new Set(await newest(store))).toStrictEqual(new Set([after, before]));
  expect(errors).toEqual([expect.stringContaining(`${broken.id} was refused`)]);
});

it("keeps no field that it does not know", async () => {
  const entry = ledgerEntry();
  const withMore = { ...entry, prompt: "never to be kept" };
  void store.ledger.append(withMore);
  await store.ledger.flush();
  expect(await newest(store)).toStrictEqual([entry]);
});

it("takes entries after it was closed, and drops them", async () => {
  await store.close();
  await expect(store.ledger.append(ledgerEntry())).rejects.toThrow("the ledger is closed");
  expect(await rereadIds()).toEqual([]);
});

async function newest({ ledger }: Store): Promise<readonly LedgerEntry[]> {
  return (await ledger.exchanges({ limit: 1000 })).entries;
}

async function rereadIds(): Promise<string[]> {
  const again = openSqliteStore({ path });
  const entries = await newest(again);
  await again.close();
  return entries.map(({ id }) => id);
}
