import type { IncomingMessage } from "node:http";

import type { GatewayError } from "@link-assistant/core";

import { openaiFaultBody } from "./openai-fault.ts";
import { readCall } from "./read-call.ts";
import type { Call, SurfaceApi } from "./surface.ts";

/** OpenAI's Chat Completions API. */
export const chatSurface: SurfaceApi = {
  id: "openai_chat_completions",
  dialect: "openai-chat",
  read: (req, path, body) => withSession(readCall("openai-chat", req, path, body)),
  faultBody: openaiFaultBody,
  faultFrame: (fault) => `data: ${openaiFaultBody(fault)}\n\n`,
};

/** OpenAI's Responses API. */
export const responsesSurface: SurfaceApi = {
  id: "openai_responses",
  dialect: "openai-responses",
  read: readResponsesCall,
  faultBody: openaiFaultBody,
  faultFrame: (fault) => `event: error\ndata: ${JSON.stringify(errorEvent(fault))}\n\n`,
};

function readResponsesCall(req: IncomingMessage, path: string, body: Buffer): Call {
  const call = withSession(readCall("openai-responses", req, path, body));
  const { previous_response_id: after, store } = call.parsed;
  const isCount = path.endsWith("/input_tokens");
  // Unless told otherwise, the service keeps every response, and later calls may build on it.
  const holds = store !== false && !isCount;
  return {
    ...call,
    counting: isCount,
    ...((holds || typeof after === "string") && {
      held: { thread: false, ...(typeof after === "string" && { after }) },
    }),
  };
}

function withSession(call: Call): Call {
  const { prompt_cache_key: session } = call.parsed;
  return typeof session === "string" ? { ...call, session } : call;
}

/** Types of `openai` 7.57.0; the SDK raises on it. Read on 2026-11-25. */
function errorEvent(fault: GatewayError): object {
  return { type: "error", code: fault.code, message: fault.message, param: null, sequence_number: 0 };
}
