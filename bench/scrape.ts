import { setTimeout as sleep } from "node:timers/promises";

import type { Cores } from "./cores.ts";
import { openStreams } from "./load.ts";
import { SLOW_STREAM } from "./scenarios.ts";
import { scrape, startGateway, startUpstream } from "./servers.ts";
import type { Relay } from "./servers.ts";
import { table } from "./table.ts";

/** How long clients waited between two chunks of a stream, in milliseconds. */
export interface GapFigures {
  readonly scraped: boolean;
  readonly gaps: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

const ROUNDS = 3;
const SCRAPE_EVERY_MS = 1000;

/** Opens this many slow streams at once, in turns with and without a scrape each second. Rejects when one is not whole. */
export async function measureScrape(streams: number, cores: Cores | undefined): Promise<GapFigures[]> {
  const upstream = await startUpstream();
  const gateway = await startGateway(upstream, cores);
  const [without, withScrapes]: [number[], number[]] = [[], []];
  // The first one finds code that is not compiled yet.
  await addGaps(gateway, streams, []);
  for (let round = 0; round < ROUNDS; round += 1) {
    await addGaps(gateway, streams, without);
    const scraping = new AbortController();
    const scrapes = scrapeEachSecond(gateway, scraping.signal);
    await addGaps(gateway, streams, withScrapes);
    scraping.abort();
    await scrapes;
  }
  await gateway.stop();
  await upstream.stop();
  return [figuresOf(false, without), figuresOf(true, withScrapes)];
}

async function scrapeEachSecond(gateway: Relay, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await scrape(gateway);
    await sleep(SCRAPE_EVERY_MS, undefined, { signal }).catch(() => {});
  }
}

/** Adds the gaps of this many streams to those that are there. */
async function addGaps(gateway: Relay, streams: number, gaps: number[]): Promise<void> {
  await openStreams(gateway, SLOW_STREAM, streams, () => {
    let lastAtMs = 0;
    return {
      onChunk: (isFirst) => {
        const nowMs = performance.now();
        if (!isFirst) gaps.push(nowMs - lastAtMs);
        lastAtMs = nowMs;
      },
    };
  });
}

function figuresOf(scraped: boolean, gaps: readonly number[]): GapFigures {
  const sorted = gaps.toSorted((one, other) => one - other);
  const at = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
  return { scraped, gaps: sorted.length, p50: at(0.5), p99: at(0.99), max: at(1) };
}

/** The figures for people. */
export function scrapeText(figures: readonly GapFigures[]): string {
  return table(
    ["", "gaps", "p50 ms", "p99 ms", "longest ms"],
    figures.map(({ scraped, gaps, p50, p99, max }) => [
      scraped ? "a scrape each second" : "no scrape",
      String(gaps),
      ...[p50, p99, max].map((ms) => ms.toFixed(1)),
    ]),
  );
}
