import { GAUGES, HISTOGRAMS, METRICS } from "@link-assistant/metrics";
import type { HistogramRow, MetricRow } from "@link-assistant/metrics";

const HEAD = `# Metrics

<!-- Written from the code by \`pnpm docs\`; change \`packages/metrics/src/names.ts\` instead. -->

Prometheus reads them at \`GET /metrics\`; OTLP pushes them under the same names; \`GET /v1/usage\` gives those with a field there as
JSON. All three show one set of counters. A metric without labels is there with 0 from the first scrape, one with labels from its
first event.

| name | kind | unit | labels | \`/v1/usage\` | meaning |
| --- | --- | --- | --- | --- | --- |
`;

/** \`docs/metrics.md\` */
export function metricsReference(): string {
  const gauges = Object.values(GAUGES).map((row) => line({ ...row, kind: "gauge" }));
  const histograms = Object.values(HISTOGRAMS).map(histogramLine);
  return HEAD + [...Object.values(METRICS).map(line), ...gauges].join("") + HISTOGRAMS_HEAD + histograms.join("");
}

const HISTOGRAMS_HEAD = `
## Histograms

Named, labelled and bucketed by OpenTelemetry's semantic conventions (GenAI 1.41.1, HTTP) where those have a name for it, with further
buckets at the end. In Prometheus dots are underscores and seconds are the end of the name. A model is a label only if the price
catalogue or the configuration knows it; all histograms together have at most 200 series, and what comes too late counts as \`other\`.

| in Prometheus | in OTLP | labels | most series | buckets | meaning |
| --- | --- | --- | --- | --- | --- |
`;

function histogramLine({ name, unit, labels, buckets, maxSeries, description }: HistogramRow): string {
  const plain = name.replaceAll(".", "_");
  const text = unit === "s" && !plain.includes("seconds") ? `${plain}_seconds` : plain;
  const labelNames = labels.map((label) => `\`${label}\``).join(", ");
  const range = `${buckets.length} from ${buckets[0]} to ${buckets.at(-1)}`;
  return `| \`${text}\` | \`${name}\` | ${labelNames} | ${maxSeries} | ${range} | ${description} |\n`;
}

function line({
  name,
  kind,
  unit,
  labels,
  usage,
  description,
}: Omit<MetricRow, "kind" | "labels"> & { kind: string; labels: readonly string[] }): string {
  const labelNames = labels.map((label) => `\`${label}\``).join(", ") || "–";
  return `| \`${name}\` | ${kind} | ${unit} | ${labelNames} | ${usage === undefined ? "–" : `\`${usage}\``} | ${description} |\n`;
}
