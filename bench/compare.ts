import type { Cores } from "./cores.ts";
import { measure } from "./measure.ts";
import type { Extent, Figures, Spread } from "./measure.ts";
import type { Scenario } from "./scenarios.ts";
import { startBareRelay, startGateway, startUpstream } from "./servers.ts";
import { mebibytes, table } from "./table.ts";

/** The gateway beside the bare relay, in one scenario. */
export interface Comparison {
  readonly scenario: string;
  readonly title: string;
  readonly bare: Figures;
  readonly gateway: Figures;
  /** The gateway's cost divided by the bare relay's: CPU time, or wall time where CPU time cannot be had. */
  readonly ratio: Spread;
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

function ratioOf(gateway: Figures, bare: Figures): Spread {
  const above = gateway.cpuMicroseconds ?? gateway.wallMicroseconds;
  const below = bare.cpuMicroseconds ?? bare.wallMicroseconds;
  return { min: above.min / below.min, median: above.median / below.median };
}

/** The comparisons for people: the ratios first. */
export function comparisonText(comparisons: readonly Comparison[]): string {
  const measured = comparisons.some(({ gateway }) => gateway.cpuMicroseconds !== undefined) ? "CPU" : "wall";
  const ratios = comparisons.map(({ scenario, title, ratio }) => [
    `${scenario}: ${title}`,
    ratio.min.toFixed(2),
    ratio.median.toFixed(2),
  ]);
  const note =
    measured === "CPU" ? "" : "This system does not tell a process's CPU time, so wall time stands for it.\n\n";
  return [
    note,
    table([`gateway / bare, ${measured} time per request`, "min", "median"], ratios),
    "\n",
    table(
      ["", "CPU µs min", "median", "requests/s", "RSS MiB"],
      comparisons.flatMap(({ scenario, bare, gateway }) => [
        row(`${scenario} bare`, bare),
        row(`${scenario} gateway`, gateway),
      ]),
    ),
  ].join("");
}

function row(name: string, { cpuMicroseconds, wallMicroseconds, residentBytes }: Figures): string[] {
  return [
    name,
    cpuMicroseconds?.min.toFixed(1) ?? "–",
    cpuMicroseconds?.median.toFixed(1) ?? "–",
    (1_000_000 / wallMicroseconds.median).toFixed(0),
    residentBytes === undefined ? "–" : mebibytes(residentBytes),
  ];
}
