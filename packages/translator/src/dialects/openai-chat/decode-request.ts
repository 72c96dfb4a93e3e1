import { asCount, asList, asObject, asText } from "../../json.ts";
import type { JsonObject } from "../../json.ts";
import type { LossLog } from "../../loss.ts";
import { EFFORTS } from "../../neutral/request.ts";
import type { CacheWishes, Effort, NeutralRequest, OutputFormat, Reasoning } from "../../neutral/request.ts";
import { TranslationError } from "../../translation-error.ts";
import { cacheOf } from "./decode-parts.ts";
import { decodeToolChoice, decodeTools } from "./decode-tools.ts";
import { decodeMessages } from "./decode-turns.ts";
import { flagField, numberField, objectField, textField, wrongField } from "./fields.ts";
import { REQUEST_FIELDS } from "./wire.ts";

type Writable<T> = { -readonly [Field in keyof T]: T[Field] };

/** A request of a client of Chat Completions; see `Dialect.decodeRequest`. */
export function decodeRequest(body: JsonObject, losses: LossLog): NeutralRequest {
  const model = textField(body, "model");
  if (model === undefined) throw missing("model", "Name a model.");
  const messages = asList(body.messages);
  if (messages === undefined || messages.length === 0)
    throw missing("messages", "Send a list of at least one message.");
  noteUnsayable(body, losses);
  const { system, turns } = decodeMessages(messages, losses);
  const request: Writable<NeutralRequest> = {
    model,
    system,
    turns,
    tools: decodeTools(body, losses),
    stream: flagField(body, "stream") ?? false,
  };
  const choice = decodeToolChoice(body);
  if (choice !== undefined) request.toolChoice = choice;
  // The older functions were called one at a time.
  const parallel = flagField(body, "parallel_tool_calls") ?? (asList(body.functions) === undefined ? undefined : false);
  if (parallel !== undefined) request.parallelTools = parallel;
  if (objectField(body, "stream_options")?.include_usage === true) request.includeUsage = true;
  decodeLimits(body, request);
  decodeSampling(body, request);
  decodeAnswerForm(body, request, losses);
  decodeAccount(body, request, losses);
  return request;
}

function missing(param: string, advice: string): TranslationError {
  const message = `\`${param}\` is missing. ${advice}`;
  return new TranslationError("bad_request", message, { param, code: "missing_required_parameter" });
}

/** Notes what no other dialect can say. */
function noteUnsayable(body: JsonObject, losses: LossLog): void {
  for (const key of Object.keys(body)) {
    if (!REQUEST_FIELDS.has(key) && body[key] !== null) losses.note("unknown_field", key);
  }
  if ((numberField(body, "n") ?? 1) > 1) losses.note("choices", String(body.n));
  if (asList(body.modalities)?.includes("audio") === true) losses.note("audio_output");
  if (isFilled(body.logit_bias)) losses.note("logit_bias");
  if (isFilled(body.prediction)) losses.note("prediction");
  if (body.store === true) losses.note("store");
}

function isFilled(value: unknown): boolean {
  return Object.keys(asObject(value) ?? {}).length > 0;
}

function decodeLimits(body: JsonObject, request: Writable<NeutralRequest>): void {
  const field = body.max_completion_tokens === undefined ? "max_tokens" : "max_completion_tokens";
  const tokens = numberField(body, field) ?? numberField(body, "max_tokens");
  if (tokens !== undefined) {
    if (asCount(tokens) === undefined || tokens === 0) throw wrongField(field, "a whole number from 1 on");
    request.maxOutputTokens = tokens;
  }
  const { stop } = body;
  if (stop === undefined || stop === null) return;
  const stops = typeof stop === "string" ? [stop] : asList(stop);
  if (stops === undefined || !stops.every((each) => typeof each === "string")) {
    throw wrongField("stop", "a string or a list of strings");
  }
  if (stops.length > 0) request.stop = stops;
}

function decodeSampling(body: JsonObject, request: Writable<NeutralRequest>): void {
  const temperature = numberField(body, "temperature");
  const topP = numberField(body, "top_p");
  const topK = numberField(body, "top_k");
  const seed = numberField(body, "seed");
  const frequency = numberField(body, "frequency_penalty");
  const presence = numberField(body, "presence_penalty");
  if (temperature !== undefined) request.temperature = temperature;
  if (topP !== undefined) request.topP = topP;
  // 0 and -1 switch it off where it is known.
  if (topK !== undefined && topK > 0) request.topK = topK;
  if (seed !== undefined) request.seed = seed;
  if (frequency !== undefined && frequency !== 0) request.frequencyPenalty = frequency;
  if (presence !== undefined && presence !== 0) request.presencePenalty = presence;
  if (body.logprobs === true) request.topLogprobs = numberField(body, "top_logprobs") ?? 0;
}

