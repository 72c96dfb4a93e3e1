import OpenAI from "openai";

import type { JsonObject } from "../../json.ts";
import { JSON_TYPE, SSE_TYPE, answering, plain } from "./sdk.ts";

const ASKED = { model: "test-model", input: "hi" } as const;

/** What the real SDK makes of a streamed answer; it throws what the SDK throws. */
export async function acceptResponseStream(sse: string): Promise<JsonObject> {
  return plain(await clientOf(200, SSE_TYPE, sse).responses.stream(ASKED).finalResponse());
}

/** What the real SDK makes of a whole answer; it throws what the SDK throws. */
export async function acceptResponse(body: JsonObject, status = 200): Promise<JsonObject> {
  return plain(await clientOf(status, JSON_TYPE, JSON.stringify(body)).responses.create(ASKED));
}

function clientOf(status: number, contentType: string, body: string): OpenAI {
  return new OpenAI({ apiKey: "test", maxRetries: 0, fetch: answering(status, contentType, body) });
}
