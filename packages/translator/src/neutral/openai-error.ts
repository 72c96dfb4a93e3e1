import type { JsonObject } from "../json.ts";
import type { AnswerError } from "../observation.ts";
import { ERROR_KINDS } from "./error.ts";
import type { ErrorKind, NeutralError } from "./error.ts";

/*
 * Errors as both of OpenAI's APIs word them, and the many services that resemble them: types of `openai` 7.57.0, recorded errors of
 * OpenAI, Azure, OpenRouter, Mistral, Groq, DeepSeek, xAI, vLLM, llama.cpp and others; read on 2026-11-25.
 */

/** Codes and types that say what kind of error it is, whatever the status. In small letters. */
const NAMED_KINDS: ReadonlyMap<string, ErrorKind> = new Map(
  Object.entries({
    context_length: ["context_length_exceeded", "exceed_context_size_error", "context_window_exceeded"],
    billing: [
      "insufficient_quota",
      "billing_error",
      "billing_hard_limit_reached",
      "billing_not_active",
      "exceeded_current_quota_error",
      "usage_not_included",
    ],
    authentication: ["invalid_api_key", "authentication_error", "invalid_authentication_error", "account_deactivated"],
    permission: ["permission_denied", "permission_error", "unsupported_country_region_territory"],
    model_not_found: ["model_not_found", "invalid_model", "deploymentnotfound", "unknown_model"],
    conflict: ["conflict_error"],
    too_large: ["request_too_large"],
    rate_limit: [
      "rate_limit_exceeded",
      "rate_limit_error",
      "rate_limit_reached_error",
      "usage_limit_reached",
      "ratelimitreached",
      "too_many_requests",
    ],
    overloaded: ["server_is_overloaded", "slow_down", "overloaded", "overloaded_error", "engine_overloaded_error"],
    timeout: ["timeout", "timeout_error", "request_timeout", "vector_store_timeout"],
    bad_gateway: ["bad_gateway"],
    content_policy: [
      "content_filter",
      "content_policy_violation",
      "cyber_policy",
      "responsibleaipolicyviolation",
      "image_content_policy_violation",
    ],
  } satisfies Partial<Record<ErrorKind, readonly string[]>>).flatMap(([kind, names]) =>
    isKind(kind) ? names.map((name) => [name, kind] as const) : [],
  ),
);

/** Names that go with several statuses; they count where there is no status, as in streams. */
const VAGUE_KINDS: ReadonlyMap<string, ErrorKind> = new Map<string, ErrorKind>([
  ["invalid_request_error", "bad_request"],
  ["badrequesterror", "bad_request"],
  ["invalid_prompt", "bad_request"],
  ["invalid_value", "bad_request"],
  ["not_found_error", "not_found"],
  ["notfounderror", "not_found"],
]);

const STATUS_KINDS: ReadonlyMap<number, ErrorKind> = new Map<number, ErrorKind>([
  [401, "authentication"],
  [402, "billing"],
  [403, "permission"],
  [404, "not_found"],
  [408, "timeout"],
  [409, "conflict"],
  [413, "too_large"],
  [422, "unprocessable"],
  [429, "rate_limit"],
  [502, "bad_gateway"],
  [503, "unavailable"],
  [504, "timeout"],
  [529, "overloaded"],
]);

/** What is looked for in a message lies near its beginning. */
const MAX_READ = 4096;

const TOO_LONG =
  /maximum (?:context|prompt|input) length|context (?:window|length|size|limit)[^.]{0,60}exceed|exceed[^.]{0,60}context (?:window|length|size|limit)|exceed[^.]{0,60}(?:token limit|maximum number of tokens|max_model_len)|larger than the context|greater than the context|prompt (?:is )?too long|too large for model with|maximum context/i;
const NO_SUCH_MODEL =
  /^model: |\bmodel\b[^.]{0,120}(?:not found|does not exist|not exist|no such|unknown|not available)|(?:not a valid|no such|unknown|invalid) model\b/i;
/** llama-server answers 500 to what its model or its template cannot read; seen at 0.7.0. */
const UNREADABLE =
  /^(?:image|audio|video) input is not supported|^Failed to parse (?:messages|tools|tool call arguments)\b/i;
const OVERLOADED = /\boverloaded\b|over capacity|at capacity/i;

/** Kinds that a message may make more exact. */
const REFINED: Readonly<Partial<Record<ErrorKind, readonly (readonly [RegExp, ErrorKind])[]>>> = {
  bad_request: [
    [TOO_LONG, "context_length"],
    [NO_SUCH_MODEL, "model_not_found"],
  ],
  unprocessable: [[TOO_LONG, "context_length"]],
  too_large: [[TOO_LONG, "context_length"]],
  not_found: [[NO_SUCH_MODEL, "model_not_found"]],
  server: [
    [TOO_LONG, "context_length"],
    [UNREADABLE, "bad_request"],
    [OVERLOADED, "overloaded"],
  ],
  unavailable: [[OVERLOADED, "overloaded"]],
};

