import { METRICS } from "@link-assistant/metrics";
import type { MetricRow } from "@link-assistant/metrics";

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
  return HEAD + Object.values(METRICS).map(line).join("");
}

function line({ name, kind, unit, labels, usage, description }: MetricRow): string {
  const labelNames = labels.map((label) => `\`${label}\``).join(", ") || "–";
  return `| \`${name}\` | ${kind} | ${unit} | ${labelNames} | ${usage === undefined ? "–" : `\`${usage}\``} | ${description} |\n`;
}
