import { diag } from "@opentelemetry/api";
import { PrometheusSerializer } from "@opentelemetry/exporter-prometheus";
import type { IMetricReader, ResourceMetrics } from "@opentelemetry/sdk-metrics";

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

/** Collects once and writes what was collected as Prometheus text. */
export async function renderText(reader: PrometheusReader): Promise<string> {
  const { resourceMetrics, errors } = await reader.collect({ timeoutMillis: COLLECT_TIMEOUT_MS });
  if (errors.length > 0) diag.error("some metrics could not be collected", ...errors);
  return serializer.serialize(withUnits(resourceMetrics));
}

/** Units as Prometheus's operators expect them: the end of the name, in words. */
const UNIT_WORDS: Readonly<Record<string, string>> = { s: "seconds", By: "bytes" };

/** The same metrics under names that end in their units; names that hold them already stay. */
function withUnits(collected: ResourceMetrics): ResourceMetrics {
  return {
    ...collected,
    scopeMetrics: collected.scopeMetrics.map((scope) => ({
      ...scope,
      metrics: scope.metrics.map((metric) => {
        const word = UNIT_WORDS[metric.descriptor.unit];
        const { name } = metric.descriptor;
        if (word === undefined || name.includes(word)) return metric;
        return { ...metric, descriptor: { ...metric.descriptor, name: `${name}_${word}` } };
      }),
    })),
  };
}
