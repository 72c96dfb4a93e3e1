import { asList, asNumber } from "../../json.ts";
import type { JsonObject } from "../../json.ts";
import { NAME, blocksLaw } from "./anthropic-blocks.ts";
import { shown, fits, Complaints, isBlank, listOf, objectOf, repeated, walkSchema, words } from "./complaints.ts";
import type { ModelRules } from "./complaints.ts";

/*
 * What Anthropic refuses in a request. Types of `@anthropic-ai/sdk` 1.12.0, recorded refusals and reports of refusals; read on
 * 2026-11-25.
 */

const KEYS = words(
  "model max_tokens messages system tools tool_choice stop_sequences temperature top_p top_k thinking output_config metadata " +
    "service_tier stream cache_control",
);
const MESSAGE_KEYS = words("role content");
const TOOL_KEYS = words("type name description input_schema strict cache_control eager_input_streaming defer_loading");
const EFFORTS = words("low medium high xhigh max");
const STRICT_FORMATS = words("date-time time date duration email hostname uri ipv4 ipv6 uuid");
const STRICT_NEVER = words(
  "minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength maxItems uniqueItems pattern oneOf",
);

/** What Anthropic would refuse; empty when it would take the request. */
export function anthropicLaw(body: JsonObject, rules: ModelRules = {}): readonly string[] {
  const complaints = new Complaints();
  complaints.known(body, KEYS, "");
  complaints.need(!isBlank(body.model), "model: missing");
  for (const law of [
    tokensLaw,
    samplingLaw,
    systemLaw,
    messagesLaw,
    turnsLaw,
    toolsLaw,
    choiceLaw,
    thinkingLaw,
    restLaw,
    cacheLaw,
  ])
    law(body, complaints, rules);
  return complaints.list;
}

type Law = (body: JsonObject, complaints: Complaints, rules: ModelRules) => void;

const tokensLaw: Law = ({ max_tokens: most }, complaints, { maxOutputTokens = Infinity }) => {
  complaints.need(Number.isInteger(most) && Number(most) >= 1, `max_tokens: ${shown(most)}`);
  complaints.need(Number(most) <= maxOutputTokens, `max_tokens: ${shown(most)} is more than the model takes`);
};

const samplingLaw: Law = (body, complaints, { sampling = "all" }) => {
  const given = ["temperature", "top_p", "top_k"].filter((key) => body[key] !== undefined);
  complaints.need(sampling !== "none" || given.length === 0, `${given.join(", ")}: not for this model`);
  const both = body.temperature !== undefined && body.top_p !== undefined;
  complaints.need(sampling !== "one" || !both, "temperature and top_p together");
  for (const key of ["temperature", "top_p"]) {
    const value = asNumber(body[key]);
    complaints.need(
      body[key] === undefined || (value !== undefined && value >= 0 && value <= 1),
      `${key}: out of range`,
    );
  }
};

const systemLaw: Law = ({ system }, complaints) => {
  if (system === undefined) return;
  blocksLaw(system, "system", "system", complaints);
  const texts = typeof system === "string" ? [system] : listOf(system).map(({ text }) => text);
  complaints.need(texts.length > 0 && !texts.some(isBlank), "system: blank text");
};

const messagesLaw: Law = ({ messages }, complaints, { systemTurns = true, prefill = true }) => {
  const list = listOf(messages);
  complaints.need(list.length > 0, "messages: none");
  complaints.need(list[0]?.role === "user", "messages: the first turn must be the user's");
  for (const [index, message] of list.entries()) {
    messageLaw(message, `messages.${index}`, complaints);
    if (message.role === "system") systemTurnLaw(list, index, { complaints, systemTurns });
  }
  const last = list.at(-1);
  if (last?.role !== "assistant") return;
  complaints.need(prefill, "messages: must not end with the assistant");
  const text = shown(blocksOf(last).at(-1)?.text ?? "");
  complaints.need(text.trimEnd() === text, "messages: the last assistant turn must not end with white space");
};

function messageLaw(message: JsonObject, at: string, complaints: Complaints): void {
  const { role, content } = message;
  complaints.known(message, MESSAGE_KEYS, `${at}.`);
  if (role !== "user" && role !== "assistant" && role !== "system")
    return complaints.need(false, `${at}: role ${shown(role)}`);
  blocksLaw(content, role, at, complaints);
  const blocks = blocksOf(message);
  complaints.need(blocks.length > 0, `${at}: empty`);
  complaints.need(!blocks.every(isBlankText), `${at}: blank`);
}

