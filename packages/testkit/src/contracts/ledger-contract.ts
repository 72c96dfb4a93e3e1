import { SERIES_GROUPS, endedAtMs } from "@link-assistant/core";
import type { ExchangeQuery, Ledger, LedgerEntry, SeriesRow, Store } from "@link-assistant/core";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { anyLedgerEntry, ledgerEntry } from "./samples.ts";
import type { OpenStore } from "./store-contract.ts";

/** The newest entries, at most 1,000. */
export async function newest({ ledger }: Pick<Store, "ledger">): Promise<readonly LedgerEntry[]> {
  return (await ledger.exchanges({ limit: 1000 })).entries;
}

async function appendAll({ ledger }: Store, entries: readonly LedgerEntry[]): Promise<void> {
  await Promise.all(entries.map((entry) => ledger.append(entry)));
}

async function allPages(ledger: Ledger, query: ExchangeQuery): Promise<LedgerEntry[]> {
  const found: LedgerEntry[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await ledger.exchanges({ ...query, cursor });
    found.push(...page.entries);
    if (page.next === null) return found;
    cursor = page.next;
  }
}

const ids = (entries: readonly LedgerEntry[]): string[] => entries.map(({ id }) => id).toSorted();

/** Declares the tests of `Ledger`. */
export function describeLedger(open: OpenStore): void {
  describe("ledger", () => {
    it("is empty at first, and flushing nothing is fine", async () => {
      const store = await open();
      await store.ledger.flush();
      expect(await newest(store)).toStrictEqual([]);
      expect([store.ledger.waiting, store.ledger.failing]).toEqual([0, false]);
    });

    it("gives back every field, with what is not known as null and unreported usage apart from a usage of nothing", async () => {
      const store = await open();
      const entries = [
        ledgerEntry({
          firstByteMs: null,
          tokenId: null,
          account: null,
          upstream: null,
          requestedModel: null,
          model: null,
        }),
        ledgerEntry({ usage: { input: 0, cacheRead: 0, output: 0, reasoning: 0 }, costNanoUsd: 0 }),
        ledgerEntry({ usage: { cacheWrite5m: 1, cacheWrite1h: 2, cacheWrite: 3 }, costNanoUsd: 9_007_199_254_740_991 }),
        ledgerEntry({
          losses: ["dropped:top_k"],
          trace: [{ account: "a", upstream: "u", model: "m", outcome: "rate_limit", status: 429, durationMs: 12 }],
        }),
      ];
      await appendAll(store, entries);
      expect(new Set(await newest(store))).toStrictEqual(new Set(entries));
    });

    it("gives what ended last first, at most the limit, flushed or not", async () => {
      const store = await open();
      const [a, b, c] = [3, 2, 1].map((seconds) =>
        ledgerEntry({ startedAtMs: seconds * 1000, durationMs: 4000 - seconds * 1500 }),
      );
      await appendAll(
        store,
        [a, b].filter((entry) => entry !== undefined),
      );
      void store.ledger.append(c ?? ledgerEntry());
      expect((await store.ledger.exchanges({ limit: 2 })).entries).toStrictEqual([c, b]);
      expect(await newest(store)).toStrictEqual([c, b, a]);
    });

    it("keeps all of more entries than one group has", async () => {
      const store = await open();
      const entries = Array.from({ length: 1234 }, (_, index) => ledgerEntry({ bytesSent: index }));
      await appendAll(store, entries);
      expect(ids(await allPages(store.ledger, { limit: 500 }))).toEqual(ids(entries));
    });

    it("counts an entry once that is appended twice, in one group or later", async () => {
      const store = await open();
      const entry = ledgerEntry();
      await appendAll(store, [entry, entry]);
      await store.ledger.append(entry);
      expect(await newest(store)).toStrictEqual([entry]);
    });

    it.each([0, 1001, -1, 1.5, Number.NaN])("refuses a limit of %s", async (limit) => {
      const { ledger } = await open();
      await expect(ledger.exchanges({ limit })).rejects.toThrow("whole number from 1 to 1,000");
    });

    it.each(["", "x", "MTox=", Buffer.from("a:b").toString("base64url")])("refuses the cursor %j", async (cursor) => {
      const { ledger } = await open();
      await expect(ledger.exchanges({ limit: 1, cursor })).rejects.toThrow("cursor: expected the `next` of a page");
    });

    it.each([
      [{ fromMs: 0, toMs: 1000, stepMs: 999 }, "step: expected at least 1000 ms"],
      [{ fromMs: 0, toMs: 2_001_000, stepMs: 1000 }, "step: at most 2000 fit"],
      [{ fromMs: 1, toMs: 0, stepMs: 1000 }, "to: expected a time that is not before"],
      [{ fromMs: 0.5, toMs: 1, stepMs: 1000 }, "times: expected whole milliseconds"],
    ])("refuses a series of %j", async (query, problem) => {
      const { ledger } = await open();
      await expect(ledger.series(query)).rejects.toThrow(problem);
    });
  });

  describeQuestions(open);
  describeSpending(open);
}

