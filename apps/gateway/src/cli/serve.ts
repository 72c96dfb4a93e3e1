import type { Config } from "@link-assistant/core";
import { Command } from "commander";
import type { Logger } from "pino";

import { watchPackageManager } from "../ancestors.ts";
import { createApp } from "../app.ts";
import type { Environment } from "../config/environment.ts";
import { listen } from "../server.ts";
import type { RunningServer } from "../server.ts";
import { openKept, startGateway } from "../start.ts";
import type { Kept, StartedGateway } from "../start.ts";
import type { CommandContext } from "./context.ts";
import type { Demo } from "./demo.ts";
import { CommandError } from "./terminal.ts";

interface ServeOptions {
  readonly demo?: boolean;
  readonly host?: string;
  readonly port?: string;
  readonly publicMetrics?: boolean;
  readonly verbose?: boolean;
}

const NO_ACCOUNT = `No account is configured, so there is nothing to put the gateway in front of.

Set one of:
  ANTHROPIC_API_KEY=sk-ant-…       an API key: the supported way
  CLAUDE_CODE_HOME=/path/to/dir    a directory with a credentials file
or list \`accounts\` in router.config.yaml (\`config schema\` prints its schema).

To look around without an account: link-assistant-router serve --demo`;

/** `serve`: runs until it is told to stop. */
export function serveCommand(context: CommandContext): Command {
  return new Command("serve")
    .description("run the gateway (the default command)")
    .option("--demo", "answer from the built-in simulator; no account is needed and none is used")
    .option("--host <address>", "address to listen on")
    .option("--port <number>", "port to listen on; 0 for any free one")
    .option("--public-metrics", "serve /metrics without a key")
    .option("--verbose", "log every exchange")
    .action((options: ServeOptions) => serve(context, options));
}

async function serve(context: CommandContext, options: ServeOptions): Promise<void> {
  const loaded = await context.load(flagsOf(options));
  const demo = options.demo === true ? await demoOf(loaded.config) : undefined;
  const config = demo?.config ?? loaded.config;
  if (config.accounts.length === 0) throw new CommandError(NO_ACCOUNT, 2);
  const log = context.log(config.verbose);
  const kept = openKept(config, loaded.env, log, demo !== undefined && config.dataDir === undefined);
  const started = await startGateway(config, loaded.env, kept, log);
  const server = await listen(createApp(started.gateway), config.server, started.gateway.newId);
  context.say(demo === undefined ? greeting(server, config, kept) : await demo.greeting(server.url, started.gateway));
  const reason = await toldToStop(loaded.env);
  log.info({ reason }, "shutting down");
  await stop(server, started, config, log);
  await demo?.close();
}

/** The simulator is loaded for a demo only. */
async function demoOf(config: Config): Promise<Demo> {
  const { startDemo } = await import("./demo.ts");
  return startDemo(config);
}

function flagsOf({ host, port, publicMetrics, verbose }: ServeOptions): object {
  const server = { ...(host === undefined ? {} : { host }), ...(port === undefined ? {} : { port: Number(port) }) };
  return {
    server,
    ...(publicMetrics === true ? { metrics: { public: true } } : {}),
    ...(verbose === true ? { verbose: true } : {}),
  };
}

function greeting(server: RunningServer, config: Config, kept: Kept): string {
  const lines = [`Link.Assistant.Router listens on ${server.url}`];
  lines.push(`Accounts: ${config.accounts.map((account) => account.name).join(", ")}`);
  if (kept.dataDir !== undefined) lines.push(`Data: ${kept.dataDir}`);
  if (kept.adminKeyMade)
    lines.push("", `Admin key, shown this once (kept in ${kept.dataDir}/admin-key): ${kept.adminKey.reveal()}`);
  lines.push("", "Issue a router token with: link-assistant-router tokens issue --label alice");
  return `${lines.join("\n")}\n`;
}

function toldToStop(env: Environment): Promise<string> {
  return new Promise((resolve) => {
    const unwatch = watchPackageManager(env, () => settle("the package manager that started the gateway is gone"));
    const settle = (reason: string): void => {
      unwatch();
      process.off("SIGTERM", settle).off("SIGINT", settle);
      resolve(reason);
    };
    process.once("SIGTERM", settle).once("SIGINT", settle);
  });
}

async function stop(server: RunningServer, started: StartedGateway, config: Config, log: Logger): Promise<void> {
  started.drain();
  await server.close(config.server.shutdownGraceMs);
  await started.close();
  log.info("stopped");
}
