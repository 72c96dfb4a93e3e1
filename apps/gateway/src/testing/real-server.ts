import { spawn, spawnSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";

/** Whether tests that need a program are skipped: where it is not installed, unless real servers are required. */
export function mustSkip(isThere: boolean): boolean {
  return !isThere && process.env["REQUIRE_REAL_SERVERS"] === undefined;
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
