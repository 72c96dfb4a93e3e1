import type { IncomingMessage } from "node:http";

import type { GatewayError } from "@link-assistant/core";

import { parseJsonObject } from "../body.ts";
import { forwardedHeaders } from "./forwarded-headers.ts";
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
  read: readCall,
  faultBody: (fault, requestId) => JSON.stringify(errorBody(fault, requestId)),
  faultFrame: (fault, requestId) => `event: error\ndata: ${JSON.stringify(errorBody(fault, requestId))}\n\n`,
};

function readCall(req: IncomingMessage, path: string, body: Buffer): Call {
  const { model, stream } = parseJsonObject(body);
  const headers = forwardedHeaders(req);
  headers["anthropic-version"] ??= DEFAULT_VERSION;
  const url = req.url ?? "";
  const queryAt = url.indexOf("?");
  return {
    path,
    query: queryAt < 0 ? "" : url.slice(queryAt),
    model: typeof model === "string" ? model : null,
    stream: stream === true,
    counting: path.endsWith("/count_tokens"),
    body,
    headers,
  };
}

function errorBody(fault: GatewayError, requestId: string): object {
  const type = TYPE_BY_STATUS[fault.status] ?? "invalid_request_error";
  return { type: "error", error: { type, message: fault.message }, request_id: requestId };
}
