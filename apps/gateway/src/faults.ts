import { GatewayError } from "@link-assistant/core";

import type { Gateway } from "./gateway.ts";

/** The headers of every answer in the gateway's own name. */
export function faultHeaders(fault: GatewayError, requestId: string, body: string): Record<string, string | number> {
  return {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
    "x-request-id": requestId,
    ...(fault.retry ? {} : { "x-should-retry": "false" }),
    ...(fault.retryAfterSeconds === undefined ? {} : { "retry-after": fault.retryAfterSeconds }),
    ...fault.headers,
  };
}

/** What was thrown, as a fault. A bug is logged with its stack and shown as `internal`. */
export function asFault(error: unknown, gateway: Gateway, exchangeId: string): GatewayError {
  if (error instanceof GatewayError) return error;
  gateway.log.error({ err: error, exchange: exchangeId }, "the gateway failed");
  return new GatewayError("internal");
}
