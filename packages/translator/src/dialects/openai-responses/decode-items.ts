import { asList, asObject, asString, asText } from "../../json.ts";
import type { JsonObject } from "../../json.ts";
import type { LossLog } from "../../loss.ts";
import type { Part, ReasoningPart, TextPart } from "../../neutral/part.ts";
import type { Turn } from "../../neutral/request.ts";
import { reasoningOf } from "../../reasoning/carrier.ts";
import { wrongField } from "../openai-chat/fields.ts";
import { decodeContent, decodeOutput } from "./decode-content.ts";

/** What a list of items says. */
export interface DecodedItems {
  readonly system: readonly TextPart[];
  readonly turns: readonly Turn[];
  /** Tools that stand among the items. */
  readonly tools: readonly unknown[];
  /** Settings that came later than those of the request. */
  readonly updates: { readonly reasoning: JsonObject; readonly text: JsonObject };
}

interface OpenTurn {
  readonly role: Turn["role"];
  readonly parts: Part[];
}

/** The conversation while its items are read. */
class Conversation {
  readonly losses: LossLog;
  readonly system: TextPart[] = [];
  readonly turns: OpenTurn[] = [];
  readonly tools: unknown[] = [];
  updates: DecodedItems["updates"] = { reasoning: {}, text: {} };

  /** The place of the item that is read. */
  at = 0;
  readonly #items: readonly unknown[];
  #lastResults: ReadonlyMap<string, number> | undefined;

  constructor(items: readonly unknown[], losses: LossLog) {
    this.#items = items;
    this.losses = losses;
  }

  /** The turn of this speaker that is under way; a new one when another spoke last. */
  turn(role: Turn["role"]): OpenTurn {
    const last = this.turns.at(-1);
    if (last?.role === role && role !== "system") return last;
    const waiting = role === "assistant" ? this.#waitingTurn() : undefined;
    if (waiting !== undefined) return waiting;
    const turn = { role, parts: [] };
    this.turns.push(turn);
    return turn;
  }

  /** The model's turn some of whose results are still to come; undefined once anything but results came after it. */
  #waitingTurn(): OpenTurn | undefined {
    const [turn, results] = this.turns.slice(-2);
    if (turn?.role !== "assistant" || results?.role !== "user") return undefined;
    const answered = new Set<string>();
    for (const part of results.parts) {
      if (part.type !== "tool_result") return undefined;
      answered.add(part.callId);
    }
    const waits = turn.parts.some(
      (part) => part.type === "tool_call" && !answered.has(part.id) && this.#isAnsweredLater(part.id),
    );
    return waits ? turn : undefined;
  }

  #isAnsweredLater(id: string): boolean {
    this.#lastResults ??= lastResults(this.#items);
    return (this.#lastResults.get(id) ?? -1) > this.at;
  }

  /** Words of the model go before the calls of the same turn, which must stand right before their results. */
  speak(parts: readonly Part[]): void {
    const turn = this.turn("assistant");
    const call = turn.parts.findIndex(({ type }) => type === "tool_call");
    turn.parts.splice(call === -1 ? turn.parts.length : call, 0, ...parts);
  }

  /** Results stand at the head of the user's turn. */
  answer(part: Part): void {
    const { parts } = this.turn("user");
    const first = parts.findIndex(({ type }) => type !== "tool_result");
    parts.splice(first === -1 ? parts.length : first, 0, part);
  }
}

type ItemDecoder = (item: JsonObject, conversation: Conversation, at: string) => void;

const ITEM_DECODERS: ReadonlyMap<unknown, ItemDecoder> = new Map<unknown, ItemDecoder>([
  ["message", decodeMessage],
  ["reasoning", (item, conversation) => pushReasoning(decodeReasoningItem(item), conversation)],
  ["function_call", (item, conversation, at) => decodeCall(item, "function", conversation, at)],
  ["custom_tool_call", (item, conversation, at) => decodeCall(item, "custom", conversation, at)],
  ["function_call_output", (item, conversation, at) => decodeResult(item, "function", conversation, at)],
  ["custom_tool_call_output", (item, conversation, at) => decodeResult(item, "custom", conversation, at)],
  ["local_shell_call", (item, conversation, at) => decodeBuiltIn(item, "local_shell", conversation, at)],
  ["shell_call", (item, conversation, at) => decodeBuiltIn(item, "shell", conversation, at)],
  ["apply_patch_call", (item, conversation, at) => decodeBuiltIn(item, "apply_patch", conversation, at)],
  ["local_shell_call_output", decodeBuiltInResult],
  ["shell_call_output", decodeBuiltInResult],
  ["apply_patch_call_output", decodeBuiltInResult],
  ["additional_tools", ({ tools }, conversation) => void conversation.tools.push(...(asList(tools) ?? []))],
  ["configuration_update", decodeUpdate],
  ["item_reference", decodeReference],
  ["compaction", (_item, { losses }) => losses.note("compaction")],
  ["context_compaction", (_item, { losses }) => losses.note("compaction")],
  ["compaction_trigger", (_item, { losses }) => losses.note("compaction")],
]);

/** The items of a request: turns, and what stands before them. */
export function decodeItems(items: readonly unknown[], losses: LossLog): DecodedItems {
  const conversation = new Conversation(items, losses);
  for (const [index, value] of items.entries()) {
    const item = asObject(value);
    const at = `input[${index}]`;
    conversation.at = index;
    if (item === undefined) throw wrongField(at, "an object");
    const type = typeOf(item);
    if (type === undefined) throw wrongField(`${at}.type`, "the name of a kind of item");
    const decode = ITEM_DECODERS.get(type);
    if (decode === undefined) losses.note("hosted_history", type);
    else decode(item, conversation, at);
  }
  const { system, turns, tools, updates } = conversation;
  return { system, turns, tools, updates };
}

