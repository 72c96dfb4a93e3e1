import type { RequestScope } from "../../context.ts";
import { legalId } from "../../ids.ts";
import { decodeBase64 } from "../../media.ts";
import type { MediaPart, Part, ReasoningPart, ToolCallPart, ToolResultPart } from "../../neutral/part.ts";
import { readArguments } from "../../tools/arguments.ts";
import type { CacheMarks } from "./encode-cache.ts";
import { noteName } from "./encode-tools.ts";
import type { WireBlock } from "./wire.ts";

const PDF = "application/pdf";

/** Writes the parts of turns as blocks. It remembers calls, for their ids must be unlike in the whole conversation. */
export class BlockWriter {
  readonly #scope: RequestScope;
  readonly #cache: CacheMarks;
  readonly #ids = new Set<string>();
  /** The calls that wait for their results, in their order. */
  #calls: { readonly id: string; readonly wire: string }[] = [];

  constructor(scope: RequestScope, cache: CacheMarks) {
    this.#scope = scope;
    this.#cache = cache;
  }

  /** A turn of the user. */
  user(parts: readonly Part[]): WireBlock[] {
    const blocks: WireBlock[] = [];
    for (const part of parts) {
      const block = part.type === "tool_result" ? this.#result(part) : this.#said(part);
      if (block !== undefined) blocks.push(block);
    }
    this.#calls = [];
    return blocks;
  }

  /** A turn of the model. */
  assistant(parts: readonly Part[]): WireBlock[] {
    const blocks: WireBlock[] = [];
    for (const part of parts) {
      const block = this.#done(part);
      if (block !== undefined) blocks.push(block);
    }
    return blocks;
  }

  /** A turn of the operator, which can only be text. */
  system(parts: readonly Part[]): WireBlock[] {
    const blocks: WireBlock[] = [];
    for (const part of parts) {
      if (part.type !== "text") this.#scope.losses.note("system_media", part.type);
      else if (part.text.trim() !== "") blocks.push(this.#cache.mark({ type: "text", text: part.text }, part.cache));
    }
    return blocks;
  }

  #done(part: Part): WireBlock | undefined {
    switch (part.type) {
      case "tool_call":
        return this.#call(part);
      case "reasoning":
        return encodeReasoning(part, this.#scope);
      case "media":
        this.#scope.losses.note("media_type", part.kind);
        return undefined;
      default:
        return this.#said(part);
    }
  }

  #said(part: Part): WireBlock | undefined {
    switch (part.type) {
      case "text":
        return part.text === "" ? undefined : this.#cache.mark({ type: "text", text: part.text }, part.cache);
      case "refusal":
        return part.text === "" ? undefined : { type: "text", text: part.text };
      case "media":
        return this.#cache.mark(encodeMedia(part, this.#scope), part.cache);
      case "opaque":
        if (part.origin === "anthropic-messages") return { ...part.raw };
        this.#scope.losses.note(part.name.includes("compaction") ? "compaction" : "hosted_history", part.name);
        return undefined;
      case "web_search":
        this.#scope.losses.note("hosted_history", "web_search");
        return undefined;
      default:
        return undefined;
    }
  }

