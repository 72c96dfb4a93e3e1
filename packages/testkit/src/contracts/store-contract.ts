import type { Store } from "@link-assistant/core";
import { afterEach, describe, expect, it } from "vitest";

import { describeAccountStates } from "./account-state-contract.ts";
import { describeLedger, newest } from "./ledger-contract.ts";
import { ledgerEntry, tokenRecord } from "./samples.ts";
import { describeStoreModel } from "./store-model.ts";
import { describeTokenStore } from "./token-store-contract.ts";
import { describeTokenWatch } from "./token-watch-contract.ts";

/** Opens a store. */
export type OpenStore = () => Promise<Store>;

/**
 * Declares the tests that every driver of the `Store` ports passes.
 *
 * `open` opens a store in a place where nothing was kept before. `openAgain` opens the place of the latest `open` anew, as
 * another process would, whether the first store is closed or not; absent when a store ends with its process.
 */
export function storeContract(name: string, open: OpenStore, openAgain?: OpenStore): void {
  describe(`store contract: ${name}`, () => {
    const opened: Store[] = [];
    const closingLater = (opener: OpenStore) => async (): Promise<Store> => {
      const store = await opener();
      opened.push(store);
      return store;
    };
    afterEach(async () => {
      for (const store of opened.splice(0)) await store.close();
    });

    describeTokenStore(closingLater(open));
    describeLedger(closingLater(open));
    describeAccountStates(closingLater(open), openAgain && closingLater(openAgain));
    describeStoreModel(closingLater(open), openAgain && closingLater(openAgain));

    it("can be closed twice", async () => {
      const store = await open();
      await store.close();
      await expect(store.close()).resolves.toBeUndefined();
    });

    if (openAgain === undefined) return;
    describeTokenWatch(closingLater(open), closingLater(openAgain));

    it("keeps everything when it is closed, without a flush", async () => {
      const store = await open();
      const [record, entry] = [tokenRecord(), ledgerEntry({ usage: { output: 0 } })];
      await store.tokens.put(record);
      void store.ledger.append(entry);
      await store.close();

      const again = await closingLater(openAgain)();
      expect(await again.tokens.list()).toStrictEqual([record]);
      expect(await newest(again)).toStrictEqual([entry]);
    });

    it("has flushed entries and put records visible to other processes", async () => {
      const [store, other] = [await closingLater(open)(), await closingLater(openAgain)()];
      const [record, entry] = [tokenRecord(), ledgerEntry()];
      await store.tokens.put(record);
      await store.ledger.append(entry);

      expect(await other.tokens.get(record.id)).toStrictEqual(record);
      expect(await newest(other)).toStrictEqual([entry]);
    });
  });
}
