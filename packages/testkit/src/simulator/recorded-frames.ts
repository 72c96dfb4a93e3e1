import type { Usage } from "@link-assistant/core";

import { recordedText, type Recording } from "../recordings.ts";
import type { Frame } from "./events.ts";
import { isObject, parseJson, type JsonObject } from "./json.ts";

/** A recorded answer as frames: one for each event of a stream, one for any other body. Their bytes are those of the recording. */
export function recordedFrames(recording: Recording): Frame[] {
  const texts = recordedText(recording).split(/(?<=\n\r?\n)/);
  let usage: JsonObject = {};
  return texts.map((text) => {
    usage = { ...usage, ...usageIn(text, recording.stream) };
    return { bytes: Buffer.from(text), ...(Object.keys(usage).length === 0 ? {} : { billed: readUsage(usage) }) };
  });
}

// Each event repeats what it knows: the last word on a figure counts.
function usageIn(text: string, stream: boolean): JsonObject {
  const event = parseJson(stream ? (/^data: (.*)$/m.exec(text)?.[1] ?? "") : text);
  if (!isObject(event)) return {};
  const holder = isObject(event["message"]) ? event["message"] : event;
  return isObject(holder["usage"]) ? holder["usage"] : {};
}

function readUsage(usage: JsonObject): Usage {
  const creation = isObject(usage["cache_creation"]) ? usage["cache_creation"] : {};
  const fiveMinutes = creation["ephemeral_5m_input_tokens"] ?? usage["cache_creation_input_tokens"];
  return {
    ...figure("input", usage["input_tokens"]),
    ...figure("cacheRead", usage["cache_read_input_tokens"]),
    ...figure("cacheWrite5m", fiveMinutes),
    ...figure("cacheWrite1h", creation["ephemeral_1h_input_tokens"]),
    ...figure("output", usage["output_tokens"]),
  };
}

function figure(name: keyof Usage, value: unknown): Usage {
  return typeof value === "number" ? { [name]: value } : {};
}
