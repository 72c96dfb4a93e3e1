import { metrics as globalMetrics } from "@opentelemetry/api";
import { NodeSDK, type NodeSDKConfiguration } from "@opentelemetry/sdk-node";
import { createMetrics } from "./create-metrics.ts";
import { DEFAULT_MAX_ACCOUNTS } from "./labels.ts";
import { metricsWith, type Metrics } from "./metrics.ts";
import { isSdkDisabled } from "./otlp-settings.ts";
import { createPipeline } from "./pipeline.ts";
import { createTallies } from "./tally.ts";
import { wantsTokenCounters } from "./token-counters.ts";

/** What `startMetricsSdk` takes. All of it may be left out. */
export interface MetricsSdkOptions {
  /** See `MetricsOptions`. */
  readonly onExportError?: (message: string) => void;
  /** See `MetricsOptions`. */
  readonly maxAccounts?: number;
  /**
   * Anything else for `NodeSDK`, such as `instrumentations`, `views` (which leave this package's counters and gauges as they are) or
   * `spanProcessors`. Default: no spans and no logs
   * are exported, and no resource is detected beyond the `OTEL_*` variables.
   */
  readonly sdk?: Omit<Partial<NodeSDKConfiguration>, "metricReaders" | "traceExporter">;
}

/**
 * Starts the OpenTelemetry SDK of the whole process with the readers of this package, and counts on its global
 * MeterProvider, so that whatever else the process measures shows in the same text and the same push. This is the one
 * place of the package that reads `process.env`: its `OTEL_*` variables, as in `MetricsOptions`. With
 * `OTEL_SDK_DISABLED=true` nothing is registered or pushed, and the counts, the snapshot and the text still work.
 *
 * `shutdown` ends the SDK as well.
 *
 * @throws Error when the process has a global MeterProvider already: give that one to `createMetrics` instead.
 */
export function startMetricsSdk({
  onExportError,
  maxAccounts = DEFAULT_MAX_ACCOUNTS,
  sdk,
}: MetricsSdkOptions = {}): Metrics {
  if (isSdkDisabled(process.env)) return createMetrics({ maxAccounts });
  const tallies = createTallies(maxAccounts);
  const { readers, ...pipeline } = createPipeline(process.env, onExportError);
  const before = globalMetrics.getMeterProvider();
  const nodeSdk = new NodeSDK({
    resource: pipeline.resource,
    autoDetectResources: false,
    // Left out, these would start OTLP export of spans and logs.
    spanProcessors: [],
    logRecordProcessors: [],
    ...sdk,
    metricReaders: readers,
  });
  nodeSdk.start();
  const meterProvider = globalMetrics.getMeterProvider();
  if (meterProvider === before) {
    void nodeSdk.shutdown().catch(() => {});
    throw new Error("the process has a global MeterProvider already: pass it to createMetrics({ meterProvider })");
  }
  return metricsWith(tallies, {
    ...pipeline,
    meterProvider,
    readers,
    tokenCounters: wantsTokenCounters(process.env),
    end: () => nodeSdk.shutdown(),
  });
}
