import { asObject, asText } from "../../json.ts";
import type { JsonObject } from "../../json.ts";
import type { OpaquePart, Seal, WebSearchPart } from "../../neutral/part.ts";
import { packSeal } from "../../reasoning/carrier.ts";
import { ID_PREFIX, WEB_SEARCH_NAME } from "./wire.ts";
import type { TranslationContext } from "../../context.ts";
import { idStem } from "../../ids.ts";

/** What stands between two sections of reasoning. */
export const SECTION_BREAK = "\n\n";

/** The proof of thinking that a model of Anthropic signed. */
export function signatureSeal(signature: string): Seal {
  return { origin: "anthropic-messages", kind: "signature", data: signature };
}

/** The proof of thinking that nobody can read. */
export function redactedSeal(data: string): Seal {
  return { origin: "anthropic-messages", kind: "redacted", data };
}

/** The call of a tool that Anthropic ran: a search of the web, or what no other dialect has. */
export function decodeServerCall(block: JsonObject, input: JsonObject | undefined): WebSearchPart | OpaquePart {
  if (block.name !== WEB_SEARCH_NAME) {
    return { type: "opaque", origin: "anthropic-messages", name: "server_tool_use", raw: block };
  }
  const query = asText(input?.query);
  const search = { type: "web_search", id: asText(block.id) ?? "", origin: "anthropic-messages" } as const;
  return query === undefined ? search : { ...search, query };
}

/** The id and the model of the answer as the client gets them. */
export function answerFrame(id: string | undefined, { answerId, answerModel }: TranslationContext): JsonObject {
  return { id: ID_PREFIX + idStem(id, answerId), type: "message", role: "assistant", model: answerModel };
}

/**
 * What stands in the signature of thinking for a client: a carrier, for the proof is another upstream's; the empty text without one.
 * The texts go with it where the client does not get them as they are: hidden, or several joined to one.
 */
export function signatureOf(seal: Seal | undefined, texts: readonly string[], hidden: boolean): string {
  if (seal === undefined) return "";
  if (seal.origin === "anthropic-messages" && seal.kind === "signature") return seal.data;
  // An upstream's details hold their texts themselves.
  const isWhole = (!hidden && texts.length < 2) || seal.kind === "details";
  return packSeal(seal, isWhole ? [] : texts);
}

/** Whether the client wants to read the model's reasoning; one that does not say takes it. */
export function showsReasoning({ request }: TranslationContext): boolean {
  return request.reasoning?.show !== false;
}

/** A search of the web as the two blocks it is on the wire; none for a client that did not offer it. */
export function encodeWebSearch(
  { id, query }: WebSearchPart,
  { request }: TranslationContext,
): readonly [call: JsonObject, result: JsonObject] | undefined {
  if (!request.tools.some((tool) => tool.type === "hosted" && tool.kind === "web_search")) return undefined;
  const callId = `srvtoolu_${id.replace(/^(?:ws|srvtoolu)_/, "").replaceAll(/[^a-zA-Z0-9_-]/g, "_")}`;
  const input = query === undefined ? {} : { query };
  return [
    { type: "server_tool_use", id: callId, name: WEB_SEARCH_NAME, input, caller: DIRECT },
    { type: "web_search_tool_result", tool_use_id: callId, content: [], caller: DIRECT },
  ];
}

/** Says that the model itself made a call, and no code that it wrote. */
export const DIRECT: JsonObject = { type: "direct" };

/** An object in a block of an upstream. */
export function inputOf(block: JsonObject): JsonObject | undefined {
  return asObject(block.input);
}
