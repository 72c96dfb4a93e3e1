import { statusOfError } from "../simulator/build-turn.ts";
import type { JsonObject } from "../simulator/json.ts";
import type { ErrorTurn, WireError } from "../simulator/turn.ts";

interface Words {
  readonly status: number;
  readonly type: string;
  readonly code: string | null;
}

/** What Anthropic's types of errors are at OpenAI. Source: OpenAI's guide to error codes and recorded errors, read 2026-11. */
const BY_ANTHROPIC_TYPE: Readonly<Record<string, Words>> = {
  authentication_error: { status: 401, type: "invalid_request_error", code: "invalid_api_key" },
  billing_error: { status: 429, type: "insufficient_quota", code: "insufficient_quota" },
  permission_error: { status: 403, type: "invalid_request_error", code: null },
  not_found_error: { status: 404, type: "invalid_request_error", code: null },
  request_too_large: { status: 413, type: "invalid_request_error", code: "request_too_large" },
  rate_limit_error: { status: 429, type: "requests", code: "rate_limit_exceeded" },
  api_error: { status: 500, type: "server_error", code: null },
  timeout_error: { status: 504, type: "server_error", code: null },
  overloaded_error: { status: 503, type: "server_error", code: "server_is_overloaded" },
};

/** An error as OpenAI words it: Anthropic's types by OpenAI's, any other as it stands. */
export function openAiError(
  error: WireError,
): WireError & { readonly code: string | null; readonly param: string | null } {
  const { type = error.type, code = null } = BY_ANTHROPIC_TYPE[error.type] ?? {};
  return { ...error, type, code: error.code ?? code, param: error.param ?? null };
}

/** The status of an error; where it is the usual one of Anthropic's type, the one OpenAI has for it. */
export function openAiStatus({ type, status }: ErrorTurn["error"]): number {
  const words = BY_ANTHROPIC_TYPE[type];
  return words !== undefined && status === statusOfError(type) ? words.status : status;
}

/** The `error` of an error body, chunk or event. */
export function errorMember(error: WireError): JsonObject {
  const { message, type, param, code } = openAiError(error);
  return { message, type, param, code };
}
