import type { IncomingHttpHeaders } from "node:http";

import { errorTurn } from "./build-turn.ts";
import { leaksOf, type Leak, type LeakRule } from "./leak.ts";
import type { UsageReader } from "./recorded-frames.ts";
import type { SimRequest } from "./request.ts";
import { refusalBy, type Rule } from "./rule.ts";
import { scriptFailure } from "./script.ts";
import type { Step } from "./step.ts";
import { recordingSteps, silentSteps, type Headers } from "./steps.ts";
import type { ErrorTurn, MessageTurn, Turn } from "./turn.ts";

/** What is done with one request. */
export interface Answer {
  readonly steps: readonly Step[];
  /** The model that answers; absent when none does. */
  readonly model?: string;
  /** Whether the answer has all that belongs to it. Default true. */
  readonly whole?: boolean;
}

/** A simulated service without its socket: everything between a request and the steps of its answer. */
export interface Service {
  /** The id of the next request. */
  readonly requestId: () => string;
  /** The credential that a request presents; `undefined` when it presents none. */
  readonly credentialOf: (headers: IncomingHttpHeaders) => string | undefined;
  /** Everything in a request that must not reach an upstream. */
  readonly leaksOf: (request: SimRequest) => Leak[];
  /** Answers a request, in which there may have been leaks. */
  readonly answer: (request: SimRequest, leaks: readonly Leak[]) => Promise<Answer>;
}

/** A request before anybody looks into its body. */
export interface Envelope {
  readonly request: SimRequest;
  readonly leaks: readonly Leak[];
  /** The credentials that are accepted; absent: any. */
  readonly credentials: readonly string[] | undefined;
}

/** One thing that a service offers. */
export interface Route<Endpoint extends string> {
  readonly method: string;
  readonly path: RegExp;
  readonly endpoint: Endpoint;
  readonly answer: (request: SimRequest, url: URL) => Answer | Promise<Answer>;
}

/** What tells one service from another. */
export interface Api<Endpoint extends string> {
  readonly requestId: () => string;
  readonly credentialOf: (headers: IncomingHttpHeaders) => string | undefined;
  readonly leakRules: readonly LeakRule[];
  readonly credentials: readonly string[] | undefined;
  readonly envelopeRules: readonly Rule<Envelope, Endpoint>[];
  readonly routes: readonly Route<Endpoint>[];
  /** What a request is told for which there is no route. */
  readonly notFound: (request: SimRequest) => string;
  readonly errorSteps: (error: ErrorTurn["error"], request: SimRequest) => Step[];
}

/** The service of an API; a script that fails is answered with 500. */
export function createService<Endpoint extends string>(api: Api<Endpoint>): Service {
  const refused = (error: ErrorTurn["error"], request: SimRequest): Answer => ({
    steps: api.errorSteps(error, request),
  });
  return {
    requestId: api.requestId,
    credentialOf: api.credentialOf,
    leaksOf: (request) => leaksOf(request, api.leakRules),
    async answer(request, leaks) {
      const url = URL.parse(request.path, "http://simulator");
      const route = api.routes.find(({ method, path }) => method === request.method && path.test(url?.pathname ?? ""));
      if (route === undefined || url === null)
        return refused(errorTurn("not_found_error", api.notFound(request)).error, request);
      const envelope = { request, leaks, credentials: api.credentials };
      const refusal = refusalBy(api.envelopeRules, route.endpoint, envelope);
      if (refusal !== undefined) return refused(refusal, request);
      try {
        return await route.answer(request, url);
      } catch (error) {
        return refused(scriptFailure(String(error)).error, request);
      }
    },
  };
}

/** What a turn is played with. */
export interface Playing {
  readonly model: string;
  /** The headers of every answer to the request. */
  readonly headers: Headers;
  readonly usage: UsageReader;
  readonly errorSteps: (error: ErrorTurn["error"]) => Step[];
  readonly messageSteps: (turn: MessageTurn) => Step[];
}

/** The answer that a turn describes. */
export function turnAnswer(turn: Turn, playing: Playing): Answer {
  if ("error" in turn) return { steps: playing.errorSteps(turn.error) };
  if ("silent" in turn) return { steps: silentSteps(turn) };
  const { model, headers, usage } = playing;
  if ("recording" in turn) return { steps: recordingSteps(turn, headers, usage), model };
  return { steps: playing.messageSteps(turn), model, whole: turn.cut === undefined };
}
