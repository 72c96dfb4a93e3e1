import { resolveCapability } from "../capability/resolve.ts";
import type { TranslationContext } from "../context.ts";
import { DIALECT_IDS } from "../dialect.ts";
import type { DialectId } from "../dialect.ts";
import { asObject } from "../json.ts";
import type { JsonObject } from "../json.ts";
import { createStreamTranslator } from "../stream-translator.ts";
import type { TranslateOptions } from "../translate-options.ts";
import { translateRequest } from "../translate-request.ts";
import { TranslationError } from "../translation-error.ts";
import type { ModelRules } from "./laws/index.ts";
import type { Recording } from "./recordings.ts";

/** A model behind an upstream. */
export interface Target {
  readonly dialect: DialectId;
  readonly model: string;
  readonly upstream: string;
}

/** The model that stands for each dialect. */
export const MAIN_TARGETS: Readonly<Record<DialectId, Target>> = {
  "anthropic-messages": { dialect: "anthropic-messages", model: "claude-sonnet-4-5", upstream: "anthropic" },
  "openai-chat": { dialect: "openai-chat", model: "gpt-4.1", upstream: "openai" },
  "openai-responses": { dialect: "openai-responses", model: "gpt-5.5", upstream: "openai" },
};

/** Models of every kind that the table of capabilities tells apart. */
export const TARGETS: readonly Target[] = [
  ...[
    "claude-sonnet-4-5",
    "claude-opus-4-6",
    "claude-opus-4-8",
    "claude-opus-5-5",
    "claude-3-5-haiku-latest",
    "some-model",
  ].map((model) => ({ dialect: "anthropic-messages", model, upstream: "anthropic" }) as const),
  ...["gpt-4.1", "gpt-5.5"].map((model) => ({ dialect: "openai-chat", model, upstream: "openai" }) as const),
  ...["openrouter", "deepseek", "llama.cpp", "vllm", "ollama", "elsewhere"].map(
    (upstream) => ({ dialect: "openai-chat", model: "some-model", upstream }) as const,
  ),
  ...["gpt-4.1", "gpt-5.5"].map((model) => ({ dialect: "openai-responses", model, upstream: "openai" }) as const),
];

/** The dialects other than that one. */
export function othersOf(dialect: DialectId): readonly DialectId[] {
  return DIALECT_IDS.filter((each) => each !== dialect);
}

export const CREATED_AT = 1_700_000_000;

/** How an exchange is translated in tests. */
export function optionsFor(from: DialectId, { dialect, model, upstream }: Target): TranslateOptions {
  return { from, to: dialect, model, upstream, answerId: "answer0001", createdAt: CREATED_AT };
}

/** What the law of the target must know of the model. */
export function rulesOf(target: Target): ModelRules {
  const { prefill, systemTurns, sampling, thinking, maxOutputTokens, toolMedia, customTools } =
    resolveCapability(target);
  return {
    prefill,
    systemTurns,
    sampling,
    thinking,
    toolMedia,
    customTools,
    ...(maxOutputTokens !== undefined && { maxOutputTokens }),
  };
}

/** The least that a client of each dialect asks. */
export const LEAST: Readonly<Record<DialectId, JsonObject>> = {
  "anthropic-messages": { model: "asked-model", max_tokens: 1024, messages: [{ role: "user", content: "hi" }] },
  "openai-chat": { model: "asked-model", messages: [{ role: "user", content: "hi" }] },
  "openai-responses": { model: "asked-model", input: "hi" },
};

/** The same request as a client that wants a stream, with usage, would send it. */
export function streamed(dialect: DialectId, body: JsonObject): JsonObject {
  return { ...body, stream: true, ...(dialect === "openai-chat" && { stream_options: { include_usage: true } }) };
}

/**
 * The context in which a recorded answer is translated for a client of another dialect: as if that client had asked what was asked in
 * the recording, or, where that cannot be said or was not kept, the least.
 */
export function contextOf(recording: Recording, client: DialectId): TranslationContext {
  const target = { ...MAIN_TARGETS[recording.dialect] };
  for (const body of [askedBy(recording, client), LEAST[client]]) {
    try {
      if (body !== undefined) return translateRequest(streamed(client, body), optionsFor(client, target)).context;
    } catch (error) {
      if (!(error instanceof TranslationError)) throw error;
    }
  }
  throw new TypeError(`no context for ${recording.id}`);
}

function askedBy({ request, dialect }: Recording, client: DialectId): JsonObject | undefined {
  if (request === undefined || (request.messages === undefined && request.input === undefined)) return undefined;
  try {
    return asObject(translateRequest(request, optionsFor(dialect, MAIN_TARGETS[client])).body);
  } catch (error) {
    if (error instanceof TranslationError) return undefined;
    throw error;
  }
}

const UTF8 = new TextEncoder();

/** The client's stream for an upstream's, in those chunks. */
export function translateChunks(chunks: readonly Uint8Array[], context: TranslationContext): string {
  const translator = createStreamTranslator(context);
  let text = "";
  for (const chunk of chunks) text += translator.push(chunk);
  return text + translator.end();
}

/** The client's stream for an upstream's. */
export function translateStream(sse: string, context: TranslationContext): string {
  return translateChunks([UTF8.encode(sse)], context);
}

/** What a request of the recording may be translated to: only questions for answers, not those beside them. */
export function isConversation({ path, request }: Recording): boolean {
  return request !== undefined && /\/(?:messages|completions|responses)$/.test(path);
}

/** Whether an answer is one to a question, not a list of items, a count or a stored response in progress. */
export function isAnswer({ path, status, body, sse }: Recording): boolean {
  if (status >= 400 || (body === undefined && sse === undefined) || isRunning(body)) return false;
  return !/\/(?:count_tokens|input_tokens|compact|cancel)$/.test(path);
}

/** Whether a body says that its answer is still being made in the background. */
export function isRunning(body: JsonObject | undefined): boolean {
  return body?.status === "queued" || body?.status === "in_progress";
}
