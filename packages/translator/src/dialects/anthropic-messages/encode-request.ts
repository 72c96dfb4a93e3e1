import type { RequestScope } from "../../context.ts";
import type { JsonObject } from "../../json.ts";
import type { NeutralRequest } from "../../neutral/request.ts";
import { shortHash } from "../../sha256.ts";
import { anthropicStrictSchema } from "../../tools/schema.ts";
import { CacheMarks } from "./encode-cache.ts";
import { encodeThinking, isOn, withHistory } from "./encode-thinking.ts";
import type { Thinking } from "./encode-thinking.ts";
import { encodeTools } from "./encode-tools.ts";
import { encodeMessages, encodeSystem, endMessages } from "./encode-turns.ts";
import { COUNT_FIELDS } from "./wire.ts";
import type { WireBlock } from "./wire.ts";

const JSON_ONLY = "Reply with one JSON object and nothing else.";
const USER_HASH_LENGTH = 32;

/** A request to an upstream that speaks Anthropic Messages; see `Dialect.encodeRequest`. */
export function encodeRequest(request: NeutralRequest, scope: RequestScope): JsonObject {
  const { capability } = scope;
  const cache = new CacheMarks();
  const maxTokens = encodeMaxTokens(request, scope);
  const body: WireBlock = { model: request.model, max_tokens: maxTokens };
  const { tools, choice, forced } = encodeTools(request, scope, cache);
  const system = encodeSystem(request, scope, cache);
  cache.startMessages();
  const messages = encodeMessages(request, system, scope, cache);
  const format = encodeFormat(request, system, scope);
  const wished = encodeThinking(request, maxTokens, forced, scope);
  endMessages(messages, capability.prefill && !isOn(wished) && format === undefined, scope);
  const thinking = withHistory(wished, messages, scope);
  if (system.length > 0) body.system = system;
  body.messages = messages;
  if (tools.length > 0) {
    body.tools = tools;
    if (choice !== undefined) body.tool_choice = choice;
  }
  if (thinking.config !== undefined) body.thinking = thinking.config;
  if (thinking.effort !== undefined || format !== undefined) {
    body.output_config = {
      ...(thinking.effort !== undefined && { effort: thinking.effort }),
      ...(format !== undefined && { format }),
    };
  }
  encodeSampling(request, thinking, scope, body);
  encodeAccount(request, scope, body);
  cache.settle(body, request.cache, scope);
  if (request.stream) body.stream = true;
  return body;
}

/** A question for the tokens of a request; see `Dialect.encodeCountRequest`. */
export function encodeCountRequest(request: NeutralRequest, scope: RequestScope): JsonObject {
  const body = encodeRequest(request, scope);
  const counted: WireBlock = {};
  for (const field of COUNT_FIELDS) if (body[field] !== undefined) counted[field] = body[field];
  return counted;
}

/** Anthropic must be told; a client that does not say means as many as there can be. 0 would ask for no answer. */
function encodeMaxTokens({ maxOutputTokens: asked }: NeutralRequest, { capability, losses }: RequestScope): number {
  const { maxOutputTokens: most, defaultOutputTokens } = capability;
  if (asked === undefined) return most ?? defaultOutputTokens;
  if (most === undefined || asked <= most) return Math.max(1, asked);
  losses.note("max_tokens_clamped", String(most));
  return most;
}

/** The form of the answer: a schema, or words to the model. */
function encodeFormat(
  { format }: NeutralRequest,
  system: WireBlock[],
  { losses }: RequestScope,
): WireBlock | undefined {
  if (format === undefined) return undefined;
  if (format.type === "json_object") {
    losses.note("format_object");
    system.push({ type: "text", text: JSON_ONLY });
    return undefined;
  }
  const { schema, adapted } = anthropicStrictSchema(format.schema);
  // The model is held to the schema in any case.
  if (adapted || format.strict === false) losses.note("format_schema");
  return { type: "json_schema", schema };
}

