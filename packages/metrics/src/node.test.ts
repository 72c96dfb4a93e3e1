import { context, logs, metrics as globalMetrics, propagation, trace } from "@opentelemetry/api";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { startMetricsSdk } from "./node.ts";
import { countsInPush } from "./testing/counts.ts";
import { startReceiver } from "./testing/receiver.ts";

beforeEach(() => {
  for (const name of Object.keys(process.env)) if (name.startsWith("OTEL_")) vi.stubEnv(name, undefined);
});

afterEach(() => {
  vi.unstubAllEnvs();
  for (const api of [globalMetrics, context, logs, propagation, trace]) api.disable();
});

test("the counts show beside what others measure on the global MeterProvider, in the text and in the push", async () => {
  using receiver = await startReceiver();
  vi.stubEnv("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.url);
  vi.stubEnv("OTEL_SERVICE_NAME", "my-gateway");
  const metrics = startMetricsSdk();
  globalMetrics.getMeter("theirs").createCounter("their_own").add(5);
  metrics.recordTokenIssued();
  const text = await metrics.renderPrometheus();
  expect(text).toContain("\nlink_assistant_tokens_issued_total 1\n");
  expect(text).toContain("their_own_total 5\n");
  await metrics.forceFlush();
  const push = receiver.arrivals[0]?.push;
  expect(countsInPush({ resourceMetrics: push?.resourceMetrics ?? [] })["link_assistant_tokens_issued_total {}"]).toBe(
    1,
  );
  expect(push?.resourceMetrics[0]?.resource.attributes.map(({ key }) => key).toSorted()).toEqual([
    "service.instance.id",
    "service.name",
    "telemetry.sdk.language",
    "telemetry.sdk.name",
    "telemetry.sdk.version",
  ]);
  await metrics.shutdown();
  await expect(metrics.renderPrometheus()).rejects.toThrow("shut down");
});

test("nothing but metrics is exported, not even spans and logs to the endpoint for all signals", async () => {
  using receiver = await startReceiver();
  vi.stubEnv("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.url);
  const metrics = startMetricsSdk();
  trace.getTracer("theirs").startSpan("span").end();
  logs.getLogger("theirs").emit({ body: "log" });
  await metrics.shutdown();
  expect(receiver.arrivals.map(({ path }) => path)).toEqual(["/v1/metrics"]);
});

test("a second SDK in the process is refused", async () => {
  const metrics = startMetricsSdk();
  expect(() => startMetricsSdk()).toThrow("pass it to createMetrics({ meterProvider })");
  metrics.recordTokenIssued();
  await expect(metrics.renderPrometheus()).resolves.toContain("link_assistant_tokens_issued_total 1");
  await metrics.shutdown();
});

test("a disabled SDK registers and pushes nothing, and still counts", async () => {
  using receiver = await startReceiver();
  vi.stubEnv("OTEL_SDK_DISABLED", "true");
  vi.stubEnv("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.url);
  const before = globalMetrics.getMeterProvider();
  const metrics = startMetricsSdk({ maxAccounts: 1 });
  metrics.recordAttempt("a");
  metrics.recordAttempt("b");
  expect(globalMetrics.getMeterProvider()).toBe(before);
  expect(metrics.usageSnapshot().account_calls).toEqual({ a: 1, other: 1 });
  await expect(metrics.renderPrometheus()).resolves.toContain('link_assistant_account_calls_total{account="other"} 1');
  await metrics.shutdown();
  expect(receiver.arrivals).toEqual([]);
});
