import { configJsonSchema } from "@link-assistant/core";
import { Command } from "commander";

import type { CommandContext } from "./context.ts";

/** `config check|schema` */
export function configCommand(context: CommandContext): Command {
  const config = new Command("config").description("check the configuration, or print its schema");
  config
    .command("check")
    .description("check the configuration and say what it amounts to")
    .action(async () => {
      const { config: checked } = await context.load();
      const accounts = checked.accounts.map((account) => account.name);
      context.print(
        { valid: true, accounts },
        () => `The configuration is valid. Accounts: ${accounts.join(", ") || "none"}.\n`,
      );
    });
  config
    .command("schema")
    .description("print the JSON Schema of the configuration file")
    .action(() => {
      const schema = configJsonSchema();
      context.print(schema, () => `${JSON.stringify(schema, null, 2)}\n`);
    });
  return config;
}
