import { isEmptyUsage } from "@link-assistant/core";

import type { TranslationContext } from "../../context.ts";
import { idStem } from "../../ids.ts";
import { asList } from "../../json.ts";
import type { JsonObject } from "../../json.ts";
import type { Part, ReasoningPart, TextPart, ToolCallPart } from "../../neutral/part.ts";
import type { NeutralResponse } from "../../neutral/response.ts";
import { encodeAnnotation } from "./citations.ts";
import { UNSAYABLE_FINISHES, encodeFinish } from "./finish.ts";
import { encodeDetails, joinedReasoning } from "./reasoning.ts";
import { writeUsage } from "./usage.ts";
import { ID_PREFIX } from "./wire.ts";

/** A whole answer to a client; see `Dialect.encodeResponse`. */
export function encodeResponse(response: NeutralResponse, context: TranslationContext): JsonObject {
  const { id, finish, usage, tier, parts } = response;
  const { answerId, answerModel, createdAt, losses } = context;
  const message = encodeMessage(response, context);
  const legacy = isLegacy(context);
  if (UNSAYABLE_FINISHES.has(finish.kind)) losses.note("answer_finish", finish.raw);
  if (isEmptyUsage(usage)) losses.note("answer_usage");
  const choice = {
    index: 0,
    message,
    logprobs: null,
    finish_reason: legacyFinish(encodeFinish(finish, parts.some(isRefusal)), legacy),
    ...(finish.stopSequence !== undefined && { stop_reason: finish.stopSequence }),
  };
  return {
    id: ID_PREFIX + idStem(id, answerId),
    object: "chat.completion",
    created: createdAt,
    model: answerModel,
    choices: [choice],
    usage: writeUsage(usage),
    ...(tier !== undefined && { service_tier: tier }),
  };
}

/** Whether the client declared its tools as the older `functions`, and thus expects a call in the older form. */
export function isLegacy({ body }: TranslationContext): boolean {
  return (asList(body.functions)?.length ?? 0) > 0 && (asList(body.tools)?.length ?? 0) === 0;
}

/** The reason to stop as a client of the older functions knows it. */
export function legacyFinish(word: string, legacy: boolean): string {
  return legacy && word === "tool_calls" ? "function_call" : word;
}

function isRefusal({ type }: Part): boolean {
  return type === "refusal";
}

/** The parts of an answer by where they go: text is one, and calls follow it; more of their order is not told here. */
interface Sorted {
  text: string;
  refusal: string;
  readonly reasoning: ReasoningPart[];
  readonly calls: ToolCallPart[];
  readonly annotations: JsonObject[];
}

function sortParts(parts: readonly Part[], context: TranslationContext): Sorted {
  const sorted: Sorted = { text: "", refusal: "", reasoning: [], calls: [], annotations: [] };
  for (const part of parts) {
    if (part.type === "text") {
      sorted.annotations.push(...encodeAnnotations(part, sorted.text.length, context));
      sorted.text += part.text;
    } else if (part.type === "reasoning") sorted.reasoning.push(part);
    else if (part.type === "tool_call") sorted.calls.push(part);
    else if (part.type === "refusal") sorted.refusal += part.text;
    else if (part.type === "opaque") context.losses.note("answer_hosted", part.name);
  }
  return sorted;
}

function encodeMessage({ parts, finish }: NeutralResponse, context: TranslationContext): JsonObject {
  const { text, refusal, reasoning, calls, annotations } = sortParts(parts, context);
  const refused = refusal === "" ? finish.explanation : refusal;
  const message: Record<string, unknown> = {
    role: "assistant",
    content: text === "" && (calls.length > 0 || refused !== undefined) ? null : text,
    refusal: refused ?? null,
  };
  if (annotations.length > 0) message.annotations = annotations;
  if (context.request.reasoning?.show !== false) addReasoning(message, reasoning);
  if (calls.length > 0) addCalls(message, calls, isLegacy(context));
  return message;
}

function addReasoning(message: Record<string, unknown>, reasoning: readonly ReasoningPart[]): void {
  const text = joinedReasoning(reasoning);
  const details = encodeDetails(reasoning);
  if (text !== "") message.reasoning_content = text;
  if (details !== undefined) message.reasoning_details = details;
}

function addCalls(message: Record<string, unknown>, calls: readonly ToolCallPart[], legacy: boolean): void {
  const [first] = calls;
  if (legacy && first !== undefined) message.function_call = { name: first.name, arguments: argumentsOf(first) };
  else message.tool_calls = calls.map(encodeAnswerCall);
}

function encodeAnswerCall(call: ToolCallPart): JsonObject {
  const { id, name, kind } = call;
  return kind === "custom"
    ? { id, type: "custom", custom: { name, input: call.arguments } }
    : { id, type: "function", function: { name, arguments: argumentsOf(call) } };
}

function argumentsOf(call: ToolCallPart): string {
  return call.arguments === "" ? "{}" : call.arguments;
}

function encodeAnnotations(part: TextPart, offset: number, { losses }: TranslationContext): readonly JsonObject[] {
  const annotations: JsonObject[] = [];
  for (const citation of part.citations ?? []) {
    const annotation = encodeAnnotation(citation, offset, part.text.length);
    if (annotation === undefined) losses.note("answer_citations");
    else annotations.push(annotation);
  }
  return annotations;
}
