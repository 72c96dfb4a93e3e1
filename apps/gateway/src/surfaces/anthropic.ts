import type { IncomingMessage } from "node:http";

import type { FaultCode, GatewayError } from "@link-assistant/core";

import { isJsonObject } from "../body.ts";
import { readCall } from "./read-call.ts";
import type { Call, SurfaceApi } from "./surface.ts";

/** Where the original served this API; the same paths follow. */
export const LEGACY_PREFIX = "/api/latest/anthropic";

const DEFAULT_VERSION = "2023-06-01";

/** `error.type` by status; https://docs.claude.com/en/api/errors and `@anthropic-ai/sdk` 1.12.0, read on 2026-11-23. */
const TYPE_BY_STATUS: Readonly<Record<number, string>> = {
  401: "authentication_error",
  403: "permission_error",
  404: "not_found_error",
  408: "timeout_error",
  413: "request_too_large",
  429: "rate_limit_error",
  500: "api_error",
  502: "api_error",
  503: "api_error",
  504: "timeout_error",
};

/** Anthropic's Messages API. */
export const anthropicSurface: SurfaceApi = {
  id: "anthropic_messages",
  dialect: "anthropic-messages",
  read: readMessagesCall,
  faultBody: (fault, requestId) => JSON.stringify(errorBody(fault, requestId)),
  faultFrame: (fault, requestId) => `event: error\ndata: ${JSON.stringify(errorBody(fault, requestId))}\n\n`,
};

function readMessagesCall(req: IncomingMessage, path: string, body: Buffer): Call {
  const call = readCall("anthropic-messages", req, path, body);
  const session = req.headers["x-claude-code-session-id"];
  const { thread } = call.parsed;
  const after = isJsonObject(thread) ? thread["previous_message_id"] : undefined;
  return {
    ...call,
    counting: path.endsWith("/count_tokens"),
    headers: { "anthropic-version": DEFAULT_VERSION, ...call.headers },
    ...(typeof session === "string" && { session }),
    ...(isJsonObject(thread) && { held: { thread: true, ...(typeof after === "string" && { after }) } }),
  };
}

/** Faults that clients act on by `error.details.error_code`: the SDK then goes on without the thread. */
const DETAIL_BY_CODE: Partial<Record<FaultCode, string>> = {
  thread_not_found: "thread_not_found",
  thread_unsupported: "thread_unsupported_request",
};

function errorBody({ status, code, message }: GatewayError, requestId: string): object {
  const type = TYPE_BY_STATUS[status] ?? "invalid_request_error";
  const detail = DETAIL_BY_CODE[code];
  const details = detail === undefined ? {} : { details: { error_code: detail } };
  return { type: "error", error: { type, message, ...details }, request_id: requestId };
}
