import { ExportResultCode, type ExportResult } from "@opentelemetry/core";
import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-proto";
import {
  MeterProvider,
  MetricReader,
  PeriodicExportingMetricReader,
  type ResourceMetrics,
} from "@opentelemetry/sdk-metrics";
import { exportErrorTeller } from "./export-errors.ts";
import type { OtlpSettings } from "./otlp-settings.ts";

/** A way to a collector. */
export interface OtlpOutput {
  readonly reader: MetricReader;
  /** What this provider holds is pushed by `reader` too, and seen by no other reader. */
  readonly shownProvider: MeterProvider;
}

/** A reader that pushes what it collects to a collector, by OTLP over HTTP in protobuf. */
export function createOtlpReader(settings: OtlpSettings, onExportError?: (message: string) => void): OtlpOutput {
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
  const shownReader = new PassiveReader({
    aggregationTemporalitySelector: (type) => exporter.selectAggregationTemporality(type),
  });
  const reader = new PeriodicExportingMetricReader({
    exporter,
    exportIntervalMillis: intervalMs,
    exportTimeoutMillis: exportTimeoutMs,
    metricProducers: [shownReader],
  });
  return { reader, shownProvider: new MeterProvider({ readers: [shownReader] }) };
}

/** Collects when it is asked, and sends nothing anywhere. */
class PassiveReader extends MetricReader {
  protected override async onShutdown(): Promise<void> {}

  protected override async onForceFlush(): Promise<void> {}
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
