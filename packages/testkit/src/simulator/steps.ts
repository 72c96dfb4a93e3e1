import type { Usage } from "@link-assistant/core";

import { readRecording } from "../recordings.ts";
import type { Frame } from "./frame.ts";
import { pacedWrites } from "./paced-writes.ts";
import { recordedFrames, type UsageReader } from "./recorded-frames.ts";
import type { Step } from "./step.ts";
import type { Cut, MessageTurn, RecordingTurn, SilentTurn, WireError } from "./turn.ts";

/** Headers of an answer, names in lower case. */
export type Headers = Readonly<Record<string, string>>;

/** The type of a JSON body. */
export const JSON_TYPE: Headers = { "content-type": "application/json" };
const STREAM_TYPE: Headers = { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache" };

/** A body in one piece. */
export function textSteps(status: number, headers: Headers, text: string): Step[] {
  const bytes = Buffer.from(text);
  return [
    { do: "head", status, headers: { ...headers, "content-length": String(bytes.length) } },
    { do: "write", bytes },
  ];
}

/** No answer at all. */
export function silentSteps(turn: SilentTurn): Step[] {
  return [{ do: turn.silent }];
}

/** A recorded answer; `headers` are added where none of that name was recorded. */
export function recordingSteps(turn: RecordingTurn, headers: Headers, usage: UsageReader): Step[] {
  const recording = typeof turn.recording === "string" ? readRecording(turn.recording) : turn.recording;
  return [
    { do: "head", status: recording.status, headers: { ...headers, ...recording.response.headers } },
    ...pacedWrites(recordedFrames(recording, usage), turn),
  ];
}

/** A buffered answer; of one that breaks off only the first half is sent. */
export function bufferedSteps({ cut, pace }: MessageTurn, headers: Headers, body: string, usage: Usage): Step[] {
  const bytes = Buffer.from(body);
  const sent = cut === undefined ? bytes : bytes.subarray(0, bytes.length >> 1);
  // A body that ends cleanly though it is too short cannot have announced its length.
  const length: Headers = cut?.by === "end" ? {} : { "content-length": String(bytes.length) };
  return [
    { do: "head", status: 200, headers: { ...headers, ...JSON_TYPE, ...length } },
    ...pacedWrites([{ bytes: sent, billed: usage }], pace),
    ...lastSteps(cut),
  ];
}

/** What is sent as a stream. */
export interface Stream {
  readonly frames: readonly Frame[];
  /** How many of the frames leave the answer without its end. */
  readonly unfinished: number;
  /** The frames of an error behind a number of others. */
  readonly errorFrames: (error: WireError, position: number) => readonly Frame[];
}

/** A streamed answer. */
export function streamSteps({ cut, pace }: MessageTurn, headers: Headers, stream: Stream): Step[] {
  return [
    { do: "head", status: 200, headers: { ...headers, ...STREAM_TYPE } },
    ...pacedWrites(cutFrames(stream, cut), pace),
    ...lastSteps(cut),
  ];
}

function cutFrames({ frames, unfinished, errorFrames }: Stream, cut: Cut | undefined): readonly Frame[] {
  if (cut === undefined) return frames;
  const { afterEvents = unfinished } = cut;
  const sent = frames.slice(0, afterEvents);
  if (cut.by === "error") return [...sent, ...errorFrames(cut.error, sent.length)];
  const next = frames[afterEvents];
  if (cut.by !== "drop" || next === undefined || cut.extraBytes === undefined) return sent;
  return [...sent, { bytes: next.bytes.subarray(0, cut.extraBytes) }];
}

function lastSteps(cut: Cut | undefined): Step[] {
  return cut?.by === "drop" || cut?.by === "stall" ? [{ do: cut.by }] : [];
}
