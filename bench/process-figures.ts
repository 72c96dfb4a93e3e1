import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";

/**
 * CPU time that a process has used so far, kernel included, in microseconds. `undefined` where there is no `/proc`. To the
 * nanosecond where the kernel keeps scheduler statistics, else in clock ticks. See proc(5).
 */
export function cpuMicroseconds(pid: number): number | undefined {
  return fromSchedulerStatistics(pid) ?? fromClockTicks(pid);
}

/** Memory of a process that is in RAM, in bytes. `undefined` where there is no `/proc`. */
export function residentBytes(pid: number): number | undefined {
  const kilobytes = /^VmRSS:\s*(\d+) kB/m.exec(textOf(`/proc/${pid}/status`) ?? "")?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}

function fromSchedulerStatistics(pid: number): number | undefined {
  let nanoseconds = 0;
  for (const thread of threadsOf(pid)) {
    nanoseconds += Number(textOf(`/proc/${pid}/task/${thread}/schedstat`)?.split(" ")[0] ?? 0);
  }
  return nanoseconds === 0 ? undefined : nanoseconds / 1000;
}

function fromClockTicks(pid: number): number | undefined {
  // The command in the second field may hold blanks and brackets itself; what follows the last bracket does not.
  const fields = textOf(`/proc/${pid}/stat`)?.split(") ").at(-1)?.split(" ");
  if (fields === undefined) return undefined;
  const ticks = Number(fields[11]) + Number(fields[12]);
  return (ticks * 1_000_000) / ticksPerSecond();
}

let knownTicksPerSecond: number | undefined;
function ticksPerSecond(): number {
  return (knownTicksPerSecond ??= Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" })));
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
