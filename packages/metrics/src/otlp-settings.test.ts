import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import type { Environment } from "./environment.ts";
import { otlpSettings } from "./otlp-settings.ts";

const ON = { OTEL_METRICS_EXPORTER: "otlp" };

function settings(env: Environment): NonNullable<ReturnType<typeof otlpSettings>> {
  const found = otlpSettings({ ...ON, ...env });
  if (found === undefined) throw new Error("OTLP is off");
  return found;
}

describe("whether metrics are pushed", () => {
  test.each<[boolean, Environment]>([
    [false, {}],
    [false, { OTEL_SERVICE_NAME: "gateway" }],
    [true, { OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318" }],
    [true, { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: "http://collector:4318/v1/metrics" }],
    [true, { OTEL_METRICS_EXPORTER: "otlp" }],
    [true, { OTEL_METRICS_EXPORTER: "prometheus, otlp," }],
    [false, { OTEL_METRICS_EXPORTER: "prometheus", OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318" }],
    [false, { OTEL_METRICS_EXPORTER: "none", OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318" }],
    [false, { OTEL_METRICS_EXPORTER: "otlp,none" }],
    [false, { OTEL_METRICS_EXPORTER: "otlp", OTEL_SDK_DISABLED: "TRUE" }],
    [true, { OTEL_METRICS_EXPORTER: "otlp", OTEL_SDK_DISABLED: "1" }],
  ])("%s with %j", (on, env) => {
    expect(otlpSettings(env) !== undefined).toBe(on);
  });
});

describe("where to", () => {
  test.each<[string, Environment]>([
    ["http://localhost:4318/v1/metrics", {}],
    ["http://a:4318/v1/metrics", { OTEL_EXPORTER_OTLP_ENDPOINT: "http://a:4318" }],
    ["https://a/otlp/v1/metrics", { OTEL_EXPORTER_OTLP_ENDPOINT: "https://a/otlp/" }],
    [
      "http://b/exact",
      { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: "http://b/exact", OTEL_EXPORTER_OTLP_ENDPOINT: "http://a" },
    ],
  ])("%s with %j", (url, env) => {
    expect(settings(env).url.href).toBe(url);
  });
});

test("metrics variables come before those for all signals; headers of both are sent", () => {
  expect(
    settings({
      OTEL_EXPORTER_OTLP_HEADERS: "a=1,b=2",
      OTEL_EXPORTER_OTLP_METRICS_HEADERS: "b=3",
      OTEL_EXPORTER_OTLP_COMPRESSION: "none",
      OTEL_EXPORTER_OTLP_METRICS_COMPRESSION: "gzip",
      OTEL_EXPORTER_OTLP_PROTOCOL: "grpc",
      OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: "http/protobuf",
    }),
  ).toMatchObject({ headers: { a: "1", b: "3" }, compression: "gzip" });
});

describe("how often and how long", () => {
  test.each<[[number, number, number], Environment]>([
    [[60_000, 3000, 3000], {}],
    [[1000, 1000, 1000], { OTEL_METRIC_EXPORT_INTERVAL: "1000" }],
    [[60_000, 5000, 5000], { OTEL_METRIC_EXPORT_TIMEOUT: "5000" }],
    [[60_000, 9000, 9000], { OTEL_EXPORTER_OTLP_TIMEOUT: "9000" }],
    [[60_000, 8000, 7000], { OTEL_METRIC_EXPORT_TIMEOUT: "8000", OTEL_EXPORTER_OTLP_METRICS_TIMEOUT: "7000" }],
    [[1000, 1000, 9000], { OTEL_METRIC_EXPORT_INTERVAL: "1000", OTEL_EXPORTER_OTLP_TIMEOUT: "9000" }],
  ])("%j with %j", ([intervalMs, exportTimeoutMs, requestTimeoutMs], env) => {
    expect(settings(env)).toMatchObject({ intervalMs, exportTimeoutMs, requestTimeoutMs });
  });
});

test("TLS files are read from the paths given", () => {
  const path = fileURLToPath(import.meta.url);
  const { tls } = settings({ OTEL_EXPORTER_OTLP_CERTIFICATE: path });
  expect(tls.ca?.toString()).toContain("TLS files are read");
  expect(tls).toMatchObject({ cert: undefined, key: undefined });
});

describe("a value that cannot be used stops with the variable's name", () => {
  test.each<[string, Environment]>([
    ["OTEL_METRICS_EXPORTER must be a list of otlp, prometheus, none", { OTEL_METRICS_EXPORTER: "otlp,console" }],
    ["OTEL_EXPORTER_OTLP_PROTOCOL must be http/protobuf", { OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" }],
    ["OTEL_EXPORTER_OTLP_METRICS_PROTOCOL must be http/protobuf", { OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: "http/json" }],
    ["OTEL_EXPORTER_OTLP_ENDPOINT must be an http or https URL", { OTEL_EXPORTER_OTLP_ENDPOINT: "collector:4318" }],
    [
      "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT must be an http or https URL",
      { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: "//a" },
    ],
    ["OTEL_METRIC_EXPORT_INTERVAL must be a whole number", { OTEL_METRIC_EXPORT_INTERVAL: "1m" }],
    [
      "OTEL_METRIC_EXPORT_TIMEOUT must be at most OTEL_METRIC_EXPORT_INTERVAL (1000)",
      { OTEL_METRIC_EXPORT_INTERVAL: "1000", OTEL_METRIC_EXPORT_TIMEOUT: "1001" },
    ],
    ["OTEL_EXPORTER_OTLP_TIMEOUT must be a whole number", { OTEL_EXPORTER_OTLP_TIMEOUT: "0" }],
    ["OTEL_EXPORTER_OTLP_COMPRESSION must be none or gzip", { OTEL_EXPORTER_OTLP_COMPRESSION: "br" }],
    [
      "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE must be cumulative or delta or lowmemory",
      { OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: "both" },
    ],
    [
      "OTEL_EXPORTER_OTLP_CLIENT_KEY must be the path of a readable file",
      { OTEL_EXPORTER_OTLP_CLIENT_KEY: "/nowhere" },
    ],
  ])("%s", (message, env) => {
    expect(() => settings(env)).toThrow(message);
  });

  test("and nothing is looked at while OTLP is off", () => {
    expect(otlpSettings({ OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" })).toBeUndefined();
  });
});
