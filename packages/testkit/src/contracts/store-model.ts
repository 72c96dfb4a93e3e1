import { endedAtMs } from "@link-assistant/core";
import type { LedgerEntry, Store, TokenRecord } from "@link-assistant/core";
import * as fc from "fast-check";
import { expect, it } from "vitest";

import { anyLedgerEntry, anyTokenRecord } from "./samples.ts";
import type { OpenStore } from "./store-contract.ts";

interface Model {
  readonly records: Map<string, TokenRecord>;
  readonly entries: LedgerEntry[];
}

/** Does one thing to the store and to the model of it. */
type Operation = (store: Store, model: Model) => Promise<{ readonly answer?: unknown; readonly expected?: unknown }>;

const operation: fc.Arbitrary<Operation> = fc.oneof(
  anyTokenRecord.map((record) =>
    named(["put", record], async ({ tokens }, { records }) => {
      await tokens.put(record);
      records.set(record.id, record);
      return { answer: await tokens.get(record.id), expected: record };
    }),
  ),
  anyTokenRecord.map(({ id }) =>
    named(["get", id], async ({ tokens }, { records }) => ({
      answer: await tokens.get(id),
      expected: records.get(id),
    })),
  ),
  fc.constant(
    named(["list"], async ({ tokens }, { records }) => {
      return { answer: await tokens.list(), expected: [...records.values()].toSorted(byAge) };
    }),
  ),
  anyLedgerEntry.map((entry) =>
    named(["append", entry], async ({ ledger }, { entries }) => {
      // Of an id that is there already, the first entry stays.
      if (entries.every(({ id }) => id !== entry.id)) entries.push(entry);
      await ledger.append(entry);
      return {};
    }),
  ),
  fc.constant(named(["flush"], async ({ ledger }) => ({ answer: await ledger.flush() }))),
  fc.integer({ min: 1, max: 1000 }).map((limit) =>
    named(["exchanges", limit], async ({ ledger }, { entries }) => {
      const page = await ledger.exchanges({ limit });
      return { answer: page.entries, expected: entries.toSorted(lastEndedFirst).slice(0, limit) };
    }),
  ),
);

/** The operation, with the name that a counterexample shows. */
function named(name: readonly unknown[], run: Operation): Operation {
  return Object.assign(run, { [fc.toStringMethod]: () => fc.stringify(name) });
}

function lastEndedFirst(a: LedgerEntry, b: LedgerEntry): number {
  return endedAtMs(b) - endedAtMs(a) || (a.id < b.id ? -1 : 1);
}

function byAge(a: TokenRecord, b: TokenRecord): number {
  return a.issuedAtMs - b.issuedAtMs || (a.id < b.id ? -1 : 1);
}

/** Declares the test that any sequence of operations does to the store what it does to a map and a list. */
export function describeStoreModel(open: OpenStore, openAgain: OpenStore | undefined): void {
  it("does what a map and a list would do", async () => {
    const lives = fc.array(fc.array(operation, { maxLength: 12 }), { minLength: 1, maxLength: openAgain ? 3 : 1 });
    const live = async (operations: readonly (readonly Operation[])[]) => {
      const model: Model = { records: new Map(), entries: [] };
      let opener = open;
      for (const life of operations) {
        const store = await opener();
        for (const operate of life) {
          const { answer, expected } = await operate(store, model);
          expect(answer).toStrictEqual(expected);
        }
        await store.close();
        opener = openAgain ?? open;
      }
    };
    await fc.assert(fc.asyncProperty(lives, live), { numRuns: 40 });
  });
}
