import { Command } from "commander";

import { CommandError, table } from "./terminal.ts";
import type { CommandContext } from "./context.ts";
import { probeAccounts } from "./probe.ts";

/** `accounts list|test` */
export function accountsCommand(context: CommandContext): Command {
  const accounts = new Command("accounts").description("list and test the configured accounts");
  accounts
    .command("list")
    .description("list the configured accounts")
    .action(async () => {
      const { config } = await context.load();
      const rows = config.accounts.map(({ name, upstream, kind, priority }) => ({ name, upstream, kind, priority }));
      context.print({ accounts: rows }, () =>
        table(
          ["NAME", "UPSTREAM", "KIND", "PRIORITY"],
          rows.map((row) => [row.name, row.upstream, row.kind, String(row.priority)]),
        ),
      );
    });
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
  return accounts;
}
