import type { TranslationContext } from "../../context.ts";
import { idStem, legalId } from "../../ids.ts";
import type { JsonObject } from "../../json.ts";
import type { Seal } from "../../neutral/part.ts";
import { packSeal } from "../../reasoning/carrier.ts";

/** Calls longer named are cut by clients and services alike. */
const CALL_ID_MAX_LENGTH = 64;

/** Makes the ids of an answer and of its items: unique in it, and the same each time it is made. */
export class AnswerIds {
  readonly response: string;
  readonly #stem: string;
  readonly #calls = new Set<string>();
  #next = 0;

  constructor(id: string | undefined, context: TranslationContext) {
    this.#stem = idStem(id, context.answerId);
    this.response = `resp_${this.#stem}`;
  }

  /** The id of the next item; `prefix` tells its kind. */
  item(prefix: "msg" | "rs" | "fc" | "ctc" | "ws"): string {
    return `${prefix}_${this.#stem}_${this.#next++}`;
  }

  /** The id of a call, another one when the answer has it already: clients refuse two of one id. */
  call(id: string): string {
    const legal = legalId(id, CALL_ID_MAX_LENGTH);
    let unique = legal;
    for (let n = 2; this.#calls.has(unique); n++) unique = legalId(`${legal}_${n}`, CALL_ID_MAX_LENGTH);
    this.#calls.add(unique);
    return unique;
  }
}

/** What proves reasoning, in the field that this dialect has for it; `hidden` goes along where the client does not see it. */
export function encryptedContent(seal: Seal, hidden: readonly string[]): string {
  return seal.origin === "openai-responses" && seal.kind === "encrypted" ? seal.data : packSeal(seal, hidden);
}

/** The fields of a response that repeat its request, and those that are always the same. */
export function envelope(context: TranslationContext, id: string): JsonObject {
  const { body } = context;
  return {
    id,
    object: "response",
    created_at: context.createdAt,
    background: false,
    error: null,
    instructions: body.instructions ?? null,
    max_output_tokens: body.max_output_tokens ?? null,
    metadata: body.metadata ?? {},
    model: context.answerModel,
    parallel_tool_calls: body.parallel_tool_calls ?? true,
    previous_response_id: null,
    reasoning: body.reasoning ?? { effort: null, summary: null },
    service_tier: body.service_tier ?? "auto",
    store: false,
    temperature: body.temperature ?? 1,
    text: body.text ?? { format: { type: "text" } },
    tool_choice: body.tool_choice ?? "auto",
    tools: body.tools ?? [],
    top_p: body.top_p ?? 1,
    truncation: "disabled",
  };
}

/** Whether the client sees the text of reasoning. */
export function showsReasoning({ request }: TranslationContext): boolean {
  return request.reasoning?.show !== false;
}
