import { observeStream } from "../src/index.ts";
import type { DialectId } from "../src/index.ts";
import { STREAMS } from "./streams.ts";

/*
 * What it costs to watch a stream: `node bench/observe.ts` prints microseconds per chunk, the best of several rounds.
 */

const EVENTS = 200;
const ROUNDS = 40;
const STREAMS_PER_ROUND = 50;

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
