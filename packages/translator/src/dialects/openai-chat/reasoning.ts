import { asList, asObject, asString, asText } from "../../json.ts";
import type { JsonObject } from "../../json.ts";
import type { ReasoningPart, Seal } from "../../neutral/part.ts";
import { isCarrier, packSeal, unpackSeal } from "../../reasoning/carrier.ts";

/*
 * Reasoning is no part of OpenAI's Chat Completions. Services give it in `reasoning_content` (DeepSeek and most others) or `reasoning`
 * (Groq, Ollama, OpenRouter), and with its proofs in `reasoning_details` (OpenRouter, Vercel): a list of `reasoning.text` with a
 * `signature`, `reasoning.summary` with a `summary`, and `reasoning.encrypted` with `data`. Recorded answers; read on 2026-11-25.
 */

/** The plain text of reasoning in a message or a delta; of two names for the same one counts. */
export function plainReasoning({ reasoning_content: content, reasoning }: JsonObject): string | undefined {
  return asText(content) ?? asText(reasoning);
}

/** The entries of a message's `reasoning_details`. */
export function detailsOf(message: JsonObject): readonly JsonObject[] {
  const list = asList(message.reasoning_details);
  return list === undefined ? NONE : list.map((detail) => asObject(detail)).filter((detail) => detail !== undefined);
}

const NONE: readonly JsonObject[] = [];

/** The readable text of a detail. */
export function detailText({ text, summary }: JsonObject): string {
  return asString(text) ?? asString(summary) ?? "";
}

/** Whether a detail proves anything: without such details there is no need to send them back. */
function isProof({ signature, data }: JsonObject): boolean {
  return asText(signature) !== undefined || asText(data) !== undefined;
}

/** What proves reasoning with these details to the service that gave them; undefined when nothing does. */
export function sealOfDetails(details: readonly JsonObject[]): Seal | undefined {
  if (!details.some(isProof)) return undefined;
  return { origin: "openai-chat", kind: "details", data: JSON.stringify(details) };
}

/** The reasoning in a whole message of an upstream; at most one part, since its order is not told. */
export function decodeReasoning(message: JsonObject): ReasoningPart | undefined {
  const details = detailsOf(message);
  const text = plainReasoning(message) ?? details.map(detailText).join("");
  const seal = sealOfDetails(details);
  if (text === "" && seal === undefined) return undefined;
  return {
    type: "reasoning",
    texts: text === "" ? [] : [text],
    ...(!details.some(isSummary) && text !== "" && { full: true }),
    ...(seal !== undefined && { seal }),
  };
}

/** Whether a detail holds a summary and not the thinking itself. */
export function isSummary({ type }: JsonObject): boolean {
  return type === "reasoning.summary";
}

/**
 * The reasoning that a client sends back in its history. Proofs are known by their carriers; what another gateway gave the client
 * proves nothing to the upstreams that can be reached from here and is read as plain text.
 */
export function decodeReasoningHistory(message: JsonObject): readonly ReasoningPart[] {
  const details = detailsOf(message);
  if (!details.some(isCarried)) {
    const part = decodeReasoning(message);
    return part === undefined || part.texts.length === 0 ? [] : [{ type: "reasoning", texts: part.texts }];
  }
  const parts: ReasoningPart[] = [];
  for (const detail of details) {
    const text = detailText(detail);
    const carried = unpackSeal(asText(detail.signature) ?? asText(detail.data) ?? "");
    const texts = carried?.texts ?? (text === "" ? [] : [text]);
    if (carried !== undefined) parts.push({ type: "reasoning", texts, seal: carried.seal });
    else if (texts.length > 0) parts.push({ type: "reasoning", texts });
  }
  return parts;
}

function isCarried({ signature, data }: JsonObject): boolean {
  return isCarrier(asString(signature) ?? "") || isCarrier(asString(data) ?? "");
}

/** The readable text of reasoning, its sections and parts apart from each other. */
export function joinedReasoning(parts: readonly ReasoningPart[]): string {
  return parts
    .flatMap(({ texts }) => texts)
    .filter((text) => text !== "")
    .join(SECTION_BREAK);
}

/** What stands between two sections of reasoning. */
export const SECTION_BREAK = "\n\n";

/** Reasoning as `reasoning_details` for a client, its proofs in carriers; undefined when there are none to carry. */
export function encodeDetails(parts: readonly ReasoningPart[]): readonly JsonObject[] | undefined {
  if (!parts.some(({ seal }) => seal !== undefined)) return undefined;
  return parts.map((part, index) => encodeDetail(part, index));
}

function encodeDetail({ texts, seal }: ReasoningPart, index: number): JsonObject {
  const text = texts.join(SECTION_BREAK);
  if (seal === undefined) return { type: "reasoning.text", text, index };
  // A signature signs the text beside it, which thus comes back with it; any other proof carries its text itself.
  if (seal.kind === "signature" && texts.length < 2)
    return { type: "reasoning.text", text, signature: packSeal(seal), index };
  return { type: "reasoning.encrypted", data: packSeal(seal, texts), index };
}
