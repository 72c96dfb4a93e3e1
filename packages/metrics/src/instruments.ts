import { ValueType, type Meter, type MeterProvider, type MetricOptions, type Observable } from "@opentelemetry/api";
import type { MetricRow } from "./names.ts";
import type { Tallies } from "./tally.ts";

/** What the instruments of this package are made under. */
export const SCOPE = "@link-assistant/metrics";

/** How each kind of metric becomes an instrument. */
const INSTRUMENTS: Readonly<Record<MetricRow["kind"], (meter: Meter, row: MetricRow) => Observable>> = {
  counter: (meter, row) => meter.createObservableCounter(row.name, optionsOf(row)),
  up_down: (meter, row) => meter.createObservableUpDownCounter(row.name, optionsOf(row)),
};

function optionsOf({ unit, description, isFractional }: MetricRow): MetricOptions {
  return { unit, description, valueType: isFractional === true ? ValueType.DOUBLE : ValueType.INT };
}

/** What is looked at when somebody collects, since nothing happens when it changes. */
export interface Gauges {
  /** Each account with the name of its state. */
  readonly accountStates?: () => Iterable<{ readonly account: string; readonly state: string }>;
  /** Rows of the ledger that wait to be written. */
  readonly ledgerQueueDepth?: () => number;
  /** Whether the process itself is shown: its CPU time, memory and event loop; see `PROCESS_METRICS`. */
  readonly process?: boolean;
}

/** Every gauge. */
export const GAUGES = {
  account_state: {
    name: "link_assistant_account_state",
    unit: "{account}",
    description: "1 for the state that an account is in: ready, cooling, probing, broken; 0 for the others.",
    labels: ["account", "state"],
  },
  ledger_queue_depth: {
    name: "link_assistant_ledger_queue_depth",
    unit: "{row}",
    description: "Rows of the ledger that wait to be written.",
    labels: [],
  },
} as const;

const ACCOUNT_STATES = ["ready", "cooling", "probing", "broken"];
/** Most accounts whose states are shown. */
const MAX_ACCOUNTS = 450;

/** Shows gauges; each collection by a reader of the provider looks at them. */
export function observeGauges({ accountStates, ledgerQueueDepth }: Gauges, provider: MeterProvider): void {
  const meter = provider.getMeter(SCOPE);
  if (accountStates !== undefined) {
    const { name, unit, description } = GAUGES.account_state;
    meter.createObservableGauge(name, { unit, description }).addCallback((result) => {
      let left = MAX_ACCOUNTS;
      for (const { account, state } of accountStates()) {
        if (left-- === 0) return;
        for (const each of ACCOUNT_STATES) result.observe(each === state ? 1 : 0, { account, state: each });
      }
    });
  }
  if (ledgerQueueDepth !== undefined) {
    const { name, unit, description } = GAUGES.ledger_queue_depth;
    meter
      .createObservableGauge(name, { unit, description })
      .addCallback((result) => result.observe(ledgerQueueDepth()));
  }
}

/** Makes one instrument for each metric; each collection by a reader of the provider then reads the tallies. */
export function observeTallies(tallies: Tallies, provider: MeterProvider): void {
  const meter = provider.getMeter(SCOPE);
  const observed = Object.values(tallies).map((tally) => ({
    tally,
    instrument: INSTRUMENTS[tally.row.kind](meter, tally.row),
  }));
  meter.addBatchObservableCallback(
    (result) => {
      for (const { tally, instrument } of observed) {
        for (const { labels, count } of tally.points()) result.observe(instrument, count, labels);
      }
    },
    observed.map(({ instrument }) => instrument),
  );
}
