import {
  GAUGES,
  HISTOGRAMS,
  METRICS,
  PROCESS_METRICS,
  TOKEN_COUNTERS,
  TOKEN_COUNTER_LABELS,
  TOKEN_COUNTER_SERIES,
  prometheusName,
} from "@link-assistant/metrics";
import type { HistogramRow, MetricRow } from "@link-assistant/metrics";

const HEAD = `# Metrics

<!-- Written from the code by \`pnpm docs\`; change the tables of \`packages/metrics/src\` instead. -->

Prometheus reads them at \`GET /metrics\`; OTLP pushes them; \`GET /v1/usage\` gives those with a field there as JSON. All three show one set of
counters. A metric without labels is there with 0 from the first scrape, one with labels from its first event.

Where two names stand side by side, the first is Prometheus's, which it also gives to what it receives by OTLP: dots become underscores, the
unit is the end of the name, and a counter ends in \`_total\`.

## The gateway's own

These have one name everywhere.

| name | kind | unit | labels | \`/v1/usage\` | meaning |
| --- | --- | --- | --- | --- | --- |
`;

const HISTOGRAMS_HEAD = `
## Histograms

Named, labelled and bucketed by OpenTelemetry's semantic conventions (GenAI 1.41.1, HTTP) where those have a name for it, with further
buckets at the end. A model is a label only if the price catalogue or the configuration knows it; all histograms together have at most 200
series, and what comes too late counts as \`other\`.

| in Prometheus | in OTLP | labels | most series | buckets | meaning |
| --- | --- | --- | --- | --- | --- |
`;

const TOKENS_HEAD = `
## Tokens, by the newest conventions

Counters of OpenTelemetry's GenAI conventions that are newer than 1.41.1. They are there when \`OTEL_SEMCONV_STABILITY_OPT_IN\` has
\`gen_ai_latest_experimental\` among its values. Each has at most ${TOKEN_COUNTER_SERIES} series and the labels ${names(TOKEN_COUNTER_LABELS)}.

| in Prometheus | in OTLP | meaning |
| --- | --- | --- |
`;

const PROCESS_HEAD = `
## The process

| in Prometheus | in OTLP | kind | labels | meaning |
| --- | --- | --- | --- | --- |
`;

/** \`docs/metrics.md\` */
export function metricsReference(): string {
  const gauges = Object.values(GAUGES).map((row) => line(row));
  return [
    HEAD,
    ...Object.values(METRICS).map(line),
    ...gauges,
    HISTOGRAMS_HEAD,
    ...Object.values(HISTOGRAMS).map(histogramLine),
    TOKENS_HEAD,
    ...TOKEN_COUNTERS.map(tokenLine),
    PROCESS_HEAD,
    ...Object.values(PROCESS_METRICS).map(processLine),
  ].join("");
}

function names(labels: readonly string[]): string {
  return labels.map((label) => `\`${label}\``).join(", ") || "–";
}

function histogramLine({ name, unit, labels, buckets, maxSeries, description }: HistogramRow): string {
  const text = prometheusName({ name, unit, kind: "histogram" });
  const range = `${buckets.length} from ${buckets[0]} to ${buckets.at(-1)}`;
  return `| \`${text}\` | \`${name}\` | ${names(labels)} | ${maxSeries} | ${range} | ${description} |\n`;
}

function tokenLine({ name, description }: (typeof TOKEN_COUNTERS)[number]): string {
  return `| \`${prometheusName({ name, unit: "{token}", kind: "counter" })}\` | \`${name}\` | ${description} |\n`;
}

function processLine(row: (typeof PROCESS_METRICS)[keyof typeof PROCESS_METRICS]): string {
  return `| \`${prometheusName(row)}\` | \`${row.name}\` | ${row.kind} | ${names(row.labels)} | ${row.description} |\n`;
}

function line({
  name,
  kind,
  unit,
  labels,
  usage,
  description,
}: Omit<MetricRow, "kind" | "labels"> & { kind: string; labels: readonly string[] }): string {
  const field = usage === undefined ? "–" : `\`${usage}\``;
  return `| \`${name}\` | ${kind} | ${unit} | ${names(labels)} | ${field} | ${description} |\n`;
}
