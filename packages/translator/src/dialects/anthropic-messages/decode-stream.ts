import { isEmptyUsage } from "@link-assistant/core";

import type { TranslationContext } from "../../context.ts";
import type { StreamDecoder } from "../../dialect.ts";
import { asCount, asList, asObject, asText, parseExact, parseObject } from "../../json.ts";
import type { JsonObject } from "../../json.ts";
import type { NeutralError } from "../../neutral/error.ts";
import type { EventSink } from "../../neutral/event.ts";
import type { Seal } from "../../neutral/part.ts";
import type { SseFrame } from "../../sse/frame.ts";
import { decodeServerCall, inputOf, redactedSeal, signatureSeal } from "./answer-blocks.ts";
import { decodeCitation, decodeCitations } from "./citations.ts";
import { inputText } from "./decode-response.ts";
import { neutralError } from "./error.ts";
import { decodeFinish, readFinish } from "./finish.ts";
import { readCounts, readTier, toUsage, withLater } from "./usage.ts";
import type { Counts } from "./usage.ts";

/** Begins to decode one streamed answer; see `Dialect.decodeStream`. */
export function decodeStream(context: TranslationContext): StreamDecoder {
  return new MessageStreamDecoder(context);
}

/** A block while it comes. */
interface Block {
  readonly kind: "text" | "reasoning" | "tool_call" | "server_call";
  /** Its part's number; a call of a tool that Anthropic runs has none before its end. */
  readonly n: number;
  /** The block as it began. */
  readonly raw: JsonObject;
  seal?: Seal;
  /** The arguments of a call that Anthropic runs. */
  json: string;
  /** Whether any arguments have come. */
  filled: boolean;
}

type EventReader = (decoder: MessageStreamDecoder, event: JsonObject, sink: EventSink) => void;

const EVENT_READERS: ReadonlyMap<unknown, EventReader> = new Map<unknown, EventReader>([
  ["content_block_delta", (decoder, event, sink) => decoder.readDelta(event, sink)],
  ["content_block_start", (decoder, event, sink) => decoder.readStart(event, sink)],
  ["content_block_stop", (decoder, event, sink) => decoder.readStop(event, sink)],
  ["message_start", (decoder, event, sink) => decoder.readMessage(asObject(event.message) ?? NOTHING, sink)],
  ["message_delta", (decoder, event) => decoder.readEnding(event)],
  ["message_stop", (decoder, _event, sink) => decoder.readEnd(sink)],
  ["error", (decoder, event, sink) => decoder.fail(neutralError(event, undefined), sink)],
]);

const NOTHING: JsonObject = {};
const ENDED_EARLY: NeutralError = { kind: "bad_gateway", message: "The upstream's stream ended early." };
const BROKEN_EVENT: NeutralError = { kind: "bad_gateway", message: "The upstream sent an event that is no JSON." };

/**
 * Blocks are told apart by their index, for some services let them overlap. A block that is never ended is ended by the finish; one
 * that never began begins with its first delta.
 */
class MessageStreamDecoder implements StreamDecoder {
  readonly #context: TranslationContext;
  readonly #blocks = new Map<unknown, Block>();
  #next = 0;
  #started = false;
  #over = false;
  #calls = false;
  /** The message that the answer began with; at times it is all there, and says why it stopped. */
  #whole: JsonObject = NOTHING;
  #ending: JsonObject | undefined;
  #counts: Counts = {};
  #tier: string | undefined;

  constructor(context: TranslationContext) {
    this.#context = context;
  }

