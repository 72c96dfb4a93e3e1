/** One server-sent event. */
export interface SseFrame {
  /** The event's name; absent when the frame has none. */
  readonly event?: string;
  /** Its `data` lines, joined with LF. */
  readonly data: string;
}

const CARRIAGE_RETURNS = /\r\n?/g;
const BYTE_ORDER_MARK = 0xfeff;
const UTF8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** Decodes whole frames: they end at line ends, so no character is cut in two. */
export function decodeFrames(run: Uint8Array): string {
  return UTF8.decode(run);
}

/** Reads the only frame of a text; undefined when it has no `data` line, as a comment. */
export function readFrame(text: string): SseFrame | undefined {
  const frames: SseFrame[] = [];
  readFrames(text, frames);
  return frames[0];
}

/**
 * Reads the lines of frames by the rules of the HTML standard, section 9.2.6, and adds those that have a `data` line. The last one may
 * lack its empty line. `id` and `retry` are for reconnecting, which no dialect does, and are left out.
 */
export function readFrames(run: string, frames: SseFrame[]): void {
  const text = run.includes("\r") ? run.replaceAll(CARRIAGE_RETURNS, "\n") : run;
  let lines: Lines | undefined;
  for (let at = 0; at < text.length;) {
    const lineEnd = text.indexOf("\n", at);
    const end = lineEnd === -1 ? text.length : lineEnd;
    if (end === at) {
      addFrame(lines, frames);
      lines = undefined;
    } else if (lines === undefined) {
      lines = { event: "", data: undefined };
      readLine(text, text.charCodeAt(at) === BYTE_ORDER_MARK ? at + 1 : at, end, lines);
    } else readLine(text, at, end, lines);
    at = end + 1;
  }
  addFrame(lines, frames);
}

/** What the lines of a frame have said so far. */
interface Lines {
  event: string;
  data: string | undefined;
}

function addFrame(lines: Lines | undefined, frames: SseFrame[]): void {
  if (lines?.data === undefined) return;
  const { event, data } = lines;
  frames.push(event === "" ? { data } : { event, data });
}

function readLine(text: string, start: number, end: number, lines: Lines): void {
  if (text.startsWith("data:", start)) addData(valueAt(text, start + 5, end), lines);
  else if (text.startsWith("event:", start)) lines.event = valueAt(text, start + 6, end);
  // A line without a colon is a name with an empty value.
  else if (end - start === 4 && text.startsWith("data", start)) addData("", lines);
  else if (end - start === 5 && text.startsWith("event", start)) lines.event = "";
}

function addData(value: string, lines: Lines): void {
  lines.data = lines.data === undefined ? value : `${lines.data}\n${value}`;
}

function valueAt(text: string, start: number, end: number): string {
  return text.slice(text.charCodeAt(start) === 0x20 && start < end ? start + 1 : start, end);
}
