import { asList } from "../../json.ts";
import type { JsonObject } from "../../json.ts";
import { shown, fits, Complaints, listOf, objectOf, repeated, words } from "./complaints.ts";
import type { ModelRules } from "./complaints.ts";
import {
  EFFORTS,
  NAME,
  fileLaw,
  formatLaw,
  functionLaw,
  imageUrlLaw,
  isCarrier,
  settingsLaw,
  valuesOf,
  within,
} from "./openai.ts";

/* What Chat Completions refuses in a request. Types of `openai` 7.57.0, recorded and reported refusals; read on 2026-11-25. */

// `top_k` is an extension of some servers.
const KEYS = words(
  "messages model frequency_penalty logit_bias logprobs max_completion_tokens max_tokens metadata modalities audio moderation n " +
    "parallel_tool_calls prediction presence_penalty prompt_cache_key prompt_cache_options prompt_cache_retention reasoning_effort " +
    "response_format safety_identifier seed service_tier stop store stream stream_options temperature tool_choice tools " +
    "top_logprobs top_p user verbosity web_search_options top_k",
);
const MESSAGE_KEYS: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ["system", words("role content name")],
  ["developer", words("role content name")],
  ["user", words("role content name")],
  ["assistant", words("role content name tool_calls refusal audio reasoning_content reasoning reasoning_details")],
  ["tool", words("role content tool_call_id")],
]);
const PARTS: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ["system", words("text")],
  ["developer", words("text")],
  ["user", words("text image_url file input_audio")],
  ["assistant", words("text refusal")],
  ["tool", words("text")],
]);

/** What Chat Completions would refuse; empty when it would take the request. */
export function chatLaw(body: JsonObject, rules: ModelRules = {}): readonly string[] {
  const complaints = new Complaints();
  complaints.known(body, KEYS, "");
  settingsLaw(body, complaints);
  for (const law of [messagesLaw, pairingLaw, toolsLaw, choiceLaw, restLaw]) law(body, complaints, rules);
  return complaints.list;
}

type Law = (body: JsonObject, complaints: Complaints, rules: ModelRules) => void;

const messagesLaw: Law = ({ messages }, complaints, rules) => {
  const list = listOf(messages);
  complaints.need(list.length > 0, "messages: none");
  for (const [index, message] of list.entries()) {
    const at = `messages.${index}`;
    const keys = MESSAGE_KEYS.get(shown(message.role));
    if (keys === undefined) complaints.need(false, `${at}: role ${shown(message.role)}`);
    else {
      complaints.known(message, keys, `${at}.`);
      contentLaw(message, at, { complaints, rules });
      if (message.role === "assistant") assistantLaw(message, at, { complaints, rules });
    }
  }
};

interface Scope {
  readonly complaints: Complaints;
  readonly rules: ModelRules;
}

function contentLaw({ role, content }: JsonObject, at: string, { complaints, rules }: Scope): void {
  if (typeof content === "string" || (role === "assistant" && (content === null || content === undefined))) return;
  const parts = asList(content);
  if (parts === undefined || parts.length === 0) return complaints.need(false, `${at}: no content`);
  for (const [index, part] of listOf(parts).entries()) {
    const type = shown(part.type);
    const isToolImage = role === "tool" && type === "image_url" && rules.toolMedia === true;
    complaints.need(
      isToolImage || PARTS.get(shown(role))?.has(type) === true,
      `${at}.${index}: ${type} for ${shown(role)}`,
    );
    partLaw(part, `${at}.${index}`, complaints);
  }
}

function partLaw(part: JsonObject, at: string, complaints: Complaints): void {
  if (part.type === "text") complaints.need(typeof part.text === "string", `${at}: no text`);
  if (part.type === "image_url") imageUrlLaw(objectOf(part.image_url).url, at, complaints);
  if (part.type === "file") fileLaw(objectOf(part.file), at, complaints);
}

function assistantLaw(message: JsonObject, at: string, { complaints, rules }: Scope): void {
  const { content = null, tool_calls: calls, reasoning_details: details } = message;
  complaints.need(content !== null || calls !== undefined, `${at}: neither content nor calls`);
  complaints.need(calls === undefined || (asList(calls)?.length ?? 0) > 0, `${at}: an empty list of calls`);
  for (const { data, signature } of listOf(details))
    complaints.need(!isCarrier(data) && !isCarrier(signature), `${at}: a carrier of ours`);
  for (const [index, call] of listOf(calls).entries())
    callLaw(call, `${at}.tool_calls.${index}`, { complaints, rules });
}

function callLaw(call: JsonObject, at: string, { complaints, rules }: Scope): void {
  const id = shown(call.id ?? "");
  complaints.need(id.length > 0 && id.length <= 64, `${at}: id ${id}`);
  complaints.need(call.type !== "custom" || rules.customTools !== false, `${at}: a custom call`);
  const { name, arguments: text, input } = objectOf(call[shown(call.type)]);
  complaints.need(call.type === "function" || call.type === "custom", `${at}: type ${shown(call.type)}`);
  complaints.need(fits(NAME, name), `${at}: name ${shown(name)} is not legal`);
  complaints.need(typeof (call.type === "custom" ? input : text) === "string", `${at}: no arguments`);
}

