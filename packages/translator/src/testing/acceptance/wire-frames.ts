import { parseObject } from "../../json.ts";
import type { JsonObject } from "../../json.ts";
import type { Complaints } from "../laws/complaints.ts";
import { shown } from "../laws/complaints.ts";

/** A frame as this package must write it: at most one `event` line, then one `data` line. */
export interface WireFrame {
  readonly event?: string;
  /** What the `data` line holds; undefined when it is no JSON object. */
  readonly object: JsonObject | undefined;
  readonly data: string;
}

/** Splits the text of a stream into its frames, far more strictly than a client would. Comments are passed over. */
export function framesOf(sse: string, complaints: Complaints): readonly WireFrame[] {
  complaints.need(!sse.includes("\r"), "a carriage return");
  if (sse === "") return [];
  complaints.need(sse.endsWith("\n\n"), "the last frame has no empty line");
  const frames: WireFrame[] = [];
  for (const text of sse.replace(/\n\n$/, "").split("\n\n")) {
    const lines = text.split("\n");
    if (lines.length === 1 && text.startsWith(":")) continue;
    const event = lines[0]?.startsWith("event: ") === true ? lines.shift()?.slice("event: ".length) : undefined;
    const data = lines.shift() ?? "";
    complaints.need(data.startsWith("data: ") && lines.length === 0, `a frame of another form: ${text.slice(0, 80)}`);
    const value = data.slice("data: ".length);
    frames.push({ ...(event !== undefined && { event }), data: value, object: parseObject(value) });
  }
  return frames;
}

/** The frames' objects, where each is named by its own `type`. */
export function eventsOf(sse: string, complaints: Complaints): readonly JsonObject[] {
  return framesOf(sse, complaints).flatMap(({ event, object, data }) => {
    complaints.need(object !== undefined, `no JSON object: ${data.slice(0, 80)}`);
    complaints.need(
      event !== undefined && event === object?.type,
      `event ${shown(event)} holds ${shown(object?.type)}`,
    );
    return object === undefined ? [] : [object];
  });
}
