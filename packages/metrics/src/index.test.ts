import { expect, test } from "vitest";
import * as main from "./index.ts";
import * as node from "./node.ts";

test("what the package exports", () => {
  expect(Object.keys(main).toSorted()).toEqual([
    "EnvironmentError",
    "METRICS",
    "PROMETHEUS_CONTENT_TYPE",
    "createMetrics",
  ]);
  expect(Object.keys(node)).toEqual(["startMetricsSdk"]);
});

test("what createMetrics offers", () => {
  expect(Object.keys(main.createMetrics()).toSorted()).toEqual([
    "forceFlush",
    "recordAttempt",
    "recordBytes",
    "recordRequest",
    "recordStreamError",
    "recordTokenIssued",
    "recordTokenRevoked",
    "renderPrometheus",
    "shutdown",
    "usageSnapshot",
  ]);
});

test("the content type that Prometheus knows the text by", () => {
  expect(main.PROMETHEUS_CONTENT_TYPE).toBe("text/plain; version=0.0.4; charset=utf-8");
});
