import type { RequestScope } from "../../context.ts";
import { legalId } from "../../ids.ts";
import type { JsonObject } from "../../json.ts";
import { dataUrl } from "../../media.ts";
import type { MediaPart, Part, ReasoningPart, TextPart, ToolCallPart, ToolResultPart } from "../../neutral/part.ts";
import type { NeutralRequest, Turn } from "../../neutral/request.ts";
import { opaqueText } from "../../opaque-text.ts";
import { wrapCustom } from "../../tools/custom.ts";
import type { WireObject } from "./encode-request.ts";

/** How texts begin that say by themselves that they are of an error. */
const SAYS_ERROR = /^\W*error/i;

/** The items of a conversation: what each turn says, in its order. */
export function encodeItems(request: NeutralRequest, scope: RequestScope): readonly JsonObject[] {
  const items = new ItemWriter(scope);
  for (const turn of request.turns) items.write(turn);
  if (request.turns.at(-1)?.role === "assistant" && !endsInCall(request.turns)) scope.losses.note("prefill");
  if (items.list.length > 0) return items.list;
  scope.losses.note("empty_turn");
  return [{ type: "message", role: "user", content: [{ type: "input_text", text: "(empty message)" }] }];
}

function endsInCall(turns: readonly Turn[]): boolean {
  return turns.at(-1)?.parts.some(({ type }) => type === "tool_call") === true;
}

class ItemWriter {
  readonly list: WireObject[] = [];
  readonly #scope: RequestScope;

  /** The content of the message under way. */
  #content: WireObject[] = [];
  #role: Turn["role"] = "user";
  #phase: string | undefined;

  constructor(scope: RequestScope) {
    this.#scope = scope;
  }

  write({ role, parts, name }: Turn): void {
    if (name !== undefined) this.#scope.losses.note("speaker_name");
    this.#role = role;
    for (const part of parts) this.#writePart(part);
    this.#endMessage();
    if (role === "assistant") this.#dropTrailingReasoning();
  }

  #writePart(part: Part): void {
    const { losses } = this.#scope;
    if (part.type === "text") this.#writeText(part);
    else if (part.type === "refusal") this.#writeRefusal(part.text);
    else if (part.type === "media") this.#content.push(encodeMedia(part, this.#scope));
    else if (part.type === "reasoning") this.#writeReasoning(part);
    else if (part.type === "tool_call") this.#writeCall(part);
    else if (part.type === "tool_result") this.#writeResult(part);
    else if (part.type === "opaque") this.#writeText({ type: "text", text: opaqueText(part, losses) ?? "" });
    else losses.note("hosted_history", part.type);
  }

  #writeText({ text, phase, cache }: TextPart): void {
    if (cache !== undefined) this.#scope.losses.note("cache_marks");
    if (text === "") return;
    if (phase !== this.#phase) this.#endMessage();
    this.#phase = phase;
    this.#content.push(
      this.#role === "assistant" ? { type: "output_text", text, annotations: [] } : { type: "input_text", text },
    );
  }

  #writeRefusal(refusal: string): void {
    if (refusal !== "")
      this.#content.push(
        this.#role === "assistant" ? { type: "refusal", refusal } : { type: "input_text", text: refusal },
      );
  }

  /** An item that its own upstream never stored goes without its id. */
  #writeReasoning({ texts, seal }: ReasoningPart): void {
    this.#endMessage();
    if (seal?.origin !== "openai-responses" || this.#scope.capability.efforts.length === 0) {
      this.#scope.losses.note("reasoning_unsealed");
      return;
    }
    const summary = texts.map((text) => ({ type: "summary_text", text }));
    this.list.push({ type: "reasoning", summary, encrypted_content: seal.data });
  }

  #writeCall(call: ToolCallPart): void {
    this.#endMessage();
    const { toolNames, losses, capability } = this.#scope;
    const { kind, arguments: text } = call;
    const name = toolNames.toWire(call.name, call.namespace);
    if (name !== call.name) losses.note("tool_name", call.name);
    const head = { call_id: this.#idOf(call.id), name };
    if (kind === "custom" && capability.customTools) {
      this.list.push({ type: "custom_tool_call", ...head, input: text });
      return;
    }
    const wrapped = kind === "custom" ? wrapCustom(text) : text;
    this.list.push({ type: "function_call", ...head, arguments: wrapped.trim() === "" ? "{}" : wrapped });
  }

  #idOf(id: string): string {
    return legalId(id, this.#scope.capability.callIdMaxLength);
  }

  #writeResult(result: ToolResultPart): void {
    this.#endMessage();
    const type =
      result.kind === "custom" && this.#scope.capability.customTools
        ? "custom_tool_call_output"
        : "function_call_output";
    if (result.cache !== undefined) this.#scope.losses.note("cache_marks");
    this.list.push({ type, call_id: this.#idOf(result.callId), output: encodeOutput(result, this.#scope) });
  }

  #endMessage(): void {
    if (this.#content.length === 0) {
      this.#phase = undefined;
      return;
    }
    const role = this.#role === "system" ? this.#scope.capability.systemRole : this.#role;
    const phase = this.#role === "assistant" && this.#phase !== undefined ? { phase: this.#phase } : {};
    this.list.push({ type: "message", role, content: this.#content, ...phase });
    this.#content = [];
    this.#phase = undefined;
  }

  /** Reasoning is refused without what it led to. */
  #dropTrailingReasoning(): void {
    while (this.list.at(-1)?.type === "reasoning") {
      this.list.pop();
      this.#scope.losses.note("reasoning_unsealed");
    }
  }
}

