import type { Usage } from "@link-assistant/core";
import { isEmptyUsage } from "@link-assistant/core";

import type { TranslationContext } from "../../context.ts";
import type { StreamEncoder } from "../../dialect.ts";
import { idStem } from "../../ids.ts";
import type { JsonObject } from "../../json.ts";
import type { OpenedPart, StreamEvent } from "../../neutral/event.ts";
import type { Citation, ReasoningPart } from "../../neutral/part.ts";
import type { Finish } from "../../neutral/response.ts";
import { DONE_FRAME, writeFrame } from "../../sse/write.ts";
import { encodeAnnotation } from "./citations.ts";
import { isLegacy, legacyFinish } from "./encode-response.ts";
import { encodeError } from "./error.ts";
import { UNSAYABLE_FINISHES, encodeFinish } from "./finish.ts";
import { SECTION_BREAK, encodeDetails } from "./reasoning.ts";
import { writeUsage } from "./usage.ts";
import { ID_PREFIX } from "./wire.ts";

/** Begins to encode one streamed answer; see `Dialect.encodeStream`. */
export function encodeStream(context: TranslationContext): StreamEncoder {
  return new ChatStreamEncoder(context);
}

type EventOf<Type extends StreamEvent["type"]> = Extract<StreamEvent, { type: Type }>;

/** Reasoning while it is told. */
interface Told {
  texts: string[];
  seal?: ReasoningPart["seal"];
}

/**
 * Writes chunks. All that stands in each of them is put together once; a delta only puts its text in between. Fields that official
 * clients do not know are replaced by them and not added up, so annotations and proofs of reasoning go in one delta each, last.
 */
class ChatStreamEncoder implements StreamEncoder {
  readonly #context: TranslationContext;
  readonly #legacy: boolean;
  readonly #includeUsage: boolean;
  readonly #showsReasoning: boolean;
  /** From the beginning of a chunk to its list of choices. */
  #head = "";
  /** From the beginning of a chunk to its delta. */
  #toDelta = "";
  #afterDelta = "";
  /** What comes before and after the text of a delta of the part that is open; the first is empty where nothing is told. */
  #before = "";
  #after = "";
  #open: OpenedPart | undefined;
  #calls = 0;
  #callText = false;
  #textLength = 0;
  #partStart = 0;
  #citations: Citation[] = [];
  readonly #annotations: JsonObject[] = [];
  readonly #reasoning: Told[] = [];
  #reasoningTold = false;
  /** Whether a break has to come before the next text of reasoning. */
  #breaks = false;
  #refused = false;
  #usage: Usage = {};
  #tier: string | undefined;

