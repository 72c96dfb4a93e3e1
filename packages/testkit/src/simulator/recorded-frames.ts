import type { Usage } from "@link-assistant/core";

import { recordedText, type Recording } from "../recordings.ts";
import type { Frame } from "./frame.ts";
import { isObject, parseJson, type JsonObject } from "./json.ts";

/** Where a dialect says what an answer costs, and what its figures mean. */
export interface UsageReader {
  /** The member of a body or event that holds the figures; `undefined` when there is none. */
  readonly find: (event: JsonObject) => unknown;
  readonly read: (figures: JsonObject) => Usage;
}

/** A recorded answer as frames: one for each event of a stream, one for any other body. Their bytes are those of the recording. */
export function recordedFrames(recording: Recording, reader: UsageReader): Frame[] {
  const texts = recordedText(recording).split(/(?<=\n\r?\n)/);
  let figures: JsonObject = {};
  return texts.map((text) => {
    figures = { ...figures, ...figuresIn(text, recording.stream, reader) };
    const known = Object.keys(figures).length > 0;
    return { bytes: Buffer.from(text), ...(known && { billed: reader.read(figures) }) };
  });
}

/** One figure of a usage, when it is a number. */
export function figure(name: keyof Usage, value: unknown): Usage {
  return typeof value === "number" ? { [name]: value } : {};
}

// Each event repeats what it knows: the last word on a figure counts.
function figuresIn(text: string, stream: boolean, { find }: UsageReader): JsonObject {
  const event = parseJson(stream ? (/^data: (.*)$/m.exec(text)?.[1] ?? "") : text);
  const figures = isObject(event) ? find(event) : undefined;
  return isObject(figures) ? figures : {};
}
