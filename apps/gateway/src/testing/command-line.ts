import { run } from "../cli/run.ts";
import type { Environment } from "../config/environment.ts";

/** What came of a command. */
export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command in this process, in a directory that is its home as well. */
export async function runCommand(cwd: string, args: readonly string[], env: Environment = {}): Promise<Outcome> {
  const written = { out: "", err: "" };
  const code = await run({
    args,
    env: { HOME: cwd, ...env },
    cwd,
    version: "1.2.3",
    terminal: {
      out: (text) => (written.out += text),
      err: (text) => (written.err += text),
    },
  });
  return { code, ...written };
}
