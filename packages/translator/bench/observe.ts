import { observeStream } from "../src/index.ts";
import type { DialectId } from "../src/index.ts";

/*
 * What it costs to watch a stream: `node bench/observe.ts` prints microseconds per chunk, the best of several rounds.
 */

const EVENTS = 200;
const ROUNDS = 40;
const STREAMS_PER_ROUND = 50;

interface Stream {
  readonly dialect: DialectId;
  readonly start: string;
  readonly delta: (text: string) => string;
  readonly end: string;
}

const STREAMS: readonly Stream[] = [
  {
    dialect: "anthropic-messages",
    start: `event: message_start
data: {"type":"message_start","message":{"model":"claude-haiku-4-5","id":"msg_1","type":"message","role":"assistant","content":[],"stop_reason":null,"usage":{"input_tokens":21,"output_tokens":1}}}

event: content_block_start
data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}

`,
    delta: (text) => `event: content_block_delta
data: ${JSON.stringify({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text } })}

`,
    end: `event: message_delta
data: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":200}}

event: message_stop
data: {"type":"message_stop"}

`,
  },
  {
    dialect: "openai-chat",
    start: `data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1758519049,"model":"gpt-5","choices":[{"index":0,"delta":{"role":"assistant","content":"","refusal":null},"finish_reason":null}],"usage":null}

`,
    delta: (
      content,
    ) => `data: ${JSON.stringify({ id: "chatcmpl-1", object: "chat.completion.chunk", created: 1758519049, model: "gpt-5", choices: [{ index: 0, delta: { content }, logprobs: null, finish_reason: null }], usage: null })}

`,
    end: `data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1758519049,"model":"gpt-5","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":null}

data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1758519049,"model":"gpt-5","choices":[],"usage":{"prompt_tokens":21,"completion_tokens":200,"total_tokens":221}}

data: [DONE]

`,
  },
  {
    dialect: "openai-responses",
    start: `event: response.created
data: {"type":"response.created","sequence_number":0,"response":{"id":"resp_1","object":"response","status":"in_progress","model":"gpt-5","output":[],"usage":null}}

event: response.output_item.added
data: {"type":"response.output_item.added","sequence_number":1,"output_index":0,"item":{"id":"msg_1","type":"message","status":"in_progress","content":[],"role":"assistant"}}

`,
    delta: (delta) => `event: response.output_text.delta
data: ${JSON.stringify({ type: "response.output_text.delta", sequence_number: 7, item_id: "msg_1", output_index: 0, content_index: 0, delta, logprobs: [] })}

`,
    end: `event: response.output_item.done
data: {"type":"response.output_item.done","sequence_number":208,"output_index":0,"item":{"id":"msg_1","type":"message","status":"completed","content":[],"role":"assistant"}}

event: response.completed
data: {"type":"response.completed","sequence_number":209,"response":{"id":"resp_1","object":"response","status":"completed","model":"gpt-5","output":[],"usage":{"input_tokens":21,"output_tokens":200,"total_tokens":221}}}

`,
  },
];

for (const { dialect, start, delta, end } of STREAMS) {
  const deltas = Array.from({ length: EVENTS }, (_, index) => delta(` and the ${index}th token`));
  const run = deltas.join("");
  console.log(dialect);
  report("one event in a chunk", dialect, start, deltas);
  report("200 events in a chunk", dialect, start, [run]);
  report("24,000 bytes in a chunk that starts and ends inside frames", dialect, start, inPieces(run.repeat(8), 24_000));
  report("a whole stream of 204 events in a chunk", dialect, "", [start + run + end]);
}

function report(name: string, dialect: DialectId, before: string, texts: readonly string[]): void {
  const chunks = texts.map((text) => Buffer.from(text));
  let best = Infinity;
  for (let round = 0; round < ROUNDS; round++)
    best = Math.min(best, microsecondsPerChunk(dialect, Buffer.from(before), chunks));
  console.log(`${best.toFixed(3).padStart(8)} µs  ${name}`);
}

function microsecondsPerChunk(dialect: DialectId, before: Uint8Array, chunks: readonly Uint8Array[]): number {
  let spentMs = 0;
  for (let stream = 0; stream < STREAMS_PER_ROUND; stream++) {
    const observer = observeStream(dialect);
    observer.push(before);
    const startedMs = performance.now();
    for (const chunk of chunks) observer.push(chunk);
    spentMs += performance.now() - startedMs;
  }
  return (spentMs * 1000) / (STREAMS_PER_ROUND * chunks.length);
}

function inPieces(text: string, length: number): readonly string[] {
  return Array.from({ length: Math.floor(text.length / length) }, (_, index) =>
    text.slice(index * length, (index + 1) * length),
  );
}
