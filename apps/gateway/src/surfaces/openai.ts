import type { IncomingMessage } from "node:http";

import type { GatewayError } from "@link-assistant/core";

import { isJsonObject } from "../body.ts";
import type { JsonObject } from "../body.ts";
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
  const { previous_response_id: previous, input, store } = call.parsed;
  const after = typeof previous === "string" ? previous : lastKeptItem(input);
  const isCount = path.endsWith("/input_tokens");
  // Unless told otherwise, the service keeps every response, and later calls may build on it.
  const holds = store !== false && !isCount;
  return {
    ...call,
    counting: isCount,
    ...((holds || after !== undefined) && { held: { thread: false, ...(after !== undefined && { after }) } }),
  };
}

/** The id of the last item that only the service can look up: a reference, or reasoning that says no more than its id. */
function lastKeptItem(input: unknown): string | undefined {
  const items: readonly unknown[] = Array.isArray(input) ? input : [];
  const kept = items.findLast((item) => isJsonObject(item) && isKept(item));
  return isJsonObject(kept) && typeof kept["id"] === "string" ? kept["id"] : undefined;
}

function isKept({ type, role, id, encrypted_content: sealed }: JsonObject): boolean {
  if (typeof id !== "string") return false;
  if (type === "reasoning") return typeof sealed !== "string";
  return type === "item_reference" || (type === undefined && role === undefined);
}

function withSession(call: Call): Call {
  const { prompt_cache_key: session } = call.parsed;
  return typeof session === "string" ? { ...call, session } : call;
}

/** Types of `openai` 7.57.0; the SDK raises on it. Read on 2026-11-25. */
function errorEvent(fault: GatewayError): object {
  return { type: "error", code: fault.code, message: fault.message, param: null, sequence_number: 0 };
}
