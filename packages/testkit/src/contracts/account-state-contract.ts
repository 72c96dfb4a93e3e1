import type { AccountStateRecord } from "@link-assistant/core";
import { describe, expect, it } from "vitest";

import type { OpenStates } from "./open-states.ts";
import { eventually } from "./eventually.ts";

const COOLING: AccountStateRecord = {
  account: "primary",
  model: null,
  state: { kind: "cooling", untilMs: 1_700_000_060_000, reason: "rate_limit", failures: 2 },
  changedAtMs: 1_700_000_000_000,
};
const BROKEN: AccountStateRecord = {
  account: "primary",
  model: "claude-opus-4-7",
  state: { kind: "broken", untilMs: 1_700_000_060_000, reason: "billing", failures: 1 },
  changedAtMs: 1_700_000_000_001,
};

/** Declares the tests of `AccountStateStore`. */
export function describeAccountStates(open: OpenStates, openAgain?: OpenStates): void {
  describe("states of accounts", () => {
    it("keep an account and its models apart, and the newest of each", async () => {
      const { accountStates: states } = await open();
      expect(await states.list()).toStrictEqual([]);
      for (const record of [{ ...COOLING, changedAtMs: 5 }, BROKEN, COOLING]) await states.put(record);
      const listed = await states.list();
      expect(listed.toSorted((a, b) => a.changedAtMs - b.changedAtMs)).toStrictEqual([COOLING, BROKEN]);
    });

    if (openAgain === undefined) return;

    it("reach other processes, and whoever comes later", async () => {
      const [here, there] = [await open(), await openAgain()];
      const seen: AccountStateRecord[] = [];
      const stop = here.accountStates.watch((record) => void seen.push(record));
      await here.accountStates.list();
      await here.accountStates.put(BROKEN);
      await there.accountStates.put(COOLING);
      await eventually(() => expect(seen).toStrictEqual([COOLING]));
      stop();
      const listed = await there.accountStates.list();
      expect(listed.toSorted((a, b) => a.changedAtMs - b.changedAtMs)).toStrictEqual([COOLING, BROKEN]);
    });
  });
}
