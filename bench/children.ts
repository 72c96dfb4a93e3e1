import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";

const START_MS = 20_000;
const STOP_MS = 10_000;

/** A server that this program started. */
export interface Child {
  readonly pid: number;
  /** `http://127.0.0.1:…`, as the server said itself. */
  readonly origin: string;
  /** Tells it to end, and resolves when it has. */
  stop(): Promise<void>;
}

/** How a server is started. */
export interface ChildOptions {
  readonly command: readonly string[];
  /** All that it gets of an environment beside `PATH`. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** What was started, and what it wrote to standard error: shown only when something went wrong. */
const started = new Map<ChildProcess, string[]>();
const directories = new Set<string>();

process.on("exit", (code) => {
  for (const [child, written] of started) {
    child.kill("SIGKILL");
    if (code !== 0) process.stderr.write(written.join(""));
  }
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
});
process.once("SIGINT", () => process.exit(130)).once("SIGTERM", () => process.exit(143));

/** Starts a server and waits until it prints its address. It does not outlive this process. */
export async function startChild({ command, env = {}, cwd }: ChildOptions): Promise<Child> {
  const [file = "", ...args] = command;
  const child = spawn(file, args, {
    env: { PATH: process.env["PATH"], ...env },
    ...(cwd === undefined ? {} : { cwd }),
  });
  const written: string[] = [];
  child.stderr.setEncoding("utf8").on("data", (text: string) => written.push(text));
  started.set(child, written);
  const ended = once(child, "exit");
  const origin = await Promise.race([addressOf(child.stdout), failAfter(START_MS, command), failAtEnd(ended, command)]);
  return {
    pid: child.pid ?? 0,
    origin,
    stop: async () => {
      child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
      await ended;
      clearTimeout(timer);
    },
  };
}

/** A directory that is removed when this process ends. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "router-bench-"));
  directories.add(directory);
  return directory;
}

function addressOf(output: Readable): Promise<string> {
  return new Promise((resolve) => {
    let text = "";
    output.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      const [origin] = /http:\/\/127\.0\.0\.1:\d+(?=\s)/.exec(text) ?? [];
      if (origin !== undefined) resolve(origin);
    });
  });
}

function failAfter(ms: number, command: readonly string[]): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(() => reject(new Error(`${command.join(" ")} did not say where it listens`)), ms).unref();
  });
}

async function failAtEnd(ended: Promise<unknown>, command: readonly string[]): Promise<never> {
  await ended;
  throw new Error(`${command.join(" ")} ended before it listened`);
}
