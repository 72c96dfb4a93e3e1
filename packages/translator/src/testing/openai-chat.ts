import { asObject, parseObject } from "../json.ts";
import type { JsonObject } from "../json.ts";
import { isFilled, numberAt, objects } from "./long-way.ts";
import type { LongWay } from "./long-way.ts";

/** OpenAI Chat Completions, the long way. */
export const openaiChat: LongWay = {
  id: "openai-chat",
  // Groq breaks it off with an error.
  unended: new Set(["oc-pydantic-ai-test_groq-test_tool_use_failed_error_streaming_with_text-0-730a87f6"]),
  countedStreams: 79,
  endOf,
  readStream: (events, sse) => ({ ...readChunks(events), ended: endOf(sse) !== -1 }),
  readBody: (status, body) => ({ ...readChunks([body]), ...(status >= 400 && { error: saidBy(body) }), ended: true }),
};

const COUNTS = [
  ["prompt_tokens"],
  ["completion_tokens"],
  ["total_tokens"],
  ["completion_tokens_details", "reasoning_tokens"],
  ["prompt_tokens_details", "cache_write_tokens"],
];
const CACHE_READS = [
  ["prompt_tokens_details", "cached_tokens"],
  ["cached_tokens"],
  ["prompt_cache_hit_tokens"],
  ["num_cached_tokens"],
];

/** The end of the first line that ends an answer: by a finish reason or by `[DONE]`. -1 when there is none. */
function endOf(sse: string): number {
  let start = 0;
  for (const line of sse.split("\n")) {
    const data = line.startsWith("data:") ? line.slice(5).trim() : "";
    if (data === "[DONE]" || readChunks(objects([parseObject(data)])).finish !== undefined) {
      return start + line.trimEnd().length;
    }
    start += line.length + 1;
  }
  return -1;
}

function readChunks(chunks: readonly JsonObject[]): JsonObject {
  const choices = chunks.flatMap((chunk) => (Array.isArray(chunk.choices) ? objects(chunk.choices) : []));
  const firsts = choices.filter(({ index }) => index === 0 || index === undefined);
  const first = (field: string, values: readonly JsonObject[]): unknown =>
    values.map((value) => value[field]).find((said) => typeof said === "string" && said !== "");
  const wrong = chunks.findLast(({ error }) => error !== undefined && error !== null);
  const usages = [...chunks, ...objects(chunks.map((chunk) => chunk.x_groq)), ...choices].map(({ usage }) => usage);
  return {
    id: first("id", chunks),
    model: first("model", chunks),
    finish: first("finish_reason", firsts),
    contentStarted: choices.some(({ delta, message }) => hasContent(asObject(delta) ?? asObject(message) ?? {})),
    error: wrong && saidBy(wrong),
    ...countsOf(objects(usages).at(-1)),
  };
}

/** Whatever a message has is content, whichever name it goes by, but for these few. */
const OTHER_FIELDS = new Set(["role", "channel", "annotations", "provider_metadata"]);

function hasContent(parts: JsonObject): boolean {
  return Object.entries(parts).some(([name, part]) => !OTHER_FIELDS.has(name) && says(part));
}

function says(part: unknown): boolean {
  return isFilled(part) || asObject(part) !== undefined || (typeof part === "string" && part !== "");
}

/** The cache may hold more than the prompt; reasoning may be counted beside the output. */
function countsOf(usage: unknown): JsonObject {
  const cached = CACHE_READS.map((path) => numberAt(usage, ...path)).find((count) => count !== undefined);
  const [prompt = NaN, output = NaN, total, reasoning, cacheWrites] = COUNTS.map((path) => numberAt(usage, ...path));
  const cacheRead = cached && Math.min(cached, prompt);
  const isBeside = total === prompt + output + (reasoning ?? NaN);
  return {
    input: reported(prompt - (cacheRead ?? 0) - (cacheWrites ?? 0)),
    cacheRead,
    cacheWrites,
    output: reported(isBeside ? total - prompt : output),
    reasoning,
  };
}

function reported(count: number): number | undefined {
  return Number.isNaN(count) ? undefined : count;
}

/** Every recorded error is an object with a message. */
function saidBy({ error }: JsonObject): JsonObject {
  const { type, code, message } = asObject(error) ?? {};
  return {
    ...(typeof type === "string" && { type }),
    ...((typeof code === "string" || typeof code === "number") && { code: String(code) }),
    message,
  };
}
