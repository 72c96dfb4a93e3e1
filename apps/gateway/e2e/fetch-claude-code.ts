import { existsSync, globSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

import { runClient } from "./run-client.ts";

/** The version whose behaviour the scenarios know. */
export const CLAUDE_CODE_VERSION = "2.1.330";

const FETCH_TIMEOUT_MS = 600_000;

/** The path of Claude Code's program. It is fetched with npm on first use, some 365 MB, and kept in the user's cache folder. */
export async function fetchClaudeCode(env: NodeJS.ProcessEnv): Promise<string> {
  const cache = env["XDG_CACHE_HOME"] || join(homedir(), ".cache");
  const folder = join(cache, "link-assistant-router/clients", `claude-code-${CLAUDE_CODE_VERSION}`);
  if (!existsSync(folder)) await install(folder, env);
  // Of the packages with a program, npm installs the one that fits the machine.
  const [program] = globSync("node_modules/@anthropic-ai/claude-code-*/claude", { cwd: folder });
  if (program === undefined) throw new Error(`There is no program of Claude Code in ${folder}. Delete the folder.`);
  return join(folder, program);
}

/** The folder is there only once all of it is. */
async function install(folder: string, env: NodeJS.ProcessEnv): Promise<void> {
  await mkdir(dirname(folder), { recursive: true });
  const fetched = await mkdtemp(`${folder}-`);
  try {
    const args = ["install", "--prefix", fetched, "--no-save", "--ignore-scripts", "--no-audit", "--no-fund"];
    const { exitCode, stderr } = await runClient("npm", [...args, `@anthropic-ai/claude-code@${CLAUDE_CODE_VERSION}`], {
      cwd: fetched,
      env,
      stop: AbortSignal.timeout(FETCH_TIMEOUT_MS),
    });
    if (exitCode !== 0) throw new Error(`Claude Code could not be fetched:\n${stderr}`);
    await rename(fetched, folder);
  } finally {
    await rm(fetched, { recursive: true, force: true });
  }
}
