import type { AnswerReader } from "../../dialect.ts";
import { asList, asObject, asText, parseObject } from "../../json.ts";
import type { JsonObject } from "../../json.ts";
import type { Answer } from "../../observation.ts";
import type { SseFrame } from "../../sse/frame.ts";
import { isError, readError } from "./error.ts";
import { readFinish } from "./finish.ts";
import { readUsage } from "./usage.ts";
import { DELTA_EVENTS, ITEM_EVENTS, SNAPSHOT_EVENTS, TERMINAL_EVENTS } from "./wire.ts";

/** An answer while it is being read. */
type Seen = { -readonly [Field in keyof Answer]: Answer[Field] };

type EventReader = (seen: Seen, event: JsonObject) => void;

const EVENT_READERS: ReadonlyMap<string, EventReader> = new Map<string, EventReader>([
  ...SNAPSHOT_EVENTS.map((type) => [type, readSnapshot] as const),
  ...TERMINAL_EVENTS.map((type) => [type, readTerminal] as const),
  ["response.failed", readFailed],
  ["error", noteError],
]);

/** Begins to read a streamed answer. */
export function readStream(): AnswerReader {
  const answer = unread();
  return { answer, read: (frame) => readEvent(answer, frame) };
}

/** Reads a buffered answer: a response, an error by its status or by what it says, or what other calls of the API give. */
export function readBody(status: number, body: JsonObject): Answer {
  const seen = unread();
  if (status >= 400) noteError(seen, body);
  else readResponse(seen, body);
  return { ...seen, ended: true };
}

function unread(): Seen {
  return { usage: {}, ended: false, contentStarted: false };
}

/** Events are told apart by the `type` in their data; only of an error the name of the frame is enough. */
function readEvent(seen: Seen, { event: name, data }: SseFrame): void {
  const event = parseObject(data);
  if (name === "error") return noteError(seen, event ?? { error: data });
  if (event === undefined) return;
  const type = asText(event.type) ?? name ?? "";
  if (type.startsWith(ITEM_EVENTS) || type.endsWith(DELTA_EVENTS)) seen.contentStarted = true;
  EVENT_READERS.get(type)?.(seen, event);
}

function readSnapshot(seen: Seen, { response }: JsonObject): void {
  readResponse(seen, asObject(response) ?? {});
}

function readTerminal(seen: Seen, event: JsonObject): void {
  readSnapshot(seen, event);
  seen.ended = true;
}

function readFailed(seen: Seen, event: JsonObject): void {
  readTerminal(seen, event);
  noteError(seen, asObject(event.response) ?? {});
}

function readResponse(seen: Seen, response: JsonObject): void {
  set(seen, "id", asText(response.id));
  set(seen, "model", asText(response.model));
  set(seen, "finish", readFinish(response));
  const output = asList(response.output) ?? [];
  if (output.length > 0) {
    seen.contentStarted = true;
    const ids = output.flatMap((item) => asText(asObject(item)?.id) ?? []);
    if (ids.length > 0) seen.items = ids;
  }
  if (asObject(response.usage) !== undefined) seen.usage = readUsage(response.usage);
  if (isError(response)) noteError(seen, response);
}

/** An `error` event says more than the failed response that follows it. */
function noteError(seen: Seen, body: JsonObject): void {
  seen.error = { ...seen.error, ...readError(body) };
}

function set(seen: Seen, field: "id" | "model" | "finish", value: string | undefined): void {
  if (value !== undefined) seen[field] = value;
}
