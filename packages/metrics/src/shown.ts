import type { MetricRow } from "./names.ts";

/** One series of a metric: its labels and its count so far. */
export interface Point {
  readonly labels: Readonly<Record<string, string>>;
  /** Its labels as Prometheus text has them behind the name of the metric; empty when there are none. */
  readonly text: string;
  readonly count: number;
}

/** A metric that can be looked at: by a collection of the SDK through an instrument, and by a scrape directly. */
export interface Shown {
  readonly row: Pick<MetricRow, "name" | "unit" | "description" | "isFractional"> & {
    readonly kind: MetricRow["kind"] | "gauge";
  };
  /** Its series as they stand; a count may go on afterwards. */
  readonly points: () => readonly Point[];
}

const ESCAPED: Readonly<Record<string, string>> = { "\\": "\\\\", '"': '\\"', "\n": "\\n" };

/** The text of at least one label. */
export function labelsText(labels: Point["labels"]): string {
  const texts = Object.entries(labels).map(
    ([name, value]) => `${name}="${value.replaceAll(/[\\"\n]/g, (character) => ESCAPED[character] ?? character)}"`,
  );
  return `{${texts.join(",")}}`;
}
