import type { Config } from "@link-assistant/core";

import { isJsonObject } from "../body.ts";
import type { Environment } from "../config/environment.ts";
import { accountSecret } from "../start.ts";
import { openCredentials } from "../credentials/credentials.ts";
import { openAnthropicUpstream } from "../upstreams/anthropic.ts";

/** What a probe of an account found. */
export type ProbeResult =
  | { readonly name: string; readonly ok: true; readonly models: number }
  | { readonly name: string; readonly ok: false; readonly problem: string };

const BOUNDS = { maxBytes: 4_194_304, timeoutMs: 10_000 } as const;

/** Asks the upstream for its models with each account's credential. */
export async function probeAccounts(config: Config, env: Environment): Promise<ProbeResult[]> {
  const upstream = openAnthropicUpstream({ ...config.upstreams, ...config.upstreams.anthropic });
  const problems = new Map<string, string>();
  const credentials = openCredentials(config.accounts, {
    secretOf: (account) => accountSecret(account, config.accounts.indexOf(account), env),
    onChange: () => {},
    onProblem: (account, reason) => problems.set(account, `credential cannot be read: ${reason}`),
  });
  try {
    return await Promise.all(
      config.accounts.map(async ({ name }): Promise<ProbeResult> => {
        const credential = credentials.get(name);
        const header = credential?.header();
        if (credential === undefined || header === undefined)
          return { name, ok: false, problem: problems.get(name) ?? "no credential" };
        try {
          const list = await upstream.getJson("/v1/models?limit=1000", header, credential.betas, BOUNDS);
          return {
            name,
            ok: true,
            models: isJsonObject(list) && Array.isArray(list["data"]) ? list["data"].length : 0,
          };
        } catch (error) {
          return { name, ok: false, problem: error instanceof Error ? error.message : String(error) };
        }
      }),
    );
  } finally {
    credentials.close();
    await upstream.close();
  }
}
