import type { Usage } from "@link-assistant/core";
import { isEmptyUsage } from "@link-assistant/core";

import type { TranslationContext } from "../../context.ts";
import type { StreamEncoder } from "../../dialect.ts";
import { legalId } from "../../ids.ts";
import { parseObject } from "../../json.ts";
import type { JsonObject } from "../../json.ts";
import type { OpenedPart, StreamEvent } from "../../neutral/event.ts";
import type { Seal, ToolCallPart, WebSearchPart } from "../../neutral/part.ts";
import type { Finish } from "../../neutral/response.ts";
import { writeFrame } from "../../sse/write.ts";
import { readArguments } from "../../tools/arguments.ts";
import { wrapCustom } from "../../tools/custom.ts";
import { DIRECT, SECTION_BREAK, answerFrame, encodeWebSearch, showsReasoning, signatureOf } from "./answer-blocks.ts";
import { MAX_CALL_ID_LENGTH, noteCitation } from "./encode-response.ts";
import { encodeError } from "./error.ts";
import { encodeFinish } from "./finish.ts";
import { writeCounts, writeUsage } from "./usage.ts";

/** Begins to encode one streamed answer; see `Dialect.encodeStream`. */
export function encodeStream(context: TranslationContext): StreamEncoder {
  return new MessageStreamEncoder(context);
}

type EventOf<Type extends StreamEvent["type"]> = Extract<StreamEvent, { type: Type }>;

const DELTA_END = "}}\n\n";

/**
 * Writes events. A block begins with its first words, so that none is empty, for clients send blocks back and empty ones are refused;
 * a call begins at once. All that stands around the text of a delta is put together once for each block.
 */
class MessageStreamEncoder implements StreamEncoder {
  readonly #context: TranslationContext;
  readonly #shows: boolean;
  #part: OpenedPart | undefined;
  /** The number of the block that comes next, or is open. */
  #index = 0;
  #opened = false;
  /** From the beginning of a delta's event to its text. */
  #toText = "";
  /** What was said in the part, section by section: reasoning whose proof may need it, arguments that have to be looked at. */
  #texts: string[] = [];
  #breaks = false;
  #seal: Seal | undefined;
  /** Whether the arguments of some call are not whole. */
  #cut = false;
  /** Whether arguments have begun: anything but white space has come. */
  #begun = false;
  /** Whether arguments are kept until all are there, for they are no object. */
  #holds = false;
  #refused = "";
  #usage: Usage = {};

  constructor(context: TranslationContext) {
    this.#context = context;
    this.#shows = showsReasoning(context);
  }

  write(event: StreamEvent): string {
    switch (event.type) {
      case "delta":
        return this.#writeDelta(event.text);
      case "open":
        return this.#writeOpen(event.part);
      case "close":
        return this.#writeClose();
      case "start":
        return this.#writeStart(event);
      case "finish":
        return this.#writeFinish(event.finish);
      case "end":
        return 'event: message_stop\ndata: {"type":"message_stop"}\n\n';
      case "error":
        return writeFrame(encodeError(event.error).body, "error");
      default:
        this.#keep(event);
        return "";
    }
  }

  #keep(event: EventOf<"usage" | "section" | "seal" | "citation">): void {
    if (event.type === "usage") this.#usage = event.usage;
    else if (event.type === "seal") this.#seal = event.seal;
    else if (event.type === "citation") noteCitation(event.citation, this.#context.losses);
    else {
      this.#texts.push(...(this.#texts.length === 0 ? ["", ""] : [""]));
      this.#breaks = this.#opened;
    }
  }

  #writeStart({ id, usage = {} }: EventOf<"start">): string {
    this.#usage = usage;
    const message = {
      ...answerFrame(id, this.#context),
      content: [],
      stop_reason: null,
      stop_sequence: null,
      stop_details: null,
      container: null,
      usage: writeUsage(usage),
    };
    return writeFrame({ type: "message_start", message }, "message_start");
  }

