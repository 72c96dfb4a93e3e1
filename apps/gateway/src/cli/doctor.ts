import { createServer } from "node:net";

import { Command } from "commander";

import { openKept } from "../start.ts";
import type { CommandContext } from "./context.ts";
import { probeAccounts } from "./probe.ts";
import { CommandError } from "./terminal.ts";

interface Finding {
  readonly check: string;
  readonly ok: boolean;
  readonly says: string;
}

/** `doctor`: looks at everything that a start needs, and says what to mend. */
export function doctorCommand(context: CommandContext): Command {
  return new Command("doctor").description("check everything that the gateway needs").action(async () => {
    const findings = await examine(context);
    context.print({ healthy: findings.every((finding) => finding.ok), findings }, () =>
      findings.map((finding) => `${finding.ok ? "ok     " : "PROBLEM"}  ${finding.check}: ${finding.says}\n`).join(""),
    );
    if (!findings.every((finding) => finding.ok)) throw new CommandError("", 1);
  });
}

async function examine(context: CommandContext): Promise<Finding[]> {
  const { config, env } = await context.load();
  const findings: Finding[] = [{ check: "configuration", ok: true, says: "valid" }];
  findings.push(
    await look("data directory and database", async () => {
      const kept = openKept(config, env, context.log(false));
      const records = await kept.store.tokens.list();
      await kept.store.close();
      return `usable, ${records.length} router tokens`;
    }),
    await look(`port ${config.server.port}`, () => portIsFree(config.server.host, config.server.port)),
  );
  if (config.accounts.length === 0)
    findings.push({ check: "accounts", ok: false, says: "none is configured; set ANTHROPIC_API_KEY" });
  for (const result of await probeAccounts(config, env)) {
    findings.push({
      check: `account ${result.name}`,
      ok: result.ok,
      says: result.ok ? `answers, ${result.models} models` : result.problem,
    });
  }
  return findings;
}

async function look(check: string, examineIt: () => Promise<string>): Promise<Finding> {
  try {
    return { check, ok: true, says: await examineIt() };
  } catch (error) {
    return { check, ok: false, says: error instanceof Error ? error.message : String(error) };
  }
}

function portIsFree(host: string, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) =>
      reject(new Error(`${error.code ?? "unknown"}: the gateway runs already, or another program has it`)),
    );
    server.listen(port, host, () => server.close(() => resolve("free")));
  });
}
