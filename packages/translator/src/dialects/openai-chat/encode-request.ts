import type { RequestScope } from "../../context.ts";
import type { JsonObject } from "../../json.ts";
import type { NeutralRequest, OutputFormat } from "../../neutral/request.ts";
import { effortOfReasoning, nearestEffort } from "../../reasoning/effort.ts";
import { shortHash } from "../../sha256.ts";
import { isStrictLegal } from "../../tools/schema.ts";
import type { WirePart } from "./encode-parts.ts";
import { encodeTools, schemaName } from "./encode-tools.ts";
import { encodeMessages } from "./encode-turns.ts";

const USER_HASH_LENGTH = 32;

/** A request to an upstream that speaks Chat Completions; see `Dialect.encodeRequest`. Nothing is ever stored. */
export function encodeRequest(request: NeutralRequest, scope: RequestScope): JsonObject {
  const body: WirePart = { model: request.model, messages: encodeMessages(request, scope) };
  encodeTools(request, scope, body);
  encodeLimits(request, scope, body);
  encodeSampling(request, scope, body);
  encodeEffort(request, scope, body);
  encodeFormat(request.format, scope, body);
  encodeVerbosity(request, scope, body);
  encodeAccount(request, scope, body);
  encodeUser(request, scope, body);
  if (request.stream) {
    body.stream = true;
    // The client needs the numbers whether it asked for them here or not.
    if (scope.capability.streamUsage) body.stream_options = { include_usage: true };
  }
  return body;
}

function encodeLimits(request: NeutralRequest, { capability, losses }: RequestScope, body: WirePart): void {
  const { maxOutputTokens: asked, maxToolCalls, stop } = request;
  const { maxOutputTokens: most, minOutputTokens: least } = capability;
  if (asked === 0) losses.note("max_tokens_zero");
  else if (asked !== undefined) {
    if (most !== undefined && asked > most) losses.note("max_tokens_clamped", String(most));
    if (asked < least) losses.note("max_tokens_raised", String(least));
    body[capability.maxTokensField] = Math.max(least, Math.min(asked, most ?? asked));
  }
  if (maxToolCalls !== undefined) losses.note("max_tool_calls");
  if (stop === undefined) return;
  const stops = stop.filter((each) => each !== "");
  if (stops.length < stop.length) losses.note("stop_empty");
  if (stops.length > capability.stopSequences) losses.note("stop_count");
  const sent = stops.slice(0, capability.stopSequences);
  if (sent.length > 0) body.stop = sent;
}

function encodeSampling(request: NeutralRequest, scope: RequestScope, body: WirePart): void {
  const { temperature, topP, topK, topLogprobs } = request;
  const { capability, losses } = scope;
  if (temperature !== undefined) encodeTemperature(temperature, scope, body);
  if (topP !== undefined) {
    const { sampling } = capability;
    if (sampling === "all" || (sampling === "one" && temperature === undefined)) body.top_p = topP;
    else if (topP !== 1) losses.note("top_p");
  }
  if (topK !== undefined) {
    if (capability.topK) body.top_k = topK;
    else losses.note("top_k");
  }
  // Answers have no place for them on their way back.
  if (topLogprobs !== undefined) losses.note("logprobs");
}

/** 1 is what every model takes for itself. */
function encodeTemperature(temperature: number, { capability, losses }: RequestScope, body: WirePart): void {
  if (capability.sampling === "none") {
    if (temperature !== 1) losses.note("temperature");
    return;
  }
  if (temperature > capability.maxTemperature) losses.note("temperature_clamped");
  body.temperature = Math.min(temperature, capability.maxTemperature);
}

function encodeEffort({ reasoning }: NeutralRequest, { capability, losses }: RequestScope, body: WirePart): void {
  if (reasoning === undefined) return;
  const asked = effortOfReasoning(reasoning);
  if (asked === undefined) return;
  const nearest = nearestEffort(asked, capability.efforts);
  if (nearest === undefined) {
    if (asked === "none") return;
    if (reasoning.effort !== undefined) losses.note("effort", asked);
    else if (reasoning.mode === "enabled") losses.note("thinking_budget");
    return;
  }
  if (reasoning.effort === undefined && reasoning.mode === "enabled") losses.note("thinking_budget", nearest);
  else if (nearest !== asked) losses.note("effort_adapted", nearest);
  body.reasoning_effort = nearest;
}

function encodeFormat(format: OutputFormat | undefined, { losses }: RequestScope, body: WirePart): void {
  if (format === undefined) return;
  if (format.type === "json_object") {
    body.response_format = { type: "json_object" };
    return;
  }
  const { description, schema } = format;
  const isLegal = format.strict !== false && isStrictLegal(schema);
  if (format.strict === true && !isLegal) losses.note("format_schema");
  // Without strictness the schema is only a hint; a client that did not say means it.
  const strict = format.strict === undefined && !isLegal ? undefined : isLegal;
  const named = {
    name: schemaName(format.name),
    ...(description !== undefined && { description }),
    schema,
    ...(strict !== undefined && { strict }),
  };
  body.response_format = { type: "json_schema", json_schema: named };
}

/** Whether a verbosity is another than what every model has by itself. */
function isUnusual(verbosity: string | undefined): boolean {
  return verbosity !== undefined && verbosity !== "medium";
}

function encodeVerbosity({ verbosity }: NeutralRequest, { capability, losses }: RequestScope, body: WirePart): void {
  if (verbosity !== undefined && capability.verbosity) body.verbosity = verbosity;
  else if (isUnusual(verbosity)) losses.note("verbosity");
}

/** Fields that are known at OpenAI only. */
function encodeAccount(request: NeutralRequest, { capability, losses }: RequestScope, body: WirePart): void {
  const { tier, cache, metadata } = request;
  const { openaiFields } = capability;
  if (tier !== undefined && tier !== "auto") {
    if (openaiFields) body.service_tier = tier;
    else losses.note("tier", tier);
  }
  if (cache?.key !== undefined) {
    if (openaiFields) body.prompt_cache_key = cache.key;
    else losses.note("cache_key");
  }
  if (cache?.auto !== undefined) losses.note("cache_marks");
  // OpenAI takes metadata only with what it stores, and nothing is stored.
  if (metadata !== undefined) losses.note("metadata");
}

function encodeUser({ user }: NeutralRequest, { capability, losses }: RequestScope, body: WirePart): void {
  if (user === undefined) return;
  const { userField, userMaxLength } = capability;
  if (userField === "none") {
    losses.note("user");
    return;
  }
  if (user.length > userMaxLength) losses.note("user_hashed");
  const sent = user.length > userMaxLength ? `u_${shortHash(user, USER_HASH_LENGTH)}` : user;
  if (userField === "metadata") body.metadata = { user_id: sent };
  else body[userField] = sent;
}
