import { asObject, asText } from "../../json.ts";
import type { JsonObject } from "../../json.ts";
import type { AnswerError } from "../../observation.ts";
import { ERROR_KINDS } from "../../neutral/error.ts";
import type { ErrorKind, NeutralError } from "../../neutral/error.ts";
import { openaiErrorKind, plainErrorMessage } from "../../neutral/openai-error.ts";

/**
 * What an error says: `{"type": "error", "error": {"type", "message"}}`, the same for a buffered answer and an event.
 * Services that only resemble the original may send the `error` as text.
 */
export function readError(body: unknown): AnswerError {
  const error = asObject(body)?.error;
  const type = asText(asObject(error)?.type);
  const code = asText(asObject(asObject(error)?.details)?.error_code);
  const message = asText(asObject(error)?.message ?? error);
  return {
    ...(type !== undefined && { type }),
    ...(code !== undefined && { code }),
    ...(message !== undefined && { message }),
  };
}

/** An error of an upstream, from its status and its body; see `Dialect.decodeError`. */
export function decodeError(status: number, body: JsonObject | undefined, text: string): NeutralError {
  return body === undefined
    ? { kind: kindOf({ message: text }, status), message: plainErrorMessage(status, text) }
    : neutralError(body, status);
}

/** An error that stands in a body or in an event; `status` is undefined where the answer began well. */
export function neutralError(body: JsonObject, status: number | undefined): NeutralError {
  const { type, code, message = asText(body.message) ?? asText(body.detail) } = readError(body);
  const [requestId, own] = [asText(body.request_id), asText(asObject(body.error)?.code)];
  const named = { ...(type !== undefined && { type }), ...(own !== undefined && { code: own }) };
  return {
    kind: kindOf({ ...named, message: message ?? "" }, status),
    message: message ?? unsaid(status),
    ...(code !== undefined && { code }),
    ...(requestId !== undefined && { requestId }),
  };
}

function unsaid(status: number | undefined): string {
  return status === undefined ? "The upstream broke the answer off with an error." : plainErrorMessage(status, "");
}

/** What Anthropic says in words only, with a type that says less. */
const WORDED: readonly (readonly [RegExp, ErrorKind])[] = [
  [/credit balance is too low/i, "billing"],
  [/blocked by content filtering policy/i, "content_policy"],
];
const VAGUE_KINDS: ReadonlySet<ErrorKind> = new Set<ErrorKind>(["bad_request", "permission"]);

/** The type goes first, then the status; the names and words are known along with those of services that answer as OpenAI. */
function kindOf(error: AnswerError, status: number | undefined): ErrorKind {
  const kind = openaiErrorKind(error, status);
  if (!VAGUE_KINDS.has(kind)) return kind;
  return WORDED.find(([pattern]) => pattern.test(error.message ?? ""))?.[1] ?? kind;
}

/** An error for a client; see `Dialect.encodeError`. */
export function encodeError(error: NeutralError): { readonly status: number; readonly body: JsonObject } {
  const [status, type] = ERROR_KINDS[error.kind].anthropic;
  const message = error.kind === "context_length" ? tooLongMessage(error.message) : error.message;
  // Anthropic's SDK goes on without threads when it is told so in this way.
  const details = error.param === "thread" ? { details: { error_code: "thread_unsupported_request" } } : {};
  return {
    status,
    body: { type: "error", error: { type, message, ...details }, request_id: error.requestId ?? null },
  };
}

/** What is looked for in a message lies near its beginning. */
const MAX_READ = 4096;
const ANTHROPICS_WORDS = /prompt is too long|exceed context limit/i;
const LIMIT =
  /(?:(?:maximum|max)[^.]{0,40}?(?:context|prompt|input)[^.]{0,40}?(?:length|window|size|limit)[^.\d]{0,40}|available context size \()(\d+)/i;
const ASKED = /(?:(?:resulted in|requested|contains?|has|at least|uses?)\s+(?:about\s+)?|^request \()(\d+)/i;
const SPLIT =
  /\((\d+) [^()\d]{0,60}?(?:messages|prompt|input|functions)[^()\d]{0,60}, (\d+) [^()]{0,60}(?:completion|output)/i;

/** Clients of Anthropic know by these words that a conversation has to be shortened; what was said before them follows. */
function tooLongMessage(message: string): string {
  const words = message.slice(0, MAX_READ);
  if (ANTHROPICS_WORDS.test(words)) return message;
  const limit = LIMIT.exec(words)?.[1];
  const [, input, output] = SPLIT.exec(words) ?? [];
  if (limit !== undefined && input !== undefined && Number(input) < Number(limit)) {
    return `input length and \`max_tokens\` exceed context limit: ${input} + ${output} > ${limit}, decrease input length or \`max_tokens\` and try again (${message})`;
  }
  const tokens = input ?? ASKED.exec(words)?.[1];
  const numbers = limit === undefined || tokens === undefined ? "" : `: ${tokens} tokens > ${limit} maximum`;
  return `prompt is too long${numbers} (${message})`;
}