/** Where the last result for each call stands. */
function lastResults(items: readonly unknown[]): ReadonlyMap<string, number> {
  const places = new Map<string, number>();
  for (const [index, value] of items.entries()) {
    const item = asObject(value);
    const id = asText(item?.type)?.endsWith("_output") === true ? idOf(item ?? {}) : undefined;
    if (id !== undefined) places.set(id, index);
  }
  return places;
}

/** What a call and its result have in common. */
function idOf(item: JsonObject): string | undefined {
  return asText(item.call_id) ?? asText(item.id);
}

/** Messages and references may come without a type. */
function typeOf({ type, role, id }: JsonObject): string | undefined {
  if (type !== undefined && type !== null) return asText(type);
  if (role !== undefined) return "message";
  return asText(id) === undefined ? undefined : "item_reference";
}

function decodeMessage(item: JsonObject, conversation: Conversation, at: string): void {
  const { role } = item;
  const parts = decodeContent(item.content, () => `${at}.content`);
  if (role === "assistant") return conversation.speak(withPhase(parts, asText(item.phase)));
  if (role === "user") return void conversation.turn("user").parts.push(...parts);
  if (role !== "system" && role !== "developer") throw wrongField(`${at}.role`, "user, assistant, system or developer");
  const texts = parts.filter((part) => part.type === "text");
  if (texts.length < parts.length) conversation.losses.note("system_media");
  if (conversation.turns.length === 0) conversation.system.push(...texts);
  else if (texts.length > 0) conversation.turn("system").parts.push(...texts);
}

function withPhase(parts: readonly Part[], phase: string | undefined): readonly Part[] {
  if (phase === undefined) return parts;
  return parts.map((part) => (part.type === "text" ? { ...part, phase } : part));
}

/** A reasoning item: its summary or its text, and what proves it. */
export function decodeReasoningItem(item: JsonObject): ReasoningPart {
  const full = textsOf(item.content);
  const texts = full.length > 0 ? full : textsOf(item.summary);
  const part = reasoningOf(texts, asText(item.encrypted_content), (data) => ({
    origin: "openai-responses",
    kind: "encrypted",
    data,
  }));
  return full.length > 0 ? { ...part, full: true } : part;
}

function textsOf(parts: unknown): readonly string[] {
  return (asList(parts) ?? []).flatMap((part) => asText(asObject(part)?.text) ?? []);
}

function pushReasoning(part: ReasoningPart, conversation: Conversation): void {
  if (part.texts.length > 0 || part.seal !== undefined) conversation.turn("assistant").parts.push(part);
}

function decodeCall(item: JsonObject, kind: "function" | "custom", conversation: Conversation, at: string): void {
  const [id, name, namespace] = [idOf(item), asText(item.name), asText(item.namespace)];
  if (id === undefined) throw wrongField(`${at}.call_id`, "a string that is not empty");
  if (name === undefined) throw wrongField(`${at}.name`, "a string that is not empty");
  const text = asString(kind === "custom" ? item.input : item.arguments) ?? "";
  const call = { type: "tool_call", id, name, arguments: text, kind } as const;
  conversation.turn("assistant").parts.push(namespace === undefined ? call : { ...call, namespace });
}

/** Tools that OpenAI's models know by themselves and the client runs: calls of a function of that name. */
function decodeBuiltIn(item: JsonObject, name: string, conversation: Conversation, at: string): void {
  const action = item.action ?? item.operation ?? {};
  decodeCall({ ...item, name, arguments: JSON.stringify(action) }, "function", conversation, at);
}

function decodeResult(item: JsonObject, kind: "function" | "custom", conversation: Conversation, at: string): void {
  const parts = decodeOutput(item.output, () => `${at}.output`);
  conversation.answer({ type: "tool_result", callId: resultId(item, at), parts, kind });
}

function resultId(item: JsonObject, at: string): string {
  const id = idOf(item);
  if (id === undefined) throw wrongField(`${at}.call_id`, "a string that is not empty");
  return id;
}

/** What a shell gave, with both of its outputs and its exit code, and whether a patch could be applied: text as it is, else as JSON. */
function decodeBuiltInResult(item: JsonObject, conversation: Conversation, at: string): void {
  const { output, status } = item;
  const text = typeof output === "string" ? output : JSON.stringify(output ?? "");
  conversation.answer({
    type: "tool_result",
    callId: resultId(item, at),
    parts: text === "" || text === '""' ? [] : [{ type: "text", text }],
    kind: "function",
    ...(status === "failed" && { isError: true }),
  });
}

function decodeUpdate(item: JsonObject, conversation: Conversation): void {
  const { reasoning, text } = conversation.updates;
  conversation.updates = {
    reasoning: { ...reasoning, ...asObject(item.reasoning) },
    text: { ...text, ...asObject(item.text) },
  };
}

/** Items that only a service which keeps responses can look up. Reasoning and texts can be missed, calls cannot. */
function decodeReference({ id }: JsonObject, { losses }: Conversation): void {
  const name = asText(id) ?? "";
  if (name.startsWith("rs_")) losses.note("item_reference_reasoning", name);
  else losses.note(name.startsWith("msg_") ? "item_reference_message" : "item_reference", name);
}
