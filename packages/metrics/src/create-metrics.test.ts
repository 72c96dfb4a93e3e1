import { metrics as globalMetrics } from "@opentelemetry/api";
import { PrometheusExporter } from "@opentelemetry/exporter-prometheus";
import { MeterProvider } from "@opentelemetry/sdk-metrics";
import { afterEach, describe, expect, test, vi } from "vitest";
import { createMetrics, type MetricsOptions } from "./create-metrics.ts";
import { countsInText, countsInSnapshot } from "./testing/counts.ts";
import { startReceiver } from "./testing/receiver.ts";

const ZERO = {
  requests_total: 0,
  errors_total: 0,
  bytes_in: 0,
  bytes_out: 0,
  openai_chat_completions: 0,
  openai_responses: 0,
  anthropic_messages: 0,
  tokens_issued: 0,
  tokens_revoked: 0,
  status_counts: {},
  account_calls: {},
};

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

describe("from the start", () => {
  test("the snapshot has all eleven fields", () => {
    expect(createMetrics().usageSnapshot()).toEqual(ZERO);
  });

  test("the first scrape has the nine counters without labels, and no series of the others", async () => {
    const text = await createMetrics().renderPrometheus();
    expect(text.split("\n").filter((line) => line !== "" && !line.startsWith("#"))).toEqual([
      "link_assistant_requests_total 0",
      "link_assistant_errors_total 0",
      "link_assistant_bytes_in_total 0",
      "link_assistant_bytes_out_total 0",
      "link_assistant_openai_chat_completions_total 0",
      "link_assistant_openai_responses_total 0",
      "link_assistant_anthropic_messages_total 0",
      "link_assistant_tokens_issued_total 0",
      "link_assistant_tokens_revoked_total 0",
    ]);
    expect(text.endsWith("\n")).toBe(true);
  });
});

test("no port is opened", () => {
  const startServer = vi.spyOn(PrometheusExporter.prototype, "startServer");
  createMetrics();
  expect(startServer).not.toHaveBeenCalled();
});

describe("recording", () => {
  test("a request counts its surface and its status, and one call when it names an account", () => {
    const metrics = createMetrics();
    metrics.recordRequest("openai_responses", 200, "primary");
    metrics.recordRequest("openai_responses", 400);
    metrics.recordRequest("anthropic_messages", 399, null);
    expect(metrics.usageSnapshot()).toEqual({
      ...ZERO,
      requests_total: 3,
      errors_total: 1,
      openai_responses: 2,
      anthropic_messages: 1,
      status_counts: { "200": 1, "399": 1, "400": 1 },
      account_calls: { primary: 1 },
    });
  });

  test("attempts, stream errors and tokens count alone", () => {
    const { recordAttempt, recordStreamError, recordTokenIssued, recordTokenRevoked, usageSnapshot } = createMetrics();
    recordAttempt("primary");
    recordAttempt("primary");
    recordStreamError();
    recordTokenIssued();
    recordTokenRevoked();
    expect(usageSnapshot()).toEqual({
      ...ZERO,
      account_calls: { primary: 2 },
      errors_total: 1,
      tokens_issued: 1,
      tokens_revoked: 1,
    });
  });

  test("bytes are counted whole, and what is not an amount of bytes as none", () => {
    const metrics = createMetrics();
    metrics.recordBytes(100.9, 50);
    for (const wrong of [-5, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 2 ** 53, 0]) {
      metrics.recordBytes(wrong, wrong);
    }
    metrics.recordBytes(Number.NaN, 7);
    expect(metrics.usageSnapshot()).toEqual({ ...ZERO, bytes_out: 100, bytes_in: 57 });
  });

  test("a snapshot does not change afterwards, and holds any account name as a field of its own", () => {
    const metrics = createMetrics();
    metrics.recordAttempt("__proto__");
    metrics.recordAttempt("constructor");
    const snapshot = metrics.usageSnapshot();
    metrics.recordAttempt("__proto__");
    expect(JSON.stringify(snapshot.account_calls)).toBe('{"__proto__":1,"constructor":1}');
  });

  test("the highest bound on accounts fits into what a reader keeps", async () => {
    const metrics = createMetrics({ maxAccounts: 1998 });
    for (let n = 0; n < 2100; n++) metrics.recordAttempt(`account-${n}`);
    const counts = countsInText(await metrics.renderPrometheus());
    expect(counts).toMatchObject(countsInSnapshot(metrics.usageSnapshot()));
    expect(counts['link_assistant_account_calls_total {"account":"other"}']).toBe(102);
    expect(metrics.usageSnapshot().account_calls["other"]).toBe(102);
  });

  test("two sets of counts are apart", () => {
    const [one, other] = [createMetrics(), createMetrics()];
    one.recordTokenIssued();
    expect([one.usageSnapshot().tokens_issued, other.usageSnapshot().tokens_issued]).toEqual([1, 0]);
  });
});

