import type { Usage } from "@link-assistant/core";

import type { NeutralError } from "./error.ts";
import type { Citation, OpaquePart, Seal, WebSearchPart } from "./part.ts";
import type { Finish } from "./response.ts";

/*
 * A streamed answer in the neutral language:
 *
 *   start (open delta* … close)* usage* finish end      or, at any place instead of the rest: error
 *
 * `n` numbers the parts of the answer. Decoders may hold several open at once and in any order; the serialiser lets encoders
 * see one at a time, numbered 0, 1, 2 without a gap.
 */

/** One step of a streamed answer. */
export type StreamEvent =
  /** The answer begins. Once, first. */
  | { readonly type: "start"; readonly id?: string; readonly model?: string; readonly usage?: Usage }
  | { readonly type: "open"; readonly n: number; readonly part: OpenedPart }
  /** More of the text of a part, or more of the arguments of a tool call. Never empty. */
  | { readonly type: "delta"; readonly n: number; readonly text: string }
  /** What follows in this reasoning is a new section of it. */
  | { readonly type: "section"; readonly n: number }
  /** What proves this reasoning; at most once, before its close. */
  | { readonly type: "seal"; readonly n: number; readonly seal: Seal }
  | { readonly type: "citation"; readonly n: number; readonly citation: Citation }
  | { readonly type: "close"; readonly n: number }
  /** What is counted by now; replaces what was said before. */
  | { readonly type: "usage"; readonly usage: Usage; readonly tier?: string }
  /** Once, after the last part. */
  | { readonly type: "finish"; readonly finish: Finish }
  /** The answer is whole. Last. */
  | { readonly type: "end" }
  /** The answer broke off. Last. */
  | { readonly type: "error"; readonly error: NeutralError };

/** A part as it is known when it begins; its text or arguments follow as deltas. */
export type OpenedPart =
  | { readonly type: "text"; readonly phase?: string }
  | { readonly type: "refusal" }
  | { readonly type: "reasoning"; readonly full?: boolean }
  | {
      readonly type: "tool_call";
      readonly id: string;
      readonly name: string;
      readonly namespace?: string;
      readonly kind: "function" | "custom";
    }
  /** These have no deltas; they are closed at once. */
  | WebSearchPart
  | OpaquePart;

/** Takes the steps of an answer as they come. */
export type EventSink = (event: StreamEvent) => void;
