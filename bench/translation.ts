import { spawnSync } from "node:child_process";
import { join } from "node:path";

const BENCH = join(import.meta.dirname, "../packages/translator/bench/translate.ts");

/** A young generation so large that none of it is collected while allocated bytes are counted. */
const FLAGS = ["--expose-gc", "--min-semi-space-size=16"];

/** Runs the bench of the translator and gives its exit code. It needs flags that a running process cannot set for itself. */
export function benchTranslation(words: readonly string[]): number {
  return spawnSync(process.execPath, [...FLAGS, BENCH, ...words], { stdio: "inherit" }).status ?? 1;
}
