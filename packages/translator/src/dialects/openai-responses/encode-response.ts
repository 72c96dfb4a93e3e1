import { isEmptyUsage } from "@link-assistant/core";

import type { TranslationContext } from "../../context.ts";
import type { JsonObject } from "../../json.ts";
import type { Part } from "../../neutral/part.ts";
import type { Finish, NeutralResponse } from "../../neutral/response.ts";
import { AnswerIds, encryptedContent, envelope, showsReasoning } from "./answer-items.ts";
import { encodeAnnotation } from "./citations.ts";
import { encodeFinish } from "./finish.ts";
import { writeUsage } from "./usage.ts";

/** A whole answer; see `Dialect.encodeResponse`. */
export function encodeResponse(response: NeutralResponse, context: TranslationContext): JsonObject {
  const { parts, finish, usage, id, tier } = response;
  const ids = new AnswerIds(id, context);
  const isCut = finish.kind === "max_tokens" || finish.kind === "context_window";
  const output = encodeOutput(withExplanation(parts, finish), ids, context);
  const last = output.at(-1);
  if (isCut && last?.status !== undefined) last.status = "incomplete";
  if (finish.kind === "pause" || finish.kind === "other") context.losses.note("answer_finish", finish.raw);
  return {
    ...envelope(context, ids.response),
    ...(tier !== undefined && { service_tier: tier }),
    completed_at: context.createdAt,
    ...encodeFinish(
      finish,
      parts.some(({ type }) => type === "refusal"),
    ),
    output,
    usage: isEmptyUsage(usage) ? null : writeUsage(usage),
  };
}

/** Anthropic explains a refusal beside the content, which may have been said as text already. */
function withExplanation(parts: readonly Part[], { kind, explanation = "" }: Finish): readonly Part[] {
  const isSaid = parts.some(
    (part) => part.type === "refusal" || (part.type === "text" && part.text.includes(explanation)),
  );
  if (kind !== "refusal" || explanation === "" || isSaid) return parts;
  return [...parts, { type: "refusal", text: explanation }];
}

type Item = Record<string, unknown>;

function encodeOutput(parts: readonly Part[], ids: AnswerIds, context: TranslationContext): Item[] {
  const output: Item[] = [];
  let message: { item: Item; content: JsonObject[]; phase: string | undefined } | undefined;
  for (const part of parts) {
    const spoken = encodeSpoken(part, context);
    if (spoken === undefined) {
      message = undefined;
      output.push(...encodeItem(part, ids, context));
      continue;
    }
    const phase = part.type === "text" ? part.phase : undefined;
    if (message === undefined || message.phase !== phase) {
      const content: JsonObject[] = [];
      message = { item: messageItem(ids.item("msg"), content, "completed", phase), content, phase };
      output.push(message.item);
    }
    message.content.push(spoken);
  }
  return output;
}

/** A message of the model. */
export function messageItem(
  id: string,
  content: readonly JsonObject[],
  status: string,
  phase: string | undefined,
): Item {
  return { id, type: "message", status, role: "assistant", content, ...(phase !== undefined && { phase }) };
}

/** A part of a message; undefined for what is an item of its own. */
function encodeSpoken(part: Part, { losses }: TranslationContext): JsonObject | undefined {
  if (part.type === "refusal") return { type: "refusal", refusal: part.text };
  if (part.type !== "text") return undefined;
  const { text, citations = [] } = part;
  const annotations = citations.flatMap((citation) => encodeAnnotation(citation, text.length) ?? []);
  if (annotations.length < citations.length) losses.note("answer_citations");
  return { type: "output_text", text, annotations, logprobs: [] };
}

function encodeItem(part: Part, ids: AnswerIds, context: TranslationContext): readonly Item[] {
  if (part.type === "tool_call") {
    const name = { name: part.name, ...(part.namespace !== undefined && { namespace: part.namespace }) };
    if (part.kind === "custom") {
      const head = { id: ids.item("ctc"), type: "custom_tool_call", status: "completed", call_id: ids.call(part.id) };
      return [{ ...head, ...name, input: part.arguments }];
    }
    const head = { id: ids.item("fc"), type: "function_call", status: "completed", call_id: ids.call(part.id) };
    return [{ ...head, ...name, arguments: part.arguments === "" ? "{}" : part.arguments }];
  }
  if (part.type === "reasoning") {
    const shows = showsReasoning(context);
    const summary = shows ? part.texts.map((text) => ({ type: "summary_text", text })) : [];
    const hidden = shows ? [] : part.texts;
    const proof = part.seal === undefined ? {} : { encrypted_content: encryptedContent(part.seal, hidden) };
    return [{ id: ids.item("rs"), type: "reasoning", summary, ...proof }];
  }
  if (part.type === "web_search") {
    const action = { type: "search", query: part.query ?? "" };
    return [{ id: ids.item("ws"), type: "web_search_call", status: "completed", action }];
  }
  context.losses.note("answer_hosted", part.type === "opaque" ? part.name : part.type);
  return [];
}
