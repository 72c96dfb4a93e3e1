import { errorTurn, statusOfError, textTurn } from "../simulator/build-turn.ts";
import { createIds, type Ids } from "../simulator/ids.ts";
import { isObject, type JsonObject } from "../simulator/json.ts";
import { findModel, modelsOf } from "../simulator/models.ts";
import { bearerToken, type SimRequest } from "../simulator/request.ts";
import { refusalBy } from "../simulator/rule.ts";
import { turnSource } from "../simulator/script.ts";
import { createService, turnAnswer, type Answer, type Route, type Service } from "../simulator/service.ts";
import type { Step } from "../simulator/step.ts";
import { bufferedSteps, streamSteps, type Stream } from "../simulator/steps.ts";
import { estimateAllTokens } from "../simulator/tokens.ts";
import type { ErrorTurn, MessageTurn, Turn } from "../simulator/turn.ts";
import { errorSteps, jsonSteps, successHeaders } from "./answer-steps.ts";
import { answerOf, type OpenAiAnswer } from "./answer.ts";
import { chunkStream } from "./chat/chunks.ts";
import { completionBody, type ReasoningMember } from "./chat/completion.ts";
import { createImplicitCache, type ImplicitCache } from "./implicit-cache.ts";
import { OPENAI_LEAK_RULES } from "./leaks.ts";
import { modelBody, modelList } from "./model-list.ts";
import { KNOWN_OPENAI_MODELS, permissiveOpenAiModel, type OpenAiModel } from "./model.ts";
import { promptParts } from "./prompt.ts";
import { eventStream } from "./responses/events.ts";
import { itemWishes, outputItems } from "./responses/items.ts";
import { finishedResponse, type SimResponse } from "./responses/response-body.ts";
import { createResponseStore, type ResponseStore } from "./responses/response-store.ts";
import { callOf, conversationOf, type Lookup, type OpenAiCall } from "./rules/call.ts";
import type { OpenAiEndpoint } from "./rules/endpoint.ts";
import { ENVELOPE_RULES } from "./rules/envelope.ts";
import { CALL_RULES } from "./rules/index.ts";
import type { OpenAiDialect, OpenAiSimulatorOptions } from "./start-openai-simulator.ts";
import { OPENAI_USAGE } from "./usage.ts";

const ALL_DIALECTS: readonly OpenAiDialect[] = ["openai-chat", "openai-responses"];

/** The simulated OpenAI-compatible service without its socket. */
export function createOpenAiService(options: OpenAiSimulatorOptions): Service {
  const { name = "sim", credentials, dialects = ALL_DIALECTS } = options;
  const ids = createIds(name);
  return createService<OpenAiEndpoint>({
    requestId: () => ids("req_"),
    credentialOf: bearerToken,
    leakRules: OPENAI_LEAK_RULES,
    credentials,
    envelopeRules: ENVELOPE_RULES,
    routes: new Conversations(options, ids).routes(dialects),
    notFound: ({ method, path }) => `Invalid URL (${method} ${path})`,
    errorSteps: (error, request) => errorSteps(error, request.id),
  });
}

type OpenAiRoute = Route<OpenAiEndpoint>;

/** How one of the dialects says an answer. */
interface Saying {
  /** The body of a buffered answer. */
  readonly body: () => JsonObject;
  readonly stream: () => Stream;
}

/** What is behind the envelope: the routes, and what is remembered from one request to the next. */
class Conversations {
  readonly #ids: Ids;
  readonly #nextTurn: (request: SimRequest) => Promise<Turn>;
  readonly #models: readonly OpenAiModel[];
  readonly #reasoning: ReasoningMember;
  readonly #lookup: Lookup;
  readonly #cache: ImplicitCache = createImplicitCache();
  readonly #store: ResponseStore = createResponseStore();

  constructor(options: OpenAiSimulatorOptions, ids: Ids) {
    const { script, models = KNOWN_OPENAI_MODELS, anyModel = false, reasoning = "reasoning_content" } = options;
    this.#ids = ids;
    this.#nextTurn = turnSource(script ?? (() => textTurn("Hello from the simulator.")));
    this.#models = modelsOf(models, KNOWN_OPENAI_MODELS, permissiveOpenAiModel);
    this.#reasoning = reasoning;
    this.#lookup = {
      model: (asked) => findModel(this.#models, asked) ?? (anyModel ? permissiveOpenAiModel(asked) : undefined),
      conversation: (id, credential) => this.#store.conversation(id, credential),
      item: (id, credential) => this.#store.item(id, credential),
    };
  }

