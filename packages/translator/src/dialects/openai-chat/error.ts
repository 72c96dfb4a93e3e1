import { asCount, asObject, asText } from "../../json.ts";
import type { JsonObject } from "../../json.ts";
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