/** What a tool gave: text where it is nothing else, else a list of parts. */
function encodeOutput({ parts: given, isError }: ToolResultPart, scope: RequestScope): unknown {
  const parts = given.flatMap((part) => readable(part, scope));
  // The other dialect of OpenAI's has no such flag: there a missing result was put in.
  if (isError === true && scope.losses.from === "anthropic-messages") scope.losses.note("tool_error_flag");
  if (parts.every((part) => part.type === "text")) {
    const text = parts.map((part) => part.text).join("\n");
    return isError === true ? withError(text) : text;
  }
  const output: WireObject[] = [];
  if (isError === true) output.push({ type: "input_text", text: "Error:" });
  for (const part of parts) {
    if (part.type === "text") output.push({ type: "input_text", text: part.text });
    else if (part.type === "media") output.push(encodeMedia(part, scope));
    else scope.losses.note("hosted_history", part.type);
  }
  return output.length > 0 ? output : "";
}

/** A piece of another dialect in words; nothing where it has none. */
function readable(part: Part, { losses }: RequestScope): Part | readonly Part[] {
  if (part.type !== "opaque") return part;
  const text = opaqueText(part, losses);
  return text === undefined ? [] : { type: "text", text };
}

function withError(text: string): string {
  if (text.trim() === "") return "Error";
  return SAYS_ERROR.test(text) ? text : `Error: ${text}`;
}

function encodeMedia(part: MediaPart, scope: RequestScope): WireObject {
  const { losses } = scope;
  const { source } = part;
  if (part.cache !== undefined) losses.note("cache_marks");
  if (part.citable === true) losses.note("citations_wish");
  if (part.kind === "audio") losses.note("audio_input");
  if (source.type === "file" && source.origin === "anthropic-messages") losses.note("file_id", source.id);
  if (source.type === "text") return documentText(part, source.text, scope);
  if (part.kind !== "image") return encodeFile(part, scope);
  if (!scope.capability.images) losses.note("media_type", "image");
  return encodeImage(part);
}

/** A document of plain text is text with its title. */
function documentText({ name, context }: MediaPart, text: string, { losses }: RequestScope): WireObject {
  losses.note("document_text");
  const head = [name === undefined ? "" : `Document: ${name}`, context ?? ""].filter((line) => line !== "");
  return { type: "input_text", text: [...head, text].join("\n") };
}

function encodeImage({ source, detail = "auto" }: MediaPart): WireObject {
  if (source.type === "file") return { type: "input_image", detail, file_id: source.id };
  const url = source.type === "base64" ? dataUrl(source.mime, source.data) : source.type === "url" ? source.url : "";
  return { type: "input_image", detail, image_url: url };
}

function encodeFile({ source, name, context }: MediaPart, { losses }: RequestScope): WireObject {
  if (context !== undefined) losses.note("document_text");
  if (source.type === "url") return { type: "input_file", file_url: source.url };
  if (source.type === "file") return { type: "input_file", file_id: source.id };
  if (source.type === "text") return { type: "input_text", text: source.text };
  return { type: "input_file", filename: name ?? "document.pdf", file_data: dataUrl(source.mime, source.data) };
}
