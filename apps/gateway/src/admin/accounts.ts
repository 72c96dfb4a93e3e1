import { GatewayError } from "@link-assistant/core";

import { errorCode } from "../error-code.ts";
import type { Gateway } from "../gateway.ts";
import { isJsonObject } from "../body.ts";
import { accountsView } from "../ops.ts";

const BOUNDS = { maxBytes: 4_194_304, timeoutMs: 10_000 } as const;

/** `POST /api/accounts/{name}/reset`: makes the account and its models ready at once. */
export function resetAccount(gateway: Gateway, name: string): object {
  known(gateway, name);
  gateway.pool.reset(name, gateway.now());
  return accountsView(gateway).accounts.find((account) => account.name === name) ?? {};
}

/** `POST /api/accounts/{name}/test`: asks the upstream for its models with the account's credential, which costs nothing. */
export async function testAccount(gateway: Gateway, name: string): Promise<object> {
  const { upstream: upstreamName } = known(gateway, name);
  const upstream = gateway.upstreams.get(upstreamName);
  const credential = gateway.credentials.get(name);
  const header = credential?.header();
  if (upstream === undefined || credential === undefined || header === undefined)
    return { account: name, ok: false, error: "The account's credential cannot be read." };
  const beganAtMs = gateway.now();
  try {
    const list = await upstream.listModels(header, credential.betas, BOUNDS);
    const models = isJsonObject(list) && Array.isArray(list["data"]) ? list["data"].length : 0;
    return { account: name, ok: true, models, duration_ms: gateway.now() - beganAtMs };
  } catch (error) {
    const message = error instanceof Error && error.message !== "" ? error.message : errorCode(error);
    return { account: name, ok: false, error: message, duration_ms: gateway.now() - beganAtMs };
  }
}

function known({ pool }: Gateway, name: string): { readonly upstream: string } {
  const account = pool.account(name);
  if (account === undefined) throw new GatewayError("account_not_found");
  return account;
}