const pairingLaw: Law = ({ messages }, complaints) => {
  const list = listOf(messages);
  let waiting: unknown[] = [];
  for (const [index, message] of list.entries()) {
    if (message.role === "tool") {
      const id = message.tool_call_id;
      complaints.need(waiting.includes(id), `messages.${index}: result ${shown(id)} without its call`);
      waiting = waiting.filter((each) => each !== id);
      continue;
    }
    complaints.need(waiting.length === 0, `messages.${index}: calls ${waiting.join(", ")} without results`);
    waiting = message.role === "assistant" ? [...valuesOf(message.tool_calls, "id")] : [];
    complaints.need(repeated(waiting).length === 0, `messages.${index}: several calls with one id`);
  }
  const endsWithCalls = list.at(-1)?.role === "assistant";
  complaints.need(endsWithCalls || waiting.length === 0, `messages: calls ${waiting.join(", ")} without results`);
};

const toolsLaw: Law = ({ tools }, complaints, rules) => {
  const list = listOf(tools);
  const names = list.map((tool) => objectOf(tool[shown(tool.type)]).name);
  complaints.need(repeated(names).length === 0, "tools: several of one name");
  complaints.need(list.length <= 128, "tools: more than 128");
  for (const [index, tool] of list.entries()) {
    const at = `tools.${index}`;
    complaints.known(tool, words("type function custom"), `${at}.`);
    if (tool.type === "custom") {
      complaints.need(rules.customTools !== false, `${at}: a custom tool`);
      complaints.need(fits(NAME, objectOf(tool.custom).name), `${at}: name is not legal`);
      complaints.known(objectOf(tool.custom), words("name description format"), `${at}.custom.`);
    } else {
      complaints.need(tool.type === "function", `${at}: type ${shown(tool.type)}`);
      complaints.known(objectOf(tool.function), words("name description parameters strict"), `${at}.function.`);
      functionLaw(objectOf(tool.function), at, complaints);
    }
  }
};

const choiceLaw: Law = ({ tool_choice: choice, tools }, complaints) => {
  if (choice === undefined) return;
  if (typeof choice === "string")
    return complaints.need(["auto", "none", "required"].includes(choice), `tool_choice: ${choice}`);
  const chosen = objectOf(choice);
  const names = new Set(listOf(tools).map((tool) => objectOf(tool[shown(tool.type)]).name));
  if (chosen.type === "allowed_tools") {
    const { mode, tools: allowed } = objectOf(chosen.allowed_tools);
    complaints.need(mode === "auto" || mode === "required", `tool_choice: mode ${shown(mode)}`);
    complaints.need((asList(allowed)?.length ?? 0) > 0, "tool_choice: no tool is allowed");
    for (const tool of listOf(allowed))
      complaints.need(names.has(objectOf(tool[shown(tool.type)]).name), "tool_choice: no such tool");
    return;
  }
  complaints.need(chosen.type === "function" || chosen.type === "custom", `tool_choice: ${shown(chosen.type)}`);
  complaints.need(names.has(objectOf(chosen[shown(chosen.type)]).name), "tool_choice: no such tool");
};

const restLaw: Law = (body, complaints) => {
  const { stop, max_tokens: most, max_completion_tokens: mostCompletion } = body;
  const stops = typeof stop === "string" ? [stop] : (asList(stop) ?? []);
  complaints.need(stops.length <= 4, `stop: ${stops.length} of them`);
  complaints.need(stop === undefined || (stops.length > 0 && !stops.includes("")), "stop: an empty one");
  for (const value of [most, mostCompletion])
    complaints.need(
      value === undefined || (Number.isInteger(value) && Number(value) >= 1),
      `max_tokens: ${shown(value)}`,
    );
  complaints.need(most === undefined || mostCompletion === undefined, "max_tokens and max_completion_tokens together");
  complaints.need(body.stream_options === undefined || body.stream === true, "stream_options: there is no stream");
  complaints.need(
    body.reasoning_effort === undefined || EFFORTS.has(shown(body.reasoning_effort)),
    "reasoning_effort: unknown",
  );
  complaints.need(body.top_logprobs === undefined || body.logprobs === true, "top_logprobs: only with logprobs");
  within(body, "n", [1, 128], complaints);
  within(body, "frequency_penalty", [-2, 2], complaints);
  within(body, "presence_penalty", [-2, 2], complaints);
  formatsLaw(body.response_format, complaints);
};

function formatsLaw(format: unknown, complaints: Complaints): void {
  if (format === undefined) return;
  const { type, json_schema: schema } = objectOf(format);
  complaints.need(["text", "json_object", "json_schema"].includes(shown(type)), "response_format: unknown");
  if (type !== "json_schema") return;
  complaints.known(objectOf(schema), words("name description schema strict"), "response_format.json_schema.");
  formatLaw(objectOf(schema), "response_format", complaints);
}
