import { BoundedMap } from "./bounded-map.ts";
import { errorTurn, textTurn } from "./build-turn.ts";
import { createIds, type Ids } from "./ids.ts";
import { isObject } from "./json.ts";
import type { Leak } from "./leak.ts";
import { messageOf } from "./message.ts";
import { modelBody, modelPage } from "./model-list.ts";
import { findModel, KNOWN_MODELS, permissiveModel, type SimModel } from "./model.ts";
import { createPromptCache, type PromptCache } from "./prompt-cache.ts";
import type { SimRequest } from "./request.ts";
import { callOf, type Call, type Lookup } from "./rules/call.ts";
import { ENVELOPE_RULES } from "./rules/envelope.ts";
import { CALL_RULES } from "./rules/index.ts";
import { refusalBy, type Endpoint } from "./rules/rule.ts";
import type { Script, SimulatorOptions } from "./simulator.ts";
import type { Step } from "./step.ts";
import { bufferedSteps, errorSteps, jsonSteps, recordingSteps, silentSteps, streamSteps } from "./steps.ts";
import { estimatePromptTokens } from "./tokens.ts";
import type { ErrorTurn, MessageTurn, Turn } from "./turn.ts";

/** What is done with one request. */
export interface Answer {
  readonly steps: readonly Step[];
  /** The model that answers; absent when none does. */
  readonly model?: string;
  /** Whether the answer has all that belongs to it. Default true. */
  readonly whole?: boolean;
}

interface Route {
  readonly method: string;
  readonly path: RegExp;
  readonly endpoint: Endpoint;
  readonly answer: (request: SimRequest, url: URL) => Answer | Promise<Answer>;
}

const MAX_THREADS = 10_000;

/** The simulated service without its socket: everything between a request and the steps of its answer. */
export class Service {
  readonly #ids: Ids;
  readonly #nextTurn: (request: SimRequest) => Promise<Turn>;
  readonly #models: readonly SimModel[];
  readonly #credentials: readonly string[] | undefined;
  readonly #lookup: Lookup;
  readonly #cache: PromptCache = createPromptCache();
  /** The credential that holds each thread, by the message it ends with. */
  readonly #threads: BoundedMap<string, string | undefined> = new BoundedMap(MAX_THREADS);
  readonly #routes: readonly Route[];

  constructor(options: SimulatorOptions) {
    const { name = "sim", models = KNOWN_MODELS, anyModel = false } = options;
    this.#ids = createIds(name);
    this.#nextTurn = turnSource(options.script ?? (() => textTurn("Hello from the simulator.")));
    this.#models = models.map(modelOf);
    this.#credentials = options.credentials;
    this.#lookup = {
      model: (asked) => findModel(this.#models, asked) ?? (anyModel ? permissiveModel(asked) : undefined),
      holdsThread: (messageId, credential) =>
        this.#threads.has(messageId) && this.#threads.get(messageId) === credential,
    };
    this.#routes = [
      { method: "POST", path: /^\/v1\/messages$/, endpoint: "messages", answer: (request) => this.#message(request) },
      {
        method: "POST",
        path: /^\/v1\/messages\/count_tokens$/,
        endpoint: "count_tokens",
        answer: (request) => this.#count(request),
      },
      { method: "GET", path: /^\/v1\/models$/, endpoint: "models", answer: (request, url) => this.#list(request, url) },
      {
        method: "GET",
        path: /^\/v1\/models\/[^/]+$/,
        endpoint: "models",
        answer: (request, url) => this.#model(request, url),
      },
    ];
  }

  /** The id of the next request. */
  requestId(): string {
    return this.#ids.request();
  }

  /** Answers a request, in which there may have been leaks; a script that fails is answered with 500. */
  async answer(request: SimRequest, leaks: readonly Leak[]): Promise<Answer> {
    const url = URL.parse(request.path, "http://simulator");
    const route = this.#routes.find(({ method, path }) => method === request.method && path.test(url?.pathname ?? ""));
    if (route === undefined || url === null) return refused(request, errorTurn("not_found_error", "Not found"));
    const envelope = { request, leaks, credentials: this.#credentials };
    const refusal = refusalBy(ENVELOPE_RULES, route.endpoint, envelope);
    if (refusal !== undefined) return refused(request, { error: refusal });
    try {
      return await route.answer(request, url);
    } catch (error) {
      return refused(request, scriptFailure(String(error)));
    }
  }

  async #message(request: SimRequest): Promise<Answer> {
    const call = callOf(request, this.#lookup);
    const refusal = refusalBy(CALL_RULES, "messages", call);
    if (refusal !== undefined) return refused(request, { error: refusal });
    const turn = await this.#nextTurn(request);
    if ("error" in turn) return refused(request, turn);
    if ("silent" in turn) return { steps: silentSteps(turn) };
    const model = call.model?.id ?? "";
    if ("recording" in turn) return { steps: recordingSteps(turn, request.id), model };
    return { steps: this.#messageSteps(turn, call, model, request), model, whole: turn.cut === undefined };
  }

  #messageSteps(turn: MessageTurn, { body }: Call, model: string, request: SimRequest): Step[] {
    const id = this.#ids.message();
    if (isObject(body["thread"])) this.#threads.set(id, request.credential);
    const message = messageOf(turn, {
      id,
      model,
      body,
      promptUsage: () => this.#cache.note(`${request.credential} ${model}`, body),
      toolUseId: () => this.#ids.toolUse(),
    });
    const steps = body["stream"] === true ? streamSteps : bufferedSteps;
    return steps(turn, message, request.id);
  }

  #count(request: SimRequest): Answer {
    const call = callOf(request, this.#lookup);
    const refusal = refusalBy(CALL_RULES, "count_tokens", call);
    if (refusal !== undefined) return refused(request, { error: refusal });
    return { steps: jsonSteps({ input_tokens: estimatePromptTokens(call.body) }, request.id) };
  }

  #list(request: SimRequest, url: URL): Answer {
    const page = modelPage(this.#models, url.searchParams);
    if (typeof page === "string") return refused(request, errorTurn("invalid_request_error", page));
    return { steps: jsonSteps(page, request.id) };
  }

  #model(request: SimRequest, url: URL): Answer {
    const asked = url.pathname.slice("/v1/models/".length);
    const model = this.#lookup.model(asked);
    if (model === undefined) return refused(request, errorTurn("not_found_error", `model: ${asked}`));
    return { steps: jsonSteps(modelBody(model), request.id) };
  }
}

function refused(request: SimRequest, turn: ErrorTurn): Answer {
  return { steps: errorSteps(turn.error, request.id) };
}

function modelOf(model: SimModel | string): SimModel {
  return typeof model === "string" ? (findModel(KNOWN_MODELS, model) ?? permissiveModel(model)) : model;
}

function turnSource(script: Script): (request: SimRequest) => Promise<Turn> {
  if (typeof script === "function") return async (request) => script(request);
  let used = 0;
  return async () => script[used++] ?? scriptFailure(`none of its ${script.length} turns is left`);
}

// A client that tries again would only hide the mistake.
function scriptFailure(reason: string): ErrorTurn {
  return errorTurn("api_error", `The script of the simulator failed: ${reason}`, {
    headers: { "x-should-retry": "false" },
  });
}
