import { asObject, asText } from "../../json.ts";
import type { AnswerError } from "../../observation.ts";

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
