import { readFileSync } from "node:fs";
import { AggregationTemporalityPreference } from "@opentelemetry/exporter-metrics-otlp-http";
import { CompressionAlgorithm } from "@opentelemetry/otlp-exporter-base";
import {
  choice,
  EnvironmentError,
  firstSetting,
  keyValuePairs,
  milliseconds,
  type Environment,
  type Setting,
} from "./environment.ts";

/** The PEM texts of a TLS connection; each `undefined` when its variable is not set. */
export interface TlsFiles {
  readonly ca: Buffer | undefined;
  readonly cert: Buffer | undefined;
  readonly key: Buffer | undefined;
}

/** Where, how and how often metrics are pushed. */
export interface OtlpSettings {
  readonly url: URL;
  readonly headers: Record<string, string>;
  readonly compression: CompressionAlgorithm;
  readonly temporality: AggregationTemporalityPreference;
  readonly intervalMs: number;
  /** Longest time for one export with its retries. At most `intervalMs`. */
  readonly exportTimeoutMs: number;
  /** Longest time for the exporter's requests. */
  readonly requestTimeoutMs: number;
  readonly tls: TlsFiles;
}

const DEFAULT_INTERVAL_MS = 60_000;
/** A collector that never answers delays the end of the process by no more than this. */
const DEFAULT_TIMEOUT_MS = 3000;
const DEFAULT_ENDPOINT: Setting = { variable: "OTEL_EXPORTER_OTLP_ENDPOINT", value: "http://localhost:4318" };

const PROTOCOLS = { "http/protobuf": true };
const COMPRESSIONS = { none: CompressionAlgorithm.NONE, gzip: CompressionAlgorithm.GZIP };
const TEMPORALITIES = {
  cumulative: AggregationTemporalityPreference.CUMULATIVE,
  delta: AggregationTemporalityPreference.DELTA,
  lowmemory: AggregationTemporalityPreference.LOWMEMORY,
};
/** The exporters of `OTEL_METRICS_EXPORTER`; `prometheus` is always on, and opens no port here. */
const EXPORTERS = ["otlp", "prometheus", "none"];

/** Whether `OTEL_SDK_DISABLED` is `true`; the specification takes every other value for false. */
export function isSdkDisabled(env: Environment): boolean {
  return firstSetting(env, "OTEL_SDK_DISABLED")?.value.toLowerCase() === "true";
}

/**
 * What the standard `OTEL_*` variables say about pushing metrics; `undefined` when they ask for none.
 *
 * @throws EnvironmentError for a value that cannot be used.
 */
export function otlpSettings(env: Environment): OtlpSettings | undefined {
  if (!isOtlpAskedFor(env)) return undefined;
  choice(env, PROTOCOLS, ...metricsThenAll("PROTOCOL"));
  return {
    url: metricsUrl(env),
    headers: {
      ...keyValuePairs(env, "OTEL_EXPORTER_OTLP_HEADERS"),
      ...keyValuePairs(env, "OTEL_EXPORTER_OTLP_METRICS_HEADERS"),
    },
    compression: choice(env, COMPRESSIONS, ...metricsThenAll("COMPRESSION")) ?? CompressionAlgorithm.NONE,
    temporality:
      choice(env, TEMPORALITIES, "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE") ??
      AggregationTemporalityPreference.CUMULATIVE,
    ...times(env),
    tls: {
      ca: fileOf(env, ...metricsThenAll("CERTIFICATE")),
      cert: fileOf(env, ...metricsThenAll("CLIENT_CERTIFICATE")),
      key: fileOf(env, ...metricsThenAll("CLIENT_KEY")),
    },
  };
}

function isOtlpAskedFor(env: Environment): boolean {
  if (isSdkDisabled(env)) return false;
  const asked = firstSetting(env, "OTEL_METRICS_EXPORTER");
  if (asked === undefined) return firstSetting(env, ...metricsThenAll("ENDPOINT")) !== undefined;
  const exporters = asked.value
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  if (!exporters.every((name) => EXPORTERS.includes(name))) {
    throw new EnvironmentError(asked.variable, `a list of ${EXPORTERS.join(", ")}`);
  }
  return exporters.includes("otlp") && !exporters.includes("none");
}

/** The variables of one setting: first the one for metrics alone, then the one for all signals. */
function metricsThenAll(what: string): [string, string] {
  return [`OTEL_EXPORTER_OTLP_METRICS_${what}`, `OTEL_EXPORTER_OTLP_${what}`];
}

function metricsUrl(env: Environment): URL {
  const [forMetrics, forAll] = metricsThenAll("ENDPOINT");
  const exact = firstSetting(env, forMetrics);
  if (exact !== undefined) return httpUrl(exact);
  const base = httpUrl(firstSetting(env, forAll) ?? DEFAULT_ENDPOINT);
  base.pathname += base.pathname.endsWith("/") ? "v1/metrics" : "/v1/metrics";
  return base;
}

function httpUrl({ variable, value }: Setting): URL {
  const url = URL.parse(value);
  if (url !== null && /^https?:$/.test(url.protocol)) return url;
  throw new EnvironmentError(variable, "an http or https URL");
}

function times(env: Environment): Pick<OtlpSettings, "intervalMs" | "exportTimeoutMs" | "requestTimeoutMs"> {
  const intervalMs = milliseconds(env, "OTEL_METRIC_EXPORT_INTERVAL") ?? DEFAULT_INTERVAL_MS;
  const exportMs = milliseconds(env, "OTEL_METRIC_EXPORT_TIMEOUT");
  const requestMs = milliseconds(env, ...metricsThenAll("TIMEOUT"));
  if (exportMs !== undefined && exportMs > intervalMs) {
    throw new EnvironmentError("OTEL_METRIC_EXPORT_TIMEOUT", `at most OTEL_METRIC_EXPORT_INTERVAL (${intervalMs})`);
  }
  const exportTimeoutMs = exportMs ?? Math.min(requestMs ?? DEFAULT_TIMEOUT_MS, intervalMs);
  return { intervalMs, exportTimeoutMs, requestTimeoutMs: requestMs ?? exportTimeoutMs };
}

function fileOf(env: Environment, ...variables: readonly string[]): Buffer | undefined {
  const path = firstSetting(env, ...variables);
  if (path === undefined) return undefined;
  try {
    return readFileSync(path.value);
  } catch {
    throw new EnvironmentError(path.variable, "the path of a readable file");
  }
}
