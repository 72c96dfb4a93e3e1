import type { Dialect } from "../../dialect.ts";
import { findMarker } from "./marker.ts";
import { readBody, readStream } from "./observe.ts";

/** OpenAI Chat Completions. */
export const openaiChat: Dialect = { id: "openai-chat", findMarker, readStream, readBody };
