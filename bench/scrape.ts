import { setTimeout as sleep } from "node:timers/promises";

import { Connection } from "./connection.ts";
import type { Cores } from "./cores.ts";
import { checkWhole, encodeRequest } from "./load.ts";
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
  const gaps = { without: new Array<number>(), with: new Array<number>() };
  await gapsOf(gateway, streams);
  for (let round = 0; round < ROUNDS; round += 1) {
    gaps.without.push(...(await gapsOf(gateway, streams)));
    const scraping = new AbortController();
    const scrapes = scrapeEachSecond(gateway, scraping.signal);
    gaps.with.push(...(await gapsOf(gateway, streams)));
    scraping.abort();
    await scrapes;
  }
  await gateway.stop();
  await upstream.stop();
  return [figuresOf(false, gaps.without), figuresOf(true, gaps.with)];
}

async function scrapeEachSecond(gateway: Relay, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await scrape(gateway);
    await sleep(SCRAPE_EVERY_MS, undefined, { signal }).catch(() => {});
  }
}

async function gapsOf(gateway: Relay, streams: number): Promise<number[]> {
  const request = encodeRequest(gateway, SLOW_STREAM);
  const expected = Buffer.concat(SLOW_STREAM.answer.pieces);
  const connections = Array.from({ length: streams }, () => new Connection(gateway.origin));
  const gaps: number[] = [];
  await Promise.all(
    connections.map(async (connection) => {
      let lastAtMs = 0;
      const body = await connection.send(request, (isFirst) => {
        const nowMs = performance.now();
        if (!isFirst) gaps.push(nowMs - lastAtMs);
        lastAtMs = nowMs;
      });
      checkWhole(body, expected);
    }),
  );
  for (const connection of connections) connection.close();
  return gaps;
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
