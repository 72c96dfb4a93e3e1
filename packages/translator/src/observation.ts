import type { Usage } from "@link-assistant/core";

/** How an upstream words an error. A field that it left out is absent. */
export interface AnswerError {
  /** The error's type as the upstream spells it, such as `overloaded_error`. */
  readonly type?: string;
  /** A finer name of the error, such as `thread_not_found`; Anthropic's `error.details.error_code`, OpenAI's `error.code`. */
  readonly code?: string;
  /** The sentence for people. */
  readonly message?: string;
}

/** What an answer says about itself. Whatever it did not say is absent. */
export interface Answer {
  /** The upstream's id of the answer. */
  readonly id?: string;
  /** Ids of the items of which the answer is made, by which later calls may refer to them; only Responses has such. */
  readonly items?: readonly string[];
  /** The model that answered; often a dated name where the request named an alias. */
  readonly model?: string;
  /** Tokens as reported by now; without a field when nothing was reported. */
  readonly usage: Usage;
  /** Why the model stopped, as the upstream spells it. */
  readonly finish?: string;
  /** Present when the answer is an error, or broke off in one. */
  readonly error?: AnswerError;
  /** Whether the answer came to its end: the dialect's terminal event was seen, or a buffered body was whole JSON. */
  readonly ended: boolean;
  /** Whether content has begun: a block, an item or a first piece of it. */
  readonly contentStarted: boolean;
}

/** An answer as seen from outside, while its bytes went by untouched. */
export interface Observation extends Answer {
  /** Frames over the size limit, which were not read: something may be missing. Absent when there was none. */
  readonly skippedFrames?: number;
}
