import type { AnswerReader } from "../../dialect.ts";
import { asObject, asText, parseObject } from "../../json.ts";
import type { JsonObject } from "../../json.ts";
import type { Answer } from "../../observation.ts";
import type { SseFrame } from "../../sse/frame.ts";
import { readError } from "./error.ts";
import { readFinish } from "./finish.ts";
import { readCounts, toUsage, withLater } from "./usage.ts";
import type { Counts } from "./usage.ts";

/** An answer while it is being read. */
interface Seen {
  readonly answer: { -readonly [Field in keyof Answer]: Answer[Field] };
  counts: Counts;
}

type EventReader = (seen: Seen, event: JsonObject) => void;

const EVENT_READERS: ReadonlyMap<string, EventReader> = new Map<string, EventReader>([
  ["message_start", (seen, event) => readMessage(seen, event.message)],
  ["content_block_start", startContent],
  ["content_block_delta", startContent],
  ["message_delta", readMessageDelta],
  ["message_stop", ({ answer }) => void (answer.ended = true)],
  ["error", ({ answer }, event) => void (answer.error = readError(event))],
]);

/** Begins to read a streamed answer. */
export function readStream(): AnswerReader {
  const seen = unread();
  return { answer: seen.answer, read: (frame) => readEvent(seen, frame) };
}

/** Reads a buffered answer: a message, or an error by its type or by its status. */
export function readBody(status: number, body: JsonObject): Answer {
  const seen = unread();
  readMessage(seen, body);
  if (status >= 400 || body.type === "error") seen.answer.error = readError(body);
  return { ...seen.answer, ended: true };
}

function unread(): Seen {
  return { answer: { usage: {}, ended: false, contentStarted: false }, counts: {} };
}

/** Events are told apart by the `type` in their data; only of an error the name of the frame is enough. */
function readEvent(seen: Seen, { event: name, data }: SseFrame): void {
  const event = parseObject(data);
  if (name === "error") seen.answer.error = readError(event ?? { error: data });
  else if (event !== undefined) EVENT_READERS.get(asText(event.type) ?? name ?? "")?.(seen, event);
}

/** The message of a `message_start` has no content as a rule, but at times it is there whole, with its stop reason. */
function readMessage(seen: Seen, value: unknown): void {
  const message = asObject(value);
  set(seen.answer, "id", asText(message?.id));
  set(seen.answer, "model", asText(message?.model));
  set(seen.answer, "finish", readFinish(message));
  if (Array.isArray(message?.content) && message.content.length > 0) startContent(seen);
  readUsage(seen, message?.usage);
}

function readMessageDelta(seen: Seen, event: JsonObject): void {
  set(seen.answer, "finish", readFinish(event.delta));
  readUsage(seen, event.usage);
}

function readUsage(seen: Seen, usage: unknown): void {
  seen.counts = withLater(seen.counts, readCounts(usage));
  seen.answer.usage = toUsage(seen.counts);
}

function startContent({ answer }: Seen): void {
  answer.contentStarted = true;
}

function set(answer: Seen["answer"], field: "id" | "model" | "finish", value: string | undefined): void {
  if (value !== undefined) answer[field] = value;
}
