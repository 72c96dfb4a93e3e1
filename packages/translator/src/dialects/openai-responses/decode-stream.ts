import type { TranslationContext } from "../../context.ts";
import type { StreamDecoder } from "../../dialect.ts";
import { asCount, asList, asObject, asString, asText, parseObject } from "../../json.ts";
import type { JsonObject } from "../../json.ts";
import type { EventSink, OpenedPart } from "../../neutral/event.ts";
import type { SseFrame } from "../../sse/frame.ts";
import { decodeAnnotation, decodeAnnotations } from "./citations.ts";
import { decodeReasoningItem } from "./decode-items.ts";
import { decodeItem } from "./decode-response.ts";
import { neutralError } from "./error.ts";
import { decodeFinish } from "./finish.ts";
import { readUsage } from "./usage.ts";

/** Begins to decode one streamed answer; see `Dialect.decodeStream`. */
export function decodeStream(context: TranslationContext): StreamDecoder {
  return new ResponsesStreamDecoder(context);
}

/** A part of an item while it comes. */
interface OpenPart {
  readonly n: number;
  /** Where in the item it stands. */
  readonly index: number;
  text: string;
  closed: boolean;
  cited: boolean;
}

/** An item of the answer, from the first that is heard of it. */
interface Item {
  readonly key: number;
  readonly id: string | undefined;
  readonly callId: string | undefined;
  kind: string;
  phase: string | undefined;
  /** What has come of a message or of reasoning, by content or summary index; of a call, one. */
  readonly parts: OpenPart[];
  done: boolean;
  /** Whether its reasoning comes as such or as a summary; where it comes as both the first counts. */
  full?: boolean;
}

type EventReader = (decoder: ResponsesStreamDecoder, event: JsonObject, sink: EventSink) => void;

const EVENT_READERS: ReadonlyMap<string, EventReader> = new Map<string, EventReader>([
  ["response.created", (decoder, event, sink) => decoder.start(event, sink)],
  ["response.in_progress", (decoder, event, sink) => decoder.start(event, sink)],
  ["response.queued", (decoder, event, sink) => decoder.start(event, sink)],
  ["response.output_item.added", (decoder, event, sink) => decoder.addItem(event, sink)],
  ["response.output_item.done", (decoder, event, sink) => decoder.endItem(event, sink)],
  ["response.output_text.delta", (decoder, event, sink) => decoder.speak(event, "text", event.delta, sink)],
  ["response.output_text.done", (decoder, event, sink) => decoder.spoken(event, "text", event.text, sink)],
  ["response.refusal.delta", (decoder, event, sink) => decoder.speak(event, "refusal", event.delta, sink)],
  ["response.refusal.done", (decoder, event, sink) => decoder.spoken(event, "refusal", event.refusal, sink)],
  ["response.output_text.annotation.added", (decoder, event, sink) => decoder.cite(event, sink)],
  ["response.reasoning_summary_text.delta", (decoder, event, sink) => decoder.think(event, false, event.delta, sink)],
  ["response.reasoning_summary_text.done", (decoder, event, sink) => decoder.thought(event, false, event.text, sink)],
  ["response.reasoning_text.delta", (decoder, event, sink) => decoder.think(event, true, event.delta, sink)],
  ["response.reasoning_text.done", (decoder, event, sink) => decoder.thought(event, true, event.text, sink)],
  ["response.function_call_arguments.delta", (decoder, event, sink) => decoder.call(event, event.delta, sink)],
  ["response.function_call_arguments.done", (decoder, event, sink) => decoder.called(event, event.arguments, sink)],
  ["response.custom_tool_call_input.delta", (decoder, event, sink) => decoder.call(event, event.delta, sink)],
  ["response.custom_tool_call_input.done", (decoder, event, sink) => decoder.called(event, event.input, sink)],
  ["response.completed", (decoder, event, sink) => decoder.complete(event, sink)],
  ["response.incomplete", (decoder, event, sink) => decoder.complete(event, sink)],
  ["response.failed", (decoder, event, sink) => decoder.fail(asObject(event.response) ?? event, sink)],
  ["error", (decoder, event, sink) => decoder.fail(event, sink)],
]);

/**
 * Reads the events of an answer. Services leave out what they please: an item that was never announced, deltas, or done events; ids
 * that change in between. Whatever comes first opens a part, and what comes whole at the end fills in what is missing.
 */
