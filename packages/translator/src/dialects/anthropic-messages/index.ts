import type { Dialect } from "../../dialect.ts";
import { findBytes } from "../../find-bytes.ts";
import { readBody, readStream } from "./observe.ts";

/** Anthropic Messages. */
export const anthropicMessages: Dialect = {
  id: "anthropic-messages",
  // `message_start`, `message_delta`, `message_stop`; an error by its event line, with or without a blank, since official clients
  // know it by nothing else. The search is fast when the shortest marker is long and all end in something rare; a quote or
  // a colon is everywhere in JSON. A name spelt with JSON escapes would be missed; no service writes one.
  findMarker: findBytes(["message_", ": error\n", ": error\r", "t:error\n", "t:error\r"]),
  readStream,
  readBody,
};
