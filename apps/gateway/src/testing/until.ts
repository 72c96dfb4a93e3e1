import { setTimeout } from "node:timers/promises";

const LOOK_MS = 10;
const DEFAULT_LIMIT_MS = 15_000;

/** Resolves once the condition holds; rejects when it does not within the limit. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  limitMs: number = DEFAULT_LIMIT_MS,
): Promise<void> {
  const endMs = performance.now() + limitMs;
  while (!(await condition())) {
    if (performance.now() > endMs) throw new Error(`in vain for ${limitMs} ms: ${String(condition)}`);
    await setTimeout(LOOK_MS);
  }
}
