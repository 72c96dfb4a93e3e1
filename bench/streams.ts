import { setTimeout as sleep } from "node:timers/promises";

import type { Cores } from "./cores.ts";
import { Load, openStreams } from "./load.ts";
import { residentBytes } from "./process-figures.ts";
import { SCENARIOS, SLOW_STREAM } from "./scenarios.ts";
import { startBareRelay, startGateway, startUpstream } from "./servers.ts";
import type { Relay, Variant } from "./servers.ts";
import { mebibytes, table } from "./table.ts";

/** What many streams at once cost a relay; all of them ended whole. */
export interface StreamFigures {
  readonly variant: Variant;
  readonly streams: number;
  /** The most that were open at the same time. */
  readonly openAtOnce: number;
  /** Absent where the system does not tell. */
  readonly memory?: StreamMemory;
}

/** Memory in RAM of the relay's process, in bytes. */
export interface StreamMemory {
  /** Before the first stream, with the code loaded and compiled. */
  readonly before: number;
  /** The most while streams were open. */
  readonly peak: number;
  /** When all had ended. */
  readonly after: number;
  /** What the peak adds, shared out to the streams. */
  readonly perStream: number;
}

const SAMPLE_MS = 100;
const REST_MS = 1000;
const WARM_UP_REQUESTS = 200;

/** Opens this many slow streams at once through each relay, one relay after the other. Rejects when one is not whole. */
export async function measureStreams(count: number, cores: Cores | undefined): Promise<StreamFigures[]> {
  const upstream = await startUpstream();
  const figures: StreamFigures[] = [];
  for (const start of [startBareRelay, startGateway]) {
    const relay = await start(upstream, cores);
    await warmUp(relay);
    figures.push(await watchStreams(relay, count));
    await relay.stop();
  }
  await upstream.stop();
  return figures;
}

async function warmUp(relay: Relay): Promise<void> {
  const load = new Load(relay, 8);
  for (const scenario of SCENARIOS) await load.run(scenario, WARM_UP_REQUESTS);
  load.close();
  await sleep(REST_MS);
}

async function watchStreams(relay: Relay, count: number): Promise<StreamFigures> {
  const before = residentBytes(relay.pid);
  let peak = 0;
  const sampling = setInterval(() => {
    peak = Math.max(peak, residentBytes(relay.pid) ?? 0);
  }, SAMPLE_MS);
  const openAtOnce = await mostAtOnce(relay, count);
  clearInterval(sampling);
  await sleep(REST_MS);
  const after = residentBytes(relay.pid);
  const known = { variant: relay.variant, streams: count, openAtOnce };
  if (before === undefined || after === undefined) return known;
  return { ...known, memory: { before, peak, after, perStream: (peak - before) / count } };
}

/** Resolves with the most streams that were open at the same time, when all have ended whole. */
async function mostAtOnce(relay: Relay, count: number): Promise<number> {
  let open = 0;
  let openAtOnce = 0;
  await openStreams(relay, SLOW_STREAM, count, () => ({
    onChunk: (isFirst) => {
      if (!isFirst) return;
      open += 1;
      openAtOnce = Math.max(open, openAtOnce);
    },
    onEnd: () => {
      open -= 1;
    },
  }));
  return openAtOnce;
}

/** The figures for people. */
export function streamsText(figures: readonly StreamFigures[]): string {
  return table(
    ["", "streams", "open at once", "whole", "RSS before MiB", "peak", "after", "KiB per stream"],
    figures.map(({ variant, streams, openAtOnce, memory }) => [
      variant,
      String(streams),
      String(openAtOnce),
      "all",
      ...(memory === undefined
        ? ["–", "–", "–", "–"]
        : [
            mebibytes(memory.before),
            mebibytes(memory.peak),
            mebibytes(memory.after),
            (memory.perStream / 1024).toFixed(1),
          ]),
    ]),
  );
}
