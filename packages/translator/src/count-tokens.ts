import type { TranslationContext } from "./context.ts";
import type { JsonObject } from "./json.ts";
import type { Part } from "./neutral/part.ts";
import type { NeutralRequest } from "./neutral/request.ts";
import { parseJsonBody } from "./parse-body.ts";
import type { Body } from "./parse-body.ts";
import { dialectOf } from "./registry.ts";
import { prepare } from "./translate-request.ts";
import type { TranslateOptions } from "./translate-options.ts";
import { TranslationError } from "./translation-error.ts";

const LETTERS_PER_TOKEN = 3.5;
const TOKENS_PER_TURN = 4;
const TOKENS_PER_TOOL = 12;
const TOKENS_PER_IMAGE = 1600;
/** Longer texts are taken for English. */
const MAX_SCANNED = 1_000_000;
/** A page of a document is some 3,000 tokens and some 75 KB of PDF. */
const BASE64_PER_DOCUMENT_TOKEN = 33;

/** Translates an upstream's answer to a question for tokens. Throws a `TranslationError` when it holds no number. */
export function translateCountResponse(body: Body, context: TranslationContext): { readonly body: JsonObject } {
  const tokens = dialectOf(context.upstream).decodeCount(parseJsonBody(body, "bad_gateway"));
  if (tokens === undefined) throw new TranslationError("bad_gateway", "The upstream gave no number of tokens.");
  return { body: dialectOf(context.client).encodeCount(tokens) };
}

/**
 * An estimate of the tokens of a request, for upstreams that cannot be asked: of everything in it, system and tools included, as a
 * count of messages alone would be far too low. Some 20 % off for English text; images and documents are guessed.
 */
export function estimateTokens(
  body: Body,
  options: TranslateOptions,
): { readonly tokens: number; readonly body: JsonObject } {
  const tokens = estimate(prepare(body, options).request);
  return { tokens, body: dialectOf(options.from).encodeCount(tokens) };
}

function estimate({ system, turns, tools }: NeutralRequest): number {
  let tokens = 0;
  for (const { text } of system) tokens += ofText(text) + TOKENS_PER_TURN;
  for (const { parts } of turns) tokens += TOKENS_PER_TURN + ofParts(parts);
  for (const tool of tools) tokens += TOKENS_PER_TOOL + ofText(JSON.stringify(tool));
  return Math.ceil(tokens);
}

function ofParts(parts: readonly Part[]): number {
  let tokens = 0;
  for (const part of parts) tokens += ofPart(part);
  return tokens;
}

function ofPart(part: Part): number {
  if (part.type === "text" || part.type === "refusal") return ofText(part.text);
  if (part.type === "tool_call") return ofText(part.name) + ofText(part.arguments) + TOKENS_PER_TURN;
  if (part.type === "tool_result") return ofParts(part.parts) + TOKENS_PER_TURN;
  if (part.type === "reasoning") return ofText(part.texts.join("\n"));
  if (part.type !== "media") return ofText(JSON.stringify(part));
  if (part.source.type === "text") return ofText(part.source.text);
  if (part.kind === "document" && part.source.type === "base64") {
    return TOKENS_PER_IMAGE + part.source.data.length / BASE64_PER_DOCUMENT_TOKEN;
  }
  return TOKENS_PER_IMAGE;
}

/** Letters beyond ASCII are about a token each. */
function ofText(text: string): number {
  const wide = text.length < MAX_SCANNED ? (text.match(/\P{ASCII}/gu)?.length ?? 0) : 0;
  return (text.length - wide) / LETTERS_PER_TOKEN + wide * 0.8;
}
