import { asList } from "../../json.ts";
import type { JsonObject } from "../../json.ts";
import { shown, fits, Complaints, isBlank, listOf, objectOf, repeated, words } from "./complaints.ts";
import {
  EFFORTS,
  NAME,
  fileLaw,
  formatLaw,
  functionLaw,
  imageUrlLaw,
  isCarrier,
  settingsLaw,
  within,
} from "./openai.ts";

/* What Responses refuses in a request. Types of `openai` 7.57.0, recorded and reported refusals; read on 2026-11-25. */

const KEYS = words(
  "background include input instructions max_output_tokens max_tool_calls metadata model moderation parallel_tool_calls " +
    "prompt_cache_key prompt_cache_options prompt_cache_retention reasoning safety_identifier service_tier store stream " +
    "stream_options temperature text tool_choice tools top_logprobs top_p truncation user context_management",
);
const INCLUDES = words("reasoning.encrypted_content message.output_text.logprobs web_search_call.action.sources");
const ITEM_KEYS: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ["message", words("type role content phase status id")],
  ["reasoning", words("type summary content encrypted_content status")],
  ["function_call", words("type call_id name arguments namespace status id")],
  ["function_call_output", words("type call_id output status id")],
  ["custom_tool_call", words("type call_id name input namespace id")],
  ["custom_tool_call_output", words("type call_id output id")],
  ["web_search_call", words("type id status action")],
]);
const CALLS = words("function_call custom_tool_call");
const OUTPUTS = words("function_call_output custom_tool_call_output");
/** What reasoning may lead to. */
const PRODUCED = words("message function_call custom_tool_call web_search_call");

/** What Responses would refuse; empty when it would take the request. */
export function responsesLaw(body: JsonObject): readonly string[] {
  const complaints = new Complaints();
  complaints.known(body, KEYS, "");
  settingsLaw(body, complaints);
  for (const law of [inputLaw, pairingLaw, reasoningLaw, toolsLaw, choiceLaw, restLaw]) law(body, complaints);
  return complaints.list;
}

type Law = (body: JsonObject, complaints: Complaints) => void;

function typeOf(item: JsonObject): string {
  return shown(item.type ?? "message");
}

const inputLaw: Law = ({ input }, complaints) => {
  if (typeof input === "string") return complaints.need(input !== "", "input: empty");
  complaints.need((asList(input)?.length ?? 0) > 0, "input: none");
  for (const [index, item] of listOf(input).entries()) {
    const type = typeOf(item);
    const at = `input.${index}(${type})`;
    const keys = ITEM_KEYS.get(type);
    if (keys === undefined) complaints.need(false, `${at}: unknown item`);
    else {
      complaints.known(item, keys, `${at}.`);
      itemLaw(item, at, complaints);
    }
  }
};

function itemLaw(item: JsonObject, at: string, complaints: Complaints): void {
  const type = typeOf(item);
  if (type === "message") messageLaw(item, at, complaints);
  if (CALLS.has(type) || OUTPUTS.has(type)) {
    const id = shown(item.call_id ?? "");
    complaints.need(id.length > 0 && id.length <= 64, `${at}: call_id ${id}`);
  }
  if (CALLS.has(type)) {
    complaints.need(fits(NAME, item.name), `${at}: name ${shown(item.name)} is not legal`);
    complaints.need(
      typeof (type === "function_call" ? item.arguments : item.input) === "string",
      `${at}: no arguments`,
    );
  }
  if (OUTPUTS.has(type) && typeof item.output !== "string") {
    complaints.need(asList(item.output) !== undefined, `${at}: no output`);
    partsLaw(item.output, { at, complaints, isAssistant: false });
  }
}

function messageLaw({ role, content, phase }: JsonObject, at: string, complaints: Complaints): void {
  complaints.need(["user", "assistant", "system", "developer"].includes(shown(role)), `${at}: role ${shown(role)}`);
  complaints.need(phase === undefined || role === "assistant", `${at}: phase is for the assistant`);
  if (typeof content === "string") return;
  complaints.need((asList(content)?.length ?? 0) > 0, `${at}: no content`);
  partsLaw(content, { at, complaints, isAssistant: role === "assistant" });
}

function partsLaw(
  content: unknown,
  {
    at,
    complaints,
    isAssistant,
  }: { readonly at: string; readonly complaints: Complaints; readonly isAssistant: boolean },
): void {
  const known = isAssistant ? words("output_text refusal") : words("input_text input_image input_file");
  for (const [index, part] of listOf(content).entries()) {
    const here = `${at}.${index}`;
    complaints.need(known.has(shown(part.type)), `${here}: ${shown(part.type)}`);
    if (part.type === "input_text" || part.type === "output_text")
      complaints.need(typeof part.text === "string", `${here}: no text`);
    if (part.type === "refusal") complaints.need(typeof part.refusal === "string", `${here}: no refusal`);
    if (part.type === "input_image") imageUrlLaw(part.image_url, here, complaints);
    if (part.type === "input_file" && part.file_url === undefined) fileLaw(part, here, complaints);
  }
}

