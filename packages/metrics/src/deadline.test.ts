import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { settledWithin } from "./deadline.ts";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

test.each([
  ["well", () => Promise.resolve()],
  ["badly", () => Promise.reject(new Error("no"))],
])("work that ends %s ends the wait and leaves no timer behind", async (_, work) => {
  await settledWithin(3000, work());
  expect(vi.getTimerCount()).toBe(0);
});

test("work that never ends is waited for until the deadline and no longer", async () => {
  const ended = vi.fn<() => void>();
  const wait = settledWithin(3000, new Promise(() => {})).then(ended);
  await vi.advanceTimersByTimeAsync(2999);
  expect(ended).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  await wait;
});
