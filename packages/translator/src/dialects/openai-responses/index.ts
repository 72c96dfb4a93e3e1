import type { Dialect } from "../../dialect.ts";
import { findBytes } from "../../find-bytes.ts";
import { readBody, readStream } from "./observe.ts";
import { TERMINAL_EVENTS } from "./wire.ts";

/** OpenAI Responses. */
export const openaiResponses: Dialect = {
  id: "openai-responses",
  // Event lines may be missing, so an error is known by either spelling of its name, with or without a blank. The
  // terminal names are searched for whole, since `response.` is in every frame; starting them later made the search slower.
  findMarker: findBytes([...TERMINAL_EVENTS, "event: error", "event:error", '"type":"error"', '"type": "error"']),
  readStream,
  readBody,
};
