import type { Usage } from "@link-assistant/core";
import { isEmptyUsage } from "@link-assistant/core";

import type { TranslationContext } from "../../context.ts";
import type { StreamDecoder } from "../../dialect.ts";
import { asList, asObject, asText } from "../../json.ts";
import type { JsonObject } from "../../json.ts";
import type { NeutralError } from "../../neutral/error.ts";
import type { EventSink } from "../../neutral/event.ts";
import type { SseFrame } from "../../sse/frame.ts";
import { decodeAnnotations } from "./citations.ts";
import { thinkingText } from "./decode-parts.ts";
import { usageOf } from "./decode-response.ts";
import { isError, neutralError } from "./error.ts";
import { BROKEN_FINISHES, decodeFinish, readFinish } from "./finish.ts";
import { detailText, detailsOf, isSummary, sealOfDetails } from "./reasoning.ts";
import { StreamCalls } from "./stream-calls.ts";
import { DONE } from "./wire.ts";

/** Begins to decode one streamed answer; see `Dialect.decodeStream`. */
export function decodeStream(context: TranslationContext): StreamDecoder {
  return new ChatStreamDecoder(context);
}

/** The part that text is being added to; calls are kept elsewhere, for several may be open. */
interface Prose {
  readonly kind: "text" | "reasoning" | "refusal";
  readonly n: number;
  /** The details that came with reasoning, pieces of one put together. */
  details: Record<string, unknown>[];
}

/** The fields that reasoning comes in. The one that it came in first is read, for some services fill several with the same. */
const REASONING_FIELDS = ["reasoning_content", "reasoning", "reasoning_details"] as const;

class ChatStreamDecoder implements StreamDecoder {
  readonly #context: TranslationContext;
  readonly #calls: StreamCalls;
  #next = 0;
  #started = false;
  #over = false;
  #prose: Prose | undefined;
  #textPart: number | undefined;
  #reasoningField: (typeof REASONING_FIELDS)[number] | undefined;
  #refusal = "";
  #finish: string | undefined;
  #stopHint: JsonObject = {};
  #usage: Usage = {};
  #tier: string | undefined;

  constructor(context: TranslationContext) {
    this.#context = context;
    this.#calls = new StreamCalls(context.answerId, () => this.#next++);
  }

