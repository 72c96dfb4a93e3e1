import { observeStream } from "../src/index.ts";

/*
 * What it costs to watch a stream: `node bench/observe.ts` prints microseconds per chunk, the best of several rounds.
 */

const EVENTS = 200;
const ROUNDS = 40;
const STREAMS = 50;

const START = `event: message_start
data: {"type":"message_start","message":{"model":"claude-haiku-4-5","id":"msg_1","type":"message","role":"assistant","content":[],"stop_reason":null,"usage":{"input_tokens":21,"output_tokens":1}}}

event: content_block_start
data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}

`;
const END = `event: message_delta
data: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":200}}

event: message_stop
data: {"type":"message_stop"}

`;
const deltas = Array.from({ length: EVENTS }, (_, index) => {
  const data = {
    type: "content_block_delta",
    index: 0,
    delta: { type: "text_delta", text: ` and the ${index}th token` },
  };
  return `event: content_block_delta\ndata: ${JSON.stringify(data)}\n\n`;
});

const CASES: Readonly<Record<string, readonly string[]>> = {
  "one event a chunk": deltas,
  "200 events in one chunk": [deltas.join("")],
  "200 events in one chunk, split inside frames": inPieces(deltas.join("").repeat(8), deltas.join("").length),
  "a whole stream of 205 events in one chunk": [START + deltas.join("") + END],
};

for (const [name, texts] of Object.entries(CASES)) {
  const chunks = texts.map((text) => Buffer.from(text));
  const whole = texts[0]?.startsWith(START) ?? false;
  let best = Infinity;
  for (let round = 0; round < ROUNDS; round++) best = Math.min(best, microsecondsPerChunk(chunks, whole));
  const bytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0) / chunks.length;
  console.log(`${name}: ${best.toFixed(3)} µs per chunk of ${bytes.toFixed(0)} bytes`);
}

function microsecondsPerChunk(chunks: readonly Uint8Array[], whole: boolean): number {
  let spentMs = 0;
  for (let stream = 0; stream < STREAMS; stream++) {
    const observer = observeStream("anthropic-messages");
    if (!whole) observer.push(Buffer.from(START));
    const startedMs = performance.now();
    for (const chunk of chunks) observer.push(chunk);
    spentMs += performance.now() - startedMs;
  }
  return (spentMs * 1000) / (STREAMS * chunks.length);
}

function inPieces(text: string, length: number): readonly string[] {
  const pieces: string[] = [];
  for (let at = 0; at < text.length; at += length - 61) pieces.push(text.slice(at, at + length - 61));
  return pieces;
}
