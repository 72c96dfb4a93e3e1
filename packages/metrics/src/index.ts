export type { Surface } from "@link-assistant/core";
export { createMetrics, type MetricsOptions } from "./create-metrics.ts";
export { EnvironmentError, type Environment } from "./environment.ts";
export type { Metrics } from "./metrics.ts";
export { METRICS, type LabelKey, type MetricId, type MetricRow } from "./names.ts";
export { PROMETHEUS_CONTENT_TYPE, type PrometheusReader } from "./prometheus.ts";
export type { Recorder } from "./record.ts";
export type { UsageSnapshot } from "./usage-snapshot.ts";
