import { readRecording } from "../recordings.ts";
import { statusOfError } from "./build-turn.ts";
import { errorBody, errorFrame, messageFrames, type Frame } from "./events.ts";
import type { JsonObject } from "./json.ts";
import { messageBody, type SimMessage } from "./message.ts";
import { pacedWrites } from "./paced-writes.ts";
import { recordedFrames } from "./recorded-frames.ts";
import type { Step } from "./step.ts";
import type { Cut, ErrorTurn, MessageTurn, RecordingTurn, SilentTurn } from "./turn.ts";

/** Headers of an answer, names in lower case. */
type Headers = Readonly<Record<string, string>>;

const JSON_TYPE: Headers = { "content-type": "application/json" };
const STREAM_TYPE: Headers = { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache" };

/** How many requests and tokens the headers of each answer say are allowed in a minute. */
const RATE_LIMITS: Readonly<Record<string, number>> = {
  requests: 4000,
  tokens: 2_400_000,
  "input-tokens": 2_000_000,
  "output-tokens": 400_000,
};

/** A JSON answer in one piece. */
export function jsonSteps(body: JsonObject, requestId: string): Step[] {
  return textSteps(200, { ...successHeaders(requestId), ...JSON_TYPE }, JSON.stringify(body));
}

/** An error instead of an answer, in Anthropic's shape. */
export function errorSteps(error: ErrorTurn["error"], requestId: string): Step[] {
  const { status, body = JSON.stringify(errorBody(error, requestId)) } = error;
  const retry = String(status === 408 || status === 409 || status === 429 || status >= 500);
  const headers = { "request-id": requestId, "x-should-retry": retry, ...JSON_TYPE, ...error.headers };
  return textSteps(status, headers, body);
}

/** No answer at all. */
export function silentSteps(turn: SilentTurn): Step[] {
  return [{ do: turn.silent }];
}

/** A recorded answer, with a `request-id` of its own where none was recorded. */
export function recordingSteps(turn: RecordingTurn, requestId: string): Step[] {
  const recording = typeof turn.recording === "string" ? readRecording(turn.recording) : turn.recording;
  const headers = { "request-id": requestId, ...recording.response.headers };
  return [{ do: "head", status: recording.status, headers }, ...pacedWrites(recordedFrames(recording), turn)];
}

/** A buffered answer. */
export function bufferedSteps(turn: MessageTurn, message: SimMessage, requestId: string): Step[] {
  const { cut } = turn;
  if (cut?.by === "error") return errorSteps({ ...cut.error, status: statusOfError(cut.error.type) }, requestId);
  const bytes = Buffer.from(JSON.stringify(messageBody(message)));
  const sent = cut === undefined ? bytes : bytes.subarray(0, bytes.length >> 1);
  // A body that ends cleanly though it is too short cannot have announced its length.
  const length: Headers = cut?.by === "end" ? {} : { "content-length": String(bytes.length) };
  return [
    { do: "head", status: 200, headers: { ...successHeaders(requestId), ...JSON_TYPE, ...length } },
    ...pacedWrites([{ bytes: sent, billed: message.usage }], turn.pace),
    ...lastSteps(cut),
  ];
}

/** A streamed answer. */
export function streamSteps(turn: MessageTurn, message: SimMessage, requestId: string): Step[] {
  const frames = messageFrames(message, turn.pace?.pieceChars);
  return [
    { do: "head", status: 200, headers: { ...successHeaders(requestId), ...STREAM_TYPE } },
    ...pacedWrites(cutFrames(frames, turn.cut, requestId), turn.pace),
    ...lastSteps(turn.cut),
  ];
}

/** The headers of every success. The limits never run low, and their reset lies in the past: no clock is read. */
function successHeaders(requestId: string): Headers {
  const limits = Object.entries(RATE_LIMITS).flatMap(([name, limit]) => [
    [`anthropic-ratelimit-${name}-limit`, String(limit)],
    [`anthropic-ratelimit-${name}-remaining`, String(limit - 1)],
    [`anthropic-ratelimit-${name}-reset`, "2026-01-01T00:00:00Z"],
  ]);
  return {
    "request-id": requestId,
    "anthropic-organization-id": "00000000-0000-4000-8000-000000000000",
    ...Object.fromEntries(limits),
  };
}

function textSteps(status: number, headers: Headers, text: string): Step[] {
  const bytes = Buffer.from(text);
  return [
    { do: "head", status, headers: { ...headers, "content-length": String(bytes.length) } },
    { do: "write", bytes },
  ];
}

function cutFrames(frames: readonly Frame[], cut: Cut | undefined, requestId: string): Frame[] {
  if (cut === undefined) return [...frames];
  const { afterEvents = frames.length - 1 } = cut;
  const sent = frames.slice(0, afterEvents);
  if (cut.by === "error") return [...sent, errorFrame(cut.error, requestId)];
  const next = frames[afterEvents];
  if (cut.by !== "drop" || next === undefined || cut.extraBytes === undefined) return sent;
  return [...sent, { bytes: next.bytes.subarray(0, cut.extraBytes) }];
}

function lastSteps(cut: Cut | undefined): Step[] {
  return cut?.by === "drop" || cut?.by === "stall" ? [{ do: cut.by }] : [];
}
