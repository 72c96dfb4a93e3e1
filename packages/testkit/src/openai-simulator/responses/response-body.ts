import { isObject, type JsonObject } from "../../simulator/json.ts";
import type { WireError } from "../../simulator/turn.ts";
import type { OpenAiAnswer } from "../answer.ts";
import { openAiError } from "../error.ts";
import { responseUsage } from "../usage.ts";

/** A response before it is known how it is sent. */
export interface SimResponse {
  readonly id: string;
  readonly answer: OpenAiAnswer;
  readonly output: readonly JsonObject[];
  /** The body of the request, much of which is said again. */
  readonly request: JsonObject;
}

/** No clock is read: every response was made in the first second of 2026. */
const CREATED_AT = 1_767_225_600;

/** Fields of a response that say what the request said, each with what a request means that does not name it. */
const SAID_AGAIN: Readonly<Record<string, unknown>> = {
  background: false,
  instructions: null,
  max_output_tokens: null,
  max_tool_calls: null,
  metadata: {},
  parallel_tool_calls: true,
  previous_response_id: null,
  prompt_cache_key: null,
  prompt_cache_retention: null,
  safety_identifier: null,
  service_tier: "default",
  store: true,
  temperature: 1,
  tool_choice: "auto",
  tools: [],
  top_logprobs: 0,
  top_p: 1,
  truncation: "disabled",
  user: null,
};

/** The response of the first events: nothing is said yet. */
export function startedResponse(response: SimResponse): JsonObject {
  return { ...headOf(response), status: "in_progress", output: [], usage: null };
}

/** The whole response, `completed` or `incomplete`. */
export function finishedResponse(response: SimResponse): JsonObject {
  const { answer, output } = response;
  const reason = INCOMPLETE_REASONS[answer.finish];
  return {
    ...headOf(response),
    status: reason === undefined ? "completed" : "incomplete",
    completed_at: reason === undefined ? CREATED_AT : null,
    incomplete_details: reason === undefined ? null : { reason },
    output,
    usage: responseUsage(answer.usage),
  };
}

/** A response that came to nothing. */
export function failedResponse(response: SimResponse, error: WireError): JsonObject {
  const { code, message } = openAiError(error);
  return { ...startedResponse(response), status: "failed", error: { code: code ?? "server_error", message } };
}

/** The reasons in Chat's words for which a response is incomplete. */
const INCOMPLETE_REASONS: Readonly<Record<string, string>> = {
  length: "max_output_tokens",
  content_filter: "content_filter",
};

function headOf({ id, answer, request }: SimResponse): JsonObject {
  const said = Object.entries(SAID_AGAIN).map(([name, usual]) => [name, request[name] ?? usual]);
  return {
    id,
    object: "response",
    created_at: CREATED_AT,
    completed_at: null,
    error: null,
    incomplete_details: null,
    model: answer.model,
    ...Object.fromEntries(said),
    reasoning: { effort: null, summary: null, ...objectOf(request["reasoning"]) },
    text: { format: { type: "text" }, verbosity: "medium", ...objectOf(request["text"]) },
  };
}

function objectOf(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}
