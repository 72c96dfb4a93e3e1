import { asObject, asText } from "../../json.ts";
import type { JsonObject } from "../../json.ts";
import type { Finish, FinishKind } from "../../neutral/response.ts";
import { RUNNING } from "./wire.ts";

/**
 * Why the model stopped, as the wire spells it: the reason of an incomplete response, such as `max_output_tokens`, or else its
 * status, such as `completed`. Undefined while the response runs.
 */
export function readFinish(response: JsonObject): string | undefined {
  const status = asText(response.status);
  if (status !== undefined && RUNNING.has(status)) return undefined;
  return asText(asObject(response.incomplete_details)?.reason) ?? status;
}

/** What else is known of an answer when its reason to stop is read. */
export interface Ending {
  /** Whether it calls any tool that the client runs. */
  readonly calls: boolean;
  /** The model's words for refusing; absent: it did not. */
  readonly refusal: string | undefined;
}

const KINDS: ReadonlyMap<unknown, FinishKind> = new Map<unknown, FinishKind>([
  ["completed", "end"],
  ["max_output_tokens", "max_tokens"],
  ["max_messages", "max_tokens"],
  ["content_filter", "refusal"],
]);

/** Why the model stopped. Whether it waits for tools is told by its calls. */
export function decodeFinish(response: JsonObject, { calls, refusal }: Ending): Finish {
  const raw = readFinish(response);
  const kind = KINDS.get(raw) ?? "other";
  const said = raw === undefined ? {} : { raw };
  if (kind === "end" && calls) return { kind: "tool_use", ...said };
  if (kind === "end" && refusal !== undefined) return { kind: "refusal", ...said, explanation: refusal };
  // An upstream that is steered or says nothing of why it stopped has come to an end all the same.
  return { kind, ...said };
}

/** The end of an answer as fields of a response. */
export function encodeFinish({ kind }: Finish, refusedInWords: boolean): JsonObject {
  if (kind === "max_tokens" || kind === "context_window") return incomplete("max_output_tokens");
  if (kind === "refusal" && !refusedInWords) return incomplete("content_filter");
  // Codex asks again when it sees that the turn has not ended.
  return kind === "pause" ? { status: "completed", incomplete_details: null, end_turn: false } : COMPLETED;
}

const COMPLETED: JsonObject = { status: "completed", incomplete_details: null };

function incomplete(reason: string): JsonObject {
  return { status: "incomplete", incomplete_details: { reason } };
}
