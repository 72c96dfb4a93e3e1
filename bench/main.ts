import { parseArgs } from "node:util";

import { compare, comparisonText } from "./compare.ts";
import { shareCores } from "./cores.ts";
import type { Cores } from "./cores.ts";
import { countsText, measureCounts } from "./counts.ts";
import { ledgerText, measureLedger } from "./ledger.ts";
import type { Extent } from "./measure.ts";
import { profile, profileText } from "./profile.ts";
import { SCENARIOS } from "./scenarios.ts";
import type { Scenario } from "./scenarios.ts";
import { measureScrape, scrapeText } from "./scrape.ts";
import { measureSoak, soakText } from "./soak.ts";
import { measureStreams, streamsText } from "./streams.ts";
import { benchTranslation } from "./translation.ts";

const USAGE = `pnpm bench [--scenario <name>] [--quick] [--json]   what the gateway costs beside a bare relay
pnpm bench --profile [--scenario <name>] [--quick]  which functions of the gateway it goes to
pnpm bench streams [--count <number>]               how much memory many open streams take
pnpm bench translate [--quick]                      what it costs to translate between dialects
pnpm bench ledger [--count <number>]                how fast rows of the ledger are kept, and added up
pnpm bench soak [--count <number>]                  whether memory stays as it is over many exchanges
pnpm bench scrape [--count <number>]                what a scrape each second does to many open streams
pnpm bench counts [--count <number>]                whether many model names add series, and every end is counted once

  --scenario  one of ${SCENARIOS.map(({ name }) => name).join(", ")}; all of them when absent
  --quick     few requests: shows that everything runs, and no more
  --count     streams that are open at once, 1 to 9000, default 1000, of scrape 500, with --quick 20; rows, default 100,000; exchanges
              or names, default a million; with --quick 2,000 of each
  --json      one JSON document instead of tables
`;

const FULL: Extent = { rounds: 40, share: 1, connections: 32 };
const QUICK: Extent = { rounds: 2, share: 0.2, connections: 8 };

const MODES = ["compare", "streams", "translate", "ledger", "soak", "scrape", "counts"] as const;

/** How many of what a mode counts, as a rule and with `--quick`, and the most. */
const COUNTS: Readonly<Record<(typeof MODES)[number], readonly [usual: number, quick: number, most: number]>> = {
  compare: [1, 1, 1],
  streams: [1000, 20, 9000],
  translate: [1, 1, 1],
  ledger: [100_000, 2000, 10_000_000],
  soak: [1_000_000, 2000, 100_000_000],
  scrape: [500, 20, 9000],
  counts: [1_000_000, 2000, 100_000_000],
};

interface Options {
  readonly mode: (typeof MODES)[number];
  readonly scenarios: readonly Scenario[];
  readonly quick: boolean;
  readonly json: boolean;
  readonly profile: boolean;
  readonly count: number;
}

/** Nothing when the words on the command line make no sense. */
function readOptions(): Options | undefined {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        scenario: { type: "string" },
        count: { type: "string" },
        quick: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        profile: { type: "boolean", default: false },
      },
    });
    const { scenario, quick, json, profile } = values;
    const [word = "compare", ...more] = positionals;
    const mode = MODES.find((each) => each === word);
    const scenarios = SCENARIOS.filter(({ name }) => scenario === undefined || name === scenario);
    if (mode === undefined) return undefined;
    const [usual, few, most] = COUNTS[mode];
    const count = Number(values.count ?? (quick ? few : usual));
    const sensible = scenarios.length > 0 && Number.isInteger(count) && count >= 1 && count <= most;
    if (!sensible || more.length > 0) return undefined;
    return { mode, scenarios, quick, json, profile, count };
  } catch {
    return undefined;
  }
}

interface Result {
  readonly value: unknown;
  readonly text: string;
}

async function run(options: Options, cores: Cores | undefined): Promise<Result> {
  const { mode, count } = options;
  if (mode === "streams") return result(await measureStreams(count, cores), streamsText);
  if (mode === "ledger") return result(await measureLedger(count), ledgerText);
  if (mode === "soak") return result(await measureSoak(count, cores), soakText);
  if (mode === "scrape") return result(await measureScrape(count, cores), scrapeText);
  if (mode === "counts") return result(await measureCounts(count, cores), countsText);
  const extent = options.quick ? QUICK : FULL;
  if (options.profile) return result(await profile(options.scenarios, extent, cores), profileText);
  return result(await compare(options.scenarios, extent, cores), comparisonText);
}

function result<T>(value: T, textOf: (value: T) => string): Result {
  return { value, text: textOf(value) };
}

const options = readOptions();
if (options === undefined) {
  process.stderr.write(USAGE);
  process.exitCode = 2;
} else if (options.mode === "translate") process.exitCode = benchTranslation(process.argv.slice(3));
else {
  const cores = shareCores();
  const { value, text } = await run(options, cores);
  const pinning = cores === undefined ? "Nothing is pinned to a core." : `The relay is pinned to core ${cores.server}.`;
  process.stdout.write(
    options.json ? `${JSON.stringify({ node: process.version, cores, results: value })}\n` : `${text}\n${pinning}\n`,
  );
}
