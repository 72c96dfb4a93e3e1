import { asObject } from "../json.ts";
import type { JsonObject } from "../json.ts";
import { isFilled, numberAt, objects } from "./long-way.ts";
import type { LongWay } from "./long-way.ts";

const TERMINAL = ["response.completed", "response.incomplete", "response.failed"];

/** OpenAI Responses, the long way. */
export const openaiResponses: LongWay = {
  id: "openai-responses",
  unended: new Set(),
  countedStreams: 101,
  endOf,
  readStream,
  readBody,
};

/** The end of the line with the data of the terminal event. */
function endOf(sse: string): number {
  const event = Math.max(...TERMINAL.map((type) => sse.lastIndexOf(`"type":"${type}"`)));
  return sse.indexOf("\n", event);
}

function readStream(events: readonly JsonObject[]): JsonObject {
  const responses = objects(events.map(({ response }) => response));
  const failures = [...events, ...responses].map(({ error }) => asObject(error)).filter((error) => error !== undefined);
  return {
    ...readResponse(responses.at(-1) ?? {}),
    ended: events.some(({ type }) => TERMINAL.includes(String(type))),
    contentStarted: events.some(({ type }) => type === "response.output_item.added"),
    error: failures.length === 0 ? undefined : Object.assign({}, ...failures.map(saidBy)),
  };
}

function readBody(status: number, body: JsonObject): JsonObject {
  return {
    ...readResponse(body),
    ended: true,
    contentStarted: isFilled(body.output),
    error: status < 400 ? undefined : saidBy(asObject(body.error) ?? {}),
  };
}

function readResponse({ id, model, status, incomplete_details: details, usage, output }: JsonObject): JsonObject {
  const ids = objects(Array.isArray(output) ? output : []).flatMap((item) => item.id ?? []);
  const said = status === "queued" || status === "in_progress" || typeof status === "number" ? undefined : status;
  const finish = asObject(details)?.reason ?? said;
  return { id, model, finish, ...(ids.length > 0 && { items: ids }), ...countsOf(usage) };
}

/** No recording counts reasoning beside the output, or more from the cache than the prompt has. */
function countsOf(usage: unknown): JsonObject {
  const prompt = numberAt(usage, "input_tokens");
  const cacheRead = numberAt(usage, "input_tokens_details", "cached_tokens");
  const cacheWrites = numberAt(usage, "input_tokens_details", "cache_write_tokens");
  return {
    input: prompt === undefined ? undefined : prompt - (cacheRead ?? 0) - (cacheWrites ?? 0),
    cacheRead,
    cacheWrites,
    output: numberAt(usage, "output_tokens"),
    reasoning: numberAt(usage, "output_tokens_details", "reasoning_tokens"),
  };
}

function saidBy(error: JsonObject): JsonObject {
  const { type, code, message } = error;
  return Object.fromEntries(Object.entries({ type, code, message }).filter(([, said]) => typeof said === "string"));
}
