import Anthropic from "@anthropic-ai/sdk";

import type { JsonObject } from "../../json.ts";
import { JSON_TYPE, SSE_TYPE, answering, plain } from "./sdk.ts";

const ASKED = { model: "test-model", max_tokens: 64, messages: [{ role: "user", content: "hi" }] } as const;

/** What the real SDK makes of a streamed answer; it throws what the SDK throws. */
export async function acceptMessageStream(sse: string): Promise<JsonObject> {
  const stream = clientOf(200, SSE_TYPE, sse).messages.stream({ ...ASKED, messages: [...ASKED.messages] });
  return plain(await stream.finalMessage());
}

/** What the real SDK makes of a whole answer; it throws what the SDK throws. */
export async function acceptMessage(body: JsonObject, status = 200): Promise<JsonObject> {
  const client = clientOf(status, JSON_TYPE, JSON.stringify(body));
  return plain(await client.messages.create({ ...ASKED, messages: [...ASKED.messages] }));
}

function clientOf(status: number, contentType: string, body: string): Anthropic {
  return new Anthropic({ apiKey: "test", maxRetries: 0, fetch: answering(status, contentType, body) });
}
