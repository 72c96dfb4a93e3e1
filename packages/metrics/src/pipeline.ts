import { PrometheusExporter } from "@opentelemetry/exporter-prometheus";
import type { Resource } from "@opentelemetry/resources";
import type { MeterProvider, MetricReader } from "@opentelemetry/sdk-metrics";
import type { Environment } from "./environment.ts";
import { otlpSettings } from "./otlp-settings.ts";
import { createOtlpReader } from "./otlp.ts";
import { resourceFromEnvironment } from "./resource.ts";

/** The ways out of a MeterProvider of our own. */
export interface Pipeline {
  readonly resource: Resource;
  /** Where tallies and gauges become instruments, for OTLP alone. Absent when nothing is pushed. */
  readonly shownProvider: MeterProvider | undefined;
  /** Opens no port: its text is made on request. */
  readonly prometheus: PrometheusExporter;
  /** `prometheus`, and a reader for OTLP when the environment asks for one. */
  readonly readers: MetricReader[];
}

/** @throws EnvironmentError for an `OTEL_*` variable that cannot be used. */
export function createPipeline(env: Environment, onExportError?: (message: string) => void): Pipeline {
  const prometheus = new PrometheusExporter({ preventServerStart: true });
  const settings = otlpSettings(env);
  const otlp = settings && createOtlpReader(settings, onExportError);
  return {
    resource: resourceFromEnvironment(env),
    shownProvider: otlp?.shownProvider,
    prometheus,
    readers: otlp === undefined ? [prometheus] : [prometheus, otlp.reader],
  };
}