  read({ event, data }: SseFrame, sink: EventSink): void {
    if (this.#over) return;
    if (event === "error") return this.#fail(neutralError(parsed(data) ?? { error: data }, undefined), sink);
    const chunk = parsed(data);
    if (chunk !== undefined) return this.#readChunk(chunk, sink);
    const text = data.trim();
    if (text === DONE) {
      if (this.#started) this.#complete(sink);
      else this.#fail(ENDED_EARLY, sink);
    } else if (this.#finish === undefined && isBroken(text)) this.#fail(BROKEN_CHUNK, sink);
  }

  end(sink: EventSink): void {
    if (this.#over) return;
    if (this.#finish === undefined) this.#fail(ENDED_EARLY, sink);
    else this.#complete(sink);
  }

  #readChunk(chunk: JsonObject, sink: EventSink): void {
    if (isError(chunk)) return this.#fail(neutralError(chunk, undefined), sink);
    const choices = asList(chunk.choices);
    const choice = this.#choiceOf(choices);
    this.#start(chunk, choice, sink);
    const usage = usageOf(chunk, choice);
    const isCounted = !isEmptyUsage(usage);
    if (isCounted) this.#usage = usage;
    this.#tier = asText(chunk.service_tier) ?? this.#tier;
    if (choice !== undefined) this.#readChoice(choice, sink);
    // Chunks that only count come last of all.
    else if (isCounted && choices?.length === 0 && this.#finish !== undefined) this.#complete(sink);
  }

  /** The first choice; further ones are left out. */
  #choiceOf(choices: readonly unknown[] | undefined): JsonObject | undefined {
    if (choices === undefined) return undefined;
    let first: JsonObject | undefined;
    for (const item of choices) {
      const choice = asObject(item);
      if (choice === undefined) continue;
      if ((choice.index ?? 0) === 0) first ??= choice;
      else this.#context.losses.note("answer_choices");
    }
    return first;
  }

  /** Azure's first chunk has neither an id nor a model nor a choice. */
  #start({ id, model }: JsonObject, choice: JsonObject | undefined, sink: EventSink): void {
    if (this.#started || (choice === undefined && asText(id) === undefined)) return;
    this.#started = true;
    const [said, name] = [asText(id), asText(model)];
    sink({ type: "start", ...(said !== undefined && { id: said }), ...(name !== undefined && { model: name }) });
  }

  #readChoice(choice: JsonObject, sink: EventSink): void {
    if (asObject(choice.error) !== undefined) return this.#fail(neutralError(choice, undefined), sink);
    const delta = asObject(choice.delta) ?? asObject(choice.message);
    if (delta !== undefined) this.#readDelta(delta, sink);
    const finish = readFinish(choice);
    if (BROKEN_FINISHES.has(finish)) return this.#fail(BROKEN_OFF, sink);
    if (finish === undefined || this.#finish !== undefined) return;
    this.#finish = finish;
    this.#stopHint = choice;
  }

  #readDelta(delta: JsonObject, sink: EventSink): void {
    const { content, refusal } = delta;
    this.#readReasoning(delta, sink);
    if (typeof content === "string") this.#say("text", content, sink);
    else if (content !== undefined && content !== null) this.#readContentList(asList(content) ?? [], sink);
    if (typeof refusal === "string") {
      this.#refusal += refusal;
      this.#say("refusal", refusal, sink);
    }
    if (delta.tool_calls !== undefined) this.#readCalls(asList(delta.tool_calls) ?? [], sink);
    const legacy = asObject(delta.function_call);
    if (legacy !== undefined) this.#readCalls([{ index: 0, function: legacy }], sink);
    if (delta.annotations !== undefined) this.#readAnnotations(delta.annotations, sink);
  }

  /** Mistral's list of thinking and text. */
  #readContentList(list: readonly unknown[], sink: EventSink): void {
    for (const item of list) {
      const piece = asObject(item) ?? {};
      if (piece.type === "thinking") this.#say("reasoning", thinkingText(piece.thinking), sink);
      else this.#say("text", asText(piece.text) ?? "", sink);
    }
  }

  #readReasoning(delta: JsonObject, sink: EventSink): void {
    const details = delta.reasoning_details === undefined ? NO_DETAILS : detailsOf(delta);
    const field = (this.#reasoningField ??= REASONING_FIELDS.find((each) => says(delta[each])));
    if (field === undefined) return;
    const text = field === "reasoning_details" ? details.map(detailText).join("") : asText(delta[field]);
    if (text !== undefined) this.#say("reasoning", text, sink, details.some(isSummary));
    for (const detail of details) this.#keepDetail(detail, sink);
  }

  /** Proofs may come after the reasoning, without any text. */
  #keepDetail(detail: JsonObject, sink: EventSink): void {
    if (this.#prose?.kind !== "reasoning") {
      if (sealOfDetails([detail]) === undefined) return;
      this.#open("reasoning", sink, true);
    }
    if (this.#prose === undefined) return;
    const { details } = this.#prose;
    const last = details.at(-1);
    if (last === undefined || last.type !== detail.type || last.index !== detail.index) details.push({ ...detail });
    else mergeDetail(last, detail);
  }

  #say(kind: Prose["kind"], text: string, sink: EventSink, summary = false): void {
    if (text === "") return;
    if (this.#prose?.kind !== kind) this.#open(kind, sink, summary);
    if (this.#prose !== undefined) sink({ type: "delta", n: this.#prose.n, text });
  }

  #open(kind: Prose["kind"], sink: EventSink, summary: boolean): void {
    this.#close(sink);
    this.#calls.settle(sink);
    const n = this.#next++;
    this.#prose = { kind, n, details: [] };
    if (kind === "text") this.#textPart = n;
    sink({ type: "open", n, part: kind === "reasoning" && !summary ? { type: kind, full: true } : { type: kind } });
  }

  #close(sink: EventSink): void {
    if (this.#prose === undefined) return;
    const { n, details } = this.#prose;
    const seal = details.length === 0 ? undefined : sealOfDetails(details);
    if (seal !== undefined) sink({ type: "seal", n, seal });
    sink({ type: "close", n });
    this.#prose = undefined;
  }

  #readCalls(list: readonly unknown[], sink: EventSink): void {
    for (const item of list) {
      const call = asObject(item);
      if (call === undefined) continue;
      // The part that closes here has the floor until then.
      if (this.#calls.read(call, sink)) this.#close(sink);
    }
  }

  /** Sources of the text that is being written; after its end they come too late. */
  #readAnnotations(annotations: unknown, sink: EventSink): void {
    if (this.#prose === undefined || this.#prose.n !== this.#textPart) return;
    for (const citation of decodeAnnotations(annotations)) sink({ type: "citation", n: this.#prose.n, citation });
  }

  #complete(sink: EventSink): void {
    this.#over = true;
    this.#close(sink);
    this.#calls.end(sink);
    this.#count(sink);
    const ending = { calls: this.#calls.any, refusal: this.#refusal, stop: this.#context.request.stop };
    sink({ type: "finish", finish: decodeFinish(this.#finish, this.#stopHint, ending) });
    sink({ type: "end" });
  }

  #fail(error: NeutralError, sink: EventSink): void {
    this.#over = true;
    this.#count(sink);
    sink({ type: "error", error });
  }

  #count(sink: EventSink): void {
    if (isEmptyUsage(this.#usage) && this.#tier === undefined) return;
    sink({ type: "usage", usage: this.#usage, ...(this.#tier !== undefined && { tier: this.#tier }) });
  }
}

const ENDED_EARLY: NeutralError = { kind: "bad_gateway", message: "The upstream's stream ended early." };
const BROKEN_OFF: NeutralError = { kind: "bad_gateway", message: "The upstream broke the answer off with an error." };
const BROKEN_CHUNK: NeutralError = { kind: "bad_gateway", message: "The upstream sent a chunk that is no JSON." };
const NO_DETAILS: readonly JsonObject[] = [];

function says(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : asText(value) !== undefined;
}

function parsed(data: string): JsonObject | undefined {
  try {
    return asObject(JSON.parse(data));
  } catch {
    return undefined;
  }
}

/** Whether the data should have been JSON; other values than objects say nothing. */
function isBroken(text: string): boolean {
  if (text === "") return false;
  try {
    JSON.parse(text);
    return false;
  } catch {
    return true;
  }
}

/** Puts a further piece to a detail: its texts grow, anything else is replaced. */
function mergeDetail(detail: Record<string, unknown>, piece: JsonObject): void {
  for (const [key, value] of Object.entries(piece)) {
    if (value === null || value === undefined) continue;
    const before = detail[key];
    if (GROWING.has(key) && typeof before === "string" && typeof value === "string") detail[key] = before + value;
    else if (key !== "__proto__") detail[key] = value;
  }
}

const GROWING: ReadonlySet<string> = new Set(["text", "summary", "data"]);
