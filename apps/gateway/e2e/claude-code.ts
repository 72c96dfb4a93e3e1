import { join } from "node:path";

import { call } from "./client.ts";
import type { Client, Orders } from "./client.ts";
import { runClient } from "./run-client.ts";
import type { ClientRun } from "./run-client.ts";

/** Claude Code, as it comes. */
export const CLAUDE_CODE: Client = {
  name: "Claude Code",
  release: {
    id: "claude-code",
    package: "@anthropic-ai/claude-code",
    version: "2.1.330",
    program: "@anthropic-ai/claude-code-*/claude",
  },
  surface: "anthropic_messages",
  tools: {
    look: (file_path) => call("Read", { file_path }),
    edit: (file_path, from, to) => call("Edit", { file_path, old_string: from, new_string: to }),
    shell: (command) => call("Bash", { command, description: "Run a command" }),
  },
  asksWhenRefused: 1,
  run: runClaudeCode,
  said: (run) => {
    const { result, is_error, usage } = printedBy(run);
    const { input_tokens, cache_read_input_tokens, cache_creation_input_tokens, output_tokens } = usage;
    return {
      text: result,
      failed: is_error,
      tokens: {
        prompt: input_tokens + cache_read_input_tokens + cache_creation_input_tokens,
        cacheRead: cache_read_input_tokens,
        cacheWritten: cache_creation_input_tokens,
        output: output_tokens,
      },
    };
  },
};

function runClaudeCode({ program, prompt, url, token, cwd, home, stop }: Orders): Promise<ClientRun> {
  return runClient(program, ["-p", prompt, "--output-format", "json", "--dangerously-skip-permissions"], {
    cwd,
    env: {
      PATH: process.env["PATH"],
      HOME: home,
      TMPDIR: home,
      CLAUDE_CONFIG_DIR: join(home, "config"),
      ANTHROPIC_BASE_URL: url,
      ANTHROPIC_AUTH_TOKEN: token,
      // Without it Claude Code does not let root skip the permissions.
      IS_SANDBOX: "1",
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
      DISABLE_TELEMETRY: "1",
      DISABLE_ERROR_REPORTING: "1",
      DISABLE_AUTOUPDATER: "1",
    },
    stop,
  });
}

/** What Claude Code prints of a run with `--output-format json`, as far as it is looked at. */
interface Printed {
  readonly result: string;
  readonly is_error: boolean;
  readonly usage: Readonly<
    Record<"input_tokens" | "cache_read_input_tokens" | "cache_creation_input_tokens" | "output_tokens", number>
  >;
}

function printedBy({ stdout }: ClientRun): Printed {
  return JSON.parse(stdout);
}
