import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

import type { Environment } from "./config/environment.ts";

const LOOK_MS = 500;
const MAX_DEPTH = 16;

/**
 * Calls `onGone` when the package manager that started this process is gone. npm does not pass SIGTERM on to what it
 * started, so without this the gateway would live on with nobody to stop it. Started by anything else, it watches nothing.
 */
export function watchPackageManager(env: Environment, onGone: () => void): () => void {
  if (env["npm_config_user_agent"] === undefined && env["npm_lifecycle_event"] === undefined) return () => {};
  const watched = packageManagersAbove(process.ppid);
  if (watched.length === 0) return () => {};
  const timer = setInterval(() => {
    if (watched.every((pid) => isAlive(pid))) return;
    clearInterval(timer);
    onGone();
  }, LOOK_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/** The processes from here up to the outermost npm, npx or pnpm. */
function packageManagersAbove(pid: number): number[] {
  const line: { readonly pid: number; readonly isManager: boolean }[] = [];
  for (let at = pid; at > 1 && line.length < MAX_DEPTH;) {
    const found = lookUp(at);
    if (found === undefined) break;
    line.push({ pid: at, isManager: /\b(npm|npx|pnpm)\b/.test(found.command) });
    at = found.parent;
  }
  return line.slice(0, line.findLastIndex((entry) => entry.isManager) + 1).map((entry) => entry.pid);
}

function lookUp(pid: number): { readonly parent: number; readonly command: string } | undefined {
  try {
    const text =
      process.platform === "linux"
        ? fromProc(pid)
        : execFileSync("ps", ["-o", "ppid=,command=", "-p", String(pid)], { encoding: "utf8" });
    const match = /^\s*(\d+)\s+(.*)/s.exec(text);
    return match === null ? undefined : { parent: Number(match[1]), command: match[2] ?? "" };
  } catch {
    return undefined;
  }
}

function fromProc(pid: number): string {
  const parent = /^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? "0";
  return `${parent} ${readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ")}`;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
