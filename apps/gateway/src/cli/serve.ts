import { ConfigError } from "@link-assistant/core";
import type { Config } from "@link-assistant/core";
import { otlpTarget, settledWithin } from "@link-assistant/metrics/otlp";
import { Command, InvalidArgumentError } from "commander";
import type { Logger } from "pino";

import { createApp } from "../app.ts";
import type { Environment } from "../config/environment.ts";
import type { LoadedConfig } from "../config/load.ts";
import type { Gateway } from "../gateway.ts";
import { listen } from "../server.ts";
import { openKept } from "../kept.ts";
import type { Kept } from "../kept.ts";
import { LogDestination } from "../log.ts";
import { watchFiles } from "../reload.ts";
import { startGateway } from "../start.ts";
import type { StartedGateway } from "../start.ts";
import type { CommandContext } from "./context.ts";
import type { Demo } from "./demo.ts";
import { takeOrders } from "./orders.ts";
import type { Orders } from "./orders.ts";
import { CommandError } from "./terminal.ts";

/** Longest wait for the last push of the log at the end. */
const LAST_PUSH_MS = 3000;

interface ServeOptions {
  readonly demo?: boolean;
  readonly host?: string;
  readonly port?: number;
  readonly publicMetrics?: boolean;
  readonly captureContent?: boolean;
  readonly verbose?: boolean;
}

const NO_ACCOUNT = `No account is configured, so there is nothing to put the gateway in front of.

Set one of:
  ANTHROPIC_API_KEY=sk-ant-…       an API key: the supported way
  OPENAI_API_KEY=sk-…              the same, at OpenAI
  CLAUDE_CODE_HOME=/path/to/dir    a directory with a credentials file
or list \`accounts\` in router.config.yaml (\`config schema\` prints its schema).

To look around without an account: link-assistant-router serve --demo`;

/** `serve`: runs until it is told to stop. */
export function serveCommand(context: CommandContext): Command {
  return new Command("serve")
    .description("run the gateway (the default command)")
    .option("--demo", "answer from the built-in simulator; no account is needed and none is used")
    .option("--host <address>", "address to listen on")
    .option("--port <number>", "port to listen on; 0 for any free one", port)
    .option("--public-metrics", "serve /metrics without a key")
    .option("--capture-content", "put what clients send and get into traces")
    .option("--verbose", "log every exchange")
    .allowExcessArguments()
    .action((options: ServeOptions, command: Command) => {
      // As the default command it is given whatever names no other one.
      const [unknown] = command.args;
      return unknown === undefined ? serve(context, options) : command.error(`error: unknown command '${unknown}'`);
    });
}

async function serve(context: CommandContext, options: ServeOptions): Promise<void> {
  const { config, env } = await context.load(flagsOf(options));
  const demo = options.demo === true ? await demoOf(config) : undefined;
  try {
    await runGateway(context, { config: demo?.config ?? config, env, flags: flagsOf(options) }, demo);
  } finally {
    // While its server listens, the process does not end.
    await demo?.close();
  }
}

/** What a gateway is run with. */
interface Run extends LoadedConfig {
  /** What the flags set, which every later configuration gets as well. */
  readonly flags: object;
}

async function runGateway(context: CommandContext, run: Run, demo?: Demo): Promise<void> {
  const { config, env } = run;
  if (config.accounts.length === 0) throw new CommandError(NO_ACCOUNT, 2);
  const destination = new LogDestination();
  const log = context.log(config.verbose, destination);
  const kept = await openKept(config, env, log, demo !== undefined && config.dataDir === undefined);
  const started = await startGateway(config, env, kept, log, demo !== undefined).catch(async (error: unknown) => {
    await kept.store.close();
    throw error;
  });
  const endLogExport = await exportLogs(env, destination, started.gateway);
  const orders = takeOrders(env);
  // A demo has a configuration that no file holds.
  const stopReloading = demo === undefined ? reloadOnChange(context, run, started, orders, log) : () => {};
  try {
    const server = await listen(createApp(started), config.server, started.gateway.newId);
    if (demo === undefined) greet(context, server.url, config, kept);
    else await demo.greet(context, server.url, started.gateway, kept.dataDir);
    log.info({ reason: await orders.stop }, "shutting down");
    started.drain();
    await server.close(config.server.shutdownGraceMs, orders.hurry);
  } finally {
    stopReloading();
    await started.close();
    orders.close();
    await endLogExport();
  }
  log.info("stopped");
  if (orders.hurry.aborted) throw new CommandError("Told twice to stop, so what was under way was cut.", 1);
}

