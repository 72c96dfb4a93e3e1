import { readFileSync, statSync } from "node:fs";

import { TOKEN_LIMITS, TOKEN_SCOPES } from "@link-assistant/core";
import type { Config, TokenRecord, TokenRegistry } from "@link-assistant/core";
import { Argument, Command, InvalidArgumentError, Option } from "commander";

import { limitsView } from "../admin/limits.ts";
import { tokenView } from "../admin/tokens.ts";
import { MAX_IMPORT_BYTES, TokenFileError, parseTokensLino } from "../lino/tokens-lino.ts";
import { errorCode } from "../error-code.ts";
import { openKept, openTokens } from "../kept.ts";
import type { CommandContext } from "./context.ts";
import { limitsOfFlags, withLimitOptions } from "./limit-options.ts";
import type { LimitFlags } from "./limit-options.ts";
import { CommandError, table } from "./terminal.ts";

/** `tokens …`: works on the data directory itself, whether the gateway runs or not. */
export function tokensCommand(context: CommandContext): Command {
  const tokens = new Command("tokens").description("issue, list and revoke router tokens");
  const idArgument = new Argument("<id>", "the token's id");
  withLimitOptions(tokens.command("issue"))
    .description("issue a router token; it is shown once")
    .option("--ttl-hours <hours>", "hours until it expires", hours, TOKEN_LIMITS.defaultTtlHours)
    .option("--label <text>", "a name for people", "")
    .option("--account <name>", "the one account it may use")
    .addOption(new Option("--scope <scope...>", "what it may do").choices(TOKEN_SCOPES).default(["inference"]))
    .action((options) => issue(context, options));
  tokens
    .command("list")
    .description("list all router tokens")
    .action(() => list(context));
  tokens
    .command("show")
    .description("show one router token's record")
    .addArgument(idArgument)
    .action((id: string) => change(context, (registry) => known(registry, id)));
  withLimitOptions(tokens.command("limit"), true)
    .description("change a router token's limits; those that are not named stay")
    .addArgument(idArgument)
    .action((id: string, options) =>
      change(context, (registry) => registry.change(id, { limits: limitsOfFlags(options) })),
    );
  tokens
    .command("revoke")
    .description("revoke a router token for good")
    .addArgument(idArgument)
    .action((id: string) => change(context, async (registry) => (await registry.revoke(id)).record));
  tokens
    .command("expire")
    .description("let a router token expire now")
    .addArgument(idArgument)
    .action((id: string) => change(context, (registry) => registry.expire(id)));
  tokens
    .command("import")
    .description("import the records of the original's `tokens.lino`; its tokens work here with the same TOKEN_SECRET")
    .argument("<file>", "the file")
    .action((file: string) => importLino(context, file));
  return tokens;
}

interface IssueOptions extends LimitFlags {
  readonly ttlHours: number;
  readonly label: string;
  readonly account?: string;
  readonly scope: TokenRecord["scopes"];
}

async function issue(context: CommandContext, options: IssueOptions): Promise<void> {
  await withTokens(context, async (registry, { accounts }) => {
    if (options.account !== undefined && !accounts.some((account) => account.name === options.account)) {
      throw new CommandError(`There is no account named ${options.account} in the configuration.`, 2);
    }
    const { token, record } = await registry.issue({
      ttlHours: options.ttlHours,
      label: options.label,
      account: options.account ?? null,
      scopes: options.scope,
      limits: limitsOfFlags(options),
    });
    context.print(
      { token, ...tokenView(record) },
      () => `${token}\n\nid ${record.id}, expires ${iso(record.expiresAtMs)}. It is not shown again.\n`,
    );
  });
}

async function list(context: CommandContext): Promise<void> {
  await withTokens(context, async (registry) => {
    const records = registry.list();
    const nowMs = Date.now();
    context.print({ data: records.map(tokenView) }, () =>
      records.length === 0
        ? "No router tokens yet. `tokens issue` makes one.\n"
        : table(
            ["ID", "LABEL", "STATE", "EXPIRES", "ACCOUNT", "SCOPES"],
            records.map((record) => [
              record.id,
              record.label,
              stateOf(record, nowMs),
              iso(record.expiresAtMs),
              record.account ?? "any",
              record.scopes.join(","),
            ]),
          ),
    );
  });
}

async function change(
  context: CommandContext,
  apply: (registry: TokenRegistry) => TokenRecord | Promise<TokenRecord>,
): Promise<void> {
  await withTokens(context, async (registry) => {
    const record = await apply(registry);
    context.print(tokenView(record), () =>
      table(
        ["FIELD", "VALUE"],
        [
          ["id", record.id],
          ["label", record.label],
          ["state", stateOf(record, Date.now())],
          ["issued", iso(record.issuedAtMs)],
          ["expires", iso(record.expiresAtMs)],
          ["account", record.account ?? "any"],
          ["scopes", record.scopes.join(",")],
          ...Object.entries(limitsView(record.limits)).map(([name, value]) => [name, String(value)]),
        ],
      ),
    );
  });
}

async function importLino(context: CommandContext, file: string): Promise<void> {
  const records = readTokenFile(file);
  await withTokens(context, async (registry) => {
    const { imported, known: knownBefore } = await registry.import(records);
    context.print({ imported, known: knownBefore }, () => `${imported} imported, ${knownBefore} known before.\n`);
  });
}

function readTokenFile(file: string): TokenRecord[] {
  try {
    const { size } = statSync(file);
    if (size > MAX_IMPORT_BYTES) throw new CommandError(`${file} is larger than ${MAX_IMPORT_BYTES} bytes.`, 2);
    return parseTokensLino(readFileSync(file, "utf8"));
  } catch (error) {
    if (error instanceof CommandError) throw error;
    if (error instanceof TokenFileError) throw new CommandError(`${file}, ${error.message}. Nothing was imported.`, 2);
    throw new CommandError(`${file} cannot be read (${errorCode(error)}).`, 2);
  }
}

async function withTokens(
  context: CommandContext,
  use: (registry: TokenRegistry, config: Config) => Promise<void>,
): Promise<void> {
  const { config, env } = await context.load();
  const kept = await openKept(config, env, context.log(false));
  try {
    await use(await openTokens(kept), config);
  } finally {
    await kept.store.close();
  }
}

function known(registry: TokenRegistry, id: string): TokenRecord {
  const record = registry.get(id);
  if (record === undefined) throw new CommandError(`There is no router token of the id ${id}.`, 1);
  return record;
}

function stateOf(record: TokenRecord, nowMs: number): string {
  if (record.revokedAtMs !== null) return "revoked";
  return record.expiresAtMs <= nowMs ? "expired" : "active";
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

function hours(text: string): number {
  const value = Number(text);
  if (value > 0 && value <= TOKEN_LIMITS.maxTtlHours) return value;
  throw new InvalidArgumentError(`It must be above 0 and at most ${TOKEN_LIMITS.maxTtlHours}.`);
}