/**
 * What kind of error was said: by its code, then its type, then the status, made more exact by the message. A code that is a number, as
 * at OpenRouter, is a status. `status` is undefined in streams, where an error of no known name is the upstream's fault.
 */
export function openaiErrorKind({ type, code, message }: AnswerError, status: number | undefined): ErrorKind {
  const [codeName = "", typeName = ""] = [code?.toLowerCase(), type?.toLowerCase()];
  const named = NAMED_KINDS.get(codeName) ?? NAMED_KINDS.get(typeName);
  if (named !== undefined) return named;
  const vague = VAGUE_KINDS.get(codeName) ?? VAGUE_KINDS.get(typeName) ?? "server";
  return refined(kindOfStatus(statusOf(status, code)) ?? vague, message?.slice(0, MAX_READ) ?? "");
}

function refined(kind: ErrorKind, words: string): ErrorKind {
  return REFINED[kind]?.find(([pattern]) => pattern.test(words))?.[1] ?? kind;
}

/** The status of the error: of its answer, or what its code says. */
function statusOf(status: number | undefined, code: string | undefined): number | undefined {
  if (status !== undefined && status >= 400) return status;
  const said = code?.length === 3 ? Number(code) : NaN;
  return said >= 400 && said < 600 ? said : undefined;
}

function kindOfStatus(status: number | undefined): ErrorKind | undefined {
  if (status === undefined) return undefined;
  return STATUS_KINDS.get(status) ?? (status < 500 ? "bad_request" : "server");
}

function isKind(kind: string): kind is ErrorKind {
  return Object.hasOwn(ERROR_KINDS, kind);
}

/** Finer codes of OpenAI's that stand in place of the one of their kind. */
const OWN_CODES: ReadonlySet<string> = new Set([
  "content_filter",
  "cyber_policy",
  "unsupported_country_region_territory",
]);

/** An error for a client of either API. `contextParam` is the field that is at fault when a prompt is too long. */
export function encodeOpenaiError(
  error: NeutralError,
  contextParam: "messages" | "input",
): { readonly status: number; readonly body: JsonObject } {
  const [status, type, ofKind] = ERROR_KINDS[error.kind].openai;
  if (error.kind === "bad_request" && isAboutImage(error.message)) {
    const message = error.message.includes(BROKEN_IMAGE) ? error.message : `${BROKEN_IMAGE}. ${error.message}`;
    return { status, body: { error: { message, type, param: error.param ?? null, code: "invalid_value" } } };
  }
  const isTooLong = error.kind === "context_length";
  const message = isTooLong ? tooLongMessage(error.message, contextParam) : error.message;
  const param = error.param ?? (isTooLong ? contextParam : null);
  return { status, body: { error: { message, type, param, code: codeOf(error.code, ofKind) } } };
}

/** The code of the kind, or else the upstream's finer one; a number is but a status that the client has already. */
function codeOf(own: string | undefined, ofKind: string | null): string | null {
  if (own !== undefined && OWN_CODES.has(own)) return own;
  return ofKind ?? (own === undefined || /^\d+$/.test(own) ? null : own);
}

// Codex knows this sentence: it leaves the image out and goes on.
const BROKEN_IMAGE = "The image data you provided does not represent a valid image";
const ABOUT_IMAGE =
  /could not process image|does not represent a valid image|image does not match the provided media type|image was specified using .{0,60}media type/i;

function isAboutImage(message: string): boolean {
  return ABOUT_IMAGE.test(message.slice(0, MAX_READ));
}

/** Anthropic's two ways to say that a prompt, or a prompt and its answer, do not fit. */
const PROMPT_TOO_LONG = /prompt is too long:\s*(\d+) tokens > (\d+) maximum/;
const BOTH_TOO_LONG = /exceed context limit:\s*(\d+) \+ (\d+) > (\d+)/;

/** The sentence in the form that clients of OpenAI look for, where its numbers are known. */
function tooLongMessage(message: string, param: "messages" | "input"): string {
  const words = message.slice(0, MAX_READ);
  const prompt = PROMPT_TOO_LONG.exec(words);
  if (prompt !== null) {
    const [, tokens, limit] = prompt;
    return `This model's maximum context length is ${limit} tokens. However, your ${param} resulted in ${tokens} tokens. Please reduce the length of the ${param}.`;
  }
  const both = BOTH_TOO_LONG.exec(words);
  if (both === null) return message;
  const [, input, output, limit] = both;
  return `This model's maximum context length is ${limit} tokens. However, you requested ${Number(input) + Number(output)} tokens (${input} in the ${param}, ${output} in the completion). Please reduce the length of the ${param} or completion.`;
}

/** A sentence for an error whose body is no JSON: its text, or the title of a page, or else its status. */
export function plainErrorMessage(status: number, text: string): string {
  const said = text.slice(0, MAX_READ).trim();
  if (said !== "" && !said.startsWith("<")) return said;
  const title = /<title>([^<]{1,200})<\/title>/i.exec(said)?.[1]?.trim();
  return title === undefined || title === ""
    ? `The upstream answered with status ${status}.`
    : `The upstream answered with status ${status}: ${title}`;
}