/** Pushes the log as well, if the environment asks for it, until the returned function is called. */
async function exportLogs(
  env: Environment,
  destination: LogDestination,
  gateway: Gateway,
): Promise<() => Promise<void>> {
  const target = otlpTarget(env, "LOGS");
  if (target === undefined) return async () => {};
  const { startLogExport } = await import("../telemetry/log-export.ts");
  const { metrics, log } = gateway;
  const logExport = startLogExport(target, { resource: metrics.resource, tell: (problem) => log.warn(problem) });
  destination.forward(logExport.write);
  return async () => {
    destination.forward(undefined);
    await settledWithin(LAST_PUSH_MS, logExport.shutdown());
  };
}

/** Takes the configuration anew at SIGHUP and when one of its files changes, until the returned function is called. */
function reloadOnChange(
  context: CommandContext,
  { flags }: Run,
  started: StartedGateway,
  orders: Orders,
  log: Logger,
): () => void {
  const reload = async (): Promise<void> => {
    try {
      const { config, env } = await context.load(flags);
      if (config.accounts.length === 0) throw new ConfigError(["accounts: at least one is needed"]);
      started.reload(config, env);
      log.info("the configuration was read again and is in force");
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      log.error({ problems: error.problems }, "the new configuration cannot be used; the old one stays");
    }
  };
  // One at a time, in the order in which they were asked for.
  let last = Promise.resolve();
  const again = (): void => void (last = last.then(reload));
  orders.onReload(again);
  return watchFiles(context.configFiles, again);
}

/** The simulator is loaded for a demo only. */
async function demoOf(config: Config): Promise<Demo> {
  const { startDemo } = await import("./demo.ts");
  return startDemo(config);
}

function flagsOf({ host, port, publicMetrics, captureContent, verbose }: ServeOptions): object {
  const server = { ...(host === undefined ? {} : { host }), ...(port === undefined ? {} : { port }) };
  return {
    server,
    ...(publicMetrics === true ? { metrics: { public: true } } : {}),
    ...(captureContent === true ? { tracing: { captureContent: true } } : {}),
    ...(verbose === true ? { verbose: true } : {}),
  };
}

function port(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new InvalidArgumentError("It must be a whole number from 0 to 65535.");
}

function greet(context: CommandContext, url: string, config: Config, kept: Kept): void {
  const accounts = config.accounts.map((account) => account.name);
  const lines = [
    `Link.Assistant.Router listens on ${url}`,
    `Accounts: ${accounts.join(", ")}`,
    `Data: ${kept.dataDir}`,
    ...(config.tokens.adminKey === undefined ? [adminKeyLine(kept)] : []),
    "Issue a router token with: link-assistant-router tokens issue --label alice",
  ];
  const shown = kept.adminKeyMade ? { admin_key: kept.adminKey.reveal() } : {};
  context.print({ url, accounts, data_dir: kept.dataDir, ...shown }, () => `${lines.join("\n")}\n`);
}

function adminKeyLine({ dataDir, adminKey, adminKeyMade }: Kept): string {
  const place = `kept in ${dataDir}/admin-key`;
  return adminKeyMade ? `Admin key, shown this once (${place}): ${adminKey.reveal()}` : `Admin key: ${place}`;
}
