import type { JsonObject } from "../simulator/json.ts";
import type { Step } from "../simulator/step.ts";
import { JSON_TYPE, textSteps, type Headers } from "../simulator/steps.ts";
import type { ErrorTurn } from "../simulator/turn.ts";
import { errorMember, openAiStatus } from "./error.ts";

/** How many requests and tokens the headers of each answer say are allowed in a minute. */
const RATE_LIMITS: Readonly<Record<string, number>> = { requests: 15_000, tokens: 40_000_000 };

/** A JSON answer in one piece. */
export function jsonSteps(body: JsonObject, requestId: string): Step[] {
  return textSteps(200, { ...successHeaders(requestId), ...JSON_TYPE }, JSON.stringify(body));
}

/** An error instead of an answer, in OpenAI's shape. */
export function errorSteps(error: ErrorTurn["error"], requestId: string): Step[] {
  const { body = JSON.stringify({ error: errorMember(error) }) } = error;
  return textSteps(openAiStatus(error), { "x-request-id": requestId, ...JSON_TYPE, ...error.headers }, body);
}

/** The headers of every success. The limits never run low, and no clock is read. */
export function successHeaders(requestId: string): Headers {
  const limits = Object.entries(RATE_LIMITS).flatMap(([name, limit]) => [
    [`x-ratelimit-limit-${name}`, String(limit)],
    [`x-ratelimit-remaining-${name}`, String(limit - 1)],
    [`x-ratelimit-reset-${name}`, "0s"],
  ]);
  return {
    "x-request-id": requestId,
    "openai-organization": "org-simulated",
    "openai-processing-ms": "1",
    "openai-version": "2020-10-01",
    ...Object.fromEntries(limits),
  };
}
