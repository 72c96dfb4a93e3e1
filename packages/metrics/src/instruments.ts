import { ValueType, type Meter, type MeterProvider, type MetricOptions, type Observable } from "@opentelemetry/api";
import type { MetricRow } from "./names.ts";
import type { Tallies } from "./tally.ts";

const SCOPE = "@link-assistant/metrics";

/** How each kind of metric becomes an instrument. */
const INSTRUMENTS: Readonly<Record<MetricRow["kind"], (meter: Meter, row: MetricRow) => Observable>> = {
  counter: (meter, row) => meter.createObservableCounter(row.name, optionsOf(row)),
  up_down: (meter, row) => meter.createObservableUpDownCounter(row.name, optionsOf(row)),
};

function optionsOf({ unit, description, isFractional }: MetricRow): MetricOptions {
  return { unit, description, valueType: isFractional === true ? ValueType.DOUBLE : ValueType.INT };
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
