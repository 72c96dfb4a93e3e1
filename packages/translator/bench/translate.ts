import { createStreamTranslator, DIALECT_IDS, translateRequest } from "../src/index.ts";
import type { DialectId, TranslateOptions, TranslationContext } from "../src/index.ts";
import { REQUESTS } from "./requests.ts";
import { STREAMS } from "./streams.ts";

/*
 * What it costs to translate, for each pair of dialects: `pnpm bench translate`, or
 * `node --expose-gc --min-semi-space-size=16 bench/translate.ts`. Times are the best of several rounds, from bytes to
 * text, parsing and writing of JSON included. Allocated bytes are the growth of the heap over a round without a collection; they need
 * the flags.
 */

const EVENTS = 200;
const quick = process.argv.includes("--quick");
const ROUNDS = quick ? 2 : 60;
const ALLOCATION_ROUNDS = quick ? 1 : 5;
const RUNS_PER_ROUND = quick ? 5 : 200;
const STREAMS_PER_ROUND = quick ? 2 : 20;

/** What one pair costs. */
interface Cost {
  readonly client: DialectId;
  readonly upstream: DialectId;
  readonly requestBytes: number;
  readonly request: Measured;
  /** Only to parse it and to write it again: no translation can take less. */
  readonly parseAndWrite: Measured;
  /** An event that comes in a chunk of its own, and one of 200 in a chunk. */
  readonly event: Measured;
  readonly eventInRun: Measured;
}

interface Measured {
  readonly microseconds: number;
  /** Absent without `--expose-gc`. */
  readonly bytes?: number;
}

const pairs = DIALECT_IDS.flatMap((client) =>
  DIALECT_IDS.filter((upstream) => upstream !== client).map((upstream) => ({ client, upstream })),
);
const costs = pairs.map(({ client, upstream }) => costOf(client, upstream));
console.log(process.argv.includes("--json") ? JSON.stringify({ node: process.version, costs }) : tableOf(costs));

function costOf(client: DialectId, upstream: DialectId): Cost {
  const bytes = Buffer.from(REQUESTS[client]);
  const options: TranslateOptions = {
    from: client,
    to: upstream,
    model: upstream === "anthropic-messages" ? "claude-sonnet-5-5" : "gpt-5",
    answerId: "bench",
    createdAt: 1_764_000_000,
  };
  const { context } = translateRequest(bytes, options);
  const { start, delta, end } = streamOf(upstream);
  const deltas = Array.from({ length: EVENTS }, (_, index) => Buffer.from(delta(` and the ${index}th token`)));
  const [before, after, run] = [Buffer.from(start), Buffer.from(end), Buffer.concat(deltas)];
  return {
    client,
    upstream,
    requestBytes: bytes.length,
    request: measure(RUNS_PER_ROUND, 1, () => translateRequest(bytes, options).text.length),
    parseAndWrite: measure(RUNS_PER_ROUND, 1, () => JSON.stringify(JSON.parse(bytes.toString())).length),
    event: measureEvents(context, before, deltas, after),
    eventInRun: measureEvents(context, before, [run], after),
  };
}

function streamOf(upstream: DialectId): (typeof STREAMS)[number] {
  const found = STREAMS.find(({ dialect }) => dialect === upstream);
  if (found === undefined) throw new Error(`no stream of ${upstream}`);
  return found;
}

function measureEvents(
  context: TranslationContext,
  before: Uint8Array,
  chunks: readonly Uint8Array[],
  after: Uint8Array,
): Measured {
  const check = createStreamTranslator(context);
  for (const chunk of [before, ...chunks, after]) check.push(chunk);
  check.end();
  if (check.error !== undefined) throw new Error(`the stream failed: ${check.error.message}`);
  const begun = (): ReturnType<typeof createStreamTranslator> => {
    const translator = createStreamTranslator(context);
    translator.push(before);
    return translator;
  };
  let translators = Array.from({ length: STREAMS_PER_ROUND }, begun);
  let next = 0;
  return measure(
    STREAMS_PER_ROUND,
    EVENTS,
    () => {
      const translator = translators[next++];
      let length = 0;
      for (const chunk of chunks) length += translator?.push(chunk).length ?? 0;
      return length;
    },
    () => {
      translators = Array.from({ length: STREAMS_PER_ROUND }, begun);
      next = 0;
    },
  );
}

/** The best of several rounds of so many runs, each of so many units; what they allocate is measured apart from their time. */
function measure(runs: number, unitsPerRun: number, run: () => number, prepare: () => void = () => {}): Measured {
  const units = runs * unitsPerRun;
  let microseconds = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    prepare();
    const startedMs = performance.now();
    for (let at = 0; at < runs; at++) run();
    microseconds = Math.min(microseconds, ((performance.now() - startedMs) * 1000) / units);
  }
  if (globalThis.gc === undefined) return { microseconds };
  let bytes = Infinity;
  for (let round = 0; round < ALLOCATION_ROUNDS; round++) {
    prepare();
    globalThis.gc();
    const before = process.memoryUsage().heapUsed;
    for (let at = 0; at < runs; at++) run();
    const grown = process.memoryUsage().heapUsed - before;
    // Where the heap was collected meanwhile it seems to have grown too little.
    if (grown > 0) bytes = Math.min(bytes, grown / units);
  }
  return Number.isFinite(bytes) ? { microseconds, bytes } : { microseconds };
}

function tableOf(all: readonly Cost[]): string {
  const header = ["a request", "to parse and write it", "an event", "an event in a run"].map((name) => name.padEnd(22));
  const lines = all.map(
    ({ client, upstream, requestBytes, request, parseAndWrite, event, eventInRun }) =>
      `${[request, parseAndWrite, event, eventInRun].map(cell).join("")}${client} to ${upstream}, ${requestBytes} bytes`,
  );
  return [header.join(""), ...lines].join("\n");
}

function cell({ microseconds, bytes }: Measured): string {
  const allocated = bytes === undefined ? "" : `${(bytes / 1024).toFixed(1)} KiB`;
  return `${microseconds.toFixed(2)} µs ${allocated}`.padEnd(22);
}
