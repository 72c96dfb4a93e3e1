import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { configurationReference } from "./configuration-reference.ts";
import { ROOT } from "./manifests.ts";
import { metricsReference } from "./metrics-reference.ts";
import { translationLosses } from "./translation-losses.ts";

/** The documents that are written from the code. `--check` only says which of them are out of date. */
const DOCUMENTS: readonly (readonly [path: string, write: () => string])[] = [
  ["docs/configuration.md", configurationReference],
  ["docs/metrics.md", metricsReference],
  ["docs/translation-losses.md", translationLosses],
];

const checking = process.argv.includes("--check");
mkdirSync(join(ROOT, "docs"), { recursive: true });
const stale = DOCUMENTS.filter(([path, write]) => {
  const text = write();
  if (readIfThere(join(ROOT, path)) === text) return false;
  if (!checking) writeFileSync(join(ROOT, path), text);
  return true;
});

for (const [path] of stale) process.stdout.write(`${path}: ${checking ? "out of date; run `pnpm docs`" : "written"}\n`);
process.exitCode = checking && stale.length > 0 ? 1 : 0;

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
