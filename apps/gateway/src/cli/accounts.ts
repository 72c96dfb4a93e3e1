import { READY, isUsable } from "@link-assistant/core";
import type { AccountStateRecord, AccountStateStore, Config } from "@link-assistant/core";
import { Command } from "commander";

import { openKept } from "../kept.ts";
import { openShared } from "../start.ts";

import { CommandError, table } from "./terminal.ts";
import type { CommandContext } from "./context.ts";
import { probeAccounts } from "./probe.ts";

/** `accounts list|test|reset` */
export function accountsCommand(context: CommandContext): Command {
  const accounts = new Command("accounts").description("list, test and reset the configured accounts");
  accounts
    .command("list")
    .description("list the configured accounts, with what was last known of them")
    .action(() => list(context));
  accounts
    .command("test")
    .description("ask the upstream for its models with each account's credential; costs nothing")
    .argument("[name]", "only this account")
    .action(async (name?: string) => {
      const { config, env } = await context.load();
      const chosen = config.accounts.filter((account) => name === undefined || account.name === name);
      if (chosen.length === 0)
        throw new CommandError(
          name === undefined ? "No account is configured." : `There is no account named ${name}.`,
          2,
        );
      const results = await probeAccounts(config, env, chosen);
      context.print({ accounts: results }, () =>
        table(
          ["NAME", "RESULT"],
          results.map((result) => [result.name, result.ok ? `ok, ${result.models} models` : result.problem]),
        ),
      );
      if (!results.every((result) => result.ok)) throw new CommandError("", 1);
    });
  accounts
    .command("reset")
    .description("make an account ready at once; a gateway that runs on the same data hears of it")
    .argument("<name>", "the account")
    .action((name: string) => reset(context, name));
  return accounts;
}

async function list(context: CommandContext): Promise<void> {
  await withStates(context, async (states, { accounts }) => {
    const records = await states.list();
    const nowMs = Date.now();
    const rows = accounts.map(({ name, upstream, kind, priority, weight }) => {
      const resting = records.filter(({ account, state }) => account === name && !isUsable(state, nowMs));
      return { name, upstream, kind, priority, weight, rests: resting.map(restOf) };
    });
    context.print({ accounts: rows }, () =>
      table(
        ["NAME", "UPSTREAM", "KIND", "PRIORITY", "STATE"],
        rows.map(({ name, upstream, kind, priority, rests }) => [
          name,
          upstream,
          kind,
          String(priority),
          rests.map(({ model, state, until }) => `${model ?? "all models"} ${state} until ${until}`).join("; ") ||
            "ready",
        ]),
      ),
    );
  });
}

interface Rest {
  /** `null`: the account as a whole. */
  readonly model: string | null;
  readonly state: string;
  readonly reason: string | null;
  readonly until: string | null;
}

function restOf({ model, state }: AccountStateRecord): Rest {
  if (state.kind === "ready") return { model, state: state.kind, reason: null, until: null };
  return { model, state: state.kind, reason: state.reason, until: new Date(state.untilMs).toISOString() };
}

async function reset(context: CommandContext, name: string): Promise<void> {
  await withStates(context, async (states, { accounts }) => {
    if (!accounts.some((account) => account.name === name))
      throw new CommandError(`There is no account named ${name}.`, 2);
    const known = (await states.list()).filter(({ account }) => account === name);
    const models = new Set([null, ...known.map(({ model }) => model)]);
    for (const model of models) await states.put({ account: name, model, state: READY, changedAtMs: Date.now() });
    context.print({ account: name, state: "ready" }, () => `The account ${name} is ready.\n`);
  });
}

/** The states of accounts, wherever a gateway of this configuration keeps them. */
async function withStates(
  context: CommandContext,
  work: (states: AccountStateStore, config: Config) => Promise<void>,
): Promise<void> {
  const { config, env } = await context.load();
  const log = context.log(false);
  const kept = await openKept(config, env, log);
  const shared = config.redisUrl === undefined ? undefined : await openShared(config, env, kept, log);
  try {
    await work(shared?.accountStates ?? kept.store.accountStates, config);
  } finally {
    await shared?.close();
    await kept.store.close();
  }
}