class ResponsesStreamDecoder implements StreamDecoder {
  readonly #context: TranslationContext;
  readonly #items: Item[] = [];
  /** The item of the last event. */
  #current: Item | undefined;
  #next = 0;
  #started = false;
  #over = false;
  #calls = false;
  #refusal: string | undefined;

  constructor(context: TranslationContext) {
    this.#context = context;
  }

  read({ event: name, data }: SseFrame, sink: EventSink): void {
    if (this.#over || data.trim() === "" || data.trim() === "[DONE]") return;
    const event = parseObject(data);
    if (event === undefined) {
      this.#break("The upstream sent an event that is no JSON.", sink);
      return;
    }
    EVENT_READERS.get(asText(event.type) ?? name ?? "")?.(this, event, sink);
  }

  end(sink: EventSink): void {
    if (!this.#over) this.#break("The upstream's stream ended early.", sink);
  }

  start(event: JsonObject, sink: EventSink): void {
    if (this.#started) return;
    this.#started = true;
    const response = asObject(event.response) ?? {};
    const [id, model] = [asText(response.id), asText(response.model)];
    sink({ type: "start", ...(id !== undefined && { id }), ...(model !== undefined && { model }) });
  }

  addItem(event: JsonObject, sink: EventSink): void {
    const wire = asObject(event.item);
    if (wire === undefined) return;
    this.start(event, sink);
    // One that has no place stands after those that are known.
    const place = asCount(event.output_index) ?? this.#items.length;
    const item = this.#itemOf({ output_index: place }, wire, asText(wire.type) ?? "message");
    if (isCall(item.kind)) this.#openCall(item, wire, sink);
  }

  speak(event: JsonObject, type: "text" | "refusal", delta: unknown, sink: EventSink): void {
    const text = asText(delta);
    if (text === undefined) return;
    this.start(event, sink);
    const item = this.#itemOf(event, undefined, "message");
    this.#add(this.#partOf(item, asCount(event.content_index) ?? 0, spokenPart(type, item), sink), text, sink);
    if (type === "refusal") this.#refusal = (this.#refusal ?? "") + text;
  }

  /** The whole text of a part, which counts only as far as it has not come before. */
  spoken(event: JsonObject, type: "text" | "refusal", whole: unknown, sink: EventSink): void {
    const item = this.#itemOf(event, undefined, "message");
    const index = asCount(event.content_index) ?? 0;
    const text = asString(whole) ?? "";
    if (text === "" || item.parts.some((part) => part.index === index && part.text !== "")) return;
    this.speak(event, type, text, sink);
  }

  cite(event: JsonObject, sink: EventSink): void {
    const item = this.#itemOf(event, undefined, "message");
    const part = item.parts.find(({ index }) => index === (asCount(event.content_index) ?? 0));
    const citation = decodeAnnotation(event.annotation);
    if (part === undefined || part.closed || citation === undefined) return;
    part.cited = true;
    sink({ type: "citation", n: part.n, citation });
  }

  think(event: JsonObject, full: boolean, delta: unknown, sink: EventSink): void {
    const text = asText(delta);
    if (text === undefined) return;
    this.start(event, sink);
    const item = this.#itemOf(event, undefined, "reasoning");
    const index = asCount(full ? event.content_index : event.summary_index) ?? 0;
    this.#think(item, index, full, text, sink);
  }

  thought(event: JsonObject, full: boolean, whole: unknown, sink: EventSink): void {
    const item = this.#itemOf(event, undefined, "reasoning");
    const index = asCount(full ? event.content_index : event.summary_index) ?? 0;
    if (!item.parts.some((part) => part.index === index)) this.think(event, full, whole, sink);
  }

  call(event: JsonObject, delta: unknown, sink: EventSink): void {
    const part = this.#itemOf(event, undefined, "function_call").parts[0];
    const text = asText(delta);
    if (part !== undefined && text !== undefined) this.#add(part, text, sink);
  }

  called(event: JsonObject, whole: unknown, sink: EventSink): void {
    const item = this.#itemOf(event, undefined, "function_call");
    this.#complete(item.parts[0], asString(whole), sink);
  }

  endItem(event: JsonObject, sink: EventSink): void {
    const wire = asObject(event.item);
    if (wire === undefined) return;
    this.start(event, sink);
    this.#endItem(this.#itemOf(event, wire, asText(wire.type) ?? "message"), wire, sink);
  }

  complete(event: JsonObject, sink: EventSink): void {
    if (this.#over) return;
    const response = asObject(event.response) ?? {};
    this.start(event, sink);
    for (const [index, value] of (asList(response.output) ?? []).entries()) {
      const wire = asObject(value);
      if (wire !== undefined)
        this.#endItem(this.#itemOf({ output_index: index }, wire, asText(wire.type) ?? "message"), wire, sink);
    }
    if (this.#over) return;
    for (const item of this.#items) this.#closeParts(item, sink);
    const usage = readUsage(response.usage);
    const tier = asText(response.service_tier);
    if (Object.keys(usage).length === 0) this.#context.losses.note("answer_usage");
    sink({ type: "usage", usage, ...(tier !== undefined && tier !== "auto" && { tier }) });
    sink({ type: "finish", finish: decodeFinish(response, { calls: this.#calls, refusal: this.#refusal }) });
    sink({ type: "end" });
    this.#over = true;
  }

  fail(body: JsonObject, sink: EventSink): void {
    if (this.#over) return;
    this.#over = true;
    sink({ type: "error", error: neutralError(body, undefined) });
  }

  #break(message: string, sink: EventSink): void {
    this.#over = true;
    sink({ type: "error", error: { kind: "bad_gateway", message } });
  }

  /** The item that an event is about; a new one when it is about none that is known. */
  #itemOf(event: JsonObject, wire: JsonObject | undefined, kind: string): Item {
    const id = asText(event.item_id) ?? asText(wire?.id);
    if (id !== undefined && wire === undefined && this.#current?.id === id) return this.#current;
    const [key, callId] = [asCount(event.output_index), asText(wire?.call_id)];
    const item = this.#find(id, callId, key, kind) ?? this.#addItem(id, callId, key, kind);
    if (wire !== undefined) learn(item, wire, kind);
    this.#current = item;
    return item;
  }

  #addItem(id: string | undefined, callId: string | undefined, key: number | undefined, kind: string): Item {
    const item = { key: key ?? this.#items.length, id, callId, kind, phase: undefined, parts: [], done: false };
    this.#items.push(item);
    return item;
  }

  /** By its id, by that of its call, by its place, or else the last that is not done; the latter two if it can be that at all. */
  #find(id: string | undefined, callId: string | undefined, key: number | undefined, kind: string): Item | undefined {
    let found: Item | undefined;
    if (id !== undefined) found = this.#items.find((item) => item.id === id);
    if (callId !== undefined) found ??= this.#items.find((item) => item.callId === callId);
    if (found !== undefined) return found;
    found =
      key === undefined ? this.#items.findLast(({ done }) => !done) : this.#items.find((item) => item.key === key);
    return found !== undefined && canBe(found, kind) ? found : undefined;
  }

  /** The part of an item at that index, opened when it is not. */
  #partOf(item: Item, index: number, opened: OpenedPart, sink: EventSink): OpenPart {
    const known = item.parts.find((part) => part.index === index);
    if (known !== undefined) return known;
    this.#closeParts(item, sink);
    return this.#open(item, index, opened, sink);
  }

  #open(item: Item, index: number, opened: OpenedPart, sink: EventSink): OpenPart {
    const part = { n: this.#next++, index, text: "", closed: false, cited: false };
    item.parts.push(part);
    sink({ type: "open", n: part.n, part: opened });
    return part;
  }

  #openCall(item: Item, wire: JsonObject, sink: EventSink): void {
    const [name, namespace] = [asText(wire.name), asText(wire.namespace)];
    if (name === undefined || item.parts.length > 0) return;
    this.#calls = true;
    const kind = item.kind === "custom_tool_call" ? "custom" : "function";
    const id = asText(wire.call_id) ?? asText(wire.id) ?? `call_${item.key}`;
    const opened = { type: "tool_call", id, name, kind, ...(namespace !== undefined && { namespace }) } as const;
    const part = this.#open(item, 0, opened, sink);
    const text = asText(kind === "custom" ? wire.input : wire.arguments);
    if (text !== undefined) this.#add(part, text, sink);
  }

  /** Reasoning is one part; another index is another section of it. */
  #think(item: Item, index: number, full: boolean, text: string, sink: EventSink): void {
    item.full ??= full;
    if (item.full !== full) return;
    const [first] = item.parts;
    if (first === undefined) {
      this.#add(this.#open(item, index, full ? { type: "reasoning", full } : { type: "reasoning" }, sink), text, sink);
      return;
    }
    const known = item.parts.find((part) => part.index === index);
    if (known === undefined) {
      item.parts.push({ n: first.n, index, text, closed: false, cited: false });
      sink({ type: "section", n: first.n });
    } else known.text += text;
    if (!first.closed) sink({ type: "delta", n: first.n, text });
  }

  #add(part: OpenPart, text: string, sink: EventSink): void {
    if (part.closed) return;
    part.text += text;
    sink({ type: "delta", n: part.n, text });
  }

  /** Adds what is missing of a call's text; a text that goes another way than what came before is no call that may be run. */
  #complete(part: OpenPart | undefined, whole: string | undefined, sink: EventSink): void {
    if (part === undefined || whole === undefined || whole === part.text || part.closed) return;
    if (!whole.startsWith(part.text)) {
      // An empty object is how some services write no arguments.
      if (whole !== "" && whole !== "{}") this.#break("The upstream gave two different texts for one tool call.", sink);
      return;
    }
    this.#add(part, whole.slice(part.text.length), sink);
  }

  #endItem(item: Item, wire: JsonObject, sink: EventSink): void {
    if (item.done || this.#over) return;
    item.done = true;
    if (item.kind === "message") this.#endMessage(item, wire, sink);
    else if (item.kind === "reasoning") this.#endReasoning(item, wire, sink);
    else if (isCall(item.kind)) {
      this.#openCall(item, wire, sink);
      this.#complete(item.parts[0], asString(item.kind === "custom_tool_call" ? wire.input : wire.arguments), sink);
    } else this.#endOther(item, wire, sink);
    if (!this.#over) this.#closeParts(item, sink);
  }

  #endMessage(item: Item, wire: JsonObject, sink: EventSink): void {
    for (const [index, content] of (asList(wire.content) ?? []).entries()) {
      this.#endContent(item, index, asObject(content) ?? {}, sink);
    }
  }

  #endContent(item: Item, index: number, content: JsonObject, sink: EventSink): void {
    const [text, refusal] = [asText(content.text), asText(content.refusal)];
    const whole = text ?? refusal;
    if (whole === undefined) return;
    const type = text === undefined ? "refusal" : "text";
    const part = this.#partOf(item, index, spokenPart(type, item), sink);
    if (part.text === "") {
      this.#add(part, whole, sink);
      if (type === "refusal") this.#refusal = whole;
    }
    if (part.cited || part.closed) return;
    for (const citation of decodeAnnotations(content.annotations)) sink({ type: "citation", n: part.n, citation });
  }

  /** What proves the reasoning is final only here. */
  #endReasoning(item: Item, wire: JsonObject, sink: EventSink): void {
    const { texts, seal, full } = decodeReasoningItem(wire);
    if (item.parts.length === 0) {
      for (const [index, text] of texts.entries()) this.#think(item, index, full === true, text, sink);
    }
    if (seal === undefined) return;
    const part = item.parts[0] ?? this.#open(item, 0, { type: "reasoning" }, sink);
    sink({ type: "seal", n: part.n, seal });
  }

  #endOther(item: Item, wire: JsonObject, sink: EventSink): void {
    for (const part of decodeItem(wire)) {
      if (part.type === "web_search" || part.type === "opaque") this.#open(item, 0, part, sink);
    }
  }

  #closeParts(item: Item, sink: EventSink): void {
    const closed = new Set<number>();
    for (const part of item.parts) {
      if (!part.closed && !closed.has(part.n)) sink({ type: "close", n: part.n });
      closed.add(part.n);
      part.closed = true;
    }
  }
}

/** What an item is may be known only after its first delta. */
function learn(item: Item, wire: JsonObject, kind: string): void {
  item.phase ??= asText(wire.phase);
  if (item.parts.length === 0) item.kind = kind;
}

/** Whether an item that has content already can be of that kind. */
function canBe(item: Item, kind: string): boolean {
  return item.parts.length === 0 || item.kind === kind || (isCall(item.kind) && isCall(kind));
}

function isCall(kind: string): boolean {
  return kind === "function_call" || kind === "custom_tool_call";
}

function spokenPart(type: "text" | "refusal", { phase }: Item): OpenedPart {
  if (type === "refusal") return { type };
  return phase === undefined ? { type } : { type, phase };
}
