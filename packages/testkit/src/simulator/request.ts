import type { IncomingHttpHeaders, IncomingMessage } from "node:http";

import { parseJson } from "./json.ts";

/** A longer body is answered with 413. Source: Anthropic's request size limits for the Messages API, read 2026-11; OpenAI names none. */
export const MAX_BODY_BYTES = 32 * 1024 * 1024;

/** One request as it came. */
export interface SimRequest {
  /** The id of its answer: `request-id` or `x-request-id`. */
  readonly id: string;
  readonly method: string;
  /** With the query. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: IncomingHttpHeaders;
  /** The credential it presents; absent when it presents none. */
  readonly credential: string | undefined;
  /** The bytes of the body; of a body that is too long only the first part. */
  readonly rawBody: Buffer;
  /** The parsed body; `undefined` when it is not JSON. */
  readonly body: unknown;
  /** True when the body is longer than the API takes. */
  readonly tooLong: boolean;
}

/** Reads the whole request; throws when the client leaves before its end. */
export async function readRequest(
  message: IncomingMessage,
  id: string,
  credentialOf: (headers: IncomingHttpHeaders) => string | undefined,
): Promise<SimRequest> {
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

/** The bearer token of a request; `undefined` when there is none. */
export function bearerToken({ authorization = "" }: IncomingHttpHeaders): string | undefined {
  return /^bearer\s+(\S+)$/i.exec(authorization)?.[1];
}