  read({ event: name, data }: SseFrame, sink: EventSink): void {
    if (this.#over) return;
    // What a call of code begins with may hold numbers that JavaScript cannot.
    const event = name === "content_block_start" ? asObject(parseExact(data)) : parseObject(data);
    if (event !== undefined) {
      const read = EVENT_READERS.get(event.type ?? name);
      if (read !== undefined) read(this, event, sink);
      else if (name === "error" || asObject(event.error) !== undefined) this.fail(neutralError(event, undefined), sink);
      return;
    }
    if (name === "error") this.fail(neutralError({ error: data }, undefined), sink);
    else if (this.#ending === undefined && isBroken(data)) this.fail(BROKEN_EVENT, sink);
  }

  /** The end is the end, even of an answer that does not say why it stopped. */
  readEnd(sink: EventSink): void {
    if (this.#started) this.#ending ??= this.#whole;
    this.end(sink);
  }

  /** The upstream is done; without a reason to stop it broke off. */
  end(sink: EventSink): void {
    if (this.#over) return;
    if (this.#ending === undefined) return this.fail(ENDED_EARLY, sink);
    this.#over = true;
    for (const index of this.#blocks.keys()) this.#close(index, sink);
    this.#count(sink);
    sink({ type: "finish", finish: decodeFinish(this.#ending, this.#calls) });
    sink({ type: "end" });
  }

  fail(error: NeutralError, sink: EventSink): void {
    this.#over = true;
    if (this.#started) this.#count(sink);
    sink({ type: "error", error });
  }

  /** A message has no content as yet, as a rule; some services send it whole. Relays send it again, with other counts. */
  readMessage(message: JsonObject, sink: EventSink): void {
    this.#readUsage(message.usage);
    if (this.#started) return;
    this.#started = true;
    const [id, model, usage] = [asText(message.id), asText(message.model), toUsage(this.#counts)];
    sink({
      type: "start",
      ...(id !== undefined && { id }),
      ...(model !== undefined && { model }),
      ...(!isEmptyUsage(usage) && { usage }),
    });
    for (const [index, block] of (asList(message.content) ?? []).entries()) {
      const at = `whole ${index}`;
      this.#open(at, asObject(block) ?? NOTHING, sink);
      this.#close(at, sink);
    }
    this.#whole = message;
  }

  readStart({ index, content_block: block }: JsonObject, sink: EventSink): void {
    const at = asCount(index) ?? this.#next;
    if (this.#blocks.has(at)) this.#close(at, sink);
    this.#open(at, asObject(block) ?? NOTHING, sink);
  }

  #open(index: unknown, block: JsonObject, sink: EventSink): void {
    const open = BLOCK_OPENERS.get(block.type);
    if (open !== undefined) open(this, index, block, sink);
    else if (block.type !== "web_search_tool_result") {
      const n = this.#next++;
      const name = asText(block.type) ?? "unknown";
      sink({ type: "open", n, part: { type: "opaque", origin: "anthropic-messages", name, raw: block } });
      sink({ type: "close", n });
    }
  }

  openText(index: unknown, block: JsonObject, sink: EventSink): void {
    const { n } = this.#add(index, "text", block);
    sink({ type: "open", n, part: { type: "text" } });
    const text = asText(block.text);
    if (text !== undefined) sink({ type: "delta", n, text });
    for (const citation of decodeCitations(block.citations)) sink({ type: "citation", n, citation });
  }

  openReasoning(index: unknown, block: JsonObject, sink: EventSink): void {
    const added = this.#add(index, "reasoning", block);
    const [text, signature, data] = [asText(block.thinking), asText(block.signature), asText(block.data)];
    if (signature !== undefined) added.seal = signatureSeal(signature);
    else if (data !== undefined) added.seal = redactedSeal(data);
    sink({ type: "open", n: added.n, part: { type: "reasoning" } });
    if (text !== undefined) sink({ type: "delta", n: added.n, text });
  }

  openCall(index: unknown, block: JsonObject, sink: EventSink): void {
    const { n } = this.#add(index, "tool_call", block);
    this.#calls = true;
    const id = asText(block.id) ?? `toolu_${this.#context.answerId}_${n}`;
    const name = asText(block.name) ?? "tool";
    sink({ type: "open", n, part: { type: "tool_call", id, name, kind: "function" } });
  }

  openServerCall(index: unknown, block: JsonObject): void {
    this.#add(index, "server_call", block);
  }

  #add(index: unknown, kind: Block["kind"], raw: JsonObject): Block {
    const block: Block = { kind, n: this.#next++, raw, json: "", filled: false };
    this.#blocks.set(index, block);
    return block;
  }

  readDelta({ index, delta: given }: JsonObject, sink: EventSink): void {
    const delta = asObject(given);
    if (delta === undefined) return;
    const block = this.#blocks.get(index) ?? this.#begun(index, delta, sink);
    if (block === undefined) return;
    const { type } = delta;
    if (type === "text_delta") this.#say(block, "text", delta.text, sink);
    else if (type === "input_json_delta") this.#fill(block, delta.partial_json, sink);
    else if (type === "thinking_delta") this.#say(block, "reasoning", delta.thinking, sink);
    else if (type === "signature_delta") {
      const signature = asText(delta.signature);
      if (signature !== undefined) block.seal = signatureSeal(signature);
    } else if (type === "citations_delta" && block.kind === "text") {
      const citation = asObject(delta.citation);
      if (citation !== undefined) sink({ type: "citation", n: block.n, citation: decodeCitation(citation) });
    }
  }

  /** A block whose beginning was lost; a call needs its name, which nothing else tells. */
  #begun(index: unknown, { type }: JsonObject, sink: EventSink): Block | undefined {
    if (type === "text_delta") this.openText(index, NOTHING, sink);
    else if (type === "thinking_delta") this.openReasoning(index, NOTHING, sink);
    return this.#blocks.get(index);
  }

  #say(block: Block, kind: Block["kind"], text: unknown, sink: EventSink): void {
    if (block.kind === kind && typeof text === "string" && text !== "") sink({ type: "delta", n: block.n, text });
  }

  #fill(block: Block, text: unknown, sink: EventSink): void {
    if (typeof text !== "string" || text === "") return;
    block.filled = true;
    if (block.kind === "tool_call") sink({ type: "delta", n: block.n, text });
    else block.json += text;
  }

  readStop({ index }: JsonObject, sink: EventSink): void {
    this.#close(index, sink);
  }

  #close(index: unknown, sink: EventSink): void {
    const block = this.#blocks.get(index);
    if (block === undefined) return;
    this.#blocks.delete(index);
    const { kind, n, raw, seal } = block;
    if (kind === "server_call") {
      const input = block.filled ? parseObject(block.json) : inputOf(raw);
      sink({ type: "open", n, part: decodeServerCall(raw, input) });
    } else if (kind === "tool_call" && !block.filled) {
      // Arguments that were there from the start come before nothing else.
      const text = inputText(raw.input);
      if (text !== "" && text !== "{}") sink({ type: "delta", n, text });
    } else if (seal !== undefined) sink({ type: "seal", n, seal });
    sink({ type: "close", n });
  }

  /** There may be several; the reason to stop is in one of them. */
  readEnding({ delta: given, usage }: JsonObject): void {
    this.#readUsage(usage);
    const delta = asObject(given);
    if (delta !== undefined && readFinish(delta) !== undefined) this.#ending = delta;
  }

  #readUsage(usage: unknown): void {
    if (usage === undefined) return;
    this.#counts = withLater(this.#counts, readCounts(usage));
    this.#tier = readTier(usage) ?? this.#tier;
  }

  #count(sink: EventSink): void {
    const usage = toUsage(this.#counts);
    if (isEmptyUsage(usage) && this.#tier === undefined) return;
    sink({ type: "usage", usage, ...(this.#tier !== undefined && { tier: this.#tier }) });
  }
}

type BlockOpener = (decoder: MessageStreamDecoder, index: unknown, block: JsonObject, sink: EventSink) => void;

const BLOCK_OPENERS: ReadonlyMap<unknown, BlockOpener> = new Map<unknown, BlockOpener>([
  ["text", (decoder, index, block, sink) => decoder.openText(index, block, sink)],
  ["thinking", (decoder, index, block, sink) => decoder.openReasoning(index, block, sink)],
  ["redacted_thinking", (decoder, index, block, sink) => decoder.openReasoning(index, block, sink)],
  ["tool_use", (decoder, index, block, sink) => decoder.openCall(index, block, sink)],
  ["server_tool_use", (decoder, index, block) => decoder.openServerCall(index, block)],
]);

/** Whether data is neither an event nor what other services send at the end. */
function isBroken(data: string): boolean {
  const text = data.trim();
  return text !== "" && text !== "[DONE]" && text !== "null";
}
