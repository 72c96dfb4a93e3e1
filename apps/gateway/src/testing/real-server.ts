import { spawn, spawnSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";

import { describe } from "vitest";

/** Whether a test that needs this program may be skipped: not where real servers are required. */
export function describeWith(program: string, isThere: boolean, declare: () => void): void {
  const isSkipped = !isThere && process.env["REQUIRE_REAL_SERVERS"] === undefined;
  const title = `with a real ${program}${isSkipped ? " (skipped: it is not installed)" : ""}`;
  describe.skipIf(isSkipped)(title, () => declare());
}

/** Whether a program can be run. */
export function canRun(program: string, ...args: readonly string[]): boolean {
  return spawnSync(program, args).status === 0;
}

/** Starts a server in the foreground, which ends with this process. */
export function startServer(program: string, args: readonly string[], cwd: string): ChildProcess {
  const child = spawn(program, args, { cwd, stdio: "ignore" });
  const kill = (): void => void child.kill("SIGKILL");
  process.once("exit", kill);
  child.once("close", () => process.off("exit", kill));
  return child;
}

/** Ends a server and waits until it is gone. */
export async function stopServer(child: ChildProcess, signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill(signal);
  await once(child, "close");
}
