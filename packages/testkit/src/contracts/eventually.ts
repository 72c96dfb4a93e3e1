import { vi } from "vitest";

/** Resolves once the expectation holds; fails as it does when that takes longer than ten seconds. */
export async function eventually(expectation: () => void | Promise<void>): Promise<void> {
  await vi.waitFor(expectation, { timeout: 10_000, interval: 5 });
}
