import { asList, asObject, asString, asText } from "../../json.ts";
import type { JsonObject } from "../../json.ts";
import type { LossLog } from "../../loss.ts";
import { EFFORTS } from "../../neutral/request.ts";
import type { NeutralRequest, OutputFormat, Reasoning } from "../../neutral/request.ts";
import { TranslationError } from "../../translation-error.ts";
import { cacheOf } from "./decode-blocks.ts";
import { decodeToolChoice, decodeTools } from "./decode-tools.ts";
import { decodeMessages, decodeSystem } from "./decode-turns.ts";
import { countField, flagField, listField, numberField, objectField, wrongField } from "./fields.ts";
import { REQUEST_FIELDS } from "./wire.ts";

type Writable<T> = { -readonly [Field in keyof T]: T[Field] };

/** A request of a client of Anthropic Messages, or its question for the tokens of one; see `Dialect.decodeRequest`. */
export function decodeRequest(body: JsonObject, losses: LossLog): NeutralRequest {
  const model = asText(body.model);
  if (model === undefined) throw missing("model", "Name a model.");
  noteUnsayable(body, losses);
  const messages = asList(body.messages);
  if (messages === undefined || messages.length === 0)
    throw missing("messages", "Send a list of at least one message.");
  const tools = decodeTools(body, losses);
  const { turns, tools: added, effort } = decodeMessages(messages, losses);
  const request: Writable<NeutralRequest> = {
    model,
    system: decodeSystem(body.system),
    turns,
    tools: added.length === 0 ? tools : [...tools, ...added],
    stream: flagField(body, "stream") ?? false,
  };
  const { choice, single } = decodeToolChoice(body);
  if (choice !== undefined) request.toolChoice = choice;
  if (single) request.parallelTools = false;
  decodeLimits(body, request);
  decodeOutput(body, request, effort, losses);
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
  noteThread(objectField(body, "thread"), losses);
  if (listField(body, "mcp_servers").length > 0) losses.note("mcp_servers");
  if (body.container !== undefined && body.container !== null) losses.note("container");
  if (objectField(body, "context_management") !== undefined) losses.note("context_management");
  if (asText(body.speed) !== undefined && body.speed !== "standard") losses.note("speed");
}

/** A new thread has the whole conversation in it, so it can be answered; later ones are refused, and clients then do without. */
function noteThread(thread: JsonObject | undefined, losses: LossLog): void {
  if (thread?.type === "continue") losses.note("thread");
  else if (thread !== undefined) losses.note("unknown_field", "thread");
}

function decodeLimits(body: JsonObject, request: Writable<NeutralRequest>): void {
  const tokens = countField(body, "max_tokens");
  if (tokens !== undefined) request.maxOutputTokens = tokens;
  const stops = listField(body, "stop_sequences").map(asString);
  if (stops.length > 0) {
    if (!stops.every((stop) => stop !== undefined)) throw wrongField("stop_sequences", "a list of strings");
    request.stop = stops;
  }
  const [temperature, topP, topK] = [
    numberField(body, "temperature"),
    numberField(body, "top_p"),
    numberField(body, "top_k"),
  ];
  if (temperature !== undefined) request.temperature = temperature;
  // Some clients say -1 for none, which Anthropic lets pass.
  if (topP !== undefined && topP >= 0) request.topP = topP;
  if (topK !== undefined && topK >= 0) request.topK = topK;
}

/** How the model thinks and what form its answer has. */
function decodeOutput(
  body: JsonObject,
  request: Writable<NeutralRequest>,
  laterEffort: string | undefined,
  losses: LossLog,
): void {
  const config = objectField(body, "output_config");
  for (const key of Object.keys(config ?? {})) {
    if (key !== "effort" && key !== "format") losses.note("unknown_field", `output_config.${key}`);
  }
  const reasoning = decodeReasoning(objectField(body, "thinking"), laterEffort ?? asText(config?.effort), losses);
  if (reasoning !== undefined) request.reasoning = reasoning;
  // Until it was general, the format stood beside the other fields.
  const format = decodeFormat(asObject(config?.format) ?? objectField(body, "output_format"));
  if (format !== undefined) request.format = format;
}

const MODES = ["adaptive", "enabled", "disabled"] as const;

function decodeReasoning(
  thinking: JsonObject | undefined,
  effortWord: string | undefined,
  losses: LossLog,
): Reasoning | undefined {
  const effort = EFFORTS.find((each) => each === effortWord);
  if (effortWord !== undefined && effort === undefined) losses.note("unknown_field", "output_config.effort");
  if (thinking === undefined) return effort === undefined ? undefined : { effort };
  const mode = MODES.find((each) => each === thinking.type);
  if (mode === undefined) losses.note("unknown_field", "thinking.type");
  const budgetTokens = countField(thinking, "budget_tokens");
  const display = asText(thinking.display);
  return {
    ...(effort !== undefined && { effort }),
    ...(mode !== undefined && { mode }),
    ...(budgetTokens !== undefined && { budgetTokens }),
    ...(display !== undefined && { show: display !== "omitted" }),
  };
}

function decodeFormat(format: JsonObject | undefined): OutputFormat | undefined {
  if (format === undefined) return undefined;
  const schema = asObject(format.schema);
  if (format.type !== "json_schema" || schema === undefined) {
    throw wrongField("output_config.format", 'an object of type "json_schema" with a `schema`');
  }
  return { type: "json_schema", schema };
}

const TIERS: ReadonlyMap<unknown, string> = new Map([
  ["auto", "auto"],
  ["standard_only", "default"],
]);

function decodeAccount(body: JsonObject, request: Writable<NeutralRequest>, losses: LossLog): void {
  const metadata = objectField(body, "metadata");
  const user = asText(metadata?.user_id);
  if (user !== undefined) request.user = user;
  for (const key of Object.keys(metadata ?? {})) {
    if (key !== "user_id") losses.note("unknown_field", `metadata.${key}`);
  }
  const tier = asText(body.service_tier);
  const known = TIERS.get(tier);
  if (known !== undefined) request.tier = known;
  else if (tier !== undefined) losses.note("unknown_field", "service_tier");
  const auto = cacheOf(body);
  if (auto !== undefined) request.cache = { auto };
}
