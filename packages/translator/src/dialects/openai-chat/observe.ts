import { isEmptyUsage } from "@link-assistant/core";

import type { AnswerReader } from "../../dialect.ts";
import { asObject, asText, parseObject } from "../../json.ts";
import type { JsonObject } from "../../json.ts";
import type { Answer } from "../../observation.ts";
import type { SseFrame } from "../../sse/frame.ts";
import { isError, readError } from "./error.ts";
import { readFinish } from "./finish.ts";
import { readUsage } from "./usage.ts";
import { CONTENT_FIELDS, DONE } from "./wire.ts";

/** An answer while it is being read. */
type Seen = { -readonly [Field in keyof Answer]: Answer[Field] };

/** Begins to read a streamed answer. */
export function readStream(): AnswerReader {
  const answer = unread();
  let closed = false;
  return {
    answer,
    read: (frame) => {
      closed ||= frame.data.trim() === DONE;
      readFrame(answer, frame);
    },
    // Usage comes after the reason to stop, which ends the answer.
    get closed() {
      return closed;
    },
  };
}

/** Reads a buffered answer: a completion, or an error by what it says or by its status. */
export function readBody(status: number, body: JsonObject): Answer {
  const seen = unread();
  readChunk(seen, body);
  if (status >= 400) seen.error = readError(body);
  return { ...seen, ended: true };
}

function unread(): Seen {
  return { usage: {}, ended: false, contentStarted: false };
}

/** Frames have no names, but for errors at some services. */
function readFrame(seen: Seen, { event: name, data }: SseFrame): void {
  if (data.trim() === DONE) seen.ended = true;
  const chunk = parseObject(data);
  if (name === "error") seen.error = readError(chunk ?? { error: data });
  else if (chunk !== undefined) readChunk(seen, chunk);
}

/** A whole completion has the fields of a chunk, with a `message` in place of the `delta`. */
function readChunk(seen: Seen, chunk: JsonObject): void {
  const choices = Array.isArray(chunk.choices) ? chunk.choices.map((choice) => asObject(choice) ?? {}) : [];
  const first = choices.find(({ index }) => (index ?? 0) === 0) ?? {};
  setFirst(seen, "id", asText(chunk.id));
  setFirst(seen, "model", asText(chunk.model));
  setFirst(seen, "finish", readFinish(first));
  if (seen.finish !== undefined) seen.ended = true;
  if (isError(chunk)) seen.error = readError(chunk);
  if (choices.some(hasContent)) seen.contentStarted = true;
  // Moonshot counts in the choice, Groq in a field of its own.
  const usage = readUsage(chunk.usage ?? first.usage ?? asObject(chunk.x_groq)?.usage);
  if (!isEmptyUsage(usage)) seen.usage = usage;
}

function hasContent({ delta, message }: JsonObject): boolean {
  const parts = asObject(delta ?? message);
  return CONTENT_FIELDS.some((field) => isFilled(parts?.[field]));
}

function isFilled(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return asText(value) !== undefined || asObject(value) !== undefined;
}

/** Azure's first chunks have an empty id and model; at some services the id changes on the way. */
function setFirst(seen: Seen, field: "id" | "model" | "finish", value: string | undefined): void {
  if (value !== undefined) seen[field] ??= value;
}
