import type { IncomingMessage, ServerResponse } from "node:http";

import { GatewayError } from "@link-assistant/core";
import type { Failure } from "@link-assistant/core";
import { TranslationError } from "@link-assistant/translator";

import { admit, checkPlace } from "./admit.ts";
import { attempt } from "./attempt.ts";
import type { Attempted, FailedAttempt } from "./attempt.ts";
import { authenticate, mayDebug } from "./authenticate.ts";
import { discardBody, readBody } from "./body.ts";
import { Exchange } from "./exchange.ts";
import { asFault } from "./faults.ts";
import type { Gateway } from "./gateway.ts";
import { estimateFor, mustEstimate, outgoingFor, translationAnswer } from "./outgoing.ts";
import type { Outgoing } from "./outgoing.ts";
import { destinations } from "./route.ts";
import type { Destination } from "./route.ts";
import { sessionKey } from "./session-key.ts";
import type { Call, SurfaceApi } from "./surfaces/surface.ts";

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
    await answer(exchange, path);
  } catch (error) {
    await discardBody(req, gateway.config.server);
    if (error instanceof TranslationError) exchange.answerWith(translationAnswer(surface, error, exchange.id));
    else exchange.answerFault(asFault(error, gateway, exchange.id));
  }
  await exchange.sent;
}

async function answer(exchange: Exchange, path: string): Promise<void> {
  const { gateway, surface, req } = exchange;
  if (gateway.draining()) throw new GatewayError("shutting_down", { headers: { connection: "close" } });
  const token = authenticate(gateway.tokens, req.headers, "inference");
  exchange.token = token instanceof Promise ? await token : token;
  checkPlace(exchange.token, surface, req, gateway);
  exchange.debug = mayDebug(gateway.adminKey, exchange.token, req.headers);
  const body = await readBody(req, gateway.config.server);
  if (body === undefined) return;
  exchange.moments.bodyRead = performance.now();
  const call = surface.read(req, path, body);
  exchange.call = call;
  if (gateway.pool.size > 1) exchange.session = sessionKey(call);
  await admit(exchange, call);
  await serve(exchange, call);
}

/** Tries one upstream after the other, and at each one account after the other, while that may help and nothing has reached the client. */
async function serve(exchange: Exchange, call: Call): Promise<void> {
  const { gateway } = exchange;
  let failed: FailedAttempt | undefined;
  let untranslatable: TranslationError | undefined;
  for (const destination of await destinations(gateway, call, exchange.token, exchange.session)) {
    const { upstream, model } = destination;
    if (mustEstimate(call, upstream))
      return exchange.answerEstimate(estimateFor(call, upstream, model, factsOf(exchange)));
    try {
      const outcome = await tryAccounts(exchange, outgoingFor(call, upstream, model, factsOf(exchange)), destination);
      if (outcome === undefined) continue;
      if (outcome.kind === "served") return;
      failed = outcome;
      if (!goesOn(outcome.failure, destination)) break;
    } catch (error) {
      // Another upstream may be able to say what this one cannot.
      if (!(error instanceof TranslationError)) throw error;
      untranslatable = error;
    }
  }
  if (failed !== undefined) return failed.answer(exchange);
  if (untranslatable !== undefined) throw untranslatable;
}

/** Whether the next upstream may do better. */
function goesOn({ kind, elsewhere }: Failure, { fallbackOn }: Destination): boolean {
  return fallbackOn?.includes(kind) ?? elsewhere;
}

/** What came of the last account that was tried; undefined when there were attempts enough before. */
async function tryAccounts(
  exchange: Exchange,
  outgoing: Outgoing,
  { upstream, accounts }: Destination,
): Promise<Attempted | undefined> {
  const { maxAttempts } = exchange.gateway.config.routing;
  let outcome: Attempted | undefined;
  for (const account of accounts) {
    if (exchange.attempts >= maxAttempts) return outcome;
    outcome = await attempt(exchange, outgoing, upstream, account);
    if (outcome.kind === "served" || !outcome.failure.elsewhere) return outcome;
  }
  return outcome;
}

function factsOf({ id, gateway }: Exchange): { id: string; nowMs: number } {
  return { id, nowMs: gateway.now() };
}
