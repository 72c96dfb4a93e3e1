import type { IncomingMessage } from "node:http";

import type { DialectId } from "@link-assistant/translator";

import { parseJsonObject } from "../body.ts";
import { forwardedHeaders } from "./forwarded-headers.ts";
import type { Call } from "./surface.ts";

/** Reads what every dialect's call has. */
export function readCall(dialect: DialectId, req: IncomingMessage, path: string, body: Buffer): Call {
  const parsed = parseJsonObject(body);
  const { model, stream } = parsed;
  const url = req.url ?? "";
  const queryAt = url.indexOf("?");
  return {
    dialect,
    path,
    query: queryAt < 0 ? "" : url.slice(queryAt),
    model: typeof model === "string" ? model : null,
    stream: stream === true,
    counting: false,
    body,
    parsed,
    headers: forwardedHeaders(dialect, req),
  };
}
