import type { JsonObject } from "../simulator/json.ts";
import { poster, type Poster } from "./post.ts";

/** A call of Chat that every simulator of OpenAI accepts. */
export const CHAT_HELLO: JsonObject = { model: "gpt-4.1", messages: [{ role: "user", content: "Hello" }] };

/** A call of Responses that every simulator of OpenAI accepts. */
export const RESPONSE_HELLO: JsonObject = { model: "gpt-5.5", input: "Hello" };

/** The headers of a client of OpenAI that does everything right. */
export const OPENAI_HEADERS: Readonly<Record<string, string>> = {
  "content-type": "application/json",
  authorization: "Bearer sk-test",
};

/** Posts a call of Chat. */
export const postChat: Poster = poster("/v1/chat/completions", CHAT_HELLO, OPENAI_HEADERS);

/** Posts a call of Responses. */
export const postResponse: Poster = poster("/v1/responses", RESPONSE_HELLO, OPENAI_HEADERS);

/** The chunks of a stream of Chat, without its `[DONE]`; throws when something else is in it. */
export function chunksOf(sse: string): JsonObject[] {
  const frames = sse.split("\n\n").filter((frame) => frame !== "");
  return frames.flatMap((frame) => {
    if (!frame.startsWith("data: ")) throw new Error(`not a chunk: ${frame}`);
    return frame === "data: [DONE]" ? [] : [JSON.parse(frame.slice("data: ".length))];
  });
}
