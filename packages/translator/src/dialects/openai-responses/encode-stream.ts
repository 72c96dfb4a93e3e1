import type { Usage } from "@link-assistant/core";
import { isEmptyUsage } from "@link-assistant/core";

import type { TranslationContext } from "../../context.ts";
import type { StreamEncoder } from "../../dialect.ts";
import type { JsonObject } from "../../json.ts";
import { ERROR_KINDS } from "../../neutral/error.ts";
import type { NeutralError } from "../../neutral/error.ts";
import type { OpenedPart, StreamEvent } from "../../neutral/event.ts";
import type { Citation, Seal } from "../../neutral/part.ts";
import type { Finish } from "../../neutral/response.ts";
import { AnswerIds, encryptedContent, envelope, showsReasoning } from "./answer-items.ts";
import { encodeAnnotation } from "./citations.ts";
import { messageItem } from "./encode-response.ts";
import { encodeError } from "./error.ts";
import { encodeFinish } from "./finish.ts";
import { writeUsage } from "./usage.ts";

type EventOf<Type extends StreamEvent["type"]> = Extract<StreamEvent, { type: Type }>;
type Fields = Record<string, unknown>;

/** An item that has been announced and is not done. */
interface OpenItem {
  readonly id: string;
  readonly kind: "message" | "reasoning" | "tool_call";
  readonly phase?: string | undefined;
  /** The item as it will be when it is done, but for its status. */
  readonly done: (status: string) => Fields;
}

/** Begins to encode one streamed answer; see `Dialect.encodeStream`. */
export function encodeStream(context: TranslationContext): StreamEncoder {
  return new ResponsesStreamEncoder(context);
}

/**
 * Writes the events of an answer. An item stays open until the next one begins or the answer ends, for texts that follow one another
 * are parts of one message, and only the end tells whether the last item is whole.
 */
class ResponsesStreamEncoder implements StreamEncoder {
  readonly #context: TranslationContext;
  readonly #shows: boolean;
  #ids: AnswerIds;
  #sequence = 0;
  #started = false;
  readonly #output: Fields[] = [];
  #item: OpenItem | undefined;
  #part: OpenedPart | undefined;
  /** The content of the message under way, or the sections of the reasoning. */
  #content: JsonObject[] = [];
  #text = "";
  #sections: string[] = [];
  #sectionOpen = false;
  #seal: Seal | undefined;
  #citations: Citation[] = [];
  #refused = false;
  #usage: Usage = {};
  #tier: string | undefined;
  #finish: Finish = { kind: "end" };
  /** What a delta begins with, up to its text. */
  #deltaHead = "";
  #deltaTail = "";

  constructor(context: TranslationContext) {
    this.#context = context;
    this.#shows = showsReasoning(context);
    this.#ids = new AnswerIds(undefined, context);
  }

  write(event: StreamEvent): string {
    switch (event.type) {
      case "delta":
        return this.#writeDelta(event.text);
      case "start":
        return this.#writeStart(event);
      case "open":
        return this.#writeOpen(event.part);
      case "close":
        return this.#writeClose();
      case "section":
        return this.#writeSection();
      case "end":
        return this.#writeEnd();
      case "error":
        return this.#writeError(event.error);
      default:
        this.#note(event);
        return "";
    }
  }

