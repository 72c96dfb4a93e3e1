import type { DialectId } from "../dialect.ts";
import { asObject, asString, parseObject } from "../json.ts";
import type { JsonObject } from "../json.ts";
import { SseReader } from "../sse/parse.ts";
import { listOf, objectOf } from "./laws/complaints.ts";

/** What an answer says, read the long way from the wire of its dialect. */
export interface Said {
  /** All text for people, refusals included, in a row. */
  readonly text: string;
  readonly calls: readonly { readonly name: string; readonly arguments: string }[];
  /** All readable reasoning in a row, white space between sections left out. */
  readonly reasoning: string;
}

/** What a whole answer says. */
export function saidInBody(dialect: DialectId, body: JsonObject): Said {
  return BODIES[dialect](body);
}

/** What a streamed answer says. */
export function saidInStream(dialect: DialectId, sse: string): Said {
  return STREAMS[dialect](eventsIn(sse));
}

const BODIES: Readonly<Record<DialectId, (body: JsonObject) => Said>> = {
  "anthropic-messages": (body) => saidInBlocks(listOf(body.content), body),
  "openai-chat": ({ choices }) =>
    saidInMessage(objectOf(listOf(choices).find(({ index = 0 }) => index === 0)?.message)),
  "openai-responses": ({ output }) => saidInItems(listOf(output)),
};

const STREAMS: Readonly<Record<DialectId, (events: readonly JsonObject[]) => Said>> = {
  "anthropic-messages": foldBlocks,
  "openai-chat": foldChunks,
  "openai-responses": foldItems,
};

/** The objects in the frames of a stream. */
export function eventsIn(sse: string): readonly JsonObject[] {
  const reader = new SseReader();
  const frames = [...reader.push(new TextEncoder().encode(sse)), ...reader.end()];
  return frames.map(({ data }) => parseObject(data)).filter((object) => object !== undefined);
}

/** Whether the end of the answer is among these frames. */
export function hasEnd(dialect: DialectId, sse: string): boolean {
  const events = eventsIn(sse);
  if (dialect === "anthropic-messages")
    return events.some(
      ({ type, delta, message }) =>
        type === "message_stop" || [delta, message].some((said) => isText(asObject(said)?.stop_reason)),
    );
  if (dialect === "openai-responses")
    return events.some(({ type }) =>
      ["response.completed", "response.incomplete", "response.failed"].includes(textOf(type)),
    );
  const isDone = /^data: ?\[DONE\]/m.test(sse);
  return (
    isDone ||
    events.some(({ choices }) =>
      listOf(choices).some((choice) => (choice.index ?? 0) === 0 && isText(choice.finish_reason)),
    )
  );
}

function isText(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}

function textOf(value: unknown): string {
  return asString(value) ?? "";
}

/**
 * Arguments in a form that is the same in all dialects: JSON without white space between its tokens, for some dialects hold objects and
 * others text; and what had to be wrapped into an object, because it is no JSON or the plain text of a custom tool, as it was.
 */
export function compact(text: string): string {
  if (text === "") return "{}";
  const object = parseObject(text);
  if (object === undefined) return text;
  const [[key, value] = [], ...others] = Object.entries(object);
  const isWrapped = others.length === 0 && (key === "input" || key === "_raw_arguments") && typeof value === "string";
  return isWrapped ? value : JSON.stringify(object);
}

function said(text: string, calls: Said["calls"], reasoning: string): Said {
  return { text, calls, reasoning: reasoning.replaceAll(/\s/g, "") };
}

/** `stop` holds `stop_details`, whose explanation is the refusal's text where no block says it. */
function saidInBlocks(blocks: readonly JsonObject[], stop: JsonObject): Said {
  const text = blocks.map(({ type, text }) => (type === "text" ? textOf(text) : "")).join("");
  const explanation = textOf(objectOf(stop.stop_details).explanation);
  const calls = blocks.flatMap(({ type, name, input }) =>
    type === "tool_use" ? [{ name: textOf(name), arguments: argumentsText(input ?? {}) }] : [],
  );
  return said(
    text.includes(explanation) ? text : text + explanation,
    calls,
    blocks.map(({ type, thinking }) => (type === "thinking" ? textOf(thinking) : "")).join(""),
  );
}

