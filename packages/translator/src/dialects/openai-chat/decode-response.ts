import type { Usage } from "@link-assistant/core";

import type { TranslationContext } from "../../context.ts";
import { asList, asObject, asString, asText, defined } from "../../json.ts";
import type { JsonObject } from "../../json.ts";
import type { Part, ToolCallPart } from "../../neutral/part.ts";
import type { NeutralResponse } from "../../neutral/response.ts";
import { TranslationError } from "../../translation-error.ts";
import { decodeAnnotations } from "./citations.ts";
import { thinkingText } from "./decode-parts.ts";
import { argumentsText } from "./decode-turns.ts";
import { isError, neutralError } from "./error.ts";
import { BROKEN_FINISHES, decodeFinish, readFinish } from "./finish.ts";
import { decodeReasoning } from "./reasoning.ts";
import { readUsage } from "./usage.ts";

/** A whole answer of an upstream; see `Dialect.decodeResponse`. Of several choices the first is taken. */
export function decodeResponse(body: JsonObject, context: TranslationContext): NeutralResponse {
  if (isError(body)) throw failed(body);
  const choice = firstChoice(body, context);
  if (asObject(choice.error) !== undefined) throw failed(choice);
  const message = asObject(choice.message) ?? {};
  const parts = decodeMessage(message, context.answerId);
  const raw = readFinish(choice);
  if (BROKEN_FINISHES.has(raw) || (raw === undefined && parts.length === 0)) {
    throw new TranslationError("bad_gateway", "The upstream's answer broke off.");
  }
  const ending = {
    calls: parts.some(({ type }) => type === "tool_call"),
    refusal: asText(message.refusal) ?? "",
    stop: context.request.stop,
  };
  return defined({
    id: asText(body.id),
    model: asText(body.model),
    parts,
    finish: decodeFinish(raw, choice, ending),
    usage: usageOf(body, choice),
    tier: asText(body.service_tier),
  });
}

function firstChoice({ choices: list }: JsonObject, { losses }: TranslationContext): JsonObject {
  const choices = (asList(list) ?? []).map(asObject).filter((choice) => choice !== undefined);
  const choice = choices.find(({ index }) => (index ?? 0) === 0) ?? choices[0];
  if (choice === undefined) throw new TranslationError("bad_gateway", "The upstream's answer holds no choice.");
  if (choices.length > 1) losses.note("answer_choices");
  return choice;
}

function failed(body: JsonObject): TranslationError {
  const error = neutralError(body, undefined);
  return new TranslationError(error.kind, error.message, error);
}

/** The counts of a body or a chunk. Moonshot counts in the choice, Groq in a field of its own. */
export function usageOf(body: JsonObject, choice: JsonObject | undefined): Usage {
  return readUsage(body.usage ?? choice?.usage ?? asObject(body.x_groq)?.usage);
}

function decodeMessage(message: JsonObject, answerId: string): readonly Part[] {
  const parts: Part[] = [];
  const reasoning = decodeReasoning(message);
  if (reasoning !== undefined) parts.push(reasoning);
  decodeAnswerContent(message, parts);
  const refusal = asText(message.refusal);
  if (refusal !== undefined) parts.push({ type: "refusal", text: refusal });
  for (const [index, item] of (asList(message.tool_calls) ?? []).entries()) {
    const call = decodeAnswerCall(asObject(item) ?? {}, `call_${answerId}_${index}`, index);
    if (call !== undefined) parts.push(call);
  }
  const legacy = asObject(message.function_call);
  if (legacy !== undefined && !parts.some(({ type }) => type === "tool_call")) {
    const call = decodeAnswerCall({ function: legacy }, `call_${answerId}_0`, 0);
    if (call !== undefined) parts.push(call);
  }
  return parts;
}

/** The content is text, or at Mistral a list of thinking and text. */
function decodeAnswerContent({ content, annotations }: JsonObject, parts: Part[]): void {
  let text = asText(content) ?? "";
  for (const item of asList(content) ?? []) {
    const piece = asObject(item) ?? {};
    if (piece.type !== "thinking") text += asText(piece.text) ?? "";
    else {
      if (text !== "") parts.push({ type: "text", text });
      text = "";
      const thought = thinkingText(piece.thinking);
      if (thought !== "") parts.push({ type: "reasoning", texts: [thought], full: true });
    }
  }
  if (text === "") return;
  const citations = decodeAnnotations(annotations);
  parts.push(citations.length === 0 ? { type: "text", text } : { type: "text", text, citations });
}

/** A call; undefined when it says nothing. What it lacks is made up from its place. */
function decodeAnswerCall(item: JsonObject, madeUpId: string, index: number): ToolCallPart | undefined {
  // Snowflake sends an empty `custom` beside every function.
  const custom = item.type === "function" ? undefined : asObject(item.custom);
  const called = custom ?? asObject(item.function) ?? {};
  const [id, name] = [asText(item.id), asText(called.name)];
  const text = custom === undefined ? argumentsText(called.arguments) : (asString(custom.input) ?? "");
  if (name === undefined && id === undefined && text === "") return undefined;
  return {
    type: "tool_call",
    id: id ?? madeUpId,
    name: name ?? `tool_${index}`,
    arguments: text,
    kind: custom === undefined ? "function" : "custom",
  };
}
