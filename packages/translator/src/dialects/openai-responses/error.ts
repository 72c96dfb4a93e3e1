import { asCount, asObject, asText } from "../../json.ts";
import type { JsonObject } from "../../json.ts";
import type { NeutralError } from "../../neutral/error.ts";
import { encodeOpenaiError, openaiErrorKind, plainErrorMessage } from "../../neutral/openai-error.ts";
import type { AnswerError } from "../../observation.ts";

/** Whether a response or a body says that it failed. A response that did not fail has `"error": null`. */
export function isError({ status, error }: JsonObject): boolean {
  return status === "failed" || asObject(error) !== undefined || asText(error) !== undefined;
}

/**
 * What an error says: `{"error": {"type", "code", "message"}}` in bodies, without a `type` in a failed response; an `error`
 * event says it there or by fields of its own. Services that only resemble the original send the `error` as text, or nothing
 * but a `message` or a `detail`. A code that is a number is given as text.
 */
export function readError(body: JsonObject): AnswerError {
  const said = asObject(body.error) ?? body;
  const type = said.type === "error" ? undefined : asText(said.type);
  const code = asText(said.code) ?? asCount(said.code)?.toString();
  const message = asText(said.message) ?? asText(said.error) ?? asText(said.detail);
  return {
    ...(type !== undefined && { type }),
    ...(code !== undefined && { code }),
    ...(message !== undefined && { message }),
  };
}

/** An error of an upstream, from its status and its body; see `Dialect.decodeError`. */
export function decodeError(status: number, body: JsonObject | undefined, text: string): NeutralError {
  return body === undefined
    ? { kind: openaiErrorKind({ message: text }, status), message: plainErrorMessage(status, text) }
    : neutralError(body, status);
}

/** An error that stands in a body, an `error` event or a failed response; `status` is undefined where the answer began well. */
export function neutralError(body: JsonObject, status: number | undefined): NeutralError {
  const said = readError(body);
  const kind = openaiErrorKind(said, status);
  const message = said.message ?? "The upstream broke the answer off with an error.";
  return { kind, message, ...(said.code !== undefined && { code: said.code }) };
}

/** An error for a client; see `Dialect.encodeError`. */
export function encodeError(error: NeutralError): { readonly status: number; readonly body: JsonObject } {
  return encodeOpenaiError(error, "input");
}
