import { asObject, asText } from "../../json.ts";
import type { JsonObject } from "../../json.ts";
import type { Finish, FinishKind } from "../../neutral/response.ts";

/** Why the model stopped, as the wire spells it, in a message or in the `delta` of a `message_delta`. */
export function readFinish(value: unknown): string | undefined {
  return asText(asObject(value)?.stop_reason);
}

const KINDS: ReadonlyMap<string | undefined, FinishKind> = new Map<string | undefined, FinishKind>([
  ["end_turn", "end"],
  ["stop_sequence", "stop_sequence"],
  ["tool_use", "tool_use"],
  ["max_tokens", "max_tokens"],
  ["model_context_window_exceeded", "context_window"],
  ["refusal", "refusal"],
  ["pause_turn", "pause"],
]);

/** Why the model stopped, from a message or the `delta` of a `message_delta`. `calls`: whether the answer calls any tool. */
export function decodeFinish(value: JsonObject, calls: boolean): Finish {
  const raw = readFinish(value);
  const said = raw === undefined ? {} : { raw };
  const kind = kindOf(raw, calls);
  const stopSequence = kind === "stop_sequence" ? asText(value.stop_sequence) : undefined;
  const explanation = kind === "refusal" ? asText(asObject(value.stop_details)?.explanation) : undefined;
  return {
    kind,
    ...said,
    ...(stopSequence !== undefined && { stopSequence }),
    ...(explanation !== undefined && { explanation }),
  };
}

/** Services that only resemble the original do not always agree with themselves: calls tell whether a model waits for results. */
function kindOf(raw: string | undefined, calls: boolean): FinishKind {
  const kind = KINDS.get(raw) ?? "other";
  if (calls) return kind === "end" || raw === undefined ? "tool_use" : kind;
  return kind === "tool_use" ? "end" : kind;
}

const WORDS: Readonly<Record<FinishKind, string>> = {
  end: "end_turn",
  stop_sequence: "stop_sequence",
  tool_use: "tool_use",
  max_tokens: "max_tokens",
  context_window: "model_context_window_exceeded",
  refusal: "refusal",
  pause: "pause_turn",
  other: "end_turn",
};

/** The fields of a message, or of the `delta` of a `message_delta`, that say why the model stopped. `refused`: its words for refusing. */
export function encodeFinish({ kind, stopSequence, explanation }: Finish, refused: string): JsonObject {
  const words = explanation ?? (refused === "" ? null : refused);
  return {
    stop_reason: WORDS[kind],
    stop_sequence: kind === "stop_sequence" ? (stopSequence ?? null) : null,
    stop_details: kind === "refusal" ? { type: "refusal", category: null, explanation: words } : null,
  };
}
