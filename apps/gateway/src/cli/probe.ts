import type { AccountConfig, Config } from "@link-assistant/core";

import { isJsonObject } from "../body.ts";
import type { Environment } from "../config/environment.ts";
import { openCredentials } from "../credentials/credentials.ts";
import { errorCode } from "../error-code.ts";
import { accountSecret } from "../start.ts";
import { kindOf, open } from "../upstreams/open-upstreams.ts";
import type { Upstream } from "../upstreams/upstream.ts";

/** What a probe of an account found. */
export type ProbeResult =
  | { readonly name: string; readonly ok: true; readonly models: number }
  | { readonly name: string; readonly ok: false; readonly problem: string };

const BOUNDS = { maxBytes: 4_194_304, timeoutMs: 10_000 } as const;

/** Asks the upstream for its models with the credential of each of these accounts of the configuration. */
export async function probeAccounts(
  config: Config,
  env: Environment,
  accounts: readonly AccountConfig[] = config.accounts,
): Promise<ProbeResult[]> {
  return Promise.all(
    accounts.map(async (account): Promise<ProbeResult> => {
      const { name } = account;
      const upstream = open(account.upstream, config.upstreams);
      try {
        return { name, ok: true, models: await countModels(upstream, account, config, env) };
      } catch (error) {
        return { name, ok: false, problem: wordsOf(error) };
      } finally {
        await upstream.close();
      }
    }),
  );
}

async function countModels(
  upstream: Upstream,
  account: AccountConfig,
  { accounts, upstreams }: Config,
  env: Environment,
): Promise<number> {
  let problem = "";
  const credentials = openCredentials([account], {
    secretOf: (secret) => accountSecret(secret, accounts.indexOf(account), env),
    takesApiKeys: () => kindOf(account.upstream, upstreams) === "anthropic",
    onChange: () => {},
    onProblem: (_name, reason) => (problem = reason),
  });
  try {
    const credential = credentials.get(account.name);
    const header = credential?.header();
    if (credential === undefined || header === undefined) throw new Error(`credential cannot be read: ${problem}`);
    const list = await upstream.listModels(header, credential.betas, BOUNDS);
    return isJsonObject(list) && Array.isArray(list["data"]) ? list["data"].length : 0;
  } finally {
    credentials.close();
  }
}

/** Of a host with several addresses that all refuse, the error has no message of its own. */
function wordsOf(error: unknown): string {
  return error instanceof Error && error.message !== "" ? error.message : errorCode(error);
}
