import type { Dialect } from "../../dialect.ts";
import { findBytes } from "../../find-bytes.ts";
import { readBody, readStream } from "./observe.ts";

/** Anthropic Messages. */
export const anthropicMessages: Dialect = {
  id: "anthropic-messages",
  // `message_start`, `message_delta`, `message_stop`; an error by its type, or by its event line with or without a blank.
  // A name spelt with JSON escapes would be missed; no service writes one.
  findMarker: findBytes(["message_", '"error"', ": error", "t:error"]),
  readStream,
  readBody,
};
