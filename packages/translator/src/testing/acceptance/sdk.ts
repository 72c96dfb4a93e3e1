import { parseObject } from "../../json.ts";
import type { JsonObject } from "../../json.ts";

/** A `fetch` that gives one answer to whatever is asked. */
export function answering(status: number, contentType: string, body: string): () => Promise<Response> {
  return () => Promise.resolve(new Response(body, { status, headers: { "content-type": contentType } }));
}

/** What an SDK put together, as plain JSON. */
export function plain(value: unknown): JsonObject {
  return parseObject(JSON.stringify(value)) ?? {};
}

export const JSON_TYPE = "application/json";
export const SSE_TYPE = "text/event-stream; charset=utf-8";
