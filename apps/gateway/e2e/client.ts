import type { Surface, Usage } from "@link-assistant/core";
import type { Block } from "@link-assistant/testkit";

import type { Release } from "./fetch-client.ts";
import type { ClientRun } from "./run-client.ts";

/** A program that real people point at the gateway, under one model's name. */
export interface Client {
  /** As it is shown. */
  readonly name: string;
  readonly release: Release;
  /** Where it calls. */
  readonly surface: Surface;
  readonly tools: Tools;
  /** How often it asks when it is refused. */
  readonly asksWhenRefused: number;
  /** Gives it a prompt. Settles when it has ended. */
  run(orders: Orders): Promise<ClientRun>;
  /** What it printed of a run that it ended by itself. */
  said(run: ClientRun): Said;
}

/** What a client is run with. */
export interface Orders {
  /** The path of its program. */
  readonly program: string;
  readonly prompt: string;
  /** The URL of the gateway. */
  readonly url: string;
  /** The router token. */
  readonly token: string;
  /** The working directory. */
  readonly cwd: string;
  /** Its home; there is nothing in it but the working directory. */
  readonly home: string;
  /** When it is killed. */
  readonly stop: AbortSignal;
}

/** How the model calls this client's tools. */
export interface Tools {
  /** Shows a file. */
  look(path: string): Call;
  /** Replaces one line of a file. */
  edit(path: string, from: string, to: string): Call;
  /** Runs a command in a shell. */
  shell(command: string): Call;
}

/** A call of a tool. */
export type Call = Extract<Block, { type: "tool_use" }>;

/** What a client says at its end. */
export interface Said {
  /** The answer, or the error it gave up with. */
  readonly text: string;
  readonly failed: boolean;
  /** The tokens that it has counted; absent when it says nothing of them. */
  readonly tokens?: Partial<Tokens>;
}

/** Tokens of a whole run. */
export interface Tokens {
  /** Of all prompts, cached or not. */
  readonly prompt: number;
  readonly cacheRead: number;
  readonly cacheWritten: number;
  readonly output: number;
}

/** What the answers of a run cost. */
export function tokensOf(usages: readonly Usage[]): Tokens {
  const sum = (...names: (keyof Usage)[]): number =>
    usages.flatMap((usage) => names.map((name) => usage[name] ?? 0)).reduce((total, tokens) => total + tokens, 0);
  const cacheRead = sum("cacheRead");
  const cacheWritten = sum("cacheWrite", "cacheWrite5m", "cacheWrite1h");
  return { prompt: sum("input") + cacheRead + cacheWritten, cacheRead, cacheWritten, output: sum("output") };
}

/** A call of a tool by its name. */
export function call(name: string, input: Call["input"]): Call {
  return { type: "tool_use", name, input };
}
