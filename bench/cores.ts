import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** Which processor cores the measured server has to itself, and which are for everything else; as `taskset` takes them. */
export interface Cores {
  readonly server: string;
  readonly rest: string;
}

/** Shares the cores out. `undefined` where there is one only, or no `taskset`: then nothing is pinned. */
export function shareCores(): Cores | undefined {
  const [server, ...rest] = allowedCores();
  if (server === undefined || rest.length === 0) return undefined;
  const cores = { server, rest: rest.join(",") };
  try {
    // What this process starts without a pin of its own inherits this one.
    execFileSync("taskset", ["--all-tasks", "--cpu-list", "--pid", cores.rest, String(process.pid)], {
      stdio: "ignore",
    });
  } catch {
    return undefined;
  }
  return cores;
}

/** The command, pinned to the cores. */
export function pinned(command: readonly string[], cores: Cores | undefined): readonly string[] {
  return cores === undefined ? command : ["taskset", "--cpu-list", cores.server, ...command];
}

function allowedCores(): string[] {
  try {
    const list = /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "";
    return list.split(",").flatMap((range) => {
      const [first = 0, last = first] = range.split("-").map(Number);
      return Array.from({ length: last - first + 1 }, (_, at) => String(first + at));
    });
  } catch {
    return [];
  }
}
