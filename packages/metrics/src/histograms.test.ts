import { describe, expect, test } from "vitest";
import { createMetrics } from "./create-metrics.ts";
import { HISTOGRAMS } from "./histograms.ts";
import type { HistogramRow } from "./histograms.ts";
import type { Metrics } from "./metrics.ts";
import { startReceiver } from "./testing/receiver.ts";

const ROWS: readonly HistogramRow[] = Object.values(HISTOGRAMS);

const TIMINGS = {
  request: 1.2,
  method: "POST",
  route: "/v1/messages",
  status: 200,
  overheadIn: 0.0003,
  overheadOut: 0.0001,
  attempt: {
    operation: "chat",
    provider: "anthropic",
    model: "claude-opus-5-5",
    error: "",
    duration: 1.1,
    firstChunk: 0.4,
    usage: { input: 100, cacheRead: 900, output: 50 },
  },
};

async function linesOf(metrics: Metrics): Promise<string[]> {
  return (await metrics.renderPrometheus()).split("\n").filter((line) => !line.startsWith("#"));
}

/** The series of histograms: each has one line that counts. */
async function seriesOf(metrics: Metrics): Promise<string[]> {
  return (await linesOf(metrics)).filter((line) => /_count\{?/.test(line.split(" ")[0] ?? ""));
}

test("the names, labels and buckets that dashboards and alerts rely on", () => {
  expect(ROWS.map(({ name, unit, labels, buckets }) => [name, unit, labels.length, buckets.length])).toEqual([
    ["gen_ai.client.operation.duration", "s", 4, 17],
    ["gen_ai.client.token.usage", "{token}", 4, 14],
    ["gen_ai.client.operation.time_to_first_chunk", "s", 3, 19],
    ["http.server.request.duration", "s", 3, 19],
    ["link_assistant_gateway_overhead_seconds", "s", 1, 13],
  ]);
  for (const { buckets } of ROWS) expect(buckets).toEqual(buckets.toSorted((a, b) => a - b));
});

test("all histograms together have at most 200 series", () => {
  expect(ROWS.reduce((sum, { maxSeries }) => sum + maxSeries, 0)).toBeLessThanOrEqual(200);
});

test("in Prometheus seconds are the end of the name, once", async () => {
  const metrics = createMetrics();
  metrics.recordTimings(TIMINGS);
  const lines = await linesOf(metrics);
  expect(lines).toContain(
    'gen_ai_client_operation_duration_seconds_count{gen_ai_operation_name="chat",gen_ai_provider_name="anthropic",gen_ai_request_model="claude-opus-5-5"} 1',
  );
  expect(lines).toContain(
    'gen_ai_client_token_usage_sum{gen_ai_operation_name="chat",gen_ai_provider_name="anthropic",gen_ai_token_type="input",gen_ai_request_model="claude-opus-5-5"} 1000',
  );
  expect(lines).toContain(
    'http_server_request_duration_seconds_bucket{http_request_method="POST",http_route="/v1/messages",http_response_status_code="200",le="2.5"} 1',
  );
  expect(lines).toContain('link_assistant_gateway_overhead_seconds_count{phase="in"} 1');
  expect(lines.filter((line) => line.includes("seconds_seconds"))).toEqual([]);
});

test("by OTLP they have the names of the conventions", async () => {
  using receiver = await startReceiver();
  const metrics = createMetrics({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url } });
  metrics.recordTimings(TIMINGS);
  await metrics.forceFlush();
  const pushed = receiver.arrivals[0]?.push.resourceMetrics[0]?.scopeMetrics[0]?.metrics.map(({ name }) => name);
  expect(pushed).toEqual(expect.arrayContaining(ROWS.map(({ name }) => name)));
  await metrics.shutdown();
});

describe("series are bounded by construction", () => {
  test("whatever models, errors, routes and statuses come", async () => {
    const metrics = createMetrics();
    const { attempt } = TIMINGS;
    const before = process.memoryUsage().heapUsed;
    for (let index = 0; index < 200_000; index += 1) {
      metrics.recordTimings({
        ...TIMINGS,
        route: `/v1/${index}`,
        status: 200 + (index % 400),
        attempt: { ...attempt, model: `model-${index}`, error: `error-${index % 1000}`, provider: `p${index % 50}` },
      });
    }
    const series = await seriesOf(metrics);
    expect(series.length).toBeLessThanOrEqual(200);
    // What has no series of its own is counted all the same.
    const total = series
      .filter((line) => line.startsWith("gen_ai_client_operation_duration_seconds_count"))
      .reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0);
    expect(total).toBe(200_000);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(100_000_000);
    expect(await linesOf(metrics)).toContainEqual(
      expect.stringMatching(/^link_assistant_label_overflow_total\{label="gen_ai\.request\.model"\} \d+$/),
    );
  });

  test("and a model that gives way is other, with the rest of its labels kept", async () => {
    const metrics = createMetrics();
    for (let index = 0; index < 300; index += 1)
      metrics.recordTimings({ ...TIMINGS, attempt: { ...TIMINGS.attempt, model: `model-${index}` } });
    expect(await linesOf(metrics)).toContainEqual(
      expect.stringMatching(
        /^gen_ai_client_operation_duration_seconds_count\{gen_ai_operation_name="chat",gen_ai_provider_name="anthropic",gen_ai_request_model="other"\} \d+$/,
      ),
    );
  });
});

test("what is no time is not recorded", async () => {
  const metrics = createMetrics();
  metrics.recordTimings({
    ...TIMINGS,
    request: Number.NaN,
    attempt: undefined,
    overheadIn: -1,
    overheadOut: undefined,
  });
  expect(await seriesOf(metrics)).toEqual([]);
});

test("gauges are looked at when somebody asks", async () => {
  const metrics = createMetrics();
  let state = "ready";
  metrics.observe({ accountStates: () => [{ account: "a", state }], ledgerQueueDepth: () => 7 });
  state = "cooling";
  const lines = await linesOf(metrics);
  expect(lines).toContain('link_assistant_account_state{account="a",state="cooling"} 1');
  expect(lines).toContain('link_assistant_account_state{account="a",state="ready"} 0');
  expect(lines).toContain("link_assistant_ledger_queue_depth 7");
});
