import { setTimeout as sleep } from "node:timers/promises";

import { Load } from "./load.ts";
import { cpuMicroseconds, residentBytes } from "./process-figures.ts";
import type { Scenario } from "./scenarios.ts";
import type { Relay } from "./servers.ts";

/** How much is measured. */
export interface Extent {
  readonly rounds: number;
  /** Requests of a round, as a share of what the scenario asks for. */
  readonly share: number;
  readonly connections: number;
}

/** What one relay cost in one scenario. */
export interface Figures {
  /** Of the relay's process, per request, over the rounds; absent where the system does not tell. */
  readonly cpuMicroseconds?: Spread;
  /** Wall time per request, over the rounds. */
  readonly wallMicroseconds: Spread;
  /** Memory in RAM after the last round; absent where the system does not tell. */
  readonly residentBytes?: number;
}

/** Over the rounds: the least is what the code needs, the median what it took on this machine with what else runs here. */
export interface Spread {
  readonly min: number;
  readonly median: number;
}

/** Work put off for later, like the ledger's, belongs to the round: it is counted up to this long after its last answer. */
const SETTLE_MS = 250;

/** Measures the relays in turns, so that what else happens on the machine meets all of them. One figure per relay, in order. */
export async function measure(relays: readonly Relay[], scenario: Scenario, extent: Extent): Promise<Figures[]> {
  const requests = Math.ceil(scenario.requests * extent.share);
  const runs = relays.map(
    (relay) => ({ relay, load: new Load(relay, extent.connections), cpu: [], wall: [] }) satisfies Run,
  );
  for (const { load } of runs) await load.run(scenario, requests);
  for (let round = 0; round < extent.rounds; round += 1) {
    for (const run of runs) await measureRound(run, scenario, requests);
  }
  for (const { load } of runs) load.close();
  return runs.map(figuresOf);
}

interface Run {
  readonly relay: Relay;
  readonly load: Load;
  readonly cpu: number[];
  readonly wall: number[];
}

async function measureRound({ relay, load, cpu, wall }: Run, scenario: Scenario, requests: number): Promise<void> {
  const cpuBefore = cpuMicroseconds(relay.pid);
  const startedMs = performance.now();
  await load.run(scenario, requests);
  wall.push(((performance.now() - startedMs) * 1000) / requests);
  await sleep(SETTLE_MS);
  const cpuAfter = cpuMicroseconds(relay.pid);
  if (cpuBefore !== undefined && cpuAfter !== undefined) cpu.push((cpuAfter - cpuBefore) / requests);
}

function figuresOf({ relay, cpu, wall }: Run): Figures {
  const memory = residentBytes(relay.pid);
  return {
    ...(cpu.length === 0 ? {} : { cpuMicroseconds: spreadOf(cpu) }),
    wallMicroseconds: spreadOf(wall),
    ...(memory === undefined ? {} : { residentBytes: memory }),
  };
}

function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  return { min: sorted[0] ?? 0, median: sorted[Math.floor(sorted.length / 2)] ?? 0 };
}