function decodeAnswerForm(body: JsonObject, request: Writable<NeutralRequest>, losses: LossLog): void {
  const reasoning = decodeReasoningWishes(body);
  if (reasoning !== undefined) request.reasoning = reasoning;
  const format = decodeFormat(objectField(body, "response_format"), losses);
  if (format !== undefined) request.format = format;
  const verbosity = textField(body, "verbosity");
  if (verbosity !== undefined) request.verbosity = verbosity;
}

/** OpenAI's `reasoning_effort`, the `reasoning` of OpenRouter, and the `thinking` of Anthropic that several services know. */
function decodeReasoningWishes(body: JsonObject): Reasoning | undefined {
  const wishes: Writable<Reasoning> = {};
  const reasoning = asObject(body.reasoning) ?? {};
  const thinking = asObject(body.thinking) ?? {};
  const effort = decodeEffort(textField(body, "reasoning_effort") ?? asText(reasoning.effort));
  if (effort !== undefined) wishes.effort = effort;
  const budget = asCount(reasoning.max_tokens) ?? asCount(thinking.budget_tokens);
  if (budget !== undefined) wishes.budgetTokens = budget;
  const mode = MODES.find((known) => known === thinking.type) ?? modeOf(reasoning, budget);
  if (mode !== undefined) wishes.mode = mode;
  if (typeof reasoning.exclude === "boolean") wishes.show = !reasoning.exclude;
  return Object.keys(wishes).length === 0 ? undefined : wishes;
}

function decodeEffort(asked: string | undefined): Effort | undefined {
  const effort = EFFORTS.find((known) => known === asked);
  if (asked !== undefined && effort === undefined) throw wrongField("reasoning_effort", `one of ${EFFORTS.join(", ")}`);
  return effort;
}

const MODES = ["adaptive", "enabled", "disabled"] as const;

function modeOf({ enabled }: JsonObject, budget: number | undefined): Reasoning["mode"] {
  if (enabled === false) return "disabled";
  return budget === undefined ? undefined : "enabled";
}

function decodeFormat(format: JsonObject | undefined, losses: LossLog): OutputFormat | undefined {
  if (format === undefined || format.type === "text") return undefined;
  if (format.type === "json_object") return { type: "json_object" };
  if (format.type !== "json_schema") {
    losses.note("unknown_field", "response_format");
    return undefined;
  }
  const named = asObject(format.json_schema) ?? format;
  const schema = asObject(named.schema);
  if (schema === undefined) return { type: "json_object" };
  const [name, description] = [asText(named.name), asText(named.description)];
  return {
    type: "json_schema",
    schema,
    ...(name !== undefined && { name }),
    ...(description !== undefined && { description }),
    ...(typeof named.strict === "boolean" && { strict: named.strict }),
  };
}

/** What the request says of its user, its bill and its cache. */
/** What the request says of its user, its bill and its cache. */
function decodeAccount(body: JsonObject, request: Writable<NeutralRequest>, losses: LossLog): void {
  const { user_id: userId, ...pairs } = objectField(body, "metadata") ?? {};
  const [safety, user] = [textField(body, "safety_identifier"), textField(body, "user")];
  const named = safety ?? user ?? asText(userId);
  if (named !== undefined) request.user = named;
  if (user !== undefined && user !== named) losses.note("user");
  const metadata = Object.entries(pairs).filter((pair): pair is [string, string] => typeof pair[1] === "string");
  if (metadata.length > 0) request.metadata = Object.fromEntries(metadata);
  const tier = textField(body, "service_tier");
  if (tier !== undefined) request.tier = tier === "fast" ? "priority" : tier;
  const cache = decodeCacheWishes(body, losses);
  if (cache !== undefined) request.cache = cache;
}

function decodeCacheWishes(body: JsonObject, losses: LossLog): CacheWishes | undefined {
  if (isFilled(body.prompt_cache_options) || asText(body.prompt_cache_retention) !== undefined) {
    losses.note("cache_options");
  }
  const key = textField(body, "prompt_cache_key");
  const auto = cacheOf({ cache_control: body.cache_control });
  if (key === undefined && auto === undefined) return undefined;
  return { ...(key !== undefined && { key }), ...(auto !== undefined && { auto }) };
}