  #note(event: EventOf<"seal" | "citation" | "usage" | "finish">): void {
    if (event.type === "seal") this.#seal = event.seal;
    else if (event.type === "citation") this.#citations.push(event.citation);
    else if (event.type === "finish") this.#finish = event.finish;
    else {
      this.#usage = event.usage;
      this.#tier = event.tier ?? this.#tier;
    }
  }

  #writeStart({ id, usage }: EventOf<"start">): string {
    this.#ids = new AnswerIds(id, this.#context);
    this.#usage = usage ?? {};
    this.#started = true;
    const response = this.#snapshot({ status: "in_progress", incomplete_details: null }, [], null);
    return this.#frame("response.created", { response }) + this.#frame("response.in_progress", { response });
  }

  #writeOpen(part: OpenedPart): string {
    // What is done is written before anything of it is forgotten.
    const before = this.#continuesMessage(part) ? "" : this.#closeItem("completed");
    this.#part = part;
    this.#text = "";
    this.#citations = [];
    if (part.type === "text" || part.type === "refusal") return before + this.#openSpoken(part);
    if (part.type === "reasoning") return before + this.#openReasoning();
    if (part.type === "tool_call") return before + this.#openCall(part);
    if (part.type === "web_search") return before + this.#writeWebSearch(part.query ?? "");
    this.#context.losses.note("answer_hosted", part.name);
    return before;
  }

  /** Texts that follow one another are parts of one message, unless they are different things to the turn. */
  #continuesMessage(part: OpenedPart): boolean {
    if (part.type !== "text" && part.type !== "refusal") return false;
    return this.#item?.kind === "message" && this.#item.phase === phaseOf(part);
  }

  #openSpoken(part: Extract<OpenedPart, { type: "text" | "refusal" }>): string {
    const phase = phaseOf(part);
    let text = "";
    if (this.#item === undefined) {
      const id = this.#ids.item("msg");
      this.#content = [];
      const content = this.#content;
      text = this.#announce(
        { id, kind: "message", phase, done: (status) => messageItem(id, content, status, phase) },
        messageItem(id, [], "in_progress", phase),
      );
    }
    const isText = part.type === "text";
    this.#refused ||= !isText;
    const empty = isText
      ? { type: "output_text", text: "", annotations: [], logprobs: [] }
      : { type: "refusal", refusal: "" };
    text += this.#frame("response.content_part.added", { ...this.#contentPlace(), part: empty });
    const place = this.#contentPlace();
    this.#prepareDelta(
      isText ? "response.output_text.delta" : "response.refusal.delta",
      place,
      isText ? ',"logprobs":[]' : "",
    );
    return text;
  }

  #openReasoning(): string {
    const id = this.#ids.item("rs");
    this.#sections = [];
    this.#sectionOpen = false;
    this.#seal = undefined;
    const done = (): Fields => {
      const summary = this.#shows ? this.#sections.map((text) => ({ type: "summary_text", text })) : [];
      const hidden = this.#shows ? [] : this.#sections;
      const proof = this.#seal === undefined ? {} : { encrypted_content: encryptedContent(this.#seal, hidden) };
      return { id, type: "reasoning", summary, ...proof };
    };
    return this.#announce({ id, kind: "reasoning", done }, { id, type: "reasoning", summary: [] });
  }

  #openCall(part: Extract<OpenedPart, { type: "tool_call" }>): string {
    const isCustom = part.kind === "custom";
    const id = this.#ids.item(isCustom ? "ctc" : "fc");
    const head = {
      id,
      type: isCustom ? "custom_tool_call" : "function_call",
      call_id: this.#ids.call(part.id),
      name: part.name,
      ...(part.namespace !== undefined && { namespace: part.namespace }),
    };
    const said = (text: string): Fields => (isCustom ? { input: text } : { arguments: text });
    const done = (status: string): Fields => ({ ...head, status, ...said(this.#text) });
    const text = this.#announce({ id, kind: "tool_call", done }, { ...head, status: "in_progress", ...said("") });
    const delta = isCustom ? "response.custom_tool_call_input.delta" : "response.function_call_arguments.delta";
    this.#prepareDelta(delta, this.#place(), "");
    return text;
  }

  #writeWebSearch(query: string): string {
    const id = this.#ids.item("ws");
    const item = { id, type: "web_search_call", action: { type: "search", query } };
    const place = { output_index: this.#output.length, item_id: id };
    const { output_index: index } = place;
    this.#output.push({ ...item, status: "completed" });
    return (
      this.#frame("response.output_item.added", { output_index: index, item: { ...item, status: "in_progress" } }) +
      this.#frame("response.web_search_call.in_progress", place) +
      this.#frame("response.web_search_call.searching", place) +
      this.#frame("response.web_search_call.completed", place) +
      this.#frame("response.output_item.done", { output_index: index, item: { ...item, status: "completed" } })
    );
  }

  #announce(item: OpenItem, announced: Fields): string {
    this.#item = item;
    return this.#frame("response.output_item.added", { output_index: this.#output.length, item: announced });
  }

  #writeDelta(text: string): string {
    if (this.#part?.type === "reasoning") return this.#writeThought(text);
    this.#text += text;
    return this.#deltaFrame(text);
  }

  #writeThought(text: string): string {
    let frames = "";
    if (!this.#sectionOpen) {
      this.#sectionOpen = true;
      this.#sections.push("");
      if (this.#shows) frames = this.#openSection();
    }
    this.#sections.push((this.#sections.pop() ?? "") + text);
    return this.#shows ? frames + this.#deltaFrame(text) : "";
  }

  #openSection(): string {
    const place = this.#summaryPlace();
    this.#prepareDelta("response.reasoning_summary_text.delta", place, "");
    return this.#frame("response.reasoning_summary_part.added", { ...place, part: { type: "summary_text", text: "" } });
  }

  #writeSection(): string {
    if (!this.#sectionOpen) return "";
    this.#sectionOpen = false;
    if (!this.#shows) return "";
    const text = this.#sections.at(-1) ?? "";
    const place = this.#summaryPlace();
    const part = { type: "summary_text", text };
    return (
      this.#frame("response.reasoning_summary_text.done", { ...place, text }) +
      this.#frame("response.reasoning_summary_part.done", { ...place, part })
    );
  }

  #writeClose(): string {
    const part = this.#part;
    this.#part = undefined;
    if (part?.type === "reasoning") return this.#writeSection();
    if (part?.type === "tool_call") return this.#closeCall(part.kind);
    if (part?.type === "text" || part?.type === "refusal") return this.#closeSpoken(part.type);
    return "";
  }

  #closeCall(kind: "function" | "custom"): string {
    if (kind === "custom")
      return this.#frame("response.custom_tool_call_input.done", { ...this.#place(), input: this.#text });
    let text = "";
    if (this.#text === "") text = this.#writeDelta("{}");
    return text + this.#frame("response.function_call_arguments.done", { ...this.#place(), arguments: this.#text });
  }

  #closeSpoken(type: "text" | "refusal"): string {
    const place = this.#contentPlace();
    const text = this.#text;
    if (type === "refusal") {
      const part = { type: "refusal", refusal: text };
      this.#content.push(part);
      return (
        this.#frame("response.refusal.done", { ...place, refusal: text }) +
        this.#frame("response.content_part.done", { ...place, part })
      );
    }
    const annotations = this.#citations.flatMap((citation) => encodeAnnotation(citation, text.length) ?? []);
    if (annotations.length < this.#citations.length) this.#context.losses.note("answer_citations");
    const part = { type: "output_text", text, annotations, logprobs: [] };
    this.#content.push(part);
    return (
      annotations
        .map((annotation, index) =>
          this.#frame("response.output_text.annotation.added", { ...place, annotation_index: index, annotation }),
        )
        .join("") +
      this.#frame("response.output_text.done", { ...place, text, logprobs: [] }) +
      this.#frame("response.content_part.done", { ...place, part })
    );
  }

  #closeItem(status: string): string {
    const item = this.#item;
    if (item === undefined) return "";
    this.#item = undefined;
    const done = item.done(status);
    const text = this.#frame("response.output_item.done", { output_index: this.#output.length, item: done });
    this.#output.push(done);
    return text;
  }

  #writeEnd(): string {
    const { kind, raw } = this.#finish;
    const ending = encodeFinish(this.#finish, this.#refused);
    if (kind === "pause" || kind === "other") this.#context.losses.note("answer_finish", raw);
    const isCut = kind === "max_tokens" || kind === "context_window";
    const explained = this.#explain();
    const text = explained + this.#closeItem(isCut ? "incomplete" : "completed");
    const usage = isEmptyUsage(this.#usage) ? null : writeUsage(this.#usage);
    const response = this.#snapshot({ ...ending, completed_at: this.#context.createdAt }, this.#output, usage);
    return text + this.#frame(`response.${String(ending.status)}`, { response });
  }

  /** Anthropic explains a refusal beside the content, which may have been said as text already. */
  #explain(): string {
    const { kind, explanation = "" } = this.#finish;
    const isSaid = this.#refused || this.#content.some(({ text }) => String(text).includes(explanation));
    if (kind !== "refusal" || explanation === "" || isSaid) return "";
    return this.#writeOpen({ type: "refusal" }) + this.#writeDelta(explanation) + this.#writeClose();
  }

  /** The SDK raises on the first of the two, Codex reads the second. */
  #writeError(error: NeutralError): string {
    const before = this.#started ? "" : this.#writeStart({ type: "start" });
    const { message } = asError(error);
    const code = ERROR_KINDS[error.kind].event;
    if (this.#part?.type === "text") {
      this.#content.push({ type: "output_text", text: this.#text, annotations: [], logprobs: [] });
    } else if (this.#part?.type === "refusal") this.#content.push({ type: "refusal", refusal: this.#text });
    const output = this.#item === undefined ? this.#output : [...this.#output, this.#item.done("incomplete")];
    const failed = { status: "failed", incomplete_details: null, error: { code, message } };
    const response = this.#snapshot(failed, output, isEmptyUsage(this.#usage) ? null : writeUsage(this.#usage));
    return before + this.#frame("error", { code, message, param: null }) + this.#frame("response.failed", { response });
  }

  #snapshot(ending: JsonObject, output: readonly Fields[], usage: JsonObject | null): JsonObject {
    const tier = this.#tier === undefined ? {} : { service_tier: this.#tier };
    return { ...envelope(this.#context, this.#ids.response), ...tier, ...ending, output, usage };
  }

  #place(): Fields {
    return { item_id: this.#item?.id, output_index: this.#output.length };
  }

  #contentPlace(): Fields {
    return { ...this.#place(), content_index: this.#content.length };
  }

  #summaryPlace(): Fields {
    return { ...this.#place(), summary_index: this.#sections.length - 1 };
  }

  #prepareDelta(type: string, place: Fields, tail: string): void {
    this.#deltaHead = `event: ${type}\ndata: {"type":"${type}",${JSON.stringify(place).slice(1, -1)},"sequence_number":`;
    this.#deltaTail = `${tail}}\n\n`;
  }

  #deltaFrame(text: string): string {
    return `${this.#deltaHead}${this.#sequence++},"delta":${JSON.stringify(text)}${this.#deltaTail}`;
  }

  #frame(type: string, fields: Fields): string {
    return `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: this.#sequence++, ...fields })}\n\n`;
  }
}

function phaseOf(part: OpenedPart): string | undefined {
  return part.type === "text" ? part.phase : undefined;
}

/** An error in the words that clients of this dialect know. */
function asError(error: NeutralError): { readonly message: string } {
  const { body } = encodeError(error);
  const said = body.error;
  return typeof said === "object" && said !== null && "message" in said ? { message: String(said.message) } : error;
}
