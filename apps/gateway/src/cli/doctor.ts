import { once } from "node:events";
import { createServer } from "node:net";

import type { Config } from "@link-assistant/core";
import { Command } from "commander";

import { ListenError, urlOf } from "../server.ts";
import { openKept } from "../kept.ts";
import type { CommandContext } from "./context.ts";
import { probeAccounts } from "./probe.ts";
import { CommandError } from "./terminal.ts";

/** Longest wait for a gateway to say what it is. */
const GREETING_TIMEOUT_MS = 1000;

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
      const kept = await openKept(config, env, context.log(false));
      try {
        return `usable, ${(await kept.store.tokens.list()).length} router tokens`;
      } finally {
        await kept.store.close();
      }
    }),
    await look(`port ${config.server.port}`, () => tryPort(config.server)),
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

/** A port that is taken is no problem when it is this gateway that runs there. */
async function tryPort({ host, port }: Config["server"]): Promise<string> {
  const server = createServer().listen(port, host);
  try {
    await once(server, "listening");
    return "free";
  } catch (error) {
    if (await isGateway(urlOf(host, port))) return "the gateway runs there";
    throw new ListenError({ host, port }, error);
  } finally {
    server.close();
  }
}

async function isGateway(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(GREETING_TIMEOUT_MS) });
    return (await response.text()).startsWith("Link.Assistant.Router");
  } catch {
    return false;
  }
}