function foldBlocks(events: readonly JsonObject[]): Said {
  const blocks = new Map<unknown, Record<string, unknown>>();
  for (const { type, index, content_block: block, delta, message } of events) {
    // A recorded stream begins with a call that the program of an earlier one made.
    for (const [at, given] of listOf(objectOf(message).content).entries()) blocks.set(`start ${at}`, { ...given });
    if (type === "content_block_start") blocks.set(index, { ...objectOf(block) });
    const open = blocks.get(index);
    if (type !== "content_block_delta" || open === undefined) continue;
    const { text, thinking, partial_json: json } = objectOf(delta);
    if (typeof text === "string") open.text = textOf(open.text) + text;
    if (typeof thinking === "string") open.thinking = textOf(open.thinking) + thinking;
    if (typeof json === "string" && json !== "") open.input = textOf(open.input) + json;
  }
  return saidInBlocks([...blocks.values()], objectOf(events.findLast(({ type }) => type === "message_delta")?.delta));
}

function contentText(content: unknown): string {
  if (typeof content === "string") return content;
  return listOf(content)
    .map(({ type, text }) => (type === "text" ? textOf(text) : ""))
    .join("");
}

/** Some services think in parts of the content. */
function contentThinking(content: unknown): string {
  return listOf(content)
    .map(({ type, thinking }) => (type === "thinking" ? contentText(thinking) : ""))
    .join("");
}

/** Reasoning goes by several names, often by two at once. */
function chatReasoning({ reasoning_content: own, reasoning, reasoning_details: details, content }: JsonObject): string {
  const first = [textOf(own), textOf(reasoning)].find((text) => text !== "");
  return (
    first ??
    (listOf(details)
      .map(({ text, summary }) => textOf(text) + textOf(summary))
      .join("") ||
      contentThinking(content))
  );
}

function saidInMessage(message: JsonObject): Said {
  const calls = listOf(message.tool_calls).map((call) => {
    const { name, arguments: text, input } = objectOf(call.function ?? call.custom);
    return { name: textOf(name), arguments: argumentsText(text ?? input) };
  });
  const legacy = asObject(message.function_call);
  if (legacy !== undefined && isText(legacy.name))
    calls.push({ name: textOf(legacy.name), arguments: argumentsText(legacy.arguments) });
  return said(contentText(message.content) + textOf(message.refusal), calls, chatReasoning(message));
}

function argumentsText(text: unknown): string {
  return typeof text === "string" ? text : (JSON.stringify(text) ?? "");
}

function foldChunks(events: readonly JsonObject[]): Said {
  const deltas = events.flatMap(({ choices }) =>
    listOf(choices).flatMap((choice) => ((choice.index ?? 0) === 0 ? [objectOf(choice.delta ?? choice.message)] : [])),
  );
  const calls: { id: unknown; index: unknown; name: string; arguments: string }[] = [];
  for (const delta of deltas) for (const call of listOf(delta.tool_calls)) foldCall(calls, call);
  const text = deltas.map(({ content, refusal }) => contentText(content) + textOf(refusal)).join("");
  const named = calls.map(({ name, arguments: given }) => ({ name, arguments: given }));
  const plain = deltas.map(({ reasoning_details: _details, ...delta }) => chatReasoning(delta)).join("");
  return said(text, named, plain === "" ? deltas.map(chatReasoning).join("") : plain);
}

function foldCall(calls: { id: unknown; index: unknown; name: string; arguments: string }[], call: JsonObject): void {
  const { name, arguments: text, input } = objectOf(call.function ?? call.custom);
  const isSame = (known: (typeof calls)[number]): boolean =>
    known.index === call.index && (!isText(call.id) || !isText(known.id) || known.id === call.id);
  let known = calls.findLast(isSame);
  if (known === undefined) {
    known = { id: call.id, index: call.index, name: "", arguments: "" };
    calls.push(known);
  }
  if (known.name === "") known.name = textOf(name);
  const piece = text ?? input;
  if (piece !== undefined && piece !== null) known.arguments += argumentsText(piece);
}

function saidInItems(items: readonly JsonObject[]): Said {
  const parts = items.flatMap(({ type, content }) => (type === "message" ? listOf(content) : []));
  const calls = items.flatMap(({ type, name, arguments: text, input }) =>
    type === "function_call" || type === "custom_tool_call"
      ? [{ name: textOf(name), arguments: argumentsText(text ?? input) }]
      : [],
  );
  const thought = items.flatMap(({ type, summary, content }) =>
    type === "reasoning" ? [...listOf(summary), ...listOf(content)] : [],
  );
  return said(
    parts.map(({ text, refusal }) => textOf(text) + textOf(refusal)).join(""),
    calls,
    thought.map(({ text }) => textOf(text)).join(""),
  );
}

function foldItems(events: readonly JsonObject[]): Said {
  const done = events.flatMap(({ type, item }) => (type === "response.output_item.done" ? [objectOf(item)] : []));
  const last = objectOf(events.findLast(({ response }) => response !== undefined)?.response);
  return saidInItems(done.length > 0 ? done : listOf(last.output));
}
