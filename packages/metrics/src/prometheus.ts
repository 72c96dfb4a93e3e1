import { setImmediate as nextTurn } from "node:timers/promises";
import { PrometheusSerializer } from "@opentelemetry/exporter-prometheus";
import { DataPointType, type IMetricReader, type ResourceMetrics } from "@opentelemetry/sdk-metrics";

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

/** Collects once and writes what was collected as Prometheus text, metric by metric, so that no stream waits for all of it. */
export async function renderText(reader: PrometheusReader): Promise<string> {
  const { resourceMetrics, errors } = await reader.collect({ timeoutMillis: COLLECT_TIMEOUT_MS });
  if (errors.length > 0) throw new AggregateError(errors, "some metrics could not be collected");
  const { resource, scopeMetrics } = withUnits(resourceMetrics);
  const texts: string[] = [];
  let beganAtMs = performance.now();
  for (const { scope, metrics } of scopeMetrics) {
    for (const metric of metrics) {
      texts.push(serializer.serialize({ resource, scopeMetrics: [{ scope, metrics: [metric] }] }));
      if (performance.now() - beganAtMs < SLICE_MS) continue;
      await nextTurn();
      beganAtMs = performance.now();
    }
  }
  return texts.join("");
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

/** The same metrics under names that end in their units; names that hold them already stay. */
function withUnits(collected: ResourceMetrics): ResourceMetrics {
  return {
    ...collected,
    scopeMetrics: collected.scopeMetrics.map((scope) => ({
      ...scope,
      metrics: scope.metrics.map((metric) => {
        const { name, unit } = metric.descriptor;
        const named = withUnit(name, unit, metric.dataPointType === DataPointType.GAUGE);
        return named === name ? metric : { ...metric, descriptor: { ...metric.descriptor, name: named } };
      }),
    })),
  };
}
