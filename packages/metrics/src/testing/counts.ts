import { METRICS, type MetricRow } from "../names.ts";
import type { UsageSnapshot } from "../usage-snapshot.ts";
import type { Push } from "otlp-proto/build/src/generated/root.js";

/** Counts by series, such as `link_assistant_status_total {"code":"200"}`: the form in which views are compared. */
export type Counts = Record<string, number>;

const SAMPLE = /^(?<name>\w+)(?:\{(?<labels>.*)\})? (?<count>[-\d.e]+)$/u;
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/gu;

function series(name: string, labels: Record<string, string>): string {
  return `${name} ${JSON.stringify(labels)}`;
}

/** The counts in Prometheus text. A line that is neither a comment nor a sample of a count is an error. */
export function countsInText(text: string): Counts {
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return Object.fromEntries(
    lines.map((line): [string, number] => {
      const { name = "", labels = "", count } = SAMPLE.exec(line)?.groups ?? {};
      if (name === "") throw new Error(`not a sample: ${line}`);
      const pairs = [...labels.matchAll(LABEL)].map(([, key = "", value = ""]) => [key, unescaped(value)]);
      return [series(name, Object.fromEntries(pairs)), Number(count)];
    }),
  );
}

function unescaped(value: string): string {
  return value.replaceAll(/\\(.)/gu, (_, char: string) => (char === "n" ? "\n" : char));
}

/** The counts in a push by OTLP. */
export function countsInPush(push: Push | undefined): Counts {
  const metrics = push?.resourceMetrics.flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
  const counts = (metrics ?? []).flatMap(({ name, sum }) =>
    (sum?.dataPoints ?? []).map(({ attributes, asInt, asDouble }): [string, number] => [
      series(
        name,
        Object.fromEntries(attributes.map(({ key, value }): [string, string] => [key, value.stringValue ?? ""])),
      ),
      asInt ?? asDouble ?? 0,
    ]),
  );
  return Object.fromEntries(counts);
}

/** The counts in a usage snapshot, under the names that the metrics have elsewhere. */
export function countsInSnapshot(snapshot: UsageSnapshot): Counts {
  const rows: readonly MetricRow[] = Object.values(METRICS);
  const fields = new Map<string, number | Readonly<Record<string, number>>>(Object.entries(snapshot));
  const counts = rows.flatMap(({ name, usage = "", labels: [label = ""] }): [string, number][] => {
    const field = fields.get(usage);
    if (field === undefined) return [];
    if (typeof field === "number") return [[series(name, {}), field]];
    return Object.entries(field).map(([value, count]) => [series(name, { [label]: value }), count]);
  });
  return Object.fromEntries(counts);
}
