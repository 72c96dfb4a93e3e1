import type { TranslationContext } from "../../context.ts";
import { asList, asObject, asString, asText, defined } from "../../json.ts";
import type { JsonObject } from "../../json.ts";
import type { Part } from "../../neutral/part.ts";
import type { NeutralResponse } from "../../neutral/response.ts";
import { TranslationError } from "../../translation-error.ts";
import { decodeServerCall, inputOf, redactedSeal, signatureSeal } from "./answer-blocks.ts";
import { decodeCitations } from "./citations.ts";
import { neutralError } from "./error.ts";
import { decodeFinish, readFinish } from "./finish.ts";
import { readCounts, readTier, toUsage } from "./usage.ts";

/** A whole answer of an upstream; see `Dialect.decodeResponse`. */
export function decodeResponse(body: JsonObject, context: TranslationContext): NeutralResponse {
  if (body.type === "error" || (body.content === undefined && body.error !== undefined)) throw failed(body);
  const content = asList(body.content);
  if (content === undefined) throw new TranslationError("bad_gateway", "The upstream's answer holds no content.");
  const parts = decodeAnswer(content, context.answerId);
  if (readFinish(body) === undefined && parts.length === 0)
    throw new TranslationError("bad_gateway", "The upstream's answer broke off.");
  return defined({
    id: asText(body.id),
    model: asText(body.model),
    parts,
    finish: decodeFinish(
      body,
      parts.some(({ type }) => type === "tool_call"),
    ),
    usage: toUsage(readCounts(body.usage)),
    tier: readTier(body.usage),
  });
}

function failed(body: JsonObject): TranslationError {
  const error = neutralError(body, undefined);
  return new TranslationError(error.kind, error.message, error);
}

/** Reads one block of an answer; undefined when it says nothing. */
type AnswerDecoder = (block: JsonObject, madeUpId: string) => Part | undefined;

const ANSWER_DECODERS: ReadonlyMap<string, AnswerDecoder> = new Map<string, AnswerDecoder>([
  ["text", decodeText],
  ["thinking", decodeThinking],
  ["redacted_thinking", decodeRedacted],
  ["tool_use", decodeToolUse],
  ["server_tool_use", (block) => decodeServerCall(block, inputOf(block))],
  // Its worth is in the citations.
  ["web_search_tool_result", () => undefined],
]);

/** The parts that the content of an answer says. */
export function decodeAnswer(content: readonly unknown[], answerId: string): readonly Part[] {
  const parts: Part[] = [];
  for (let index = 0; index < content.length; index++) {
    const block = asObject(content[index]);
    const type = asText(block?.type);
    if (block === undefined || type === undefined) continue;
    const decode = ANSWER_DECODERS.get(type);
    const part = decode === undefined ? opaque(block, type) : decode(block, `toolu_${answerId}_${index}`);
    if (part !== undefined) parts.push(part);
  }
  return parts;
}

function opaque(raw: JsonObject, name: string): Part {
  return { type: "opaque", origin: "anthropic-messages", name, raw };
}

function decodeText(block: JsonObject): Part | undefined {
  const text = asString(block.text) ?? "";
  const citations = decodeCitations(block.citations);
  if (citations.length > 0) return { type: "text", text, citations };
  return text === "" ? undefined : { type: "text", text };
}

/** The text is empty where the client asked not to see it; the signature is what counts then. */
function decodeThinking(block: JsonObject): Part | undefined {
  const [text, signature] = [asText(block.thinking), asText(block.signature)];
  if (text === undefined && signature === undefined) return undefined;
  const texts = text === undefined ? [] : [text];
  return signature === undefined
    ? { type: "reasoning", texts }
    : { type: "reasoning", texts, seal: signatureSeal(signature) };
}

function decodeRedacted(block: JsonObject): Part | undefined {
  const data = asText(block.data);
  return data === undefined ? undefined : { type: "reasoning", texts: [], seal: redactedSeal(data) };
}

function decodeToolUse(block: JsonObject, madeUpId: string): Part {
  return {
    type: "tool_call",
    id: asText(block.id) ?? madeUpId,
    name: asText(block.name) ?? "tool",
    arguments: inputText(block.input),
    kind: "function",
  };
}

/** The arguments of a call as text; services that only resemble the original give them as such. */
export function inputText(input: unknown): string {
  if (typeof input === "string") return input;
  return JSON.stringify(input ?? {});
}
