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

/** What is pushed: one of the signals of OpenTelemetry, as its variables spell it. */
export type OtlpSignal = "METRICS" | "TRACES" | "LOGS";

/** Where and how a signal is pushed. */
export interface OtlpTarget {
  readonly url: URL;
  readonly headers: Record<string, string>;
  readonly compression: CompressionAlgorithm;
  /** Longest time for the exporter's requests. */
  readonly requestTimeoutMs: number;
  readonly tls: TlsFiles;
}

/** Where, how and how often metrics are pushed. */
export interface OtlpSettings extends OtlpTarget {
  readonly temporality: AggregationTemporalityPreference;
  readonly intervalMs: number;
  /** Longest time for one export with its retries. At most `intervalMs`. */
  readonly exportTimeoutMs: number;
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
/** The exporters that a variable may name; `prometheus` is always on, and opens no port here. */
const EXPORTERS: Readonly<Record<OtlpSignal, readonly string[]>> = {
  METRICS: ["otlp", "prometheus", "none"],
  TRACES: ["otlp", "none"],
  LOGS: ["otlp", "none"],
};

const SIGNAL_PATHS: Readonly<Record<OtlpSignal, string>> = { METRICS: "metrics", TRACES: "traces", LOGS: "logs" };

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
  const target = otlpTarget(env, "METRICS");
  if (target === undefined) return undefined;
  return {
    ...target,
    temporality:
      choice(env, TEMPORALITIES, "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE") ??
      AggregationTemporalityPreference.CUMULATIVE,
    ...times(env),
  };
}

/**
 * What the standard `OTEL_*` variables say about pushing a signal; `undefined` when they do not ask for it. An endpoint for all signals
 * asks for metrics and traces, but not for logs, which most programs that run in containers write for their platform to collect.
 *
 * @throws EnvironmentError for a value that cannot be used.
 */
export function otlpTarget(env: Environment, signal: OtlpSignal): OtlpTarget | undefined {
  if (!isAskedFor(env, signal)) return undefined;
  const variables = (what: string): [string, string] => signalThenAll(signal, what);
  choice(env, PROTOCOLS, ...variables("PROTOCOL"));
  return {
    url: urlFor(env, signal),
    headers: {
      ...keyValuePairs(env, "OTEL_EXPORTER_OTLP_HEADERS"),
      ...keyValuePairs(env, `OTEL_EXPORTER_OTLP_${signal}_HEADERS`),
    },
    compression: choice(env, COMPRESSIONS, ...variables("COMPRESSION")) ?? CompressionAlgorithm.NONE,
    requestTimeoutMs: milliseconds(env, ...variables("TIMEOUT")) ?? DEFAULT_TIMEOUT_MS,
    tls: {
      ca: fileOf(env, ...variables("CERTIFICATE")),
      cert: fileOf(env, ...variables("CLIENT_CERTIFICATE")),
      key: fileOf(env, ...variables("CLIENT_KEY")),
    },
  };
}

function isAskedFor(env: Environment, signal: OtlpSignal): boolean {
  if (isSdkDisabled(env)) return false;
  const asked = firstSetting(env, `OTEL_${signal}_EXPORTER`);
  const [own, all] = signalThenAll(signal, "ENDPOINT");
  if (asked === undefined) return firstSetting(env, own, ...(signal === "LOGS" ? [] : [all])) !== undefined;
  const exporters = asked.value
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  const known = EXPORTERS[signal];
  if (!exporters.every((name) => known.includes(name))) {
    throw new EnvironmentError(asked.variable, `a list of ${known.join(", ")}`);
  }
  return exporters.includes("otlp") && !exporters.includes("none");
}

/** The variables of one setting: first the one for the signal alone, then the one for all signals. */
function signalThenAll(signal: OtlpSignal, what: string): [string, string] {
  return [`OTEL_EXPORTER_OTLP_${signal}_${what}`, `OTEL_EXPORTER_OTLP_${what}`];
}

function urlFor(env: Environment, signal: OtlpSignal): URL {
  const [own, all] = signalThenAll(signal, "ENDPOINT");
  const exact = firstSetting(env, own);
  if (exact !== undefined) return httpUrl(exact);
  const base = httpUrl(firstSetting(env, all) ?? DEFAULT_ENDPOINT);
  const path = `v1/${SIGNAL_PATHS[signal]}`;
  base.pathname += base.pathname.endsWith("/") ? path : `/${path}`;
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
  const requestMs = milliseconds(env, ...signalThenAll("METRICS", "TIMEOUT"));
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
