import type { JsonObject } from "./body.ts";
import { isJsonObject } from "./body.ts";
import type { Call } from "./surfaces/surface.ts";

/*
 * Chat Completions tells the usage of a stream only to clients that ask for it. The gateway has to know it in any case: it asks for
 * those who do not, and takes the chunk that holds it out of their stream.
 */

const ASKING = '"stream_options":{"include_usage":true},';
const NO_CHOICES = Buffer.from('"choices":[]');
const NO_CHOICES_SPACED = Buffer.from('"choices": []');

/** Whether a call would get no usage in its stream. */
export function lacksUsage({ dialect, stream, parsed }: Call): boolean {
  return dialect === "openai-chat" && stream && optionsOf(parsed)["include_usage"] !== true;
}

/** The body of such a call, asking for usage; every other byte stays where it can. */
export function askingForUsage(body: Buffer, parsed: JsonObject): Buffer {
  if (parsed["stream_options"] === undefined) {
    const at = body.indexOf("{") + 1;
    return Buffer.concat([body.subarray(0, at), Buffer.from(ASKING), body.subarray(at)]);
  }
  return Buffer.from(JSON.stringify({ ...parsed, stream_options: { ...optionsOf(parsed), include_usage: true } }));
}

function optionsOf({ stream_options: options }: JsonObject): JsonObject {
  return isJsonObject(options) ? options : {};
}

/** Takes the chunk with the usage out of a stream that its client did not ask for. Only whole frames come out of it. */
export class UsageChunkFilter {
  #rest: Buffer = Buffer.alloc(0);

  /** What of the stream so far may go to the client. */
  push(chunk: Buffer): Buffer {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const end = lastFrameEnd(bytes);
    this.#rest = bytes.subarray(end);
    return withoutUsage(bytes.subarray(0, end));
  }

  /** What is left at the end of the stream: the beginning of a frame, if anything. */
  end(): Buffer {
    return withoutUsage(this.#rest);
  }
}

function lastFrameEnd(bytes: Buffer): number {
  const lf = bytes.lastIndexOf("\n\n");
  const crlf = bytes.lastIndexOf("\r\n\r\n");
  return Math.max(lf === -1 ? 0 : lf + 2, crlf === -1 ? 0 : crlf + 4);
}

function withoutUsage(frames: Buffer): Buffer {
  if (!frames.includes(NO_CHOICES) && !frames.includes(NO_CHOICES_SPACED)) return frames;
  const kept = frames
    .toString("latin1")
    .split(/(?<=\n\n|\r\n\r\n)/)
    .filter((frame) => !isUsageChunk(frame));
  return Buffer.from(kept.join(""), "latin1");
}

/** A chunk without choices that reports usage; Azure's first chunk has no choices either, and no usage. */
function isUsageChunk(frame: string): boolean {
  const data = frame.trimStart();
  if (!data.startsWith("data:")) return false;
  try {
    const chunk: unknown = JSON.parse(data.slice("data:".length));
    return (
      isJsonObject(chunk) &&
      Array.isArray(chunk["choices"]) &&
      chunk["choices"].length === 0 &&
      isJsonObject(chunk["usage"])
    );
  } catch {
    return false;
  }
}
