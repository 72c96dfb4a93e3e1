import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { call } from "./client.ts";
import type { Call, Client, Orders, Said, Tools } from "./client.ts";
import { runClient } from "./run-client.ts";
import type { ClientRun } from "./run-client.ts";

/** It tries again after everything but a 400, also where it is told not to. Its own number would be 5. */
const RETRIES = 1;

const shell: Tools["shell"] = (command) => call("exec_command", { cmd: command });
const look: Tools["look"] = (path) => shell(`cat '${path}'`);

/** Codex with a model that it knows: it patches files with a free-form tool. */
export const CODEX: Client = codex("gpt-5.5", {
  look,
  edit: (...edit) => call("apply_patch", { input: patchOf(...edit) }),
  shell,
});

/** Codex with a model that it does not know: it patches files by its shell, and has further tools in a namespace. */
export const CODEX_PLAIN: Client = codex("claude-opus-5-5", {
  look,
  edit: (...edit) => shell(`apply_patch <<'EOF'\n${patchOf(...edit)}EOF`),
  shell,
});

/** Codex with one of the newest models: it has no plain tools, but a namespace with one that runs scripts, told of within the input. */
export const CODEX_SCRIPTING: Client = codex("gpt-6-sol", {
  look: (path) => shellScript(`cat '${path}'`),
  edit: (...edit) => call("exec", { input: `text(await tools.apply_patch(${JSON.stringify(patchOf(...edit))}));` }),
  shell: shellScript,
});

function shellScript(command: string): Call {
  const cmd = JSON.stringify(command);
  return call("exec", { input: `text((await tools.exec_command({ cmd: ${cmd} })).output);` });
}

function patchOf(path: string, from: string, to: string): string {
  return `*** Begin Patch\n*** Update File: ${path}\n@@\n-${from}\n+${to}\n*** End Patch\n`;
}

function codex(model: string, tools: Tools): Client {
  return {
    name: `Codex, ${model}`,
    release: {
      id: "codex",
      package: "@openai/codex",
      version: "0.169.0",
      program: "@openai/codex-*/vendor/*/bin/codex",
    },
    surface: "openai_responses",
    tools,
    asksWhenRefused: 1 + RETRIES,
    run: (orders) => runCodex(model, orders),
    said,
  };
}

async function runCodex(model: string, { program, prompt, url, token, cwd, home, stop }: Orders): Promise<ClientRun> {
  // Below the folder for temporary files it would not offer `apply_patch` to its shell.
  const [config, temporary] = [join(home, "config"), join(home, "tmp")];
  await Promise.all([mkdir(config), mkdir(temporary)]);
  await writeFile(join(config, "config.toml"), configFor(model, url));
  return runClient(
    program,
    ["exec", "--json", "--skip-git-repo-check", "--dangerously-bypass-approvals-and-sandbox", prompt],
    {
      cwd,
      env: { PATH: process.env["PATH"], HOME: home, TMPDIR: temporary, CODEX_HOME: config, ROUTER_TOKEN: token },
      stop,
    },
  );
}

function configFor(model: string, url: string): string {
  return `model = ${JSON.stringify(model)}
model_provider = "router"
check_for_update_on_startup = false

[analytics]
enabled = false

[model_providers.router]
name = "router"
base_url = ${JSON.stringify(`${url}/v1`)}
env_key = "ROUTER_TOKEN"
wire_api = "responses"
stream_max_retries = ${RETRIES}
`;
}

/** One line of what Codex prints with `--json`, as far as it is looked at. */
type Line =
  | { readonly type: "item.completed"; readonly item: { readonly type: string; readonly text?: string } }
  | { readonly type: "turn.failed"; readonly error: { readonly message: string } }
  | {
      readonly type: "turn.completed";
      readonly usage: Readonly<Record<"input_tokens" | "cached_input_tokens" | "output_tokens", number>>;
    };

function said({ stdout }: ClientRun): Said {
  const lines = stdout.split("\n").flatMap((line): Line[] => (line.startsWith("{") ? [JSON.parse(line)] : []));
  const failure = lines.find((line) => line.type === "turn.failed");
  if (failure !== undefined) return { text: failure.error.message, failed: true };
  const items = lines.flatMap((line) => (line.type === "item.completed" ? [line.item] : []));
  const text = items.findLast(({ type }) => type === "agent_message")?.text ?? "";
  const usage = lines.find((line) => line.type === "turn.completed")?.usage;
  if (usage === undefined) return { text, failed: true };
  const { input_tokens: prompt, cached_input_tokens: cacheRead, output_tokens: output } = usage;
  return { text, failed: false, tokens: { prompt, cacheRead, output } };
}