/** Whether the model said or did it, given an item of a kind that it may. */
function isModels(item: JsonObject): boolean {
  return typeOf(item) !== "message" || item.role === "assistant";
}

const pairingLaw: Law = ({ input }, complaints) => {
  const items = listOf(input);
  const calls = items.filter((item) => CALLS.has(typeOf(item)));
  const outputs = items.filter((item) => OUTPUTS.has(typeOf(item)));
  complaints.need(repeated(calls.map(({ call_id: id }) => id)).length === 0, "input: several calls with one id");
  complaints.need(repeated(outputs.map(({ call_id: id }) => id)).length === 0, "input: several outputs for one call");
  for (const output of outputs) {
    const at = items.indexOf(output);
    const call = items.slice(0, at).find((item) => CALLS.has(typeOf(item)) && item.call_id === output.call_id);
    complaints.need(call !== undefined, `input.${at}: output ${shown(output.call_id)} without its call`);
    if (call !== undefined)
      complaints.need(`${typeOf(call)}_output` === typeOf(output), `input.${at}: an output of another kind`);
  }
  // The model may have the last word, be it a call.
  const lastOther = items.findLastIndex(
    (item) => !(PRODUCED.has(typeOf(item)) && isModels(item)) && typeOf(item) !== "reasoning",
  );
  for (const call of calls) {
    const at = items.indexOf(call);
    const answered = outputs.some((output) => output.call_id === call.call_id);
    complaints.need(answered || at > lastOther, `input.${at}: call ${shown(call.call_id)} without its output`);
  }
};

const reasoningLaw: Law = ({ input }, complaints) => {
  const items = listOf(input);
  for (const [index, item] of items.entries()) {
    if (typeOf(item) !== "reasoning") continue;
    const at = `input.${index}(reasoning)`;
    complaints.need(asList(item.summary) !== undefined, `${at}: no summary`);
    complaints.need(!isBlank(item.encrypted_content), `${at}: no encrypted content`);
    complaints.need(!isCarrier(item.encrypted_content), `${at}: a carrier of ours`);
    const next = items.slice(index + 1).find((each) => typeOf(each) !== "reasoning");
    const follows = next !== undefined && PRODUCED.has(typeOf(next)) && isModels(next);
    complaints.need(follows, `${at}: without the item it led to`);
  }
};

const toolsLaw: Law = ({ tools }, complaints) => {
  const names = listOf(tools).flatMap(({ type, name }) => (type === "function" || type === "custom" ? [name] : []));
  complaints.need(repeated(names).length === 0, "tools: several of one name");
  for (const [index, tool] of listOf(tools).entries()) {
    const at = `tools.${index}`;
    if (tool.type === "function") {
      complaints.known(tool, words("type name description parameters strict"), `${at}.`);
      functionLaw(tool, at, complaints);
      complaints.need(typeof tool.strict === "boolean", `${at}: strict must be said, for its absence means yes`);
    } else if (tool.type === "custom") {
      complaints.known(tool, words("type name description format"), `${at}.`);
      complaints.need(fits(NAME, tool.name), `${at}: name ${shown(tool.name)} is not legal`);
    } else complaints.need(tool.type === "web_search", `${at}: type ${shown(tool.type)}`);
  }
};

const choiceLaw: Law = ({ tool_choice: choice, tools }, complaints) => {
  if (choice === undefined) return;
  if (typeof choice === "string")
    return complaints.need(["auto", "none", "required"].includes(choice), `tool_choice: ${choice}`);
  const { type, name, mode, tools: allowed } = objectOf(choice);
  const has = (type: unknown, name: unknown): boolean =>
    listOf(tools).some((tool) => tool.type === type && tool.name === name);
  if (type === "allowed_tools") {
    complaints.need(mode === "auto" || mode === "required", `tool_choice: mode ${shown(mode)}`);
    complaints.need((asList(allowed)?.length ?? 0) > 0, "tool_choice: no tool is allowed");
    for (const tool of listOf(allowed)) complaints.need(has(tool.type, tool.name), "tool_choice: no such tool");
  } else complaints.need(has(type, name), "tool_choice: no such tool");
};

const restLaw: Law = (body, complaints) => {
  within(body, "max_output_tokens", [16, Infinity], complaints);
  complaints.need(body.store === false, "store: must be said, for its absence means yes");
  complaints.need(body.instructions === undefined || typeof body.instructions === "string", "instructions: no text");
  for (const each of asList(body.include) ?? []) complaints.need(INCLUDES.has(shown(each)), `include: ${shown(each)}`);
  const reasoning = objectOf(body.reasoning);
  complaints.known(reasoning, words("effort summary context"), "reasoning.");
  complaints.need(reasoning.effort === undefined || EFFORTS.has(shown(reasoning.effort)), "reasoning.effort: unknown");
  const text = objectOf(body.text);
  complaints.known(text, words("format verbosity"), "text.");
  const format = objectOf(text.format);
  complaints.need(
    text.format === undefined || ["text", "json_object", "json_schema"].includes(shown(format.type)),
    "text.format: unknown",
  );
  if (format.type === "json_schema") {
    complaints.known(format, words("type name description schema strict"), "text.format.");
    formatLaw(format, "text.format", complaints);
  }
};