function systemTurnLaw(
  list: readonly JsonObject[],
  index: number,
  { complaints, systemTurns }: { readonly complaints: Complaints; readonly systemTurns: boolean },
): void {
  complaints.need(systemTurns, `messages.${index}: system turns are not for this model`);
  complaints.need(list[index - 1]?.role === "user", `messages.${index}: a system turn must follow a user turn`);
  const next = list[index + 1]?.role;
  complaints.need(
    next === undefined || next === "assistant",
    `messages.${index}: a system turn must precede an assistant turn`,
  );
}

/** Messages of the same role are one turn; the system's are not of the conversation. */
function turnsOf(messages: unknown): readonly { readonly role: unknown; readonly blocks: readonly JsonObject[] }[] {
  const turns: { role: unknown; blocks: JsonObject[] }[] = [];
  for (const message of listOf(messages)) {
    if (message.role === "system") continue;
    const last = turns.at(-1);
    if (last?.role === message.role) last?.blocks.push(...blocksOf(message));
    else turns.push({ role: message.role, blocks: [...blocksOf(message)] });
  }
  return turns;
}

const turnsLaw: Law = ({ messages }, complaints) => {
  let calls: readonly unknown[] = [];
  for (const [index, { role, blocks }] of turnsOf(messages).entries()) {
    const at = `turn ${index}`;
    const results = blocks.filter(({ type }) => type === "tool_result").map(({ tool_use_id: id }) => id);
    if (role === "user") {
      complaints.need(
        blocks.slice(0, results.length).every(({ type }) => type === "tool_result"),
        `${at}: something stands before a tool result`,
      );
      complaints.need(repeated(results).length === 0, `${at}: several results for one call`);
      for (const id of results) complaints.need(calls.includes(id), `${at}: result ${shown(id)} without its call`);
    }
    for (const id of calls)
      complaints.need(role === "user" && results.includes(id), `${at}: call ${shown(id)} without its result`);
    calls = role === "assistant" ? blocks.filter(({ type }) => type === "tool_use").map(({ id }) => id) : [];
    complaints.need(repeated(calls).length === 0, `${at}: several calls with one id`);
  }
};

const toolsLaw: Law = ({ tools, messages }, complaints) => {
  const list = listOf(tools);
  complaints.need(tools === undefined || asList(tools) !== undefined, "tools: no list");
  complaints.need(repeated(list.map(({ name }) => name)).length === 0, "tools: several of one name");
  for (const [index, tool] of list.entries()) {
    complaints.need(fits(NAME, tool.name), `tools.${index}: name ${shown(tool.name)} is not legal`);
    if (tool.type === undefined || tool.type === "custom") customToolLaw(tool, `tools.${index}`, complaints);
  }
  const calls = listOf(messages).some((message) =>
    blocksOf(message).some(({ type }) => type === "tool_use" || type === "tool_result"),
  );
  complaints.need(!calls || list.length > 0, "tools: the history calls tools, so there must be some");
};

function customToolLaw(tool: JsonObject, at: string, complaints: Complaints): void {
  complaints.known(tool, TOOL_KEYS, `${at}.`);
  const schema = objectOf(tool.input_schema);
  complaints.need(schema.type === "object", `${at}: the schema must be of an object`);
  complaints.need(
    !["anyOf", "oneOf", "allOf"].some((key) => key in schema),
    `${at}: a union at the root of the schema`,
  );
  complaints.need(
    tool.description === undefined || typeof tool.description === "string",
    `${at}: description is no text`,
  );
  if (tool.strict === true) strictLaw(schema, at, complaints);
}

function strictLaw(schema: JsonObject, at: string, complaints: Complaints): void {
  walkSchema(schema, (node) => {
    for (const key of Object.keys(node)) complaints.need(!STRICT_NEVER.has(key), `${at}: ${key} in a strict schema`);
    const isObjectSchema = node.type === "object" || node.properties !== undefined;
    complaints.need(!isObjectSchema || node.additionalProperties === false, `${at}: an open object in a strict schema`);
    complaints.need(
      node.format === undefined || STRICT_FORMATS.has(shown(node.format)),
      `${at}: format in a strict schema`,
    );
  });
}

const choiceLaw: Law = ({ tool_choice: choice, tools }, complaints) => {
  if (choice === undefined) return;
  const { type, name, disable_parallel_tool_use: disables } = objectOf(choice);
  complaints.need(["auto", "any", "tool", "none"].includes(shown(type)), `tool_choice: ${shown(type)}`);
  complaints.need(listOf(tools).length > 0, "tool_choice: there are no tools");
  complaints.need(type !== "tool" || listOf(tools).some((tool) => tool.name === name), "tool_choice: no such tool");
  complaints.need(type !== "none" || disables === undefined, "tool_choice: nothing to disable with none");
};