describe("with a MeterProvider of the caller", () => {
  test("the text of its Prometheus reader has our metrics beside its own", async () => {
    const prometheus = new PrometheusExporter({ preventServerStart: true });
    const meterProvider = new MeterProvider({ readers: [prometheus] });
    meterProvider.getMeter("theirs").createCounter("their_own").add(5);
    const metrics = createMetrics({ meterProvider, prometheus });
    metrics.recordTokenIssued();
    const text = await metrics.renderPrometheus();
    expect(text).toContain("\nlink_assistant_tokens_issued_total 1\n");
    expect(text).toContain("their_own_total 5\n");
  });

  test("without its reader there is no text, but a snapshot", async () => {
    const metrics = createMetrics({ meterProvider: new MeterProvider() });
    metrics.recordTokenIssued();
    await expect(metrics.renderPrometheus()).rejects.toThrow(TypeError);
    await expect(metrics.renderPrometheus()).rejects.toThrow("pass createMetrics({ meterProvider, prometheus })");
    expect(metrics.usageSnapshot().tokens_issued).toBe(1);
  });

  test("it goes on after shutdown", async () => {
    const prometheus = new PrometheusExporter({ preventServerStart: true });
    const meterProvider = new MeterProvider({ readers: [prometheus] });
    const metrics = createMetrics({ meterProvider, prometheus });
    metrics.recordTokenIssued();
    await metrics.forceFlush();
    await metrics.shutdown();
    await expect(metrics.renderPrometheus()).rejects.toThrow("shut down");
    const { resourceMetrics } = await prometheus.collect();
    expect(resourceMetrics.scopeMetrics.map(({ scope }) => scope.name)).toEqual(["@link-assistant/metrics"]);
  });

  test("the API's provider that does nothing is enough for a snapshot", () => {
    const metrics = createMetrics({ meterProvider: globalMetrics.getMeterProvider() });
    metrics.recordTokenIssued();
    expect(metrics.usageSnapshot().tokens_issued).toBe(1);
  });
});

describe("mistakes in the options", () => {
  const meterProvider = new MeterProvider();
  const prometheus = new PrometheusExporter({ preventServerStart: true });

  const misspelt = { maxAccounts: 5, maxAcounts: 5 };

  test.each<[MetricsOptions, string]>([
    [{ prometheus }, "prometheus needs the meterProvider"],
    [{ meterProvider, env: {} }, "leave them out with meterProvider"],
    [{ meterProvider, onExportError: () => {} }, "leave them out with meterProvider"],
    [{ maxAccounts: 0 }, "maxAccounts must be"],
    [misspelt, "createMetrics has no option maxAcounts"],
  ])("%# is a TypeError", (options, message) => {
    expect(() => createMetrics(options)).toThrow(TypeError);
    expect(() => createMetrics(options)).toThrow(message);
  });
});

test("the environment of the process is not read unless it is passed", async () => {
  using receiver = await startReceiver();
  vi.stubEnv("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.url);
  const metrics = createMetrics();
  await metrics.forceFlush();
  await metrics.shutdown();
  expect(receiver.arrivals).toEqual([]);
});
