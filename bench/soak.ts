import type { Cores } from "./cores.ts";
import { Load } from "./load.ts";
import { residentBytes } from "./process-figures.ts";
import { JSON_SCENARIO } from "./scenarios.ts";
import { startGateway, startUpstream } from "./servers.ts";
import { mebibytes, table } from "./table.ts";

/** The gateway's memory after so many exchanges. */
export interface SoakFigure {
  readonly exchanges: number;
  /** In RAM, in bytes; absent where the system does not tell. */
  readonly bytes?: number | undefined;
  /** Since the figure before. */
  readonly perSecond: number;
}

const LOOKS = 10;
const CONNECTIONS = 64;

/** Lets many exchanges through one gateway and looks at its memory ten times on the way. */
export async function measureSoak(exchanges: number, cores: Cores | undefined): Promise<SoakFigure[]> {
  const upstream = await startUpstream();
  const gateway = await startGateway(upstream, cores);
  const load = new Load(gateway, CONNECTIONS);
  const figures: SoakFigure[] = [];
  const each = Math.ceil(exchanges / LOOKS);
  for (let look = 1; look <= LOOKS; look += 1) {
    const beganMs = performance.now();
    await load.run(JSON_SCENARIO, each);
    const seconds = (performance.now() - beganMs) / 1000;
    figures.push({ exchanges: look * each, bytes: residentBytes(gateway.pid), perSecond: each / seconds });
  }
  load.close();
  await gateway.stop();
  await upstream.stop();
  return figures;
}

/** The figures for people. */
export function soakText(figures: readonly SoakFigure[]): string {
  return table(
    ["exchanges", "RSS MiB", "exchanges per second"],
    figures.map(({ exchanges, bytes, perSecond }) => [
      exchanges.toLocaleString("en-US"),
      bytes === undefined ? "–" : mebibytes(bytes),
      Math.round(perSecond).toLocaleString("en-US"),
    ]),
  );
}
