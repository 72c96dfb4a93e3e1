import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

import type { Environment } from "./config/environment.ts";

const LOOK_MS = 500;
const MAX_DEPTH = 16;
/** A program, or a script that it is to run; npm writes its command behind its name. */
const MANAGER = /^(?:.*\/)?(?:npm|npx|pnpm)(?:-cli)?(?:\.[cm]?js)?(?:\s|$)/;

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

/** A process: its parent, and the words it was started with, the program first. */
interface Ancestor {
  readonly parent: number;
  readonly words: readonly string[];
}

/** The processes from here up to the outermost npm, npx or pnpm. */
function packageManagersAbove(pid: number): number[] {
  const line: { readonly pid: number; readonly isManager: boolean }[] = [];
  for (let at = pid; at > 1 && line.length < MAX_DEPTH;) {
    const found = lookUp(at);
    if (found === undefined) break;
    line.push({ pid: at, isManager: isPackageManager(found.words) });
    at = found.parent;
  }
  return line.slice(0, line.findLastIndex((entry) => entry.isManager) + 1).map((entry) => entry.pid);
}

/** Whether the words that a process was started with, the program first, are those of npm, npx or pnpm. */
export function isPackageManager(words: readonly string[]): boolean {
  return words.slice(0, 2).some((word) => MANAGER.test(word));
}

function lookUp(pid: number): Ancestor | undefined {
  try {
    if (process.platform === "linux") {
      return { parent: statOf(pid).parent, words: readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0") };
    }
    const [parent, ...words] = execFileSync("ps", ["-o", "ppid=,command=", "-p", String(pid)], { encoding: "utf8" })
      .trim()
      .split(/\s+/);
    return { parent: Number(parent), words };
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    // A process that has ended can be signalled until its parent takes note of it, which may be never.
    if (process.platform === "linux") return statOf(pid).state !== "Z";
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** `/proc/PID/stat`, see proc(5): state and parent come after the program's name, which may hold anything. */
function statOf(pid: number): { readonly state: string; readonly parent: number } {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  const [state = "", parent] = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return { state, parent: Number(parent) };
}