const anyQuery: fc.Arbitrary<ExchangeQuery> = fc.record(
  {
    fromMs: fc.nat({ max: 20 }).map((minutes) => 1_700_000_000_000 + minutes * 60_000),
    toMs: fc.nat({ max: 30 }).map((minutes) => 1_700_000_000_000 + minutes * 60_000),
    account: fc.constantFrom("a", "O'Brien"),
    model: fc.constantFrom("a", "übermodel"),
    id: fc.constantFrom("a", "b"),
    tokenId: fc.constantFrom("a", "b"),
    surface: fc.constantFrom("anthropic_messages" as const, "openai_responses" as const),
    end: fc.constantFrom("complete" as const, "fault" as const),
    status: fc.constantFrom("errors" as const, 200),
    limit: fc.integer({ min: 1, max: 7 }),
  },
  { requiredKeys: ["limit"], noNullPrototype: true },
);

function isError({ status, end }: LedgerEntry): boolean {
  return status >= 400 || end === "upstream_error" || end === "idle_timeout";
}

function answers(entry: LedgerEntry, query: ExchangeQuery): boolean {
  const { fromMs = 0, toMs = Infinity, limit: _limit, cursor: _cursor, status, ...equal } = query;
  const endMs = endedAtMs(entry);
  const hasStatus = status === undefined || (status === "errors" ? isError(entry) : entry.status === status);
  const fields: Readonly<Record<string, unknown>> = { ...entry };
  return (
    endMs >= fromMs &&
    endMs < toMs &&
    hasStatus &&
    Object.entries(equal).every(([name, value]) => fields[name] === value)
  );
}

function describeQuestions(open: OpenStore): void {
  describe("questions to the ledger", () => {
    it("are answered with each entry that fits once, page after page, in the order of their ends", async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(anyLedgerEntry, { maxLength: 40 }), anyQuery, async (entries, query) => {
          const store = await open();
          await appendAll(store, entries);
          const found = await allPages(store.ledger, query);
          expect(ids(found)).toEqual(ids(entries.filter((entry) => answers(entry, query))));
          const ends = found.map(endedAtMs);
          expect(ends).toEqual(ends.toSorted((a, b) => b - a));
          await store.close();
        }),
        { numRuns: 25 },
      );
    });

    it("are answered with sums that are those of the entries, by step and by group", async () => {
      const groups = fc.constantFrom(undefined, ...SERIES_GROUPS);
      const steps = fc.constantFrom(1000, 60_000, 3_600_000);
      await fc.assert(
        fc.asyncProperty(
          fc.array(anyLedgerEntry, { maxLength: 40 }),
          groups,
          steps,
          async (entries, groupBy, stepMs) => {
            const store = await open();
            await appendAll(store, entries);
            const fromMs = 1_700_000_000_000;
            const toMs = fromMs + Math.min(1_800_000, 2000 * stepMs);
            const rows = await store.ledger.series({ fromMs, toMs, stepMs, groupBy });
            const counted = entries.filter((entry) => answers(entry, { fromMs, toMs, limit: 1 }));
            expect(sumsOf(rows)).toEqual(plainSums(counted));
            for (const { atMs, requests } of rows) {
              expect((atMs - fromMs) % stepMs).toBe(0);
              expect(requests).toBeGreaterThan(0);
            }
            const keys = rows.map(({ atMs, group }) => JSON.stringify([atMs, group]));
            expect(new Set(keys).size).toBe(keys.length);
            await store.close();
          },
        ),
        { numRuns: 25 },
      );
    });
  });
}

type Sums = Omit<SeriesRow, "atMs" | "group" | "durationMs" | "firstByteMs">;

function sumsOf(rows: readonly SeriesRow[]): Sums {
  const sums = plainSums([]);
  const total = (name: keyof Sums): number => rows.reduce((sum, row) => sum + row[name], 0);
  return {
    ...sums,
    requests: total("requests"),
    errors: total("errors"),
    inputTokens: total("inputTokens"),
    cacheReadTokens: total("cacheReadTokens"),
    cacheWriteTokens: total("cacheWriteTokens"),
    outputTokens: total("outputTokens"),
    reasoningTokens: total("reasoningTokens"),
    costNanoUsd: total("costNanoUsd"),
    unpriced: total("unpriced"),
    cacheHits: total("cacheHits"),
    firstBytes: total("firstBytes"),
    bytesSent: total("bytesSent"),
    bytesReceived: total("bytesReceived"),
  };
}

