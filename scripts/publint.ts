import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { ROOT, manifests } from "./manifests.ts";

/** Packs every public package as it would be published, and looks at the outcome. */
const packed = mkdtempSync(join(tmpdir(), "router-pack-"));
try {
  const bad = manifests().filter((manifest) => !manifest.private && !isGood(manifest.folder));
  process.exitCode = bad.length === 0 ? 0 : 1;
} finally {
  rmSync(packed, { recursive: true, force: true });
}

function isGood(folder: string): boolean {
  const pack = spawnSync("pnpm", ["pack", "--json", "--pack-destination", packed], {
    cwd: join(ROOT, folder),
    encoding: "utf8",
  });
  if (pack.status !== 0) {
    process.stderr.write(`${folder} cannot be packed:\n${pack.stderr}${pack.stdout}\n`);
    return false;
  }
  const { filename }: { filename: string } = JSON.parse(pack.stdout);
  return spawnSync("publint", ["run", filename, "--strict"], { cwd: ROOT, stdio: "inherit" }).status === 0;
}