  #call(part: ToolCallPart): WireBlock {
    const { capability, losses, toolNames } = this.#scope;
    const legal = legalId(part.id, capability.callIdMaxLength);
    let wire = legal;
    for (let round = 2; this.#ids.has(wire); round++) wire = `${legal}_r${round}`;
    this.#ids.add(wire);
    this.#calls.push({ id: part.id, wire });
    const name = toolNames.toWire(part.name, part.namespace);
    noteName(part, name, this.#scope);
    const block: WireBlock = { type: "tool_use", id: wire, name };
    if (part.kind === "custom") block.input = { input: part.arguments };
    else {
      const { input, wrapped } = readArguments(part.arguments);
      if (wrapped) losses.note("tool_arguments", part.name);
      block.input = input;
    }
    return this.#cache.mark(block, part.cache);
  }

  /** Results stand in the order of their calls, so of calls with one id each finds its own. */
  #result({ callId, parts, isError, cache }: ToolResultPart): WireBlock {
    const at = this.#calls.findIndex(({ id }) => id === callId);
    const [call] = at === -1 ? [] : this.#calls.splice(at, 1);
    const wire = call?.wire ?? legalId(callId, this.#scope.capability.callIdMaxLength);
    const block: WireBlock = { type: "tool_result", tool_use_id: wire };
    const content = this.#resultContent(parts);
    if (content !== undefined) block.content = content;
    if (isError === true) block.is_error = true;
    return this.#cache.mark(block, cache);
  }

  #resultContent(parts: readonly Part[]): unknown {
    const [first] = parts;
    if (parts.length === 1 && first?.type === "text" && first.cache === undefined) {
      return first.text.trim() === "" ? undefined : first.text;
    }
    const blocks: WireBlock[] = [];
    for (const part of parts) {
      const block = this.#said(part);
      if (block !== undefined) blocks.push(block);
    }
    return blocks.every(isBlank) ? undefined : blocks;
  }
}

/** Whether a block is text that says nothing. */
export function isBlank({ type, text }: WireBlock): boolean {
  return type === "text" && (typeof text !== "string" || text.trim() === "");
}

/** Only reasoning that Anthropic has signed goes back to it. */
function encodeReasoning({ texts, seal }: ReasoningPart, { losses }: RequestScope): WireBlock | undefined {
  if (seal?.origin !== "anthropic-messages") {
    losses.note("reasoning_unsealed");
    return undefined;
  }
  if (seal.kind === "redacted") return { type: "redacted_thinking", data: seal.data };
  return { type: "thinking", thinking: texts.join("\n\n"), signature: seal.data };
}

function encodeMedia(part: MediaPart, scope: RequestScope): WireBlock {
  const { losses } = scope;
  const { kind, source, detail } = part;
  if (kind === "audio") losses.note("audio_input");
  if (source.type === "file" && source.origin !== "anthropic-messages") losses.note("file_id", source.id);
  if (detail !== undefined) losses.note("image_detail", detail);
  if (kind === "image") return { type: "image", source: imageSource(part, scope) };
  const { name, context, citable } = part;
  return {
    type: "document",
    source: documentSource(part, scope),
    ...(name !== undefined && { title: name }),
    ...(context !== undefined && { context }),
    ...(citable === true && { citations: { enabled: true } }),
  };
}

function imageSource({ source }: MediaPart, { capability, losses }: RequestScope): WireBlock {
  if (!capability.images) losses.note("media_type", "image");
  if (source.type === "url") return { type: "url", url: source.url };
  if (source.type === "file") return { type: "file", file_id: source.id };
  if (source.type === "text" || !IMAGE_TYPES.has(source.mime))
    losses.note("media_type", source.type === "text" ? "text/plain" : source.mime);
  return source.type === "base64" ? { type: "base64", media_type: source.mime, data: source.data } : {};
}

const IMAGE_TYPES: ReadonlySet<string> = new Set(["image/jpeg", "image/png", "image/gif", "image/webp"]);

/** A PDF, or text as text. */
function documentSource({ source }: MediaPart, { capability, losses }: RequestScope): WireBlock {
  if (source.type === "url") return { type: "url", url: source.url };
  if (source.type === "file") return { type: "file", file_id: source.id };
  const text = source.type === "text" ? source.text : textIn(source);
  if (text !== undefined) return { type: "text", media_type: "text/plain", data: text };
  const mime = source.type === "base64" ? source.mime : "";
  if (mime !== PDF || !capability.files) losses.note("media_type", mime);
  return source.type === "base64" ? { type: "base64", media_type: mime, data: source.data } : {};
}

function textIn({ mime, data }: { readonly mime: string; readonly data: string }): string | undefined {
  return mime.startsWith("text/") || mime === "application/json" ? decodeBase64(data) : undefined;
}
