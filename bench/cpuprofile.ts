import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** What a function costs by itself, without what it calls. */
export interface FunctionCost {
  readonly name: string;
  /** `undici/lib/…` for a package, `apps/…` for this repository, `node:…` for Node; empty for what is not JavaScript. */
  readonly file: string;
  readonly microseconds: number;
}

/** The part of the `.cpuprofile` format that is read here; times in microseconds of the system's monotonic clock. */
interface CpuProfile {
  readonly nodes: readonly { readonly id: number; readonly callFrame: CallFrame }[];
  readonly startTime: number;
  readonly samples: readonly number[];
  /** From the sample before, or the start, to each sample. */
  readonly timeDeltas: readonly number[];
}

interface CallFrame {
  readonly functionName: string;
  readonly url: string;
}

/** The costs of all functions in a profile between two moments, as `monotonicMicroseconds` tells them, idle time aside. */
export function functionCosts(path: string, from: number, to: number): FunctionCost[] {
  const { nodes, startTime, samples, timeDeltas }: CpuProfile = JSON.parse(readFileSync(path, "utf8"));
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  const selfTime = new Map<string, number>();
  let now = startTime;
  for (const [at, id] of samples.entries()) {
    now += timeDeltas[at] ?? 0;
    const name = names.get(id) ?? IDLE;
    if (name === IDLE || now < from || now > to) continue;
    selfTime.set(name, (selfTime.get(name) ?? 0) + (timeDeltas[at + 1] ?? 0));
  }
  return [...selfTime].map(([key, microseconds]) => {
    const [name = "", file = ""] = key.split("\n");
    return { name, file, microseconds };
  });
}

/** Now, on the clock of a profile that runs on this machine. */
export function monotonicMicroseconds(): number {
  return Number(process.hrtime.bigint() / 1000n);
}

const IDLE = "(idle)\n";
const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** Functions of one name in one file count as one. */
function nameOf({ functionName, url }: CallFrame): string {
  const path = url.startsWith("file:") ? fileURLToPath(url) : url;
  return `${functionName || "(anonymous)"}\n${path.replace(/^.*\/node_modules\//, "").replace(ROOT, "")}`;
}
