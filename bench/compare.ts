import type { Cores } from "./cores.ts";
import { measure } from "./measure.ts";
import type { Extent, Figures } from "./measure.ts";
import type { Scenario } from "./scenarios.ts";
import { startBareRelay, startGateway, startUpstream } from "./servers.ts";
import { mebibytes, table } from "./table.ts";

/** The gateway beside the bare relay, in one scenario. */
export interface Comparison {
  readonly scenario: string;
  readonly title: string;
  readonly bare: Figures;
  readonly gateway: Figures;
  readonly ratio: Ratio;
}

/** The gateway's cost divided by the bare relay's: CPU time, or wall time where CPU time cannot be had. */
export interface Ratio {
  /** The median of the rounds' own ratios. A round's two halves meet the same machine, so this is the one to trust. */
  readonly median: number;
  /** The least of the one divided by the least of the other. */
  readonly ofMinima: number;
}

/** Measures the gateway and the bare relay in front of the same upstream. */
export async function compare(
  scenarios: readonly Scenario[],
  extent: Extent,
  cores: Cores | undefined,
): Promise<Comparison[]> {
  const upstream = await startUpstream();
  const relays = [await startBareRelay(upstream, cores), await startGateway(upstream, cores)];
  const comparisons: Comparison[] = [];
  for (const scenario of scenarios) {
    const [bare, gateway] = await measure(relays, scenario, extent);
    if (bare === undefined || gateway === undefined) throw new TypeError("both relays are measured");
    const { name, title } = scenario;
    comparisons.push({ scenario: name, title, bare, gateway, ratio: ratioOf(gateway, bare) });
  }
  await Promise.all([...relays, upstream].map((child) => child.stop()));
  return comparisons;
}

function ratioOf(gateway: Figures, bare: Figures): Ratio {
  const [above, below] = hasCpu(gateway)
    ? [gateway.cpuMicroseconds, bare.cpuMicroseconds]
    : [gateway.wallMicroseconds, bare.wallMicroseconds];
  return {
    median: median(above.map((cost, round) => cost / (below[round] ?? cost))),
    ofMinima: Math.min(...above) / Math.min(...below),
  };
}

/** The comparisons for people: the ratios first. */
export function comparisonText(comparisons: readonly Comparison[]): string {
  const cpu = comparisons.some(({ gateway }) => hasCpu(gateway));
  const ratios = comparisons.map(({ scenario, title, ratio }) => [
    `${scenario}: ${title}`,
    ratio.median.toFixed(2),
    ratio.ofMinima.toFixed(2),
  ]);
  const figures = comparisons.flatMap(({ scenario, bare, gateway }) => [
    row(`${scenario} bare`, bare),
    row(`${scenario} gateway`, gateway),
  ]);
  return [
    table([`gateway / bare, ${cpu ? "CPU" : "wall"} time per request`, "median", "of minima"], ratios),
    cpu ? "" : "This system does not tell a process's CPU time, so wall time stands for it.\n",
    "\n",
    table(["", "CPU µs min", "median", "requests/s", "RSS MiB"], figures),
  ].join("");
}

function row(name: string, figures: Figures): string[] {
  const { cpuMicroseconds, wallMicroseconds, residentBytes } = figures;
  return [
    name,
    hasCpu(figures) ? Math.min(...cpuMicroseconds).toFixed(1) : "–",
    hasCpu(figures) ? median(cpuMicroseconds).toFixed(1) : "–",
    (1_000_000 / median(wallMicroseconds)).toFixed(0),
    residentBytes === undefined ? "–" : mebibytes(residentBytes),
  ];
}

function hasCpu({ cpuMicroseconds }: Figures): boolean {
  return cpuMicroseconds.length > 0;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
