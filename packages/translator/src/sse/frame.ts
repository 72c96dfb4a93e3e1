/** One server-sent event. */
export interface SseFrame {
  /** The event's name; absent when the frame has none. */
  readonly event?: string;
  /** Its `data` lines, joined with LF. */
  readonly data: string;
}

const LINE_END = /\r\n|\n|\r/;
const BYTE_ORDER_MARK = "\uFEFF";
const UTF8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** Decodes whole frames: they end at line ends, so no character is cut in two. */
export function decodeFrames(run: Uint8Array): string {
  return UTF8.decode(run);
}

/**
 * Reads the lines of one frame by the rules of the HTML standard, section 9.2.6. Undefined when it has no `data` line, as a
 * comment. `id` and `retry` are for reconnecting, which no dialect does, and are left out.
 */
export function readFrame(text: string): SseFrame | undefined {
  let event = "";
  let data: string | undefined;
  for (const line of (text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text).split(LINE_END)) {
    const { name, value } = readField(line);
    if (name === "event") event = value;
    else if (name === "data") data = data === undefined ? value : `${data}\n${value}`;
  }
  if (data === undefined) return undefined;
  return event === "" ? { data } : { event, data };
}

/** A line without a colon is a name with an empty value; one that starts with a colon, a comment, has the empty name. */
function readField(line: string): { readonly name: string; readonly value: string } {
  const colon = line.indexOf(":");
  if (colon === -1) return { name: line, value: "" };
  return { name: line.slice(0, colon), value: line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1) };
}
