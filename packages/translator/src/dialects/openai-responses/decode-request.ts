import { asList, asObject, asText } from "../../json.ts";
import type { JsonObject } from "../../json.ts";
import type { LossLog } from "../../loss.ts";
import { EFFORTS } from "../../neutral/request.ts";
import type { NeutralRequest, OutputFormat, Reasoning } from "../../neutral/request.ts";
import { TranslationError } from "../../translation-error.ts";
import { flagField, listField, numberField, objectField, textField, wrongField } from "../openai-chat/fields.ts";
import { decodeItems } from "./decode-items.ts";
import { decodeToolChoice, decodeTools } from "./decode-tools.ts";
import { ENCRYPTED_REASONING, REQUEST_FIELDS } from "./wire.ts";

type Writable<T> = { -readonly [Field in keyof T]: T[Field] };

/** A request of a client of the Responses API; see `Dialect.decodeRequest`. */
export function decodeRequest(body: JsonObject, losses: LossLog): NeutralRequest {
  const model = textField(body, "model");
  if (model === undefined) throw missing("model", "Name a model.");
  refuseState(body, losses);
  noteUnsayable(body, losses);
  const { system, turns, tools: further, updates } = decodeItems(inputOf(body), losses);
  const instructions = textField(body, "instructions");
  const request: Writable<NeutralRequest> = {
    model,
    system: instructions === undefined ? system : [{ type: "text", text: instructions }, ...system],
    turns,
    tools: decodeTools([...listField(body, "tools"), ...further], losses),
    stream: flagField(body, "stream") ?? false,
  };
  const choice = decodeToolChoice(body.tool_choice);
  if (choice !== undefined) request.toolChoice = choice;
  const parallel = flagField(body, "parallel_tool_calls");
  if (parallel !== undefined) request.parallelTools = parallel;
  decodeLimits(body, request);
  decodeReasoning({ ...objectField(body, "reasoning"), ...updates.reasoning }, request, losses);
  decodeText({ ...objectField(body, "text"), ...updates.text }, request, losses);
  decodeAccount(body, request, losses);
  return request;
}

function missing(param: string, advice: string): TranslationError {
  const message = `\`${param}\` is missing. ${advice}`;
  return new TranslationError("bad_request", message, { param, code: "missing_required_parameter" });
}

function inputOf({ input }: JsonObject): readonly unknown[] {
  if (typeof input === "string") return [{ role: "user", content: input }];
  const items = asList(input);
  if (items === undefined || items.length === 0) throw missing("input", "Send a text or a list of at least one item.");
  return items;
}

/** What only a service that keeps responses can do. */
function refuseState(body: JsonObject, losses: LossLog): void {
  if (asText(body.previous_response_id) !== undefined) losses.note("previous_response");
  if (isFilled(body.conversation)) losses.note("conversation");
  if (body.background === true) losses.note("background");
  if (isFilled(body.prompt)) losses.note("prompt_template");
}

/** Notes what no other dialect can say. */
function noteUnsayable(body: JsonObject, losses: LossLog): void {
  for (const key of Object.keys(body)) {
    if (!REQUEST_FIELDS.has(key) && body[key] !== null) losses.note("unknown_field", key);
  }
  // To store is the default, so only who says it wants it.
  if (body.store === true) losses.note("store");
  if (body.truncation === "auto") losses.note("truncation");
  if (isFilled(body.context_management)) losses.note("context_management");
  if (isFilled(body.prompt_cache_options) || isFilled(body.prompt_cache_retention)) losses.note("cache_options");
  const include = asList(body.include) ?? [];
  if (include.some((each) => each !== ENCRYPTED_REASONING)) losses.note("include");
}

function isFilled(value: unknown): boolean {
  return typeof value === "string" ? value !== "" : Object.keys(asList(value) ?? asObject(value) ?? {}).length > 0;
}

function decodeLimits(body: JsonObject, request: Writable<NeutralRequest>): void {
  const [tokens, calls] = [numberField(body, "max_output_tokens"), numberField(body, "max_tool_calls")];
  const [temperature, topP] = [numberField(body, "temperature"), numberField(body, "top_p")];
  const logprobs = numberField(body, "top_logprobs");
  if (tokens !== undefined) {
    if (!Number.isSafeInteger(tokens) || tokens < 1) throw wrongField("max_output_tokens", "a whole number from 1 on");
    request.maxOutputTokens = tokens;
  }
  if (calls !== undefined) request.maxToolCalls = calls;
  if (temperature !== undefined) request.temperature = temperature;
  if (topP !== undefined) request.topP = topP;
  if (logprobs !== undefined && logprobs > 0) request.topLogprobs = logprobs;
}

function decodeReasoning(wishes: JsonObject, request: Writable<NeutralRequest>, losses: LossLog): void {
  const reasoning: Writable<Reasoning> = {};
  const effort = EFFORTS.find((known) => known === wishes.effort);
  const isPro = wishes.mode === "pro";
  if (isPro) reasoning.effort = "max";
  else if (effort !== undefined) reasoning.effort = effort;
  const summary = wishes.summary === undefined ? wishes.generate_summary : wishes.summary;
  if (summary !== undefined) reasoning.show = summary !== null;
  if (isPro || asText(wishes.context) !== undefined) losses.note("reasoning_mode", isPro ? "pro" : undefined);
  if (Object.keys(reasoning).length > 0) request.reasoning = reasoning;
}

function decodeText(text: JsonObject, request: Writable<NeutralRequest>, losses: LossLog): void {
  const format = decodeFormat(asObject(text.format), losses);
  if (format !== undefined) request.format = format;
  const verbosity = asText(text.verbosity);
  if (verbosity !== undefined) request.verbosity = verbosity;
}

function decodeFormat(format: JsonObject | undefined, losses: LossLog): OutputFormat | undefined {
  if (format === undefined || format.type === "text") return undefined;
  if (format.type === "json_object") return { type: "json_object" };
  const schema = asObject(format.schema);
  if (format.type !== "json_schema" || schema === undefined) {
    losses.note("unknown_field", "text.format");
    return undefined;
  }
  const [name, description] = [asText(format.name), asText(format.description)];
  return {
    type: "json_schema",
    schema,
    ...(name !== undefined && { name }),
    ...(description !== undefined && { description }),
    ...(typeof format.strict === "boolean" && { strict: format.strict }),
  };
}

function decodeAccount(body: JsonObject, request: Writable<NeutralRequest>, losses: LossLog): void {
  const [safety, user] = [textField(body, "safety_identifier"), textField(body, "user")];
  const named = safety ?? user;
  if (named !== undefined) request.user = named;
  if (safety !== undefined && user !== undefined && user !== safety) losses.note("user");
  const metadata = Object.entries(objectField(body, "metadata") ?? {}).filter(isTextPair);
  if (metadata.length > 0) request.metadata = Object.fromEntries(metadata);
  const tier = textField(body, "service_tier");
  if (tier !== undefined) request.tier = tier === "fast" ? "priority" : tier;
  const key = textField(body, "prompt_cache_key");
  if (key !== undefined) request.cache = { key };
}

function isTextPair(pair: [string, unknown]): pair is [string, string] {
  return typeof pair[1] === "string";
}
