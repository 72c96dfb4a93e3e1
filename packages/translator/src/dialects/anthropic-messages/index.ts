import type { Dialect } from "../../dialect.ts";
import { findBytes } from "../../find-bytes.ts";
import { asCount } from "../../json.ts";
import type { JsonObject } from "../../json.ts";
import { writeFrame } from "../../sse/write.ts";
import { decodeError, encodeError } from "./error.ts";
import { readBody, readStream } from "./observe.ts";
import { decodeRequest, encodeCountRequest, encodeRequest } from "./request.ts";
import { decodeResponse, encodeResponse } from "./response.ts";
import { decodeStream, encodeStream } from "./stream.ts";

/** Anthropic Messages. */
export const anthropicMessages: Dialect = {
  id: "anthropic-messages",
  // `message_start`, `message_delta`, `message_stop`; an error by its event line, with or without a blank, since official clients
  // know it by nothing else. The search is fast when the shortest marker is long and all end in something rare; a quote or
  // a colon is everywhere in JSON. A name spelt with JSON escapes would be missed; no service writes one.
  findMarker: findBytes(["message_", ": error\n", ": error\r", "t:error\n", "t:error\r"]),
  readStream,
  readBody,
  decodeRequest,
  decodeResponse,
  decodeStream,
  decodeError,
  decodeCount,
  encodeRequest,
  encodeCountRequest,
  encodeResponse,
  encodeStream,
  encodeError,
  encodeCount,
  keepAlive: writeFrame({ type: "ping" }, "ping"),
};

function decodeCount({ input_tokens: tokens }: JsonObject): number | undefined {
  return asCount(tokens);
}

function encodeCount(tokens: number): JsonObject {
  return { input_tokens: tokens };
}
