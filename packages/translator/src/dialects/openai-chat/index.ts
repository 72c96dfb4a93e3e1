import type { Dialect } from "../../dialect.ts";
import { asCount } from "../../json.ts";
import type { JsonObject } from "../../json.ts";
import { writeComment } from "../../sse/write.ts";
import { decodeError, encodeError } from "./error.ts";
import { findMarker } from "./marker.ts";
import { readBody, readStream } from "./observe.ts";
import { decodeRequest, encodeRequest } from "./request.ts";
import { decodeResponse, encodeResponse } from "./response.ts";
import { decodeStream, encodeStream } from "./stream.ts";

/** OpenAI Chat Completions. */
export const openaiChat: Dialect = {
  id: "openai-chat",
  findMarker,
  readStream,
  readBody,
  decodeRequest,
  decodeResponse,
  decodeStream,
  decodeError,
  decodeCount,
  encodeRequest,
  // This API has no question for the tokens of a prompt.
  encodeCountRequest: undefined,
  encodeResponse,
  encodeStream,
  encodeError,
  encodeCount,
  // An event without choices breaks official clients.
  keepAlive: writeComment("keep-alive"),
};

function decodeCount({ input_tokens: tokens }: JsonObject): number | undefined {
  return asCount(tokens);
}

/** Worded as the Responses API does, for want of a form of its own. */
function encodeCount(tokens: number): JsonObject {
  return { object: "response.input_tokens", input_tokens: tokens };
}
