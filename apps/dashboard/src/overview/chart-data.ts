import type { SeriesRow } from "../api/answers.ts";
import type { Span } from "./periods.ts";

/** Columns for a chart: moments in seconds since 1970, and for each line its values there. */
export interface ChartData {
  readonly atSeconds: readonly number[];
  readonly rows: readonly (SeriesRow | undefined)[];
}

/** One column for each step of the period: a step in which nothing ended has no row. */
export function stepsOf(rows: readonly SeriesRow[], { fromMs, toMs }: Span, stepMs: number): ChartData {
  const byMs = new Map(rows.map((row) => [Date.parse(row.at), row]));
  const steps = Array.from(
    { length: Math.max(0, Math.round((toMs - fromMs) / stepMs)) },
    (_, index) => fromMs + index * stepMs,
  );
  return { atSeconds: steps.map((ms) => ms / 1000), rows: steps.map((ms) => byMs.get(ms)) };
}

/** The values of a line that counts: nothing is 0. */
export function counted(data: ChartData, value: (row: SeriesRow) => number): number[] {
  return data.rows.map((row) => (row === undefined ? 0 : value(row)));
}

/** The values of a line that measures: nothing is a gap. */
export function measured(data: ChartData, value: (row: SeriesRow) => number | null): (number | null)[] {
  return data.rows.map((row) => (row === undefined ? null : value(row)));
}
