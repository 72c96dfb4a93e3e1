import type { Store } from "@link-assistant/core";
import { ledgerEntry, storeContract, tokenRecord } from "@link-assistant/testkit/contracts";
import { Client } from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { hasPostgres, startPostgres } from "../testing/real-postgres.ts";
import type { RealPostgres } from "../testing/real-postgres.ts";
import { mustSkip } from "../testing/real-server.ts";
import { until } from "../testing/until.ts";
import { openPostgresStore } from "./postgres.ts";

describe.skipIf(mustSkip(hasPostgres))("a real PostgreSQL (skipped where it is not installed)", () => {
  let server: RealPostgres;
  beforeAll(async () => {
    server = await startPostgres();
  }, 60_000);
  afterAll(() => server[Symbol.asyncDispose]());

  let url = "";
  const errors: string[] = [];
  const openPlace = (): Promise<Store> =>
    openPostgresStore({ url, watchIntervalMs: 50, onError: (message) => void errors.push(message) });
  storeContract(
    "PostgreSQL store",
    async () => {
      url = await server.newPlace();
      return openPlace();
    },
    openPlace,
  );

  const opened: Store[] = [];
  const open = async (options: Partial<Parameters<typeof openPostgresStore>[0]> = {}): Promise<Store> => {
    const store = await openPostgresStore({ url, onError: (message) => void errors.push(message), ...options });
    opened.push(store);
    return store;
  };
  beforeEach(async () => {
    url = await server.newPlace();
    errors.length = 0;
  });
  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close();
  });

  const ids = async ({ ledger }: Store): Promise<string[]> =>
    (await ledger.exchanges({ limit: 1000 })).entries.map(({ id }) => id).toSorted();

  describe("replicas", () => {
    test("that start together make one schema", async () => {
      const stores = await Promise.all(Array.from({ length: 5 }, () => open()));
      await Promise.all(stores.map(({ tokens }) => tokens.put(tokenRecord())));
      expect(await stores[0]?.tokens.list()).toHaveLength(5);
    });

    test("hear of a change at once, and within a second when the connection that tells of it is lost", async () => {
      const [here, there] = [await open({ watchIntervalMs: 500 }), await open()];
      const seen: string[] = [];
      here.tokens.watch(({ label }) => void seen.push(label));
      await here.tokens.list();
      await there.tokens.put(tokenRecord({ label: "told" }));
      await until(() => seen.includes("told"));
      await server.run(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND pid <> pg_backend_pid()",
      );
      await there.tokens.put(tokenRecord({ label: "found" }));
      await until(() => seen.includes("found"), 1000);
      expect(seen).toEqual(["told", "found"]);
    });

    test("write the same entry once between them", async () => {
      const [here, there] = [await open(), await open()];
      const entry = ledgerEntry();
      await Promise.all([here.ledger.append(entry), there.ledger.append(entry)]);
      expect(await ids(here)).toEqual([entry.id]);
    });
  });

  describe("a server that goes away", () => {
    test("costs nobody an entry, and counts none twice", async () => {
      const store = await open();
      const before = ledgerEntry();
      await store.ledger.append(before);
      await server.stop();
      const meanwhile = [ledgerEntry(), ledgerEntry()];
      await expect(Promise.all(meanwhile.map((entry) => store.ledger.append(entry)))).rejects.toThrow(
        /PostgreSQL at 127\.0\.0\.1:\d+\/postgres cannot be used/,
      );
      expect([store.ledger.waiting, store.ledger.failing]).toEqual([2, true]);
      await server.start();
      await until(() => store.ledger.waiting === 0);
      await store.ledger.append(before);
      expect(await ids(store)).toEqual([before, ...meanwhile].map(({ id }) => id).toSorted());
      expect(errors.join()).not.toContain("tests@");
    });

    test("is an error at the start, that says what to do", async () => {
      await expect(open({ url: "postgres://user:secret@127.0.0.1:1/router" })).rejects.toThrow(
        /^The database PostgreSQL at 127\.0\.0\.1:1\/router cannot be used at the moment .* Make sure that the server runs/,
      );
    });
  });

  describe("partitions", () => {
    const DAY_MS = 86_400_000;
    const partitions = async (): Promise<string[]> => {
      const client = new Client({ connectionString: url });
      await client.connect();
      const { rows } = await client.query(
        "SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'ledger'::regclass ORDER BY 1",
      );
      await client.end();
      return rows.map(({ name }) => String(name)).filter((name) => name.startsWith("ledger_"));
    };

    test("are made for the days to come, as time goes on, and dropped with their day", async () => {
      let nowMs = Date.UTC(2026, 1, 27, 23);
      const store = await open({ now: () => nowMs });
      expect(await partitions()).toEqual(["ledger_2026_02_27", "ledger_2026_02_28", "ledger_2026_03_01"]);
      const days = [];
      for (let day = 0; day < 4; day += 1, nowMs += DAY_MS) {
        days.push(ledgerEntry({ startedAtMs: nowMs, tokenId: "t", costNanoUsd: 5 }));
        await store.ledger.append(days[day] ?? ledgerEntry());
      }
      expect((await partitions()).length).toBe(6);
      expect(await store.ledger.dropBefore(Date.UTC(2026, 2, 1))).toBe(2);
      expect((await partitions())[0]).toBe("ledger_2026_03_01");
      expect(await ids(store)).toEqual(
        days
          .slice(2)
          .map(({ id }) => id)
          .toSorted(),
      );
      expect(await store.ledger.spending("t", 0)).toMatchObject({ requests: 4, nanoUsd: 20 });
    });

    test("are not needed for entries of days that have none", async () => {
      const store = await open();
      const entry = ledgerEntry({ startedAtMs: Date.UTC(1999, 0) });
      await store.ledger.append(entry);
      expect(await ids(store)).toEqual([entry.id]);
    });
  });

  test("an impossible entry does not hold up the others, and U+0000 is left out", async () => {
    const store = await open();
    const [broken, odd] = [ledgerEntry({ durationMs: Number.NaN }), ledgerEntry({ requestedModel: "a\0b" })];
    await Promise.all([broken, odd].map((entry) => store.ledger.append(entry)));
    const { entries } = await store.ledger.exchanges({ limit: 10 });
    expect(entries).toMatchObject([{ id: odd.id, requestedModel: "ab" }]);
    expect(errors).toEqual([expect.stringContaining(`${broken.id} was refused`)]);
  });
});
