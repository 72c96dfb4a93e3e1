import type { JsonObject } from "../json.ts";
import { isFilled, numberAt, objects, sum } from "./long-way.ts";
import type { LongWay } from "./long-way.ts";

/** Anthropic Messages, the long way. */
export const anthropicMessages: LongWay = {
  id: "anthropic-messages",
  unended: new Set(),
  countedStreams: 106,
  endOf: (sse) => sse.indexOf("}", sse.lastIndexOf('"message_stop"')) + 1,
  readStream,
  readBody,
};

function readStream(events: readonly JsonObject[]): JsonObject {
  const messages = objects(events.map(({ message }) => message));
  const deltas = events.filter(({ type }) => type === "message_delta");
  const stops = [...messages, ...objects(deltas.map(({ delta }) => delta))];
  return {
    id: messages.findLast(({ id }) => id !== undefined)?.id,
    model: messages.findLast(({ model }) => model !== undefined)?.model,
    finish: stops.findLast((stop) => typeof stop.stop_reason === "string")?.stop_reason,
    ended: events.some(({ type }) => type === "message_stop"),
    contentStarted:
      events.some(({ type }) => type === "content_block_start") || messages.some(({ content }) => isFilled(content)),
    ...lastCounts([...messages, ...deltas].map(({ usage }) => usage)),
  };
}

function readBody(status: number, body: JsonObject): JsonObject {
  const { id, model, stop_reason: finish, content, usage, error } = body;
  return {
    id,
    model,
    finish: finish ?? undefined,
    ended: true,
    contentStarted: isFilled(content),
    error: status < 400 ? undefined : error,
    ...lastCounts([usage]),
  };
}

/** The last number that was reported of each count; of cache writes, their sum. */
function lastCounts(usages: readonly unknown[]): JsonObject {
  const last = (...path: readonly string[]): number | undefined =>
    usages.map((usage) => numberAt(usage, ...path)).findLast((count) => count !== undefined);
  const split = ["5m", "1h"].map((lifetime) => last("cache_creation", `ephemeral_${lifetime}_input_tokens`));
  return {
    input: last("input_tokens"),
    cacheRead: last("cache_read_input_tokens"),
    cacheWrites: last("cache_creation_input_tokens") ?? sum(split),
    output: last("output_tokens"),
    reasoning: last("output_tokens_details", "thinking_tokens"),
  };
}
