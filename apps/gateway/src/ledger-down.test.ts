import { textTurn } from "@link-assistant/testkit";
import type { Ledger } from "@link-assistant/core";
import { afterEach, describe, expect, test } from "vitest";

import { LedgerQueue } from "./stores/ledger-queue.ts";
import { MESSAGE, post, startHarness } from "./testing/harness.ts";
import type { Harness } from "./testing/harness.ts";

let harness: Harness;
afterEach(() => harness[Symbol.asyncDispose]());

/** A gateway whose ledger cannot be written while `broken`. */
async function start(ledgerConfig: object): Promise<{ disk: { broken: boolean; hangs: boolean }; queue: LedgerQueue }> {
  const disk = { broken: false, hangs: false };
  const queue = new LedgerQueue({
    write: async () => {
      if (disk.hangs) await new Promise(() => {});
      if (disk.broken) throw new Error("The disk is full.");
    },
    onError: () => {},
  });
  harness = await startHarness({
    script: () => textTurn("Hello"),
    config: { ledger: ledgerConfig },
    ledger: (ledger): Ledger => ({
      append: (entry) => queue.append(entry),
      get waiting() {
        return queue.waiting;
      },
      get failing() {
        return queue.failing;
      },
      flush: async () => {},
      exchanges: (query) => ledger.exchanges(query),
      series: (query) => ledger.series(query),
      spending: (...of) => ledger.spending(...of),
      reprice: (...of) => ledger.reprice(...of),
      dropBefore: (timeMs) => ledger.dropBefore(timeMs),
    }),
  });
  return { disk, queue };
}

const stream = { ...MESSAGE, stream: true };

describe("a ledger that cannot be written", () => {
  test("lets exchanges go on by default, and keeps their rows", async () => {
    const { disk, queue } = await start({});
    disk.broken = true;
    for (const body of [MESSAGE, stream, MESSAGE]) {
      const response = await post(harness, body);
      expect(response.status).toBe(200);
      expect(await response.text()).toContain("Hello");
    }
    expect(queue.waiting).toBe(3);
    disk.broken = false;
    await queue.flush();
    expect((await post(harness, MESSAGE)).status).toBe(200);
    expect([queue.waiting, queue.failing]).toEqual([0, false]);
  });

  test("refuses new ones where that is asked for, until it can be written again", async () => {
    const { disk, queue } = await start({ whenDown: "refuse" });
    disk.broken = true;
    // The one that finds it out was served.
    expect((await post(harness, MESSAGE)).status).toBe(200);
    const refused = await post(harness, MESSAGE);
    expect(refused.status).toBe(503);
    expect(await refused.text()).toContain("cannot write its ledger");
    disk.broken = false;
    await queue.flush();
    expect((await post(harness, MESSAGE)).status).toBe(200);
  });

  test("refuses before a row would be lost", async () => {
    const { queue } = await start({});
    Object.defineProperty(queue, "waiting", { get: () => 9000 });
    expect((await post(harness, MESSAGE)).status).toBe(503);
  });
});

describe("the end of an answer", () => {
  const isPending = async (promise: Promise<unknown>): Promise<boolean> =>
    Promise.race([promise.then(() => false), new Promise<boolean>((resolve) => setTimeout(() => resolve(true), 100))]);

  test.each([
    ["whole", MESSAGE],
    ["streamed", stream],
  ])("waits for its row: %s", async (_name, body) => {
    const { disk } = await start({});
    disk.hangs = true;
    const whole = post(harness, body).then((response) => response.text());
    expect(await isPending(whole)).toBe(true);
    harness.gateway.store.ledger.flush().catch(() => {});
  });

  test("does not where that is asked for", async () => {
    const { disk } = await start({ durability: "after-answer" });
    disk.hangs = true;
    expect(await (await post(harness, stream)).text()).toContain("message_stop");
  });
});
