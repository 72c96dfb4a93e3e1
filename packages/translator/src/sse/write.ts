const LINE_END = /[\r\n]/;

/** What OpenAI Chat Completions streams end with. */
export const DONE_FRAME = "data: [DONE]\n\n";

/**
 * Writes one server-sent event with its data as JSON on one line. Anthropic Messages and OpenAI Responses name each event
 * after the `type` in its data; OpenAI Chat Completions names none. A line break in the name is a `TypeError`.
 */
export function writeFrame(data: object, event?: string): string {
  const name = event === undefined ? "" : `event: ${oneLine(event)}\n`;
  return `${name}data: ${JSON.stringify(data)}\n\n`;
}

/** Writes a comment, which clients pass over: it keeps a silent connection open. A line break in it is a `TypeError`. */
export function writeComment(text: string): string {
  return `: ${oneLine(text)}\n\n`;
}

function oneLine(text: string): string {
  if (LINE_END.test(text)) throw new TypeError(`a line break in ${JSON.stringify(text)}`);
  return text;
}
