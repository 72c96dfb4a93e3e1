/** What the upstream answers to one request. */
export interface Answer {
  readonly contentType: "application/json" | "text/event-stream";
  /** Written one after the other; together they are the body. */
  readonly pieces: readonly Buffer[];
  /** Wait between two pieces; 0 for the next turn of the event loop. In milliseconds. */
  readonly pauseMs: number;
}

const MESSAGE = { id: "msg_bench", type: "message", role: "assistant", model: "claude-bench" } as const;
const JSON_BYTES = 2048;

/** A message of 2 KB, as Anthropic's Messages API gives it when no stream was asked for. */
export function jsonAnswer(): Answer {
  const usage = { input_tokens: 412, cache_read_input_tokens: 0, cache_creation_input_tokens: 0, output_tokens: 380 };
  const messageOf = (text: string): string =>
    JSON.stringify({
      ...MESSAGE,
      content: [{ type: "text", text }],
      stop_reason: "end_turn",
      stop_sequence: null,
      usage,
    });
  const text = "word ".repeat(JSON_BYTES).slice(0, JSON_BYTES - messageOf("").length);
  return { contentType: "application/json", pieces: [Buffer.from(messageOf(text))], pauseMs: 0 };
}

/** A stream of this many events (at least 6), all in one piece. */
export function streamInOnePiece(events: number): Answer {
  return { contentType: "text/event-stream", pieces: [Buffer.concat(frames(events))], pauseMs: 0 };
}

/** The same stream, each event a piece of its own. */
export function streamByEvent(events: number, pauseMs: number): Answer {
  return { contentType: "text/event-stream", pieces: frames(events), pauseMs };
}

function frames(count: number): Buffer[] {
  const usage = { input_tokens: 412, cache_read_input_tokens: 0, cache_creation_input_tokens: 0, output_tokens: 1 };
  const start = [
    { type: "message_start", message: { ...MESSAGE, content: [], stop_reason: null, stop_sequence: null, usage } },
    { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
    { type: "ping" },
  ];
  const end = [
    { type: "content_block_stop", index: 0 },
    { type: "message_delta", delta: { stop_reason: "end_turn", stop_sequence: null }, usage: { output_tokens: 380 } },
    { type: "message_stop" },
  ];
  const deltas = Array.from({ length: count - start.length - end.length }, (_, at) => ({
    type: "content_block_delta",
    index: 0,
    delta: { type: "text_delta", text: `some words, number ${at}` },
  }));
  return [...start, ...deltas, ...end].map((event) =>
    Buffer.from(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`),
  );
}
