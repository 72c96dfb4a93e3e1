import type { IncomingHttpHeaders, IncomingMessage } from "node:http";

import { parseJson } from "./json.ts";

/** A longer body is answered with 413. Source: Anthropic's request size limits for the Messages API, read 2026-11. */
export const MAX_BODY_BYTES = 32 * 1024 * 1024;

/** One request as it came. */
export interface SimRequest {
  /** The `request-id` of its answer. */
  readonly id: string;
  readonly method: string;
  /** With the query. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: IncomingHttpHeaders;
  /** The value of `x-api-key`, else of the bearer token; absent when neither was sent. */
  readonly credential: string | undefined;
  /** The bytes of the body; of a body that is too long only the first part. */
  readonly rawBody: Buffer;
  /** The parsed body; `undefined` when it is not JSON. */
  readonly body: unknown;
  /** True when the body is longer than the API takes. */
  readonly tooLong: boolean;
}

/** Reads the whole request; throws when the client leaves before its end. */
export async function readRequest(message: IncomingMessage, id: string): Promise<SimRequest> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  // What is over the limit is read and thrown away: a client that is still sending could not read an answer.
  for await (const chunk of message as AsyncIterable<Buffer>) {
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
    bytes += chunk.length;
  }
  const rawBody = Buffer.concat(chunks);
  return {
    id,
    method: message.method ?? "",
    path: message.url ?? "",
    headers: message.headers,
    credential: credentialOf(message.headers),
    rawBody,
    body: parseJson(rawBody.toString("utf8")),
    tooLong: bytes > MAX_BODY_BYTES,
  };
}

// Anthropic takes `x-api-key` when both are sent.
function credentialOf(headers: IncomingHttpHeaders): string | undefined {
  const key = headers["x-api-key"];
  if (typeof key === "string" && key !== "") return key;
  return /^bearer\s+(\S+)$/i.exec(headers.authorization ?? "")?.[1];
}