  #writeOpen(part: OpenedPart): string {
    this.#part = part;
    this.#opened = false;
    this.#texts = [];
    this.#breaks = false;
    this.#seal = undefined;
    this.#begun = false;
    this.#holds = false;
    if (part.type === "tool_call") {
      // Plain text is the one argument of the function that stood in for its tool, and is whole at the end only.
      this.#begun = this.#holds = part.kind === "custom";
      return this.#openCall(part);
    }
    if (part.type === "web_search") return this.#writeSearch(part);
    if (part.type === "opaque") this.#context.losses.note("answer_hosted", part.name);
    return "";
  }

  #openCall({ id, name }: Pick<ToolCallPart, "id" | "name">): string {
    const block = { type: "tool_use", id: legalId(id, MAX_CALL_ID_LENGTH), name, input: {}, caller: DIRECT };
    return this.#openBlock(block, "input_json_delta", "partial_json");
  }

  /** Begins a block. The delta's type and field are those of its text. */
  #openBlock(block: JsonObject, delta: string, field: string): string {
    const index = this.#index;
    this.#opened = true;
    this.#toText = `event: content_block_delta\ndata: {"type":"content_block_delta","index":${index},"delta":{"type":"${delta}","${field}":`;
    return writeFrame({ type: "content_block_start", index, content_block: block }, "content_block_start");
  }

  #closeBlock(): string {
    const index = this.#index++;
    this.#opened = false;
    return `event: content_block_stop\ndata: {"type":"content_block_stop","index":${index}}\n\n`;
  }

  #writeDelta(text: string): string {
    const type = this.#part?.type;
    if (type === "tool_call") return this.#writeArguments(text);
    if (type === "reasoning") return this.#writeThinking(text);
    if (type === "refusal") this.#refused += text;
    else if (type !== "text") return "";
    const start = this.#opened
      ? ""
      : this.#openBlock({ type: "text", text: "", citations: null }, "text_delta", "text");
    return start + this.#toText + JSON.stringify(text) + DELTA_END;
  }

  #writeThinking(text: string): string {
    this.#addText(text);
    if (!this.#shows) return "";
    const start = this.#opened ? "" : this.#openThinking();
    const said = this.#breaks ? SECTION_BREAK + text : text;
    this.#breaks = false;
    return start + this.#toText + JSON.stringify(said) + DELTA_END;
  }

  #openThinking(): string {
    return this.#openBlock({ type: "thinking", thinking: "", signature: "" }, "thinking_delta", "thinking");
  }

  #addText(text: string): void {
    const last = this.#texts.length - 1;
    if (last < 0) this.#texts.push(text);
    else this.#texts[last] += text;
  }

  /** Arguments that are an object go on as they come; others are wrapped when all are there. */
  #writeArguments(text: string): string {
    this.#addText(text);
    if (this.#begun) return this.#holds ? "" : this.#toText + JSON.stringify(text) + DELTA_END;
    if (text.trim() === "") return "";
    this.#begun = true;
    this.#holds = !text.trimStart().startsWith("{");
    return this.#holds ? "" : this.#toText + JSON.stringify(this.#texts[0]) + DELTA_END;
  }

  #writeClose(): string {
    const part = this.#part;
    this.#part = undefined;
    if (part?.type === "reasoning") return this.#closeThinking();
    if (part?.type === "tool_call") return this.#closeCall(part.name, part.kind === "custom");
    return this.#opened ? this.#closeBlock() : "";
  }

  #closeThinking(): string {
    const seal = this.#seal;
    if (seal === undefined) return this.#opened ? this.#closeBlock() : "";
    if (seal.origin === "anthropic-messages" && seal.kind === "redacted") {
      return this.#writeWhole({ type: "redacted_thinking", data: seal.data });
    }
    const start = this.#opened ? "" : this.#openThinking();
    const delta = { type: "signature_delta", signature: signatureOf(seal, this.#texts, !this.#shows) };
    return start + this.#writeOther(delta) + this.#closeBlock();
  }

  #writeOther(delta: JsonObject): string {
    return writeFrame({ type: "content_block_delta", index: this.#index, delta }, "content_block_delta");
  }

  /** What was sent cannot be taken back: broken arguments make the answer one that was cut. */
  #closeCall(name: string, custom: boolean): string {
    const { losses } = this.#context;
    const text = this.#texts[0] ?? "";
    if (!this.#holds) {
      if (this.#begun && parseObject(text) === undefined) {
        losses.note("answer_arguments", name);
        this.#cut = true;
      }
      return this.#closeBlock();
    }
    const { input, wrapped } = readArguments(custom ? wrapCustom(text) : text);
    if (wrapped) losses.note("answer_arguments", name);
    return this.#toText + JSON.stringify(JSON.stringify(input)) + DELTA_END + this.#closeBlock();
  }

  #writeSearch(part: WebSearchPart): string {
    const blocks = encodeWebSearch(part, this.#context);
    if (blocks === undefined) {
      this.#context.losses.note("answer_hosted", "web_search");
      return "";
    }
    const [call, result] = blocks;
    const input = { type: "input_json_delta", partial_json: JSON.stringify(call.input) };
    const start = this.#openBlock({ ...call, input: {} }, "input_json_delta", "partial_json");
    return start + this.#writeOther(input) + this.#closeBlock() + this.#writeWhole(result);
  }

  /** A block that has no deltas. */
  #writeWhole(block: JsonObject): string {
    return this.#openBlock(block, "", "") + this.#closeBlock();
  }

  #writeFinish(finish: Finish): string {
    const { losses } = this.#context;
    if (finish.kind === "other") losses.note("answer_finish", finish.raw);
    if (isEmptyUsage(this.#usage)) losses.note("answer_usage");
    const said: Finish = this.#cut && finish.kind === "tool_use" ? { kind: "max_tokens" } : finish;
    const delta = { ...encodeFinish(said, this.#refused), container: null };
    return writeFrame({ type: "message_delta", delta, usage: writeCounts(this.#usage) }, "message_delta");
  }
}