/** A model that thinks takes no sampling but the ordinary. */
function encodeSampling(request: NeutralRequest, thinking: Thinking, scope: RequestScope, body: WireBlock): void {
  const { temperature, topP, topK, stop } = request;
  const { capability, losses } = scope;
  const takesAny = capability.sampling !== "none" && !isOn(thinking);
  if (temperature !== undefined) {
    if (takesAny) encodeTemperature(temperature, scope, body);
    else if (temperature !== 1) losses.note("temperature");
  }
  const takesTopP = takesAny && (temperature === undefined || capability.sampling === "all");
  if (topP !== undefined) {
    if (takesTopP) body.top_p = topP;
    else if (topP !== 1) losses.note("top_p");
  }
  if (topK !== undefined) encodeTopK(topK, takesAny, scope, body);
  if (stop !== undefined) encodeStop(stop, scope, body);
  noteUnsayable(request, scope);
}

function encodeTopK(topK: number, takesAny: boolean, { capability, losses }: RequestScope, body: WireBlock): void {
  if (takesAny && capability.topK) body.top_k = topK;
  else losses.note("top_k");
}

function encodeTemperature(temperature: number, { capability, losses }: RequestScope, body: WireBlock): void {
  if (temperature > capability.maxTemperature) losses.note("temperature_clamped");
  body.temperature = Math.min(temperature, capability.maxTemperature);
}

function encodeStop(stop: readonly string[], { capability, losses }: RequestScope, body: WireBlock): void {
  const stops = stop.filter((each) => each.trim() !== "");
  if (stops.length < stop.length) losses.note("stop_empty");
  if (stops.length > 0) body.stop_sequences = stops.slice(0, capability.stopSequences);
}

/** Notes what Anthropic has no words for. */
function noteUnsayable(request: NeutralRequest, { losses }: RequestScope): void {
  const { seed, frequencyPenalty = 0, presencePenalty = 0, topLogprobs, verbosity, maxToolCalls } = request;
  if (seed !== undefined) losses.note("seed");
  if (frequencyPenalty !== 0) losses.note("frequency_penalty");
  if (presencePenalty !== 0) losses.note("presence_penalty");
  if (topLogprobs !== undefined) losses.note("logprobs");
  if (verbosity !== undefined) losses.note("verbosity");
  if (maxToolCalls !== undefined) losses.note("max_tool_calls");
  if (request.cache?.key !== undefined) losses.note("cache_key");
}

const TIERS: ReadonlyMap<string, string> = new Map([
  ["default", "standard_only"],
  ["standard", "standard_only"],
  ["priority", "auto"],
  ["fast", "auto"],
]);

/** Anthropic takes of itself the better tier where there is one. */
function encodeAccount(request: NeutralRequest, scope: RequestScope, body: WireBlock): void {
  const { tier, metadata } = request;
  if (tier !== undefined && tier !== "auto") {
    const known = TIERS.get(tier);
    if (known === undefined) scope.losses.note("tier", tier);
    else body.service_tier = known;
  }
  const { user_id: inMetadata, ...others } = metadata ?? {};
  if (Object.keys(others).length > 0) scope.losses.note("metadata");
  const user = request.user ?? inMetadata;
  if (user !== undefined && user !== "") encodeUser(user, scope, body);
}

/** What Anthropic refuses as the name of a user: addresses and telephone numbers. */
const ADDRESS = /\S@\S/;
const TELEPHONE = /^\+?[\d\s().-]{7,}$/;

function encodeUser(user: string, { capability, losses }: RequestScope, body: WireBlock): void {
  if (capability.userField === "none") {
    losses.note("user");
    return;
  }
  const isRefused = user.length > capability.userMaxLength || ADDRESS.test(user) || TELEPHONE.test(user);
  if (isRefused) losses.note("user_hashed");
  body.metadata = { user_id: isRefused ? `u_${shortHash(user, USER_HASH_LENGTH)}` : user };
}
