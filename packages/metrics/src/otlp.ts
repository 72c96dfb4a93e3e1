import { ExportResultCode, type ExportResult } from "@opentelemetry/core";
import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-proto";
import { PeriodicExportingMetricReader, type MetricReader, type ResourceMetrics } from "@opentelemetry/sdk-metrics";
import { exportErrorTeller } from "./export-errors.ts";
import type { OtlpSettings } from "./otlp-settings.ts";

/** A reader that pushes what it collects to a collector, by OTLP over HTTP in protobuf. */
export function createOtlpReader(settings: OtlpSettings, onExportError?: (message: string) => void): MetricReader {
  const { url, headers, compression, temporality, intervalMs, exportTimeoutMs, requestTimeoutMs, tls } = settings;
  const exporter = new TellingExporter(
    {
      url: url.href,
      headers,
      compression,
      temporalityPreference: temporality,
      timeoutMillis: requestTimeoutMs,
      httpAgentOptions: { keepAlive: true, ...tls },
    },
    onExportError && exportErrorTeller("metrics", url.origin, onExportError, () => performance.now()),
  );
  return new PeriodicExportingMetricReader({
    exporter,
    exportIntervalMillis: intervalMs,
    exportTimeoutMillis: exportTimeoutMs,
  });
}

type FailureListener = (error: Error | undefined) => void;

/** The SDK keeps the outcome of an export to itself; this passes failures on. */
class TellingExporter extends OTLPMetricExporter {
  readonly #onFailure: FailureListener | undefined;

  constructor(config: ConstructorParameters<typeof OTLPMetricExporter>[0], onFailure: FailureListener | undefined) {
    super(config);
    this.#onFailure = onFailure;
  }

  override export(metrics: ResourceMetrics, done: (result: ExportResult) => void): void {
    super.export(metrics, (result) => {
      done(result);
      if (result.code === ExportResultCode.FAILED) this.#onFailure?.(result.error);
    });
  }
}
