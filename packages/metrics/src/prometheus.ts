import { setImmediate as nextTurn } from "node:timers/promises";
import { PrometheusSerializer } from "@opentelemetry/exporter-prometheus";
import type { InstrumentationScope } from "@opentelemetry/core";
import type { Resource } from "@opentelemetry/resources";
import { DataPointType, type IMetricReader, type MetricData, type ResourceMetrics } from "@opentelemetry/sdk-metrics";
import type { Point, Shown } from "./shown.ts";

/** The `content-type` to serve the text of `renderPrometheus` with. */
export const PROMETHEUS_CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** A reader from which the text can be made: cumulative, and attached to a MeterProvider. */
export type PrometheusReader = Pick<IMetricReader, "collect">;

/**
 * A periodic reader collects with a timeout, which takes the SDK some microtasks more than without. Were this one quicker,
 * it could store newer counts before a push that began earlier stores its older ones, and a counter would go back.
 */
const COLLECT_TIMEOUT_MS = 3000;

const WITHOUT_TARGET_INFO = true;
const WITHOUT_SCOPE_LABELS = true;
const serializer = new PrometheusSerializer("", false, undefined, WITHOUT_TARGET_INFO, WITHOUT_SCOPE_LABELS);

/** Longest time of writing before other work has its turn. */
const SLICE_MS = 1;
/** Most series that are written without a look at the clock. */
const MAX_SERIES_AT_ONCE = 20;

/**
 * Collects once and writes what was collected as Prometheus text, piece by piece, so that no stream waits for all of it.
 *
 * @param shown what the reader does not see.
 */
export async function renderText(reader: PrometheusReader, shown: readonly Shown[]): Promise<string> {
  const moment = shown.map(momentOf);
  const { resourceMetrics, errors } = await reader.collect({ timeoutMillis: COLLECT_TIMEOUT_MS });
  if (errors.length > 0) throw new AggregateError(errors, "some metrics could not be collected");
  const texts: string[] = [];
  let beganAtMs = performance.now();
  for (const piece of piecesOf(moment, resourceMetrics)) {
    texts.push(piece);
    if (performance.now() - beganAtMs < SLICE_MS) continue;
    await nextTurn();
    beganAtMs = performance.now();
  }
  return texts.join("");
}

function* piecesOf(moments: readonly Moment[], collected: ResourceMetrics): Generator<string> {
  for (const moment of moments) yield* piecesOfMoment(moment);
  for (const { scope, metrics } of collected.scopeMetrics) {
    for (const metric of metrics) yield* piecesOfMetric(withUnitInName(metric), scope, collected.resource);
  }
}

/** A metric as it stood when the scrape began. */
interface Moment {
  readonly row: Shown["row"];
  readonly points: readonly Point[];
  /** The count of each point then; the points themselves go on counting. */
  readonly counts: readonly number[];
}

function momentOf({ row, points: look }: Shown): Moment {
  const points = look();
  return { row, points, counts: points.map(({ count }) => count) };
}

function* piecesOfMoment({ row, points, counts }: Moment): Generator<string> {
  if (points.length === 0) return;
  const name = prometheusName(row);
  let lines = `# HELP ${name} ${row.description}\n# TYPE ${name} ${row.kind === "counter" ? "counter" : "gauge"}\n`;
  for (const [index, { text }] of points.entries()) {
    lines += `${name}${text} ${counts[index]}\n`;
    if ((index + 1) % MAX_SERIES_AT_ONCE !== 0) continue;
    yield lines;
    lines = "";
  }
  yield lines;
}

/** The SDK's text of a metric, of few series at a time: the comments that it begins with stay in the first piece only. */
function* piecesOfMetric(metric: MetricData, scope: InstrumentationScope, resource: Resource): Generator<string> {
  for (let from = 0; from < metric.dataPoints.length; from += MAX_SERIES_AT_ONCE) {
    const some = withSeries(metric, from, from + MAX_SERIES_AT_ONCE);
    const text = serializer.serialize({ resource, scopeMetrics: [{ scope, metrics: [some] }] });
    yield from === 0 ? text : text.replace(/^(?:# .*\n)+/, "");
  }
}

/** The same metric with some of its series only. A switch, for each kind has points of its own. */
function withSeries(metric: MetricData, from: number, to: number): MetricData {
  switch (metric.dataPointType) {
    case DataPointType.SUM:
      return { ...metric, dataPoints: metric.dataPoints.slice(from, to) };
    case DataPointType.GAUGE:
      return { ...metric, dataPoints: metric.dataPoints.slice(from, to) };
    case DataPointType.HISTOGRAM:
      return { ...metric, dataPoints: metric.dataPoints.slice(from, to) };
    default:
      return { ...metric, dataPoints: metric.dataPoints.slice(from, to) };
  }
}

/** Units as Prometheus's operators expect them: the end of the name, in words. */
const UNIT_WORDS: Readonly<Record<string, string>> = { s: "seconds", By: "bytes" };

function withUnit(name: string, unit: string, isGauge: boolean): string {
  const word = unit === "1" && isGauge ? "ratio" : UNIT_WORDS[unit];
  return word === undefined || name.includes(word) ? name : `${name}_${word}`;
}

/** How Prometheus spells the name of a metric, at a scrape as well as after a push by OTLP. */
export function prometheusName(row: { readonly name: string; readonly unit: string; readonly kind: string }): string {
  const name = withUnit(row.name.replaceAll(".", "_"), row.unit, row.kind === "gauge");
  return row.kind === "counter" && !name.endsWith("_total") ? `${name}_total` : name;
}

/** The same metric under a name that ends in its unit; a name that holds it already stays. */
function withUnitInName(metric: MetricData): MetricData {
  const { name, unit } = metric.descriptor;
  const named = withUnit(name, unit, metric.dataPointType === DataPointType.GAUGE);
  return named === name ? metric : { ...metric, descriptor: { ...metric.descriptor, name: named } };
}
