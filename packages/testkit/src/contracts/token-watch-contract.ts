import type { TokenRecord } from "@link-assistant/core";
import { describe, expect, it } from "vitest";

import { eventually } from "./eventually.ts";
import { tokenRecord } from "./samples.ts";
import type { OpenStore } from "./store-contract.ts";

/** Declares the tests of `TokenStore.watch`, which need two connections to one place. */
export function describeTokenWatch(open: OpenStore, openAgain: OpenStore): void {
  describe("watching tokens", () => {
    it("reports what another process adds and changes", async () => {
      const [here, there] = [await open(), await openAgain()];
      const seen = await watched(here);
      const record = tokenRecord();
      await there.tokens.put(record);
      await eventually(() => expect(seen).toStrictEqual([record]));

      const revoked = { ...record, revokedAtMs: 1_700_000_000_001 };
      await there.tokens.put(revoked);
      await eventually(() => expect(seen).toStrictEqual([record, revoked]));
    });

    it("reports neither its own changes nor what was there before", async () => {
      const [here, there] = [await open(), await openAgain()];
      await there.tokens.put(tokenRecord());
      const seen = await watched(here);
      const theirs = [tokenRecord(), tokenRecord()] as const;
      await here.tokens.put(tokenRecord());
      await there.tokens.put(theirs[0]);
      await here.tokens.put(tokenRecord());
      await there.tokens.put(theirs[1]);
      await here.tokens.put(tokenRecord());
      await eventually(() => expect(seen).toStrictEqual(theirs));
    });

    it("reports a record again that was put here and changed there", async () => {
      const [here, there] = [await open(), await openAgain()];
      const seen = await watched(here);
      const record = tokenRecord();
      await here.tokens.put(record);
      await there.tokens.put({ ...record, label: "theirs" });
      await eventually(() => expect(seen).toStrictEqual([{ ...record, label: "theirs" }]));
    });

    it("tells each listener until it is stopped", async () => {
      const [here, there] = [await open(), await openAgain()];
      const stopped: TokenRecord[] = [];
      const stop = here.tokens.watch((record) => stopped.push(record));
      const [first, second] = [await watched(here), await watched(here)];
      stop();
      stop();
      const record = tokenRecord();
      await there.tokens.put(record);
      await eventually(() => expect([first, second]).toStrictEqual([[record], [record]]));
      expect(stopped).toStrictEqual([]);
    });

    it("reports nothing of the time in which nobody listened", async () => {
      const [here, there] = [await open(), await openAgain()];
      here.tokens.watch(() => {})();
      await there.tokens.put(tokenRecord());
      const seen = await watched(here);
      const record = tokenRecord();
      await there.tokens.put(record);
      await eventually(() => expect(seen).toStrictEqual([record]));
    });
  });
}

/** What is reported from now on: what the list that is asked for after `watch` does not hold. */
async function watched({ tokens }: Awaited<ReturnType<OpenStore>>): Promise<TokenRecord[]> {
  const seen: TokenRecord[] = [];
  tokens.watch((record) => seen.push(record));
  await tokens.list();
  return seen;
}
