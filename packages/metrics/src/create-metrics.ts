import type { MeterProvider } from "@opentelemetry/api";
import { MeterProvider as SdkMeterProvider } from "@opentelemetry/sdk-metrics";
import type { Environment } from "./environment.ts";
import { DEFAULT_MAX_ACCOUNTS } from "./labels.ts";
import { metricsWith, type Metrics } from "./metrics.ts";
import { createPipeline } from "./pipeline.ts";
import type { PrometheusReader } from "./prometheus.ts";
import { createTallies } from "./tally.ts";
import { wantsTokenCounters } from "./token-counters.ts";

/** What `createMetrics` takes. All of it may be left out. */
export interface MetricsOptions {
  /**
   * The variables that configure OTLP export and the service name, usually `process.env`; nothing reads the environment
   * of the process unless it is passed. Default: none, so nothing is pushed. Not together with `meterProvider`.
   */
  readonly env?: Environment;
  /**
   * Gets one short line when an OTLP export has failed, at most once a minute. Default: failures are silent. It must not
   * throw. Not together with `meterProvider`.
   */
  readonly onExportError?: (message: string) => void;
  /**
   * A MeterProvider of your own to make the instruments on, one `Metrics` for each. Default: an own one with a Prometheus
   * reader, and with an OTLP reader if `env` asks for it. Its readers, their flushing and its end stay yours.
   */
  readonly meterProvider?: MeterProvider;
  /**
   * A `PrometheusExporter({ preventServerStart: true })` among the readers of `meterProvider`. Default: none, and
   * `renderPrometheus()` rejects. Only together with `meterProvider`.
   */
  readonly prometheus?: PrometheusReader;
  /** How many account names are told apart before further ones count as `other`: 1 to 1,998, default 1,000. */
  readonly maxAccounts?: number;
}

const OPTIONS: Readonly<Record<keyof MetricsOptions, true>> = {
  env: true,
  onExportError: true,
  meterProvider: true,
  prometheus: true,
  maxAccounts: true,
};

/**
 * Counts from 0.
 *
 * @throws TypeError for an unknown option, or options that do not go together; `EnvironmentError` for an `OTEL_*`
 *   variable in `env` that cannot be used.
 */
export function createMetrics(options: MetricsOptions = {}): Metrics {
  refuseMistakes(options);
  const { env = {}, onExportError, meterProvider, prometheus, maxAccounts = DEFAULT_MAX_ACCOUNTS } = options;
  const tallies = createTallies(maxAccounts);
  if (meterProvider !== undefined) {
    return metricsWith(tallies, {
      meterProvider,
      shownProvider: meterProvider,
      resource: undefined,
      prometheus,
      readers: [],
      tokenCounters: false,
      end: async () => {},
    });
  }
  const pipeline = createPipeline(env, onExportError);
  const own = new SdkMeterProvider({ resource: pipeline.resource, readers: pipeline.readers });
  return metricsWith(tallies, {
    ...pipeline,
    meterProvider: own,
    tokenCounters: wantsTokenCounters(env),
    end: () => own.shutdown(),
  });
}

function refuseMistakes(options: MetricsOptions): void {
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(OPTIONS, name));
  if (unknown !== undefined) throw new TypeError(`createMetrics has no option ${unknown}`);
  if (options.meterProvider === undefined) {
    if (options.prometheus !== undefined) throw new TypeError("prometheus needs the meterProvider it is attached to");
  } else if (options.env !== undefined || options.onExportError !== undefined) {
    throw new TypeError("env and onExportError configure the own MeterProvider: leave them out with meterProvider");
  }
}
