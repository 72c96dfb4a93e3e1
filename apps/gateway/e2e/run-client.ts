import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";

/** How a client is run. */
export interface ClientOptions {
  readonly cwd: string;
  /** The whole environment; nothing is inherited. */
  readonly env: NodeJS.ProcessEnv;
  /** When the client, with all that it has started, is killed. */
  readonly stop: AbortSignal;
}

/** A client that has ended. */
export interface ClientRun {
  /** `null` when it was killed. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a client in a process group of its own, of which nothing is left afterwards. */
export async function runClient(command: string, args: readonly string[], options: ClientOptions): Promise<ClientRun> {
  const { cwd, env, stop } = options;
  stop.throwIfAborted();
  const child = spawn(command, args, { cwd, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const kill = (): void => killGroup(child.pid);
  stop.addEventListener("abort", kill);
  try {
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
    return { exitCode: child.exitCode, stdout, stderr };
  } finally {
    stop.removeEventListener("abort", kill);
    kill();
  }
}

function killGroup(leader: number | undefined): void {
  try {
    if (leader !== undefined) process.kill(-leader, "SIGKILL");
  } catch {
    // Nobody of the group is left.
  }
}
