import type { Dialect } from "../../dialect.ts";
import { findBytes } from "../../find-bytes.ts";
import { asCount } from "../../json.ts";
import type { JsonObject } from "../../json.ts";
import { writeComment } from "../../sse/write.ts";
import { decodeError, encodeError } from "./error.ts";
import { readBody, readStream } from "./observe.ts";
import { decodeRequest, encodeCountRequest, encodeRequest } from "./request.ts";
import { decodeResponse, encodeResponse } from "./response.ts";
import { decodeStream, encodeStream } from "./stream.ts";
import { TERMINAL_EVENTS } from "./wire.ts";

/** OpenAI Responses. */
export const openaiResponses: Dialect = {
  id: "openai-responses",
  // Event lines may be missing, so an error is known by either spelling of its name, with or without a blank. The
  // terminal names are searched for whole, since `response.` is in every frame; starting them later made the search slower.
  findMarker: findBytes([...TERMINAL_EVENTS, "event: error", "event:error", '"type":"error"', '"type": "error"']),
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
  // Official clients refuse events that they do not know.
  keepAlive: writeComment("keep-alive"),
};

function decodeCount({ input_tokens: tokens }: JsonObject): number | undefined {
  return asCount(tokens);
}

function encodeCount(tokens: number): JsonObject {
  return { object: "response.input_tokens", input_tokens: tokens };
}
