import { existsSync, globSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

import { runClient } from "./run-client.ts";

/** A program as npm has it. */
export interface Release {
  /** The name of its folder in the cache. */
  readonly id: string;
  readonly package: string;
  /** The version whose behaviour the scenarios know. */
  readonly version: string;
  /** Where its program is among the installed packages, as a pattern: npm installs the one that fits the machine. */
  readonly program: string;
}

const FETCH_TIMEOUT_MS = 600_000;

/** The path of a client's program. It is fetched with npm on first use, some 400 MB, and kept in the user's cache folder. */
export async function fetchClient(release: Release, env: NodeJS.ProcessEnv): Promise<string> {
  const cache = env["XDG_CACHE_HOME"] || join(homedir(), ".cache");
  const folder = join(cache, "link-assistant-router/clients", `${release.id}-${release.version}`);
  if (!existsSync(folder)) await install(release, folder, env);
  const [program] = globSync(release.program, { cwd: join(folder, "node_modules") });
  if (program === undefined) throw new Error(`There is no program of ${release.id} in ${folder}. Delete the folder.`);
  return join(folder, "node_modules", program);
}

/** The folder is there only once all of it is. */
async function install(release: Release, folder: string, env: NodeJS.ProcessEnv): Promise<void> {
  await mkdir(dirname(folder), { recursive: true });
  const fetched = await mkdtemp(`${folder}-`);
  try {
    const args = ["install", "--prefix", fetched, "--no-save", "--ignore-scripts", "--no-audit", "--no-fund"];
    const { exitCode, stderr } = await runClient("npm", [...args, `${release.package}@${release.version}`], {
      cwd: fetched,
      env,
      stop: AbortSignal.timeout(FETCH_TIMEOUT_MS),
    });
    if (exitCode !== 0) throw new Error(`${release.id} could not be fetched:\n${stderr}`);
    await rename(fetched, folder);
  } finally {
    await rm(fetched, { recursive: true, force: true });
  }
}
