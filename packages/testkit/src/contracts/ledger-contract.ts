import { describe, expect, it } from "vitest";

import { ledgerEntry } from "./samples.ts";
import type { OpenStore } from "./store-contract.ts";

/** Declares the tests of `Ledger`. */
export function describeLedger(open: OpenStore): void {
  describe("ledger", () => {
    it("is empty at first, and flushing nothing is fine", async () => {
      const { ledger } = await open();
      await ledger.flush();
      expect(await ledger.recent(1000)).toStrictEqual([]);
    });

    it("gives the newest first, at most the limit, flushed or not", async () => {
      const { ledger } = await open();
      // Appended in the order in which they ended, whatever they started in.
      const [a, b, c] = [
        ledgerEntry({ startedAtMs: 3 }),
        ledgerEntry({ startedAtMs: 2 }),
        ledgerEntry({ startedAtMs: 1 }),
      ];
      ledger.append(a);
      ledger.append(b);
      await ledger.flush();
      ledger.append(c);
      expect(await ledger.recent(2)).toStrictEqual([c, b]);
      expect(await ledger.recent(1)).toStrictEqual([c]);
      expect(await ledger.recent(1000)).toStrictEqual([c, b, a]);
    });

    it("keeps all of more entries than one group has", async () => {
      const { ledger } = await open();
      const entries = Array.from({ length: 1234 }, (_, index) => ledgerEntry({ bytesSent: index }));
      for (const entry of entries) ledger.append(entry);
      await ledger.flush();
      expect(await ledger.recent(1000)).toStrictEqual(entries.slice(-1000).toReversed());
    });

    it("keeps two entries of one id, as a client may repeat its request id", async () => {
      const { ledger } = await open();
      const entry = ledgerEntry();
      ledger.append(entry);
      ledger.append(entry);
      await ledger.flush();
      expect(await ledger.recent(3)).toStrictEqual([entry, entry]);
    });

    it("keeps unreported usage apart from a usage of nothing", async () => {
      const { ledger } = await open();
      const none = ledgerEntry({ usage: {} });
      const zero = ledgerEntry({ usage: { input: 0, cacheRead: 0, output: 0, reasoning: 0 } });
      const cached = ledgerEntry({ usage: { cacheWrite5m: 1, cacheWrite1h: 2, cacheWrite: 3 } });
      for (const entry of [zero, none, cached, none]) ledger.append(entry);
      await ledger.flush();
      expect(await ledger.recent(4)).toStrictEqual([none, cached, none, zero]);
    });

    it("keeps what is not known as null", async () => {
      const { ledger } = await open();
      const entry = ledgerEntry({ firstByteMs: null, tokenId: null, account: null, requestedModel: null, model: null });
      ledger.append(entry);
      await ledger.flush();
      expect(await ledger.recent(1)).toStrictEqual([entry]);
    });

    it.each([0, 1001, -1, 1.5, Number.NaN])("refuses a limit of %s", async (limit) => {
      const { ledger } = await open();
      await expect(ledger.recent(limit)).rejects.toThrow("whole number from 1 to 1,000");
    });
  });
}
