import type { IncomingHttpHeaders } from "node:http";

import { BoundedMap } from "../simulator/bounded-map.ts";
import { errorTurn, textTurn } from "../simulator/build-turn.ts";
import { createIds, type Ids } from "../simulator/ids.ts";
import { isObject } from "../simulator/json.ts";
import { LEAK_RULES } from "../simulator/leak.ts";
import { findModel, modelsOf } from "../simulator/models.ts";
import { bearerToken, type SimRequest } from "../simulator/request.ts";
import { refusalBy } from "../simulator/rule.ts";
import { turnSource } from "../simulator/script.ts";
import { createService, turnAnswer, type Answer, type Route, type Service } from "../simulator/service.ts";
import type { Step } from "../simulator/step.ts";
import type { ErrorTurn, MessageTurn, Turn } from "../simulator/turn.ts";
import { ANTHROPIC_USAGE, errorSteps, jsonSteps, messageSteps } from "./answer-steps.ts";
import { messageOf } from "./message.ts";
import { modelBody, modelPage } from "./model-list.ts";
import { KNOWN_MODELS, permissiveModel, type SimModel } from "./model.ts";
import { createPromptCache, type PromptCache } from "./prompt-cache.ts";
import { estimatePromptTokens } from "./prompt.ts";
import { callOf, type Call, type Lookup } from "./rules/call.ts";
import type { AnthropicEndpoint } from "./rules/endpoint.ts";
import { ENVELOPE_RULES } from "./rules/envelope.ts";
import { CALL_RULES } from "./rules/index.ts";
import type { SimulatorOptions } from "./start-simulator.ts";

const MAX_THREADS = 10_000;

/** The simulated Anthropic API without its socket. */
export function createAnthropicService(options: SimulatorOptions): Service {
  const ids = createIds(options.name ?? "sim");
  return createService<AnthropicEndpoint>({
    requestId: () => ids("req_"),
    credentialOf,
    leakRules: LEAK_RULES,
    credentials: options.credentials,
    envelopeRules: ENVELOPE_RULES,
    routes: new Conversations(options, ids).routes(),
    notFound: () => "Not found",
    errorSteps: (error, request) => errorSteps(error, request.id),
  });
}

/** What is behind the envelope: the routes, and what is remembered from one request to the next. */
class Conversations {
  readonly #ids: Ids;
  readonly #nextTurn: (request: SimRequest) => Promise<Turn>;
  readonly #models: readonly SimModel[];
  readonly #lookup: Lookup;
  readonly #cache: PromptCache = createPromptCache();
  /** The credential that holds each thread, by the message it ends with. */
  readonly #threads: BoundedMap<string, string | undefined> = new BoundedMap(MAX_THREADS);

  constructor({ script, models = KNOWN_MODELS, anyModel = false }: SimulatorOptions, ids: Ids) {
    this.#ids = ids;
    this.#nextTurn = turnSource(script ?? (() => textTurn("Hello from the simulator.")));
    this.#models = modelsOf(models, KNOWN_MODELS, permissiveModel);
    this.#lookup = {
      model: (asked) => findModel(this.#models, asked) ?? (anyModel ? permissiveModel(asked) : undefined),
      holdsThread: (messageId, credential) =>
        this.#threads.has(messageId) && this.#threads.get(messageId) === credential,
    };
  }

  routes(): Route<AnthropicEndpoint>[] {
    return [
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

  async #message(request: SimRequest): Promise<Answer> {
    const call = callOf(request, this.#lookup);
    const refusal = refusalBy(CALL_RULES, "messages", call);
    if (refusal !== undefined) return refused(request, { error: refusal });
    const model = call.model?.id ?? "";
    return turnAnswer(await this.#nextTurn(request), {
      model,
      headers: { "request-id": request.id },
      usage: ANTHROPIC_USAGE,
      errorSteps: (error) => errorSteps(error, request.id),
      messageSteps: (turn) => this.#messageSteps(turn, call, model, request),
    });
  }

  #messageSteps(turn: MessageTurn, { body }: Call, model: string, request: SimRequest): Step[] {
    const id = this.#ids("msg_");
    if (isObject(body["thread"])) this.#threads.set(id, request.credential);
    const message = messageOf(turn, {
      id,
      model,
      body,
      promptUsage: () => this.#cache.note(`${request.credential} ${model}`, body),
      toolUseId: () => this.#ids("toolu_"),
    });
    return messageSteps(turn, message, body["stream"] === true, request.id);
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

// Anthropic takes `x-api-key` when both are sent.
function credentialOf(headers: IncomingHttpHeaders): string | undefined {
  const key = headers["x-api-key"];
  return typeof key === "string" && key !== "" ? key : bearerToken(headers);
}
