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
  /** Of the relay's process per request, one figure a round; empty where the system does not tell. */
  readonly cpuMicroseconds: readonly number[];
  /** Wall time per request, one figure a round. */
  readonly wallMicroseconds: readonly number[];
  /** Memory in RAM after the last round; absent where the system does not tell. */
  readonly residentBytes?: number;
}

/** Rounds before the first that counts, in which the code is loaded and compiled. */
const WARM_UP_ROUNDS = 4;

/** Measures the relays in turns, so that what else happens on the machine meets all of them. One result per relay, in order. */
export async function measure(
  relays: readonly Relay[],
  scenario: Scenario,
  { rounds, share, connections }: Extent,
): Promise<Figures[]> {
  const runs = relays.map((relay) => new Run(relay, scenario, Math.ceil(scenario.requests * share), connections));
  for (let round = -WARM_UP_ROUNDS; round < rounds; round += 1) {
    for (const run of runs) await run.round(round >= 0);
  }
  return runs.map((run) => run.end());
}

class Run {
  readonly #relay: Relay;
  readonly #scenario: Scenario;
  readonly #requests: number;
  readonly #load: Load;
  readonly #cpu: number[] = [];
  readonly #wall: number[] = [];
  #cpuSoFar: number | undefined;

  constructor(relay: Relay, scenario: Scenario, requests: number, connections: number) {
    this.#relay = relay;
    this.#scenario = scenario;
    this.#requests = requests;
    this.#load = new Load(relay, connections);
  }

  /** CPU time is taken from the end of the relay's last round: what it put off, like writing the ledger, is its work too. */
  async round(counts: boolean): Promise<void> {
    const startedMs = performance.now();
    await this.#load.run(this.#scenario, this.#requests);
    const endedMs = performance.now();
    const cpu = cpuMicroseconds(this.#relay.pid);
    if (counts) {
      this.#wall.push(((endedMs - startedMs) * 1000) / this.#requests);
      if (cpu !== undefined && this.#cpuSoFar !== undefined) this.#cpu.push((cpu - this.#cpuSoFar) / this.#requests);
    }
    this.#cpuSoFar = cpu;
  }

  end(): Figures {
    this.#load.close();
    const memory = residentBytes(this.#relay.pid);
    return {
      cpuMicroseconds: this.#cpu,
      wallMicroseconds: this.#wall,
      ...(memory === undefined ? {} : { residentBytes: memory }),
    };
  }
}
