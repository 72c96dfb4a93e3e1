import { parseArgs } from "node:util";

import { compare, comparisonText } from "./compare.ts";
import { shareCores } from "./cores.ts";
import type { Cores } from "./cores.ts";
import type { Extent } from "./measure.ts";
import { profile, profileText } from "./profile.ts";
import { SCENARIOS } from "./scenarios.ts";
import type { Scenario } from "./scenarios.ts";
import { measureStreams, streamsText } from "./streams.ts";
import { benchTranslation } from "./translation.ts";

const USAGE = `pnpm bench [--scenario <name>] [--quick] [--json]   what the gateway costs beside a bare relay
pnpm bench --profile [--scenario <name>] [--quick]  which functions of the gateway it goes to
pnpm bench streams [--count <number>]               how much memory many open streams take
pnpm bench translate [--quick]                      what it costs to translate between dialects

  --scenario  one of ${SCENARIOS.map(({ name }) => name).join(", ")}; all of them when absent
  --quick     few requests: shows that everything runs, and no more
  --count     streams that are open at once, 1 to 9000; default 1000, with --quick 20
  --json      one JSON document instead of tables
`;

const FULL: Extent = { rounds: 40, share: 1, connections: 32 };
const QUICK: Extent = { rounds: 2, share: 0.2, connections: 8 };

const MODES = ["compare", "streams", "translate"] as const;

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
    const count = Number(values.count ?? (quick ? 20 : 1000));
    const sensible = scenarios.length > 0 && Number.isInteger(count) && count >= 1 && count <= 9000;
    if (!sensible || more.length > 0 || mode === undefined) return undefined;
    return { mode, scenarios, quick, json, profile, count };
  } catch {
    return undefined;
  }
}

async function run(options: Options, cores: Cores | undefined): Promise<{ value: unknown; text: string }> {
  const extent = options.quick ? QUICK : FULL;
  if (options.mode === "streams") {
    const figures = await measureStreams(options.count, cores);
    return { value: figures, text: streamsText(figures) };
  }
  if (options.profile) {
    const profiles = await profile(options.scenarios, extent, cores);
    return { value: profiles, text: profileText(profiles) };
  }
  const comparisons = await compare(options.scenarios, extent, cores);
  return { value: comparisons, text: comparisonText(comparisons) };
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
