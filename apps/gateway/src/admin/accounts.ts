import { GatewayError } from "@link-assistant/core";

import { errorCode } from "../error-code.ts";
import type { Gateway } from "../gateway.ts";
import { isJsonObject } from "../body.ts";
import { accountsView } from "../ops.ts";
import { AnswerError } from "../upstreams/upstream.ts";

const BOUNDS = { maxBytes: 4_194_304, timeoutMs: 10_000 } as const;

/** `POST /api/accounts/{name}/reset`: makes the account and its models ready at once. */
export function resetAccount(gateway: Gateway, name: string): object {
  known(gateway, name);
  gateway.pool.reset(name, gateway.now());
  return accountsView(gateway).accounts.find((account) => account.name === name) ?? {};
}

/**
 * `POST /api/accounts/{name}/test`: asks the upstream for its models with the account's credential, which costs nothing. `status` is
 * the upstream's, `null` when it did not answer.
 */
export async function testAccount(gateway: Gateway, name: string): Promise<object> {
  const { upstream: upstreamName } = known(gateway, name);
  const upstream = gateway.upstreams.get(upstreamName);
  const credential = gateway.credentials.get(name);
  const header = credential?.header();
  if (upstream === undefined || credential === undefined || header === undefined)
    return {
      account: name,
      ok: false,
      status: null,
      duration_ms: 0,
      error: "The account's credential cannot be read.",
    };
  const beganAtMs = gateway.now();
  try {
    const list = await upstream.listModels(header, credential.betas, BOUNDS);
    const models = isJsonObject(list) && Array.isArray(list["data"]) ? list["data"].length : 0;
    return { account: name, ok: true, status: 200, models, duration_ms: gateway.now() - beganAtMs, error: null };
  } catch (error) {
    const message = error instanceof Error && error.message !== "" ? error.message : errorCode(error);
    const status = error instanceof AnswerError ? error.status : null;
    return { account: name, ok: false, status, duration_ms: gateway.now() - beganAtMs, error: message };
  }
}

function known({ pool }: Gateway, name: string): { readonly upstream: string } {
  const account = pool.account(name);
  if (account === undefined) throw new GatewayError("account_not_found");
  return account;
}
