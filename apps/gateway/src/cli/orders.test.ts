import { expect, test } from "vitest";

import { takeOrders } from "./orders.ts";

/** What listens for the signals now and did not before. */
function listenersSince(before: readonly unknown[]): ((signal: "SIGTERM") => void)[] {
  return process.listeners("SIGTERM").filter((listener) => !before.includes(listener));
}

test("the first signal stops, the second hurries, the third has its usual effect", async () => {
  const before = [...process.listeners("SIGTERM")];
  const orders = takeOrders({});
  const [listener] = listenersSince(before);
  expect(process.listeners("SIGINT")).toContain(listener);

  listener?.("SIGTERM");
  expect(await orders.stop).toBe("SIGTERM");
  expect(orders.hurry.aborted).toBe(false);
  listener?.("SIGTERM");
  expect(orders.hurry.aborted).toBe(true);
  expect(listenersSince(before)).toEqual([]);
  expect(process.listeners("SIGINT")).not.toContain(listener);
});

test("nothing is listened for once it is closed", () => {
  const before = [...process.listeners("SIGTERM")];
  const orders = takeOrders({});
  expect(listenersSince(before)).toHaveLength(1);
  orders.close();
  expect(listenersSince(before)).toEqual([]);
});
