import type { Usage } from "@link-assistant/core";

import type { Part } from "./part.ts";

/** A whole answer in no dialect's own words. */
export interface NeutralResponse {
  /** The upstream's id of the answer; absent when it gave none. */
  readonly id?: string;
  /** The model that answered, by the upstream's name. */
  readonly model?: string;
  /** What the model said and did, in order. */
  readonly parts: readonly Part[];
  readonly finish: Finish;
  readonly usage: Usage;
  /** The service tier that was used, as OpenAI names it. */
  readonly tier?: string;
}

/** Why a model stopped. */
export interface Finish {
  readonly kind: FinishKind;
  /** The upstream's own word for it. */
  readonly raw?: string;
  /** The stop sequence that was met. */
  readonly stopSequence?: string;
  /** Why the model refused, in words. */
  readonly explanation?: string;
}

/**
 * `end`: it was done. `stop_sequence`: it met one. `tool_use`: it waits for results. `max_tokens`, `context_window`: it ran out.
 * `refusal`: it would not, or was not allowed to. `pause`: the upstream wants to be called again with what there is.
 * `other`: a word that is not known; never taken for `end` without a loss.
 */
export type FinishKind =
  | "end"
  | "stop_sequence"
  | "tool_use"
  | "max_tokens"
  | "context_window"
  | "refusal"
  | "pause"
  | "other";