  routes(dialects: readonly OpenAiDialect[]): OpenAiRoute[] {
    const byDialect: Readonly<Record<OpenAiDialect, readonly OpenAiRoute[]>> = {
      "openai-chat": [post(/^\/v1\/chat\/completions$/, "chat", (request) => this.#answer("chat", request))],
      "openai-responses": [
        post(/^\/v1\/responses$/, "responses", (request) => this.#answer("responses", request)),
        post(/^\/v1\/responses\/input_tokens$/, "input_tokens", (request) => this.#count(request)),
      ],
    };
    return [
      ...dialects.flatMap((dialect) => byDialect[dialect]),
      get(/^\/v1\/models$/, (request) => ({ steps: jsonSteps(modelList(this.#models), request.id) })),
      get(/^\/v1\/models\/.+$/, (request, url) => this.#model(request, url)),
    ];
  }

  async #answer(endpoint: "chat" | "responses", request: SimRequest): Promise<Answer> {
    const call = callOf(endpoint, request, this.#lookup);
    const refusal = refusalBy(CALL_RULES, endpoint, call);
    if (refusal !== undefined) return refused(request, { error: refusal });
    return turnAnswer(await this.#nextTurn(request), {
      model: call.model?.id ?? "",
      headers: { "x-request-id": request.id },
      usage: OPENAI_USAGE,
      errorSteps: (error) => errorSteps(error, request.id),
      messageSteps: (turn) => this.#messageSteps(turn, call, request),
    });
  }

  #messageSteps(turn: MessageTurn, call: OpenAiCall, request: SimRequest): Step[] {
    const answer = this.#answerOf(turn, call, request);
    const saying =
      call.endpoint === "chat" ? this.#completion(turn, call, answer) : this.#response(turn, call, answer, request);
    const headers = successHeaders(request.id);
    if (call.body["stream"] === true) return streamSteps(turn, headers, saying.stream());
    if (turn.cut?.by === "error")
      return errorSteps({ ...turn.cut.error, status: statusOfError(turn.cut.error.type) }, request.id);
    return bufferedSteps(turn, headers, JSON.stringify(saying.body()), answer.usage);
  }

  #answerOf(turn: MessageTurn, call: OpenAiCall, { credential }: SimRequest): OpenAiAnswer {
    const model = call.model?.id ?? "";
    return answerOf(turn, {
      ids: this.#ids,
      model,
      tools: call.tools,
      forcesTool: call.endpoint === "chat" && isObject(call.body["tool_choice"]),
      promptUsage: () => this.#cache.note(`${credential} ${model}`, promptParts(call)),
    });
  }

  #completion({ pace }: MessageTurn, { body }: OpenAiCall, answer: OpenAiAnswer): Saying {
    const completion = { id: this.#ids("chatcmpl-"), answer, reasoning: this.#reasoning };
    return {
      body: () => completionBody(completion),
      stream: () => chunkStream(completion, body["stream_options"], pace),
    };
  }

  #response(turn: MessageTurn, call: OpenAiCall, answer: OpenAiAnswer, { credential }: SimRequest): Saying {
    const output = outputItems(answer, itemWishes(call.body, call.model?.openReasoning === true), this.#ids);
    const response: SimResponse = { id: this.#ids("resp_"), answer, output, request: call.body };
    // An answer that broke off is not there to go on from.
    if (call.body["store"] !== false && turn.cut === undefined)
      this.#store.keep({ id: response.id, credential, before: conversationOf(call), output });
    return {
      body: () => finishedResponse(response),
      stream: () => eventStream(response, turn.pace?.pieceChars),
    };
  }

  #count(request: SimRequest): Answer {
    const call = callOf("input_tokens", request, this.#lookup);
    const refusal = refusalBy(CALL_RULES, "input_tokens", call);
    if (refusal !== undefined) return refused(request, { error: refusal });
    const tokens = estimateAllTokens(promptParts(call));
    return { steps: jsonSteps({ object: "response.input_tokens", input_tokens: tokens }, request.id) };
  }

  #model(request: SimRequest, url: URL): Answer {
    const asked = decodeURIComponent(url.pathname.slice("/v1/models/".length));
    const model = this.#lookup.model(asked);
    if (model !== undefined) return { steps: jsonSteps(modelBody(model, asked), request.id) };
    const words = { code: "model_not_found", param: "model" };
    return refused(request, errorTurn("not_found_error", `The model '${asked}' does not exist`, words));
  }
}

function post(path: RegExp, endpoint: OpenAiEndpoint, answer: OpenAiRoute["answer"]): OpenAiRoute {
  return { method: "POST", path, endpoint, answer };
}

function get(path: RegExp, answer: OpenAiRoute["answer"]): OpenAiRoute {
  return { method: "GET", path, endpoint: "models", answer };
}

function refused(request: SimRequest, turn: ErrorTurn): Answer {
  return { steps: errorSteps(turn.error, request.id) };
}
