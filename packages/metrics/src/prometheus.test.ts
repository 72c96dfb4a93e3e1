import { PrometheusExporter } from "@opentelemetry/exporter-prometheus";
import { MeterProvider } from "@opentelemetry/sdk-metrics";
import { describe, expect, test } from "vitest";
import { createMetrics } from "./create-metrics.ts";
import { prometheusName } from "./prometheus.ts";
import { countsInText } from "./testing/counts.ts";

const TIMINGS = { request: 1, method: "POST", route: "/v1/messages", status: 200 };

describe("a scrape of much", () => {
  test("lets other work have its turns, and shows one moment nevertheless", async () => {
    const metrics = createMetrics({ maxAccounts: 1900 });
    for (let index = 0; index < 1900; index++) {
      metrics.recordAttempt(`account-${index}`);
      metrics.recordOutcome(`account-${index}`, "served");
    }
    metrics.recordTimings(TIMINGS);
    let turns = 0;
    let done = false;
    const work = (): void => {
      turns += 1;
      metrics.recordTimings(TIMINGS);
      metrics.recordRequest("anthropic_messages", 200);
      if (!done) setImmediate(work);
    };
    const text = metrics.renderPrometheus();
    setImmediate(work);
    const counts = countsInText(await text);
    done = true;
    expect(turns).toBeGreaterThan(1);
    expect(counts["link_assistant_requests_total {}"]).toBe(counts["link_assistant_anthropic_messages_total {}"]);
    const buckets = Object.entries(counts).filter(([name]) =>
      name.startsWith("http_server_request_duration_seconds_bucket"),
    );
    const whole = Object.entries(counts).find(([name]) =>
      name.startsWith("http_server_request_duration_seconds_count"),
    );
    expect(Math.max(...buckets.map(([, count]) => count))).toBe(whole?.[1]);
    await metrics.shutdown();
  });
});

test("a scrape that cannot collect everything fails, for half would look like all", async () => {
  const prometheus = new PrometheusExporter({ preventServerStart: true });
  const meterProvider = new MeterProvider({ readers: [prometheus] });
  const metrics = createMetrics({ meterProvider, prometheus });
  meterProvider
    .getMeter("another")
    .createObservableGauge("broken")
    .addCallback(() => {
      throw new Error("no value");
    });
  await expect(metrics.renderPrometheus()).rejects.toThrow("some metrics could not be collected");
  await meterProvider.shutdown();
});

test("tallies and gauges read the same, whether written from themselves or from what the SDK collected", async () => {
  const prometheus = new PrometheusExporter({ preventServerStart: true });
  const meterProvider = new MeterProvider({ readers: [prometheus] });
  const both = [createMetrics(), createMetrics({ meterProvider, prometheus })];
  const lines = both.map(async (metrics) => {
    metrics.observe({
      accountStates: () => [{ account: 'a"b\\c', state: "cooling" }],
      ledgerQueueDepth: () => 7,
    });
    metrics.recordRequest("openai_responses", 429, 'a"b\\c');
    metrics.recordAnswer("openai_responses", "m", { input: 1 }, 0.25);
    metrics.recordInFlight("openai_responses", -1);
    const text = await metrics.renderPrometheus();
    return text.split("\n").filter((line) => !line.startsWith("# UNIT"));
  });
  const [own, collected] = await Promise.all(lines);
  expect(own).toContain('link_assistant_account_calls_total{account="a\\"b\\\\c"} 1');
  expect(own?.toSorted()).toEqual(collected?.toSorted());
  await meterProvider.shutdown();
});

test.each([
  ["gen_ai.client.operation.duration", "s", "histogram", "gen_ai_client_operation_duration_seconds"],
  ["gen_ai.client.token.usage", "{token}", "histogram", "gen_ai_client_token_usage"],
  ["link_assistant_gateway_overhead_seconds", "s", "histogram", "link_assistant_gateway_overhead_seconds"],
  ["link_assistant_bytes_in_total", "By", "counter", "link_assistant_bytes_in_total"],
  ["process.cpu.time", "s", "counter", "process_cpu_time_seconds_total"],
  ["nodejs.eventloop.utilization", "1", "gauge", "nodejs_eventloop_utilization_ratio"],
])("%s in %s, a %s, is %s", (name, unit, kind, text) => {
  expect(prometheusName({ name, unit, kind })).toBe(text);
});
