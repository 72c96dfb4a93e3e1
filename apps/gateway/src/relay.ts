import type { IncomingMessage, ServerResponse } from "node:http";

import { GatewayError } from "@link-assistant/core";
import { TranslationError } from "@link-assistant/translator";

import { attempt } from "./attempt.ts";
import type { FailedAttempt } from "./attempt.ts";
import { authenticate, mayDebug } from "./authenticate.ts";
import { discardBody, readBody } from "./body.ts";
import { Exchange, asFault } from "./exchange.ts";
import type { Gateway } from "./gateway.ts";
import { estimateFor, mustEstimate, outgoingFor, translationAnswer } from "./outgoing.ts";
import type { Outgoing } from "./outgoing.ts";
import { destinations } from "./route.ts";
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
    exchange.debug = mayDebug(gateway.adminKey, exchange.token, req.headers);
    const body = await readBody(req, gateway.config.server);
    if (body === undefined) return;
    exchange.call = surface.read(req, path, body);
    await serve(exchange, exchange.call);
  } catch (error) {
    await discardBody(req, gateway.config.server);
    if (error instanceof TranslationError) return exchange.answerWith(translationAnswer(surface, error));
    exchange.answerFault(asFault(error, gateway, exchange.id));
  }
}

/** Tries one upstream after the other, and at each one account after the other, while that may help and nothing has reached the client. */
async function serve(exchange: Exchange, call: NonNullable<Exchange["call"]>): Promise<void> {
  const { gateway } = exchange;
  let left = gateway.config.routing.maxAttempts;
  let failed: FailedAttempt | undefined;
  let untranslatable: TranslationError | undefined;
  for (const { upstream, model, accounts } of await destinations(gateway, call, exchange.token?.account ?? null)) {
    if (mustEstimate(call, upstream))
      return exchange.answerEstimate(estimateFor(call, upstream, model, factsOf(exchange)));
    let outgoing: Outgoing;
    try {
      outgoing = outgoingFor(call, upstream, model, factsOf(exchange));
    } catch (error) {
      // Another upstream may be able to say what this one cannot.
      if (!(error instanceof TranslationError)) throw error;
      untranslatable = error;
      continue;
    }
    for (const account of accounts) {
      if (left-- === 0) return failed?.answer(exchange);
      const outcome = await attempt(exchange, outgoing, upstream, account);
      if (outcome.kind === "served") return;
      failed = outcome;
      if (!outcome.failure.elsewhere) return failed.answer(exchange);
    }
  }
  if (failed !== undefined) return failed.answer(exchange);
  if (untranslatable !== undefined) throw untranslatable;
}

function factsOf({ id, gateway }: Exchange): { id: string; nowMs: number } {
  return { id, nowMs: gateway.now() };
}
