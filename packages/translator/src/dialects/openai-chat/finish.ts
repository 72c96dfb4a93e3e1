import { asText } from "../../json.ts";
import type { JsonObject } from "../../json.ts";
import type { Finish, FinishKind } from "../../neutral/response.ts";

/** Why the model stopped, as the wire spells it, in a choice. While it runs that is null, absent or, at Snowflake, empty. */
export function readFinish(choice: JsonObject): string | undefined {
  return asText(choice.finish_reason);
}

/** What else is known of an answer when its reason to stop is read. */
export interface Ending {
  /** Whether it calls any tool. */
  readonly calls: boolean;
  /** The model's words for refusing; empty: it did not. */
  readonly refusal: string;
  /** The stop sequences that were asked for. */
  readonly stop: readonly string[] | undefined;
}

const KINDS: ReadonlyMap<string | undefined, FinishKind> = new Map<string | undefined, FinishKind>([
  ["stop", "end"],
  ["tool_calls", "end"],
  ["function_call", "end"],
  ["length", "max_tokens"],
  ["content_filter", "refusal"],
  // Snowflake says nothing at its end; Gemini and Cohere say it in their own words through some relays.
  [undefined, "end"],
  ["end_turn", "end"],
  ["eos", "end"],
  ["COMPLETE", "end"],
  ["STOP", "end"],
  ["MAX_TOKENS", "max_tokens"],
  ["SAFETY", "refusal"],
]);

/**
 * Why the model stopped. Whether it waits for tools is told by its calls: many services say `stop` beside some, and others
 * `tool_calls` without any. `choice` may hold the stop sequence that was met: vLLM has it in `stop_reason`, SGLang in
 * `matched_stop`, where numbers are tokens.
 */
export function decodeFinish(raw: string | undefined, choice: JsonObject, { calls, refusal, stop }: Ending): Finish {
  const said = raw === undefined ? {} : { raw };
  const kind = KINDS.get(raw) ?? "other";
  if (kind === "max_tokens") return { kind, ...said };
  if (refusal !== "") return { kind: "refusal", ...said, explanation: refusal };
  if (kind === "refusal") return { kind, ...said };
  if (calls) return { kind: "tool_use", ...said };
  const met = kind === "end" ? metStop(choice, stop) : undefined;
  return met === undefined ? { kind, ...said } : { kind: "stop_sequence", ...said, stopSequence: met };
}

/** The stop sequence that was met; another word in its place is none. */
function metStop(choice: JsonObject, stop: readonly string[] | undefined): string | undefined {
  const met = asText(choice.stop_reason) ?? asText(choice.matched_stop);
  return met !== undefined && stop?.includes(met) === true ? met : undefined;
}

/** Words that say that the answer is not whole: of OpenRouter and others; of DeepSeek. */
export const BROKEN_FINISHES: ReadonlySet<string | undefined> = new Set(["error", "insufficient_system_resource"]);

const WORDS: Readonly<Record<FinishKind, string>> = {
  end: "stop",
  stop_sequence: "stop",
  tool_use: "tool_calls",
  max_tokens: "length",
  context_window: "length",
  refusal: "content_filter",
  pause: "stop",
  other: "stop",
};

/** The reason to stop in the words of this API. A model that refuses in words of its own has stopped by itself. */
export function encodeFinish({ kind }: Finish, refusedInWords: boolean): string {
  return kind === "refusal" && refusedInWords ? "stop" : WORDS[kind];
}

/** Kinds for which this API has no word, so that a client takes them for an ordinary end. */
export const UNSAYABLE_FINISHES: ReadonlySet<FinishKind> = new Set<FinishKind>(["pause", "other"]);