function plainSums(entries: readonly LedgerEntry[]): Sums {
  const total = (of: (entry: LedgerEntry) => number | null | undefined): number =>
    entries.reduce((sum, entry) => sum + (of(entry) ?? 0), 0);
  return {
    requests: entries.length,
    errors: total((entry) => Number(isError(entry))),
    inputTokens: total(({ usage }) => usage.input),
    cacheReadTokens: total(({ usage }) => usage.cacheRead),
    cacheWriteTokens: total(
      ({ usage }) => (usage.cacheWrite5m ?? 0) + (usage.cacheWrite1h ?? 0) + (usage.cacheWrite ?? 0),
    ),
    outputTokens: total(({ usage }) => usage.output),
    reasoningTokens: total(({ usage }) => usage.reasoning),
    costNanoUsd: total(({ costNanoUsd }) => costNanoUsd),
    unpriced: total(({ costNanoUsd, usage: { input, cacheRead, output } }) =>
      Number(costNanoUsd === null && [input, cacheRead, output].some((part) => part !== undefined)),
    ),
    cacheHits: total(({ usage }) => Number((usage.cacheRead ?? 0) > 0)),
    firstBytes: total(({ firstByteMs }) => Number(firstByteMs !== null)),
    bytesSent: total(({ bytesSent }) => bytesSent),
    bytesReceived: total(({ bytesReceived }) => bytesReceived),
  };
}

function describeSpending(open: OpenStore): void {
  describe("what a token has used", () => {
    const entry = (fields: Partial<LedgerEntry>): LedgerEntry =>
      ledgerEntry({ tokenId: "t", durationMs: 0, ...fields });
    const entries = [
      entry({ startedAtMs: 1000, costNanoUsd: 5 }),
      entry({ startedAtMs: 2000, costNanoUsd: null }),
      entry({ startedAtMs: 3000, attempts: 0 }),
      entry({ startedAtMs: 4000, costNanoUsd: 7 }),
      entry({ startedAtMs: 4000, costNanoUsd: 100, tokenId: "other" }),
    ];

    it("is the cost of its exchanges, and the number of those that reached an upstream", async () => {
      const store = await open();
      await appendAll(store, entries);
      expect(await store.ledger.spending("t", 0)).toEqual({ requests: 3, nanoUsd: 12, lastUsedAtMs: 4000 });
      expect(await store.ledger.spending("t", 2000)).toEqual({ requests: 2, nanoUsd: 7, lastUsedAtMs: 4000 });
      expect(await store.ledger.spending("nobody", 0)).toEqual({ requests: 0, nanoUsd: 0, lastUsedAtMs: null });
    });

    it("is not forgotten when old entries are dropped", async () => {
      const store = await open();
      await appendAll(store, entries);
      expect(await store.ledger.dropBefore(3000)).toBe(2);
      expect(await store.ledger.dropBefore(3000)).toBe(0);
      expect(ids(await newest(store))).toEqual(ids(entries.slice(2)));
      expect(await store.ledger.spending("t", 0)).toEqual({ requests: 3, nanoUsd: 12, lastUsedAtMs: 4000 });
      expect(await store.ledger.dropBefore(5000)).toBe(3);
      expect(await store.ledger.spending("t", 0)).toEqual({ requests: 3, nanoUsd: 12, lastUsedAtMs: null });
    });

    it("is dropped however much it is", async () => {
      const store = await open();
      await appendAll(
        store,
        Array.from({ length: 2500 }, (_, index) => entry({ startedAtMs: 1000 + (index % 7), costNanoUsd: 1 })),
      );
      expect(await store.ledger.dropBefore(2000)).toBe(2500);
      expect((await store.ledger.spending("t", 0)).nanoUsd).toBe(2500);
    });

    it("changes with the prices, for the exchanges of the time that is named", async () => {
      const store = await open();
      await appendAll(store, entries);
      const changed = await store.ledger.reprice(1000, 4000, ({ costNanoUsd, attempts }) =>
        attempts === 0 ? null : (costNanoUsd ?? 0) + 10,
      );
      expect(changed).toBe(2);
      expect(await store.ledger.spending("t", 0)).toMatchObject({ nanoUsd: 15 + 10 + 7 });
      expect(await store.ledger.reprice(1000, 4000, ({ costNanoUsd }) => costNanoUsd)).toBe(0);
    });
  });
}
