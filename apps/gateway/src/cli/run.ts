import { ConfigError, GatewayError } from "@link-assistant/core";
import { EnvironmentError } from "@link-assistant/metrics";
import { Command, CommanderError } from "commander";

import type { Environment } from "../config/environment.ts";
import { configFiles } from "../config/file.ts";
import { loadConfig } from "../config/load.ts";
import { createLog } from "../log.ts";
import { ListenError } from "../server.ts";
import { StoreError } from "../stores/store-error.ts";
import { accountsCommand } from "./accounts.ts";
import { configCommand } from "./config.ts";
import type { CommandContext } from "./context.ts";
import { doctorCommand } from "./doctor.ts";
import { serveCommand } from "./serve.ts";
import { CommandError } from "./terminal.ts";
import type { Terminal } from "./terminal.ts";
import { tokensCommand } from "./tokens.ts";
import { usageCommand } from "./usage.ts";

/** What the command line is run in. */
export interface Surroundings {
  /** The words after the program's name. */
  readonly args: readonly string[];
  readonly env: Environment;
  readonly cwd: string;
  readonly version: string;
  readonly terminal: Terminal;
}

/** Runs one command and says with which exit code the process should end: 0 done, 1 failed, 2 wrong usage or configuration. */
export async function run(surroundings: Surroundings): Promise<number> {
  const { terminal } = surroundings;
  try {
    await createProgram(surroundings).parseAsync([...surroundings.args], { from: "user" });
    return 0;
  } catch (error) {
    const { exitCode, message } = verdict(error);
    if (message !== "") terminal.err(`${message}\n`);
    return exitCode;
  }
}

function createProgram({ env, cwd, version, terminal }: Surroundings): Command {
  const program = new Command("link-assistant-router")
    .description("One URL and one router token in front of a pool of language-model accounts")
    .version(version)
    .option("--config <file>", "the configuration file; default router.config.{yaml,json,ts}")
    .option("--data-dir <directory>", "where secrets and the database live")
    .option("--json", "print JSON");
  const options = (): { config?: string; dataDir?: string; json?: boolean } => program.opts();
  const context: CommandContext = {
    load: (flags = {}) => {
      const { config: file, dataDir } = options();
      return loadConfig({
        cwd,
        env,
        ...(file === undefined ? {} : { file }),
        flags: { ...flags, ...(dataDir === undefined ? {} : { dataDir }) },
      });
    },
    get configFiles() {
      return configFiles(cwd, options().config);
    },
    log: createLog,
    write: (text) => terminal.out(text),
    print: (value, text) => terminal.out(options().json === true ? `${JSON.stringify(value)}\n` : text()),
  };
  program.addCommand(serveCommand(context), { isDefault: true });
  for (const command of [tokensCommand, accountsCommand, usageCommand, configCommand, doctorCommand])
    program.addCommand(command(context));
  harden(program, terminal);
  return program;
}

/** Every command throws instead of ending the process, and writes where the program writes. */
function harden(command: Command, terminal: Terminal): void {
  command
    .exitOverride()
    .showHelpAfterError("(--help shows what there is)")
    .configureOutput({ writeOut: (text) => terminal.out(text), writeErr: (text) => terminal.err(text) });
  for (const inner of command.commands) harden(inner, terminal);
}

function verdict(error: unknown): { exitCode: number; message: string } {
  // Commander has written its own message, and ends with 0 for `--help` and `--version`.
  if (error instanceof CommanderError) return { exitCode: error.exitCode === 0 ? 0 : 2, message: "" };
  if (error instanceof CommandError) return { exitCode: error.exitCode, message: error.message };
  if (error instanceof ConfigError) return { exitCode: 2, message: unusable(error.problems) };
  if (error instanceof EnvironmentError) return { exitCode: 2, message: unusable([error.message]) };
  if (error instanceof ListenError || error instanceof StoreError) return { exitCode: 2, message: error.message };
  if (error instanceof GatewayError)
    return { exitCode: error.code === "request_invalid" ? 2 : 1, message: error.message };
  return { exitCode: 1, message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

function unusable(problems: readonly string[]): string {
  return `The configuration cannot be used:\n${problems.map((problem) => `  ${problem}`).join("\n")}`;
}
