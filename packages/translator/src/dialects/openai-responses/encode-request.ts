import type { RequestScope } from "../../context.ts";
import { asObject } from "../../json.ts";
import type { JsonObject } from "../../json.ts";
import type { Effort, NeutralRequest, OutputFormat, Reasoning } from "../../neutral/request.ts";
import { effortOfReasoning, nearestEffort } from "../../reasoning/effort.ts";
import { shortHash } from "../../sha256.ts";
import { isStrictLegal } from "../../tools/schema.ts";
import { schemaName } from "../openai-chat/encode-tools.ts";
import { encodeItems } from "./encode-items.ts";
import { encodeTools } from "./encode-tools.ts";
import { ENCRYPTED_REASONING } from "./wire.ts";

/** A body as it is built, key by key in the order in which it is written. */
export type WireObject = Record<string, unknown>;

const USER_HASH_LENGTH = 32;

/** A request to an upstream of the Responses API; see `Dialect.encodeRequest`. Nothing is ever stored. */
export function encodeRequest(request: NeutralRequest, scope: RequestScope): JsonObject {
  const body = encodePrompt(request, scope);
  encodeLimits(request, scope, body);
  encodeSampling(request, scope, body);
  encodeAccount(request, scope, body);
  body.store = false;
  // Models that do not think refuse to be asked for it.
  if (scope.capability.efforts.length > 0) body.include = [ENCRYPTED_REASONING];
  if (request.stream) body.stream = true;
  return body;
}

/** The same, as far as it belongs to the prompt: what tokens are counted of. */
export function encodeCountRequest(request: NeutralRequest, scope: RequestScope): JsonObject {
  const { max_tool_calls: _limit, ...prompt } = encodePrompt(request, scope);
  return prompt;
}

function encodePrompt(request: NeutralRequest, scope: RequestScope): WireObject {
  const body: WireObject = { model: request.model };
  // A JSON object is given only where the input, which the instructions are no part of, has the word.
  const isSaidInside = request.format?.type === "json_object";
  const instructions = request.system.map(({ text }) => text).join("\n\n");
  if (instructions !== "" && !isSaidInside) body.instructions = instructions;
  if (request.system.some(({ cache }) => cache !== undefined)) scope.losses.note("cache_marks");
  const operator = { role: "system", parts: request.system } as const;
  body.input = encodeItems(isSaidInside ? { ...request, turns: [operator, ...request.turns] } : request, scope);
  encodeTools(request, scope, body);
  encodeReasoning(request, scope, body);
  encodeText(request, scope, body);
  return body;
}

function encodeLimits(request: NeutralRequest, { capability, losses }: RequestScope, body: WireObject): void {
  const { maxOutputTokens: asked, stop } = request;
  const { maxOutputTokens: most, minOutputTokens: least } = capability;
  if (asked === 0) losses.note("max_tokens_zero");
  else if (asked !== undefined) {
    if (most !== undefined && asked > most) losses.note("max_tokens_clamped", String(most));
    if (asked < least) losses.note("max_tokens_raised", String(least));
    body.max_output_tokens = Math.max(least, Math.min(asked, most ?? asked));
  }
  if (stop !== undefined && stop.length > 0) losses.note("stop_count");
}

function encodeSampling(request: NeutralRequest, { capability, losses }: RequestScope, body: WireObject): void {
  const { temperature, topP } = request;
  const { sampling } = capability;
  // 1 is what every model takes for itself.
  if (temperature !== undefined) {
    if (sampling !== "none") body.temperature = temperature;
    else if (temperature !== 1) losses.note("temperature");
  }
  if (topP !== undefined) {
    if (sampling === "all" || (sampling === "one" && temperature === undefined)) body.top_p = topP;
    else if (topP !== 1) losses.note("top_p");
  }
  for (const [field, code] of UNKNOWN_SAMPLING) if (request[field] !== undefined) losses.note(code);
}

/** What this API has no field for. */
const UNKNOWN_SAMPLING = [
  ["topK", "top_k"],
  ["seed", "seed"],
  ["frequencyPenalty", "frequency_penalty"],
  ["presencePenalty", "presence_penalty"],
  ["topLogprobs", "logprobs"],
] as const;

function encodeReasoning({ reasoning }: NeutralRequest, scope: RequestScope, body: WireObject): void {
  if (reasoning === undefined) return;
  const { efforts } = scope.capability;
  const asked = effortOfReasoning(reasoning);
  const nearest = asked === undefined ? undefined : nearestEffort(asked, efforts);
  noteEffort(reasoning, asked, nearest, scope);
  const shows = efforts.length > 0 && reasoning.show === true && nearest !== "none";
  if (nearest === undefined && !shows) return;
  body.reasoning = { ...(nearest !== undefined && { effort: nearest }), ...(shows && { summary: "auto" }) };
}

function noteEffort(
  { effort, mode }: Reasoning,
  asked: Effort | undefined,
  nearest: Effort | undefined,
  { losses }: RequestScope,
): void {
  const isBudget = effort === undefined && mode === "enabled";
  if (asked !== undefined && asked !== "none" && nearest === undefined) losses.note("effort", asked);
  else if (isBudget && nearest !== undefined) losses.note("thinking_budget", nearest);
  else if (nearest !== undefined && nearest !== asked) losses.note("effort_adapted", nearest);
}

function encodeText(
  { format, verbosity }: NeutralRequest,
  { losses, capability }: RequestScope,
  body: WireObject,
): void {
  const text: WireObject = {};
  if (format !== undefined) text.format = encodeFormat(format, losses);
  if (verbosity !== undefined) {
    if (capability.verbosity) text.verbosity = verbosity;
    else if (verbosity !== "medium") losses.note("verbosity");
  }
  if (Object.keys(text).length > 0) body.text = text;
}

function encodeFormat(format: OutputFormat, losses: RequestScope["losses"]): JsonObject {
  if (format.type === "json_object") return { type: "json_object" };
  const { name, description, schema, strict } = format;
  const isLegal = strict !== false && isStrictLegal(schema);
  if (strict === true && !isLegal) losses.note("format_schema");
  return {
    type: "json_schema",
    name: schemaName(name),
    ...(description !== undefined && { description }),
    schema,
    strict: isLegal,
  };
}

function encodeAccount(request: NeutralRequest, scope: RequestScope, body: WireObject): void {
  const { user, tier, cache, metadata } = request;
  if (cache?.auto !== undefined) scope.losses.note("cache_marks");
  if (user !== undefined) encodeUser(user, scope, body);
  const wishes = [
    ["service_tier", tier === "auto" ? undefined : tier, "tier"],
    ["prompt_cache_key", cache?.key, "cache_key"],
    ["metadata", metadata === undefined ? undefined : { ...asObject(body.metadata), ...metadata }, "metadata"],
  ] as const;
  for (const [field, value, code] of wishes) {
    if (value === undefined) continue;
    if (scope.capability.openaiFields) body[field] = value;
    else scope.losses.note(code);
  }
}

/** The API takes short names only; a longer one is sent as a hash, the same each time. */
function encodeUser(user: string, { capability, losses }: RequestScope, body: WireObject): void {
  const { userField, userMaxLength } = capability;
  if (userField === "none") {
    losses.note("user");
    return;
  }
  const isLong = user.length > userMaxLength;
  if (isLong) losses.note("user_hashed");
  const sent = isLong ? `u_${shortHash(user, USER_HASH_LENGTH)}` : user;
  if (userField === "metadata") body.metadata = { user_id: sent };
  else body[userField] = sent;
}
