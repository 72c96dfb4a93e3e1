import { statusOfError } from "../simulator/build-turn.ts";
import { isObject, type JsonObject } from "../simulator/json.ts";
import { figure, type UsageReader } from "../simulator/recorded-frames.ts";
import type { Step } from "../simulator/step.ts";
import { bufferedSteps, JSON_TYPE, streamSteps, textSteps, type Headers } from "../simulator/steps.ts";
import type { ErrorTurn, MessageTurn } from "../simulator/turn.ts";
import { errorBody, errorFrame, messageFrames } from "./events.ts";
import { messageBody, type SimMessage } from "./message.ts";

/** How many requests and tokens the headers of each answer say are allowed in a minute. */
const RATE_LIMITS: Readonly<Record<string, number>> = {
  requests: 4000,
  tokens: 2_400_000,
  "input-tokens": 2_000_000,
  "output-tokens": 400_000,
};

/** The figures of an answer in Anthropic's dialect. */
export const ANTHROPIC_USAGE: UsageReader = {
  find: (event) => (isObject(event["message"]) ? event["message"] : event)["usage"],
  read: (figures) => {
    const creation = isObject(figures["cache_creation"]) ? figures["cache_creation"] : {};
    const fiveMinutes = creation["ephemeral_5m_input_tokens"] ?? figures["cache_creation_input_tokens"];
    return {
      ...figure("input", figures["input_tokens"]),
      ...figure("cacheRead", figures["cache_read_input_tokens"]),
      ...figure("cacheWrite5m", fiveMinutes),
      ...figure("cacheWrite1h", creation["ephemeral_1h_input_tokens"]),
      ...figure("output", figures["output_tokens"]),
    };
  },
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

/** A message, buffered or as a stream. */
export function messageSteps(turn: MessageTurn, message: SimMessage, stream: boolean, requestId: string): Step[] {
  const headers = successHeaders(requestId);
  if (stream) {
    const frames = messageFrames(message, turn.pace?.pieceChars);
    const errorFrames: Parameters<typeof streamSteps>[2]["errorFrames"] = (error) => [errorFrame(error, requestId)];
    return streamSteps(turn, headers, { frames, unfinished: frames.length - 1, errorFrames });
  }
  const { cut } = turn;
  if (cut?.by === "error") return errorSteps({ ...cut.error, status: statusOfError(cut.error.type) }, requestId);
  return bufferedSteps(turn, headers, JSON.stringify(messageBody(message)), message.usage);
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
