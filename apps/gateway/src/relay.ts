import type { IncomingMessage, ServerResponse } from "node:http";

import { GatewayError } from "@link-assistant/core";
import type { Account } from "@link-assistant/core";

import { attempt } from "./attempt.ts";
import type { FailedAttempt } from "./attempt.ts";
import { authenticate } from "./authenticate.ts";
import { discardBody, readBody } from "./body.ts";
import { Exchange, asFault } from "./exchange.ts";
import type { Gateway } from "./gateway.ts";
import type { SurfaceApi } from "./surfaces/surface.ts";

/** One exchange, first byte to last. Settles when the client has all that it will get. */
export async function relay(
  gateway: Gateway,
  surface: SurfaceApi,
  path: string,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const exchange = new Exchange(gateway, surface, req, res);
  try {
    if (gateway.draining()) throw new GatewayError("shutting_down", { headers: { connection: "close" } });
    const token = authenticate(gateway.tokens, req.headers, "inference");
    exchange.token = token instanceof Promise ? await token : token;
    const body = await readBody(req, gateway.config.server);
    if (body === undefined) return;
    exchange.call = surface.read(req, path, body);
    let failed: FailedAttempt | undefined;
    for (const account of candidates(gateway, exchange.token.account)) {
      const outcome = await attempt(exchange, exchange.call, account);
      if (outcome.kind === "served") return;
      failed = outcome;
      if (!outcome.failure.elsewhere) break;
    }
    failed?.answer(exchange);
  } catch (error) {
    const fault = asFault(error, gateway, exchange.id);
    await discardBody(req, gateway.config.server);
    exchange.answerFault(fault);
  }
}

/** The accounts to try, in order; a fault when there is none to be tried now. */
function candidates(gateway: Gateway, bound: string | null): readonly Account[] {
  const { pool, config } = gateway;
  const nowMs = gateway.now();
  const ready = pool.pick(nowMs, bound);
  if (ready.length > 0) return ready.slice(0, config.routing.maxAttempts);
  if (pool.size === 0) throw new GatewayError("account_none");
  if (bound !== null && !pool.has(bound)) throw new GatewayError("account_unknown");
  const retryAfterSeconds = Math.max(1, Math.ceil(pool.readyInMs(nowMs, bound) / 1000));
  throw new GatewayError("accounts_cooling", { retryAfterSeconds });
}
