import { describe, expect, test, vi } from "vitest";
import { createMetrics } from "./create-metrics.ts";
import { countsInPush, countsInText } from "./testing/counts.ts";
import { startReceiver } from "./testing/receiver.ts";

const ISSUED = "link_assistant_tokens_issued_total {}";

test("a push goes to the path, with the headers, the compression and the resource of the environment", async () => {
  using receiver = await startReceiver();
  const metrics = createMetrics({
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: `${receiver.url}/otlp`,
      OTEL_EXPORTER_OTLP_HEADERS: "x-tenant=alice",
      OTEL_EXPORTER_OTLP_COMPRESSION: "gzip",
      OTEL_SERVICE_NAME: "my-gateway",
    },
  });
  await metrics.forceFlush();
  const [arrival] = receiver.arrivals;
  expect(arrival?.path).toBe("/otlp/v1/metrics");
  expect(arrival?.headers).toMatchObject({
    "content-type": "application/x-protobuf",
    "content-encoding": "gzip",
    "x-tenant": "alice",
  });
  const attributes = arrival?.push.resourceMetrics[0]?.resource.attributes ?? [];
  expect(attributes.find(({ key }) => key === "service.name")?.value.stringValue).toBe("my-gateway");
  await metrics.shutdown();
});

test("a push that arrives is no error", async () => {
  using receiver = await startReceiver();
  const onExportError = vi.fn<(message: string) => void>();
  const metrics = createMetrics({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url }, onExportError });
  await metrics.forceFlush();
  await metrics.shutdown();
  expect(receiver.arrivals).toHaveLength(2);
  expect(onExportError).not.toHaveBeenCalled();
});

test("delta temporality pushes what came since the last push", async () => {
  using receiver = await startReceiver();
  const metrics = createMetrics({
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: "delta",
    },
  });
  metrics.recordTokenIssued();
  await metrics.forceFlush();
  metrics.recordTokenIssued();
  metrics.recordTokenIssued();
  await metrics.shutdown();
  expect(receiver.arrivals.map(({ push }) => countsInPush(push)[ISSUED])).toEqual([1, 2]);
});

test("metrics are pushed on their own at the interval", async () => {
  using receiver = await startReceiver();
  const metrics = createMetrics({
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_METRIC_EXPORT_INTERVAL: "5" },
  });
  metrics.recordTokenIssued();
  await expect.poll(() => receiver.arrivals.length).toBeGreaterThan(0);
  await metrics.shutdown();
});

describe("when the collector fails", () => {
  test("the caller hears of it in one line without a header, and counts go on", async () => {
    using receiver = await startReceiver(401);
    const lines: string[] = [];
    const metrics = createMetrics({
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url.replace("//", "//user:secret@"),
        OTEL_EXPORTER_OTLP_HEADERS: "x-api-key=secret",
      },
      onExportError: (line) => lines.push(line),
    });
    metrics.recordTokenIssued();
    await metrics.forceFlush();
    await metrics.forceFlush();
    expect(lines).toEqual([`metrics were not exported to ${receiver.url}: 401 Unauthorized`]);
    expect(countsInPush(receiver.arrivals.at(-1)?.push)[ISSUED]).toBe(1);
    await metrics.shutdown();
  });

  test("silence is the default, and shutdown pushes a last time", async () => {
    using receiver = await startReceiver(400);
    const metrics = createMetrics({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url } });
    metrics.recordTokenIssued();
    await metrics.shutdown();
    expect(countsInPush(receiver.arrivals[0]?.push)[ISSUED]).toBe(1);
  });

  test("shutdown ends at its deadline though the collector never answers and the export may take an hour", async () => {
    using receiver = await startReceiver("never");
    const metrics = createMetrics({
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
        OTEL_METRIC_EXPORT_INTERVAL: "3600000",
        OTEL_METRIC_EXPORT_TIMEOUT: "3600000",
      },
    });
    await metrics.shutdown(20);
    await metrics.shutdown(0);
    await expect(metrics.renderPrometheus()).rejects.toThrow("render before you call shutdown()");
  });
});

describe("a scrape while a push collects", () => {
  test.each([0, 1, 2, 3, 4, 5, 6, 7, 8])("%d turns later shows what was recorded before it", async (turns) => {
    using receiver = await startReceiver();
    const metrics = createMetrics({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url } });
    metrics.recordTokenIssued();
    await metrics.renderPrometheus();
    const push = metrics.forceFlush();
    for (let turn = 0; turn < turns; turn++) await Promise.resolve();
    metrics.recordTokenIssued();
    expect(countsInText(await metrics.renderPrometheus())[ISSUED]).toBe(2);
    await push;
    await metrics.shutdown();
  });

  test("is answered though shutdown begins meanwhile", async () => {
    const metrics = createMetrics();
    const text = metrics.renderPrometheus();
    await metrics.shutdown();
    await expect(text).resolves.toContain("link_assistant_requests_total 0");
  });
});
