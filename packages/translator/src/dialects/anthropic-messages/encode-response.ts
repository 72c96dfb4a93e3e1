import { isEmptyUsage } from "@link-assistant/core";

import type { TranslationContext } from "../../context.ts";
import { legalId } from "../../ids.ts";
import type { JsonObject } from "../../json.ts";
import type { LossLog } from "../../loss.ts";
import type { Citation, Part, ReasoningPart, TextPart, ToolCallPart } from "../../neutral/part.ts";
import type { NeutralResponse } from "../../neutral/response.ts";
import { readArguments } from "../../tools/arguments.ts";
import { wrapCustom } from "../../tools/custom.ts";
import { DIRECT, SECTION_BREAK, answerFrame, encodeWebSearch, showsReasoning, signatureOf } from "./answer-blocks.ts";
import { encodeFinish } from "./finish.ts";
import { writeUsage } from "./usage.ts";

/** The longest id of a call. */
export const MAX_CALL_ID_LENGTH = 256;

/** A whole answer to a client; see `Dialect.encodeResponse`. */
export function encodeResponse(response: NeutralResponse, context: TranslationContext): JsonObject {
  const { id, parts, finish, usage, tier } = response;
  const content: JsonObject[] = [];
  let refused = "";
  for (const part of parts) {
    if (part.type === "refusal") refused += part.text;
    encodePart(part, context, content);
  }
  if (finish.kind === "other") context.losses.note("answer_finish", finish.raw);
  if (isEmptyUsage(usage)) context.losses.note("answer_usage");
  return {
    ...answerFrame(id, context),
    content,
    ...encodeFinish(finish, refused),
    container: null,
    usage: writeUsage(usage, tier),
  };
}

function encodePart(part: Part, context: TranslationContext, content: JsonObject[]): void {
  switch (part.type) {
    case "text":
      noteCitations(part, context.losses);
      addText(part.text, content);
      return;
    case "refusal":
      addText(part.text, content);
      return;
    case "reasoning":
      addThinking(part, context, content);
      return;
    case "tool_call":
      content.push(encodeCall(part, context.losses));
      return;
    case "web_search": {
      const blocks = encodeWebSearch(part, context);
      if (blocks === undefined) context.losses.note("answer_hosted", "web_search");
      else content.push(...blocks);
      return;
    }
    case "opaque":
      context.losses.note("answer_hosted", part.name);
      return;
    default:
  }
}

/** Clients send blocks back, and empty ones are refused. */
function addText(text: string, content: JsonObject[]): void {
  if (text !== "") content.push({ type: "text", text, citations: null });
}

/** Anthropic's citations hold an index that only Anthropic can make. */
function noteCitations({ citations }: TextPart, losses: LossLog): void {
  if (citations !== undefined && citations.length > 0) noteCitation(citations[0], losses);
}

/** Tells that a source is left out. */
export function noteCitation(citation: Citation | undefined, losses: LossLog): void {
  losses.note("answer_citations", citation?.url);
}

function addThinking({ texts, seal }: ReasoningPart, context: TranslationContext, content: JsonObject[]): void {
  if (seal?.origin === "anthropic-messages" && seal.kind === "redacted") {
    content.push({ type: "redacted_thinking", data: seal.data });
    return;
  }
  const hidden = !showsReasoning(context);
  const thinking = hidden ? "" : texts.join(SECTION_BREAK);
  if (thinking === "" && seal === undefined) return;
  content.push({ type: "thinking", thinking, signature: signatureOf(seal, texts, hidden) });
}

function encodeCall({ id, name, arguments: text, kind }: ToolCallPart, losses: LossLog): JsonObject {
  // Plain text is the one argument of the function that stood in for its tool.
  const { input, wrapped } = readArguments(kind === "custom" ? wrapCustom(text) : text);
  if (wrapped) losses.note("answer_arguments", name);
  return { type: "tool_use", id: legalId(id, MAX_CALL_ID_LENGTH), name, input, caller: DIRECT };
}
