import { asCount, asObject, asText, parseObject } from "../../json.ts";
import type { JsonObject } from "../../json.ts";
import type { NeutralError } from "../../neutral/error.ts";
import { encodeOpenaiError, openaiErrorKind, plainErrorMessage } from "../../neutral/openai-error.ts";
import type { AnswerError } from "../../observation.ts";

/** Whether a chunk or a body says that it is an error, or holds one beside its choices, as at OpenRouter. */
export function isError({ error, object }: JsonObject): boolean {
  return Boolean(error) || object === "error";
}

/**
 * What an error says: `{"error": {"type", "code", "message"}}`, the same in a body and in a chunk. At other services the
 * `error` is text or a code, its fields stand in the body itself, or there is only a `detail`, which Mistral puts in place of
 * the message too. A code that is a number is given as text.
 */
export function readError(body: JsonObject): AnswerError {
  const said = asObject(body.error) ?? body;
  const type = said.type === "error" ? undefined : asText(said.type);
  const code = readCode(said.code) ?? readCode(asCount(body.error));
  const message = asText(said.message) ?? asText(body.error) ?? readDetail(asObject(said.message) ?? said);
  return {
    ...(type !== undefined && { type }),
    ...(code !== undefined && { code }),
    ...(message !== undefined && { message }),
  };
}

function readCode(code: unknown): string | undefined {
  return asText(code) ?? asCount(code)?.toString();
}

/** A sentence, or a list of what is wrong, of which the first is given. */
function readDetail({ detail }: JsonObject): string | undefined {
  return asText(detail) ?? (Array.isArray(detail) ? asText(asObject(detail[0])?.msg) : undefined);
}

/** An error of an upstream, from its status and its body; see `Dialect.decodeError`. */
export function decodeError(status: number, body: JsonObject | undefined, text: string): NeutralError {
  return body === undefined
    ? { kind: openaiErrorKind({ message: text }, status), message: plainErrorMessage(status, text) }
    : neutralError(body, status);
}

/** An error that stands in a body or in a chunk; `status` is undefined where the answer began well. */
export function neutralError(body: JsonObject, status: number | undefined): NeutralError {
  const said = readError(body);
  const relayed = relayedMessage(asObject(body.error));
  const message = [said.message, relayed].filter((words) => words !== undefined).join(": ");
  const requestId = asText(body.request_id);
  return {
    kind: openaiErrorKind({ ...said, message }, status),
    message: message === "" ? unsaid(status) : message,
    ...(said.code !== undefined && { code: said.code }),
    ...(requestId !== undefined && { requestId }),
  };
}

function unsaid(status: number | undefined): string {
  return status === undefined ? "The upstream broke the answer off with an error." : plainErrorMessage(status, "");
}

/** OpenRouter says "Provider returned error" and gives the words of the service behind it as they came. */
function relayedMessage(error: JsonObject | undefined): string | undefined {
  const raw = asText(asObject(error?.metadata)?.raw);
  const parsed = raw === undefined ? undefined : parseObject(raw);
  return parsed === undefined ? raw : (readError(parsed).message ?? raw);
}

/** An error for a client; see `Dialect.encodeError`. */
export function encodeError(error: NeutralError): { readonly status: number; readonly body: JsonObject } {
  return encodeOpenaiError(error, "messages");
}