const thinkingLaw: Law = (body, complaints, { thinking: known = ["adaptive", "enabled", "disabled"] }) => {
  if (body.thinking === undefined) return;
  const { type, budget_tokens: budget } = objectOf(body.thinking);
  complaints.need(known.includes(shown(type)), `thinking: ${shown(type)} is not for this model`);
  if (type === "disabled") return;
  const { temperature = 1, top_p: topP = 1, top_k: topK } = body;
  complaints.need(temperature === 1 && topK === undefined && Number(topP) >= 0.95, "thinking: not with sampling");
  if (type !== "enabled") return;
  complaints.need(
    Number(budget) >= 1024 && Number(budget) < Number(body.max_tokens),
    `thinking: budget ${shown(budget)}`,
  );
  const forced = ["any", "tool"].includes(shown(objectOf(body.tool_choice).type));
  complaints.need(!forced, "thinking: not with a forced tool");
  const turns = turnsOf(body.messages);
  complaints.need(turns.at(-1)?.role !== "assistant", "thinking: not with a prefill");
  complaints.need(loopBeginsWithThinking(turns), "thinking: the tool loop must begin with thinking");
};

/** Whether the assistant's first turn after the user's last words begins with thinking, if it calls tools. */
function loopBeginsWithThinking(turns: ReturnType<typeof turnsOf>): boolean {
  const lastWords = turns.findLastIndex(
    ({ role, blocks }) => role === "user" && blocks.some(({ type }) => type !== "tool_result"),
  );
  const first = turns.slice(lastWords + 1).find(({ role }) => role === "assistant");
  if (first === undefined || !first.blocks.some(({ type }) => type === "tool_use")) return true;
  return ["thinking", "redacted_thinking"].includes(shown(first.blocks[0]?.type));
}

const restLaw: Law = (body, complaints) => {
  const stops = asList(body.stop_sequences) ?? [];
  complaints.need(!stops.some(isBlank), "stop_sequences: a blank one");
  complaints.need(body.stream === undefined || typeof body.stream === "boolean", "stream: no boolean");
  const tier = body.service_tier;
  complaints.need(tier === undefined || tier === "auto" || tier === "standard_only", `service_tier: ${shown(tier)}`);
  const metadata = objectOf(body.metadata);
  complaints.known(metadata, words("user_id"), "metadata.");
  const user = shown(metadata.user_id ?? "");
  complaints.need(user.length <= 256, "metadata.user_id: too long");
  complaints.need(!/^\S+@\S+\.\S+$|^\+?[\d ()-]{7,}$/.test(user), "metadata.user_id: looks like an address");
  outputLaw(objectOf(body.output_config), complaints);
};

function outputLaw(config: JsonObject, complaints: Complaints): void {
  complaints.known(config, words("effort format"), "output_config.");
  complaints.need(config.effort === undefined || EFFORTS.has(shown(config.effort)), `effort: ${shown(config.effort)}`);
  if (config.format === undefined) return;
  const format = objectOf(config.format);
  complaints.known(format, words("type schema"), "output_config.format.");
  complaints.need(format.type === "json_schema", `format: ${shown(format.type)}`);
  complaints.need(objectOf(format.schema).type === "object" || format.schema !== undefined, "format: no schema");
  strictLaw(objectOf(format.schema), "format", complaints);
}

const cacheLaw: Law = (body, complaints) => {
  const results = (blocks: readonly JsonObject[]): readonly JsonObject[] =>
    blocks.flatMap((block) => [...(block.type === "tool_result" ? listOf(block.content) : []), block]);
  const places = [
    ...listOf(body.tools),
    ...listOf(body.system),
    ...listOf(body.messages).flatMap((message) => results(blocksOf(message))),
    body,
  ];
  const marked = places.filter(({ cache_control: mark }) => mark !== undefined && mark !== null);
  complaints.need(marked.length <= 4, `cache_control: ${marked.length} marks`);
  const lives = marked.map(({ cache_control: mark }) => objectOf(mark).ttl ?? "5m");
  complaints.need(
    lives.every((ttl) => ttl === "5m" || ttl === "1h"),
    `cache_control: ${lives.map(shown).join(", ")}`,
  );
  complaints.need(!lives.includes("5m") || lives.lastIndexOf("1h") < lives.indexOf("5m"), "cache_control: 1h after 5m");
  complaints.need(!marked.some(({ type, text }) => type === "text" && isBlank(text)), "cache_control: on blank text");
};

function blocksOf({ content }: JsonObject): readonly JsonObject[] {
  if (typeof content === "string") return content === "" ? [] : [{ type: "text", text: content }];
  return listOf(content);
}

function isBlankText({ type, text }: JsonObject): boolean {
  return type === "text" && isBlank(text);
}
