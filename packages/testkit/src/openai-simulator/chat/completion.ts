import type { JsonObject } from "../../simulator/json.ts";
import { callsIn, type AnswerPart, type CallPart, type OpenAiAnswer } from "../answer.ts";
import { chatUsage } from "../usage.ts";

/** The member of a message in Chat that holds reasoning; `none`: reasoning is not shown. */
export type ReasoningMember = "reasoning_content" | "reasoning" | "none";

/** A completion before it is known how it is sent. */
export interface Completion {
  readonly id: string;
  readonly answer: OpenAiAnswer;
  readonly reasoning: ReasoningMember;
}

/** No clock is read: every answer was made in the first second of 2026. */
export const CREATED = 1_767_225_600;
/** What every completion says of the service. */
export const SERVICE: JsonObject = { service_tier: "default", system_fingerprint: "fp_simulator" };

/** The body of a buffered completion. */
export function completionBody(completion: Completion): JsonObject {
  const { id, answer } = completion;
  return {
    id,
    object: "chat.completion",
    created: CREATED,
    model: answer.model,
    choices: [{ index: 0, message: messageOf(completion), logprobs: null, finish_reason: answer.finish }],
    usage: chatUsage(answer.usage),
    ...SERVICE,
  };
}

/** The content that a message begins with: null when it will say nothing in words. */
export function contentOf(parts: readonly AnswerPart[]): string | null {
  const texts = parts.flatMap((part) => (part.type === "text" ? [part.text] : []));
  const saysOther = parts.some(({ type }) => type === "call" || type === "refusal");
  return texts.length === 0 && saysOther ? null : texts.join("");
}

/** A call as a message has it. */
export function callMember({ id, kind, name, text }: CallPart): JsonObject {
  const body = kind === "custom" ? { name, input: text } : { name, arguments: text };
  return { id, type: kind, [kind]: body };
}

function messageOf({ answer: { parts }, reasoning }: Completion): JsonObject {
  const calls = callsIn(parts).map(callMember);
  const thought = parts.flatMap((part) => (part.type === "reasoning" ? [part.text] : [])).join("");
  const refusal = parts.flatMap((part) => (part.type === "refusal" ? [part.refusal] : [])).join("");
  const whole = parts.map((part) => (part.type === "whole" ? part.block : {}));
  return Object.assign(
    {
      role: "assistant",
      content: contentOf(parts),
      ...(thought !== "" && reasoning !== "none" && { [reasoning]: thought }),
      ...(calls.length > 0 && { tool_calls: calls }),
      refusal: refusal === "" ? null : refusal,
      annotations: [],
    },
    ...whole,
  );
}
