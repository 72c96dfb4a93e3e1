import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import * as main from "./index.ts";
import * as node from "./node.ts";

test("what the package exports", () => {
  expect(Object.keys(main).toSorted()).toEqual([
    "EnvironmentError",
    "GAUGES",
    "HISTOGRAMS",
    "METRICS",
    "PROCESS_METRICS",
    "PROMETHEUS_CONTENT_TYPE",
    "TOKEN_COUNTERS",
    "TOKEN_COUNTER_LABELS",
    "TOKEN_COUNTER_SERIES",
    "createMetrics",
    "prometheusName",
  ]);
  expect(Object.keys(node)).toEqual(["startMetricsSdk"]);
});

test("what createMetrics offers", () => {
  expect(Object.keys(main.createMetrics()).toSorted()).toEqual([
    "forceFlush",
    "observe",
    "recordAffinity",
    "recordAnswer",
    "recordAttempt",
    "recordBytes",
    "recordInFlight",
    "recordLimitRejection",
    "recordLoss",
    "recordOutcome",
    "recordRequest",
    "recordStreamEnd",
    "recordStreamError",
    "recordTimings",
    "recordTokenIssued",
    "recordTokenRevoked",
    "renderPrometheus",
    "resource",
    "shutdown",
    "usageSnapshot",
  ]);
});

test("the content type that Prometheus knows the text by", () => {
  expect(main.PROMETHEUS_CONTENT_TYPE).toBe("text/plain; version=0.0.4; charset=utf-8");
});

test("only the entry for the whole process loads its heavy SDK", () => {
  const loading = globSync("*.ts", { cwd: import.meta.dirname, exclude: ["*.test.ts"] }).filter((file) =>
    /from "(@opentelemetry\/sdk-node|\.\/node\.ts)"/.test(readFileSync(join(import.meta.dirname, file), "utf8")),
  );
  expect(loading).toEqual(["node.ts"]);
});

test("the readme names every metric and every field of the snapshot", () => {
  const readme = readFileSync(join(import.meta.dirname, "../README.md"), "utf8");
  const rows: readonly main.MetricRow[] = Object.values(main.METRICS);
  const missing = rows.filter(
    ({ name, usage }) => !readme.includes(`\`${name}`) || (usage !== undefined && !readme.includes(`\`${usage}\``)),
  );
  expect(missing).toEqual([]);
});
