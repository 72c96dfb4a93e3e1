import type { Ids } from "../../simulator/ids.ts";
import { isObject, type JsonObject } from "../../simulator/json.ts";
import type { AnswerPart, CallPart, OpenAiAnswer } from "../answer.ts";

/** How a request wants the items of an answer. */
export interface ItemWishes {
  /** Whether reasoning items carry their `encrypted_content`. */
  readonly sealed: boolean;
  /** Whether reasoning items carry a summary. */
  readonly summary: boolean;
  /** Whether the model shows its reasoning as text: then there is neither a summary nor anything sealed. */
  readonly open: boolean;
}

/** What a request says about the items of its answer. */
export function itemWishes(body: JsonObject, openReasoning: boolean): ItemWishes {
  const { include, reasoning } = body;
  const asked = isObject(reasoning) ? (reasoning["summary"] ?? reasoning["generate_summary"]) : null;
  return {
    sealed: Array.isArray(include) && include.includes("reasoning.encrypted_content"),
    summary: asked != null,
    open: openReasoning,
  };
}

/** The `output` of a response; the last item is `incomplete` when the answer is. */
export function outputItems({ parts, finish }: OpenAiAnswer, wishes: ItemWishes, ids: Ids): JsonObject[] {
  const incomplete = finish === "length" || finish === "content_filter";
  return parts.map((part, index) => {
    const status = incomplete && index === parts.length - 1 ? "incomplete" : "completed";
    return itemOf(part, status, wishes, ids);
  });
}

function itemOf(part: AnswerPart, status: string, wishes: ItemWishes, ids: Ids): JsonObject {
  if (part.type === "whole") return part.block;
  if (part.type === "call") return callItem(part, status, ids);
  if (part.type === "reasoning") return reasoningItem(part, wishes, ids);
  const content =
    part.type === "text"
      ? { type: "output_text", annotations: [], logprobs: [], text: part.text }
      : { type: "refusal", refusal: part.refusal };
  const phase = part.type === "text" ? part.phase : undefined;
  return {
    id: ids("msg_"),
    type: "message",
    status,
    content: [content],
    ...(phase !== undefined && { phase }),
    role: "assistant",
  };
}

function callItem({ kind, id, name, namespace, text }: CallPart, status: string, ids: Ids): JsonObject {
  const rest = { call_id: id, name, ...(namespace !== undefined && { namespace }) };
  if (kind === "custom") return { id: ids("ctc_"), type: "custom_tool_call", status, input: text, ...rest };
  return { id: ids("fc_"), type: "function_call", status, arguments: text, ...rest };
}

function reasoningItem(
  { text, summary, seal }: Extract<AnswerPart, { type: "reasoning" }>,
  wishes: ItemWishes,
  ids: Ids,
): JsonObject {
  const id = ids("rs_");
  if (wishes.open) return { id, type: "reasoning", content: [{ type: "reasoning_text", text }], summary: [] };
  return {
    id,
    type: "reasoning",
    content: [],
    summary: wishes.summary ? summary.map((part) => ({ type: "summary_text", text: part })) : [],
    ...(wishes.sealed && { encrypted_content: seal }),
  };
}
