import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";

import { until } from "./until.ts";

/** The program, as `node` is given it. */
export const MAIN: string = fileURLToPath(new URL("../main.ts", import.meta.url));

/** Compiled code, kept from one run to the next, which halves the time of a start. */
const COMPILED = fileURLToPath(new URL("../../../../node_modules/.cache/router-process", import.meta.url));

/** How a process ended: its exit code, or the signal that ended it. */
export type End = number | NodeJS.Signals;

/** The program in a process of its own. */
export interface RouterProcess extends AsyncDisposable {
  readonly child: ChildProcess;
  /** All that it has written so far. */
  readonly written: { readonly out: string; readonly err: string };
  readonly ended: Promise<End>;
  /** `http://…`, once it listens; rejects when it ends without. */
  url(): Promise<string>;
}

/** What a process of the program gets of this one's environment; nothing of a package manager that runs the tests. */
export function environmentOf(cwd: string, env: Readonly<Record<string, string>>): Record<string, string> {
  return { PATH: process.env["PATH"] ?? "", HOME: cwd, NODE_COMPILE_CACHE: COMPILED, ...env };
}

/** Starts the program in a directory that is its home as well. */
export function startRouter(
  cwd: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): RouterProcess {
  return follow(spawn(process.execPath, [MAIN, ...args], { cwd, env: environmentOf(cwd, env) }));
}

/** A process whose output is read. */
export function follow(child: ChildProcess): RouterProcess {
  const written = { out: "", err: "" };
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (written.out += text));
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (written.err += text));
  let end: End | undefined;
  const ended = new Promise<End>((resolve) =>
    child.once("close", (code, signal) => resolve((end = code ?? signal ?? "SIGKILL"))),
  );
  return {
    child,
    written,
    ended,
    url: async () => {
      const found = (): string | undefined => /http:\/\/[^\s"]+/.exec(written.out)?.[0];
      await until(() => found() !== undefined || end !== undefined);
      const url = found();
      if (url === undefined) throw new Error(`ended with ${end}: ${written.err}`);
      return url;
    },
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
