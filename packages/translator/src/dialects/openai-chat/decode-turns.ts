import { asList, asObject, asString, asText } from "../../json.ts";
import type { JsonObject } from "../../json.ts";
import type { LossLog } from "../../loss.ts";
import type { CacheMark, Part, TextPart, ToolCallPart, ToolResultPart } from "../../neutral/part.ts";
import type { Turn } from "../../neutral/request.ts";
import { TranslationError } from "../../translation-error.ts";
import { cacheOf, decodeContent } from "./decode-parts.ts";
import { wrongField } from "./fields.ts";
import { decodeReasoningHistory } from "./reasoning.ts";
import { SYSTEM_ROLES } from "./wire.ts";

/** The conversation, split into what the operator says before it and its turns. */
export interface Conversation {
  readonly system: readonly TextPart[];
  readonly turns: readonly Turn[];
}

/** Reads `messages`. */
export function decodeMessages(messages: readonly unknown[], losses: LossLog): Conversation {
  const reader = new ConversationReader(losses);
  for (const [index, item] of messages.entries()) reader.read(item, index);
  return reader;
}

class ConversationReader implements Conversation {
  readonly system: TextPart[] = [];
  readonly turns: Turn[] = [];
  readonly #losses: LossLog;
  /** Those of the last turn that called any, as long as they have no result. */
  #calls: ToolCallPart[] = [];
  /** The results that messages for tools are adding to. */
  #results: Part[] | undefined;

  constructor(losses: LossLog) {
    this.#losses = losses;
  }

  read(item: unknown, index: number): void {
    const message = asObject(item);
    if (message === undefined) throw wrongField(`messages[${index}]`, "an object with `role` and `content`");
    const { role } = message;
    if (role === "tool" || role === "function") return this.#readResult(message, index);
    this.#results = undefined;
    if (role === "user") this.#push("user", decodeParts(message, index, true), message);
    else if (role === "assistant") this.#readAssistant(message, index);
    else if (SYSTEM_ROLES.has(role)) this.#readSystem(message, index);
    else throw unknownRole(role, index);
  }

  #push(role: Turn["role"], parts: readonly Part[], { name }: JsonObject): void {
    const speaker = asText(name);
    this.turns.push(speaker === undefined ? { role, parts } : { role, parts, name: speaker });
  }

  /** Before the conversation the operator's words stand apart; later they have their place in it. */
  #readSystem(message: JsonObject, index: number): void {
    const parts = decodeParts(message, index, true);
    if (message.name !== undefined) this.#losses.note("speaker_name");
    if (this.turns.length > 0) {
      this.turns.push({ role: "system", parts });
      return;
    }
    for (const part of parts) {
      if (part.type === "text") this.system.push(part);
      else this.#losses.note("system_media");
    }
  }

  #readAssistant(message: JsonObject, index: number): void {
    const parts: Part[] = [...decodeReasoningHistory(message), ...decodeParts(message, index, false)];
    const refusal = asText(message.refusal);
    if (refusal !== undefined) parts.push({ type: "refusal", text: refusal });
    if (asObject(message.audio) !== undefined) this.#losses.note("audio_history");
    const calls = decodeCalls(message, index);
    // Some clients send each of several calls in a message of its own.
    if (calls.length > 0)
      this.#calls = this.turns.at(-1)?.role === "assistant" ? [...this.#calls, ...calls] : [...calls];
    parts.push(...calls);
    this.#push("assistant", parts, message);
  }

  /** Results in a row make one turn. One that names no call answers the first open one, or the first of its name. */
  #readResult(message: JsonObject, index: number): void {
    const said = asText(message.tool_call_id);
    const name = asText(message.name);
    const at = this.#calls.findIndex((call) => (said === undefined ? isNamed(call, message, name) : call.id === said));
    const call = this.#calls[at];
    if (at !== -1) this.#calls.splice(at, 1);
    const cache = cacheOf(message);
    const result: ToolResultPart = {
      type: "tool_result",
      callId: said ?? call?.id ?? `call_unknown_${index}`,
      kind: call?.kind ?? "function",
      parts: decodeContent(message.content, () => `messages[${index}].content`, false),
      ...(cache !== undefined && { cache }),
    };
    if (this.#results !== undefined) this.#results.push(result);
    else {
      this.#results = [result];
      this.turns.push({ role: "user", parts: this.#results });
    }
  }
}

function isNamed(call: ToolCallPart, { role }: JsonObject, name: string | undefined): boolean {
  return role === "tool" && name === undefined ? true : call.name === name;
}

function unknownRole(role: unknown, index: number): TranslationError {
  const param = `messages[${index}].role`;
  const said = JSON.stringify(role) ?? "missing";
  const message = `\`${param}\` is ${said}. Use one of system, developer, user, assistant, tool, function.`;
  return new TranslationError("bad_request", message, { param, code: "invalid_value" });
}

/** The parts of a message. A mark for the cache on the whole message is one on its last part. */
function decodeParts(message: JsonObject, index: number, keepsEmpty: boolean): readonly Part[] {
  const parts = decodeContent(message.content, () => `messages[${index}].content`, keepsEmpty);
  const cache = cacheOf(message);
  return cache === undefined ? parts : withLastMarked(parts, cache);
}

function withLastMarked(parts: readonly Part[], cache: CacheMark): readonly Part[] {
  const last = parts.at(-1);
  if (last?.type !== "text" && last?.type !== "media") return parts;
  return last.cache === undefined ? [...parts.slice(0, -1), { ...last, cache }] : parts;
}

function decodeCalls(message: JsonObject, index: number): readonly ToolCallPart[] {
  const list = asList(message.tool_calls);
  const legacy = asObject(message.function_call);
  if (list === undefined && legacy === undefined) return [];
  const calls = (list ?? []).map((item, n) => decodeCall(item, index, n));
  return legacy === undefined || calls.length > 0 ? calls : [decodeLegacyCall(legacy, index)];
}

/** A call without an id, as weak models make them, gets one of its place, which is the same every time. */
function decodeCall(item: unknown, index: number, n: number): ToolCallPart {
  const call = asObject(item) ?? {};
  const custom = call.type === "function" ? undefined : asObject(call.custom);
  const called = custom ?? asObject(call.function) ?? {};
  const name = asText(called.name);
  if (name === undefined) {
    throw wrongField(
      `messages[${index}].tool_calls[${n}].${custom === undefined ? "function" : "custom"}.name`,
      "a name",
    );
  }
  const id = asText(call.id) ?? `call_${index}_${n}`;
  if (custom !== undefined) {
    return { type: "tool_call", id, name, arguments: asString(custom.input) ?? "", kind: "custom" };
  }
  return { type: "tool_call", id, name, arguments: argumentsText(called.arguments), kind: "function" };
}

function decodeLegacyCall(call: JsonObject, index: number): ToolCallPart {
  const name = asText(call.name);
  if (name === undefined) throw wrongField(`messages[${index}].function_call.name`, "a name");
  const text = argumentsText(call.arguments);
  return { type: "tool_call", id: `call_fn_${index}`, name, arguments: text, kind: "function" };
}

/** Arguments as text; some services and clients have them as an object. */
export function argumentsText(value: unknown): string {
  if (typeof value === "string") return value;
  return value === undefined || value === null ? "" : (JSON.stringify(value) ?? "");
}