  constructor(context: TranslationContext) {
    this.#context = context;
    this.#legacy = isLegacy(context);
    this.#includeUsage = context.request.includeUsage === true;
    this.#showsReasoning = context.request.reasoning?.show !== false;
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
        this.#reasoning.at(-1)?.texts.push("");
        this.#breaks = this.#reasoningTold;
        return "";
      case "usage":
        this.#usage = event.usage;
        this.#tier = event.tier ?? this.#tier;
        return "";
      case "finish":
        return this.#writeFinish(event.finish);
      case "end":
        return this.#writeEnd();
      case "error":
        return writeFrame(encodeError(event.error).body);
      default:
        this.#keep(event);
        return "";
    }
  }

  #keep(event: EventOf<"seal" | "citation">): void {
    const told = this.#reasoning.at(-1);
    if (event.type === "citation") this.#citations.push(event.citation);
    else if (told !== undefined) told.seal = event.seal;
  }

  #writeStart({ id, usage }: EventOf<"start">): string {
    const { answerId, answerModel, createdAt } = this.#context;
    if (usage !== undefined) this.#usage = usage;
    const named = JSON.stringify(ID_PREFIX + idStem(id, answerId));
    const model = JSON.stringify(answerModel);
    this.#head = `data: {"id":${named},"object":"chat.completion.chunk","created":${createdAt},"model":${model},"choices":[`;
    this.#toDelta = `${this.#head}{"index":0,"delta":`;
    this.#afterDelta = `,"logprobs":null,"finish_reason":null}]${this.#includeUsage ? ',"usage":null' : ""}}\n\n`;
    return this.#chunk('{"role":"assistant","content":"","refusal":null}');
  }

  #chunk(delta: string): string {
    return this.#toDelta + delta + this.#afterDelta;
  }

  /** Says how the deltas of the part go; a call says who is called at once. */
  #writeOpen(part: OpenedPart): string {
    this.#open = part;
    this.#before = "";
    if (part.type === "text") {
      this.#around('{"content":', "}");
      this.#partStart = this.#textLength;
      this.#citations = [];
    } else if (part.type === "refusal") {
      this.#refused = true;
      this.#around('{"refusal":', "}");
    } else if (part.type === "tool_call") return this.#openCall(part);
    else if (part.type === "reasoning") {
      this.#reasoning.push({ texts: [""] });
      this.#breaks = this.#reasoningTold;
      if (this.#showsReasoning) this.#around('{"reasoning_content":', "}");
    } else if (part.type === "opaque") this.#context.losses.note("answer_hosted", part.name);
    return "";
  }

  #around(before: string, after: string): void {
    this.#before = this.#toDelta + before;
    this.#after = after + this.#afterDelta;
  }

  #openCall({ id, name, kind }: Extract<OpenedPart, { type: "tool_call" }>): string {
    const index = this.#calls++;
    this.#callText = false;
    if (this.#legacy) {
      // There was one call to an answer.
      if (index > 0) return "";
      this.#around('{"function_call":{"arguments":', "}}");
      return this.#chunk(`{"function_call":{"name":${JSON.stringify(name)},"arguments":""}}`);
    }
    const field = kind === "custom" ? "input" : "arguments";
    this.#around(`{"tool_calls":[{"index":${index},"${kind}":{"${field}":`, "}}]}");
    const called = `"${kind}":{"name":${JSON.stringify(name)},"${field}":""}`;
    return this.#chunk(`{"tool_calls":[{"index":${index},"id":${JSON.stringify(id)},"type":"${kind}",${called}}]}`);
  }

  #writeDelta(text: string): string {
    const type = this.#open?.type;
    if (type === "text") this.#textLength += text.length;
    else if (type === "tool_call") this.#callText = true;
    else if (type === "reasoning") return this.#writeReasoning(text);
    return this.#before === "" ? "" : this.#before + JSON.stringify(text) + this.#after;
  }

  #writeReasoning(text: string): string {
    const texts = this.#reasoning.at(-1)?.texts;
    if (texts !== undefined) texts[texts.length - 1] += text;
    if (this.#before === "") return "";
    const told = this.#breaks ? SECTION_BREAK + text : text;
    this.#breaks = false;
    this.#reasoningTold = true;
    return this.#before + JSON.stringify(told) + this.#after;
  }

  #writeClose(): string {
    const part = this.#open;
    const before = this.#before;
    this.#open = undefined;
    this.#before = "";
    if (part?.type === "text") this.#annotate();
    if (part?.type !== "tool_call" || part.kind === "custom" || this.#callText || before === "") return "";
    return `${before}"{}"${this.#after}`;
  }

  #annotate(): void {
    for (const citation of this.#citations) {
      const annotation = encodeAnnotation(citation, this.#partStart, this.#textLength - this.#partStart);
      if (annotation === undefined) this.#context.losses.note("answer_citations");
      else this.#annotations.push(annotation);
    }
  }

  #writeFinish(finish: Finish): string {
    if (UNSAYABLE_FINISHES.has(finish.kind)) this.#context.losses.note("answer_finish", finish.raw);
    let text = "";
    if (finish.explanation !== undefined && !this.#refused) {
      text += this.#chunk(JSON.stringify({ refusal: finish.explanation }));
    }
    const details = this.#showsReasoning ? encodeDetails(this.#reasoning.map(reasoningOf)) : undefined;
    if (details !== undefined) text += this.#chunk(JSON.stringify({ reasoning_details: details }));
    if (this.#annotations.length > 0) text += this.#chunk(JSON.stringify({ annotations: this.#annotations }));
    const word = JSON.stringify(legacyFinish(encodeFinish(finish, this.#refused), this.#legacy));
    const met = finish.stopSequence === undefined ? "" : `,"stop_reason":${JSON.stringify(finish.stopSequence)}`;
    const tier = this.#tier === undefined ? "" : `,"service_tier":${JSON.stringify(this.#tier)}`;
    const usage = this.#includeUsage ? ',"usage":null' : "";
    return `${text}${this.#toDelta}{},"logprobs":null,"finish_reason":${word}${met}}]${tier}${usage}}\n\n`;
  }

  #writeEnd(): string {
    if (!this.#includeUsage) return DONE_FRAME;
    if (isEmptyUsage(this.#usage)) this.#context.losses.note("answer_usage");
    return `${this.#head}],"usage":${JSON.stringify(writeUsage(this.#usage))}}\n\n${DONE_FRAME}`;
  }
}

function reasoningOf({ texts, seal }: Told): ReasoningPart {
  const said = texts.length === 1 && texts[0] === "" ? [] : texts;
  return { type: "reasoning", texts: said, ...(seal !== undefined && { seal }) };
}
