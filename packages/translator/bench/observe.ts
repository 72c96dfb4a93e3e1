import { observeStream } from "../src/index.ts";

/*
 * What it costs to watch a stream: `node bench/observe.ts` prints microseconds per chunk, the best of several rounds.
 */

const EVENTS = 200;
const ROUNDS = 40;
const STREAMS_PER_ROUND = 50;

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
  const delta = { type: "text_delta", text: ` and the ${index}th token` };
  return `event: content_block_delta\ndata: ${JSON.stringify({ type: "content_block_delta", index: 0, delta })}\n\n`;
});
const run = deltas.join("");

/** Name, what came before, and the chunks to time. */
const CASES: readonly (readonly [string, string, readonly string[]])[] = [
  ["one event in a chunk", START, deltas],
  ["200 events in a chunk", START, [run]],
  ["178 events in a chunk that starts and ends inside frames", START, inPieces(run.repeat(8), 24_000)],
  ["a whole stream of 204 events in a chunk", "", [START + run + END]],
];

for (const [name, before, texts] of CASES) {
  const chunks = texts.map((text) => Buffer.from(text));
  let best = Infinity;
  for (let round = 0; round < ROUNDS; round++) best = Math.min(best, microsecondsPerChunk(Buffer.from(before), chunks));
  console.log(`${best.toFixed(3).padStart(8)} µs  ${name}`);
}

function microsecondsPerChunk(before: Uint8Array, chunks: readonly Uint8Array[]): number {
  let spentMs = 0;
  for (let stream = 0; stream < STREAMS_PER_ROUND; stream++) {
    const observer = observeStream("anthropic-messages");
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
