import OpenAI from "openai";

import type { JsonObject } from "../../json.ts";
import { JSON_TYPE, SSE_TYPE, answering, plain } from "./sdk.ts";

const ASKED = { model: "test-model", messages: [{ role: "user", content: "hi" }] } as const;

/** What the real SDK makes of a streamed answer; it throws what the SDK throws. */
export async function acceptChatStream(sse: string): Promise<JsonObject> {
  const client = clientOf(200, SSE_TYPE, sse);
  const stream = client.chat.completions.stream({ ...ASKED, messages: [...ASKED.messages] });
  return plain(await stream.finalChatCompletion());
}

/** What the real SDK makes of a whole answer; it throws what the SDK throws. */
export async function acceptChat(body: JsonObject, status = 200): Promise<JsonObject> {
  const client = clientOf(status, JSON_TYPE, JSON.stringify(body));
  return plain(await client.chat.completions.create({ ...ASKED, messages: [...ASKED.messages] }));
}

function clientOf(status: number, contentType: string, body: string): OpenAI {
  return new OpenAI({ apiKey: "test", maxRetries: 0, fetch: answering(status, contentType, body) });
}
