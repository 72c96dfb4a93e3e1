import { ValueType, type Meter, type MeterProvider, type MetricOptions, type Observable } from "@opentelemetry/api";
import { labelsText, type Point, type Shown } from "./shown.ts";

/** What the instruments of this package are made under. */
export const SCOPE = "@link-assistant/metrics";

/** How each kind of metric becomes an instrument. */
const INSTRUMENTS: Readonly<Record<Shown["row"]["kind"], (meter: Meter, row: Shown["row"]) => Observable>> = {
  counter: (meter, row) => meter.createObservableCounter(row.name, optionsOf(row)),
  up_down: (meter, row) => meter.createObservableUpDownCounter(row.name, optionsOf(row)),
  gauge: (meter, row) => meter.createObservableGauge(row.name, optionsOf(row)),
};

function optionsOf({ unit, description, isFractional }: Shown["row"]): MetricOptions {
  return { unit, description, valueType: isFractional === true ? ValueType.DOUBLE : ValueType.INT };
}

/** Makes one instrument of each; each collection by a reader of the provider then looks at them, all at one moment. */
export function observeShown(shown: readonly Shown[], provider: MeterProvider): void {
  const meter = provider.getMeter(SCOPE);
  const observed = shown.map(({ row, points }) => ({ points, instrument: INSTRUMENTS[row.kind](meter, row) }));
  meter.addBatchObservableCallback(
    (result) => {
      for (const { points, instrument } of observed) {
        for (const { labels, count } of points()) result.observe(instrument, count, labels);
      }
    },
    observed.map(({ instrument }) => instrument),
  );
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
    kind: "gauge",
    unit: "{account}",
    description: "1 for the state that an account is in: ready, cooling, probing, broken; 0 for the others.",
    labels: ["account", "state"],
  },
  ledger_queue_depth: {
    name: "link_assistant_ledger_queue_depth",
    kind: "gauge",
    unit: "{row}",
    description: "Rows of the ledger that wait to be written.",
    labels: [],
  },
} as const;

const ACCOUNT_STATES = ["ready", "cooling", "probing", "broken"];
/** Most accounts whose states are shown. */
const MAX_ACCOUNTS = 450;

/** The gauges that are given, but for the process's own. */
export function shownGauges({ accountStates, ledgerQueueDepth }: Gauges): Shown[] {
  const shown: Shown[] = [];
  if (accountStates !== undefined) {
    shown.push({ row: GAUGES.account_state, points: () => accountStatePoints(accountStates()) });
  }
  if (ledgerQueueDepth !== undefined) {
    const points = (): Point[] => [{ labels: {}, text: "", count: ledgerQueueDepth() }];
    shown.push({ row: GAUGES.ledger_queue_depth, points });
  }
  return shown;
}

function accountStatePoints(accounts: ReturnType<NonNullable<Gauges["accountStates"]>>): Point[] {
  const points: Point[] = [];
  for (const { account, state } of accounts) {
    if (points.length === MAX_ACCOUNTS * ACCOUNT_STATES.length) break;
    for (const each of ACCOUNT_STATES) {
      const labels = { account, state: each };
      points.push({ labels, text: labelsText(labels), count: each === state ? 1 : 0 });
    }
  }
  return points;
}
