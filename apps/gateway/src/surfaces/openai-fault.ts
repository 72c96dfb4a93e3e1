import type { GatewayError } from "@link-assistant/core";

/** `error.type` by status, as OpenAI's API spells it; `openai` 7.57.0, read on 2026-11-23. */
const TYPE_BY_STATUS: Readonly<Record<number, string>> = {
  401: "authentication_error",
  403: "permission_error",
  404: "not_found_error",
  429: "rate_limit_error",
  500: "server_error",
  502: "server_error",
  503: "server_error",
  504: "server_error",
};

/** A fault in the shape of OpenAI's APIs, which is also that of the admin API. */
export function openaiFaultBody(fault: GatewayError): string {
  const type = TYPE_BY_STATUS[fault.status] ?? "invalid_request_error";
  return JSON.stringify({ error: { message: fault.message, type, param: null, code: fault.code } });
}
