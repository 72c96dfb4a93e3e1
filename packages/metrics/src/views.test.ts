import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createMetrics } from "./create-metrics.ts";
import type { Metrics } from "./metrics.ts";
import { METRICS } from "./names.ts";
import type { MetricRow } from "./names.ts";
import { countsInPush, countsInSnapshot, countsInText } from "./testing/counts.ts";
import { startReceiver } from "./testing/receiver.ts";

function recordThem(metrics: Metrics): void {
  metrics.recordRequest("anthropic_messages", 200, "primary");
  metrics.recordRequest("openai_chat_completions", 200, "primary");
  metrics.recordRequest("openai_chat_completions", 500, "account-1");
  metrics.recordTokenIssued();
  metrics.recordBytes(100, 50);
}

describe("three exchanges, a token and some bytes", () => {
  const LINES = [
    "link_assistant_requests_total 3",
    "link_assistant_errors_total 1",
    "link_assistant_anthropic_messages_total 1",
    "link_assistant_openai_chat_completions_total 2",
    "link_assistant_tokens_issued_total 1",
    "link_assistant_bytes_out_total 100",
    "link_assistant_bytes_in_total 50",
    'link_assistant_status_total{code="200"} 2',
    'link_assistant_status_total{code="500"} 1',
    'link_assistant_account_calls_total{account="primary"} 2',
  ];
  const COUNTS = {
    "link_assistant_requests_total {}": 3,
    "link_assistant_errors_total {}": 1,
    "link_assistant_bytes_in_total {}": 50,
    "link_assistant_bytes_out_total {}": 100,
    "link_assistant_openai_chat_completions_total {}": 2,
    "link_assistant_openai_responses_total {}": 0,
    "link_assistant_anthropic_messages_total {}": 1,
    "link_assistant_tokens_issued_total {}": 1,
    "link_assistant_tokens_revoked_total {}": 0,
    'link_assistant_status_total {"code":"200"}': 2,
    'link_assistant_status_total {"code":"500"}': 1,
    'link_assistant_account_calls_total {"account":"primary"}': 2,
    'link_assistant_account_calls_total {"account":"account-1"}': 1,
  };

  test("in Prometheus text", async () => {
    const metrics = createMetrics();
    recordThem(metrics);
    const lines = (await metrics.renderPrometheus()).split("\n");
    for (const line of LINES) {
      expect(lines).toContain(line);
      expect(lines).toContain(`# TYPE ${line.split(/[ {]/)[0]} counter`);
    }
  });

  test("in a usage snapshot", () => {
    const metrics = createMetrics();
    recordThem(metrics);
    expect(JSON.parse(JSON.stringify(metrics.usageSnapshot()))).toEqual({
      requests_total: 3,
      errors_total: 1,
      bytes_in: 50,
      bytes_out: 100,
      openai_chat_completions: 2,
      openai_responses: 0,
      anthropic_messages: 1,
      tokens_issued: 1,
      tokens_revoked: 0,
      status_counts: { "200": 2, "500": 1 },
      account_calls: { primary: 2, "account-1": 1 },
    });
  });

  test("in a push by OTLP, as cumulative monotonic sums", async () => {
    using receiver = await startReceiver();
    const metrics = createMetrics({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url } });
    recordThem(metrics);
    await metrics.forceFlush();
    const push = receiver.arrivals[0]?.push;
    expect(countsInPush(push)).toEqual(COUNTS);
    const sums = push?.resourceMetrics[0]?.scopeMetrics[0]?.metrics.map(({ sum }) => sum) ?? [];
    expect(sums).toHaveLength(11);
    for (const sum of sums) {
      expect(sum).toMatchObject({ isMonotonic: true, aggregationTemporality: "AGGREGATION_TEMPORALITY_CUMULATIVE" });
    }
    await metrics.shutdown();
  });
});

const account = fc.oneof(
  fc.constantFrom("primary", "account-1", "", "other", "__proto__", "\uD800", 'a"b\\n', "line\nbreak", "x".repeat(200)),
  fc.string({ unit: "binary", maxLength: 5 }),
);
const amount = fc.oneof(fc.nat(), fc.double());
const step = fc.oneof(
  fc
    .tuple(
      fc.constantFrom("anthropic_messages" as const, "openai_chat_completions" as const, "openai_responses" as const),
      fc.oneof(fc.constantFrom(200, 429, 500), fc.integer({ min: 0, max: 700 }), fc.double()),
      fc.option(account),
    )
    .map((request) => ({
      does: "recordRequest",
      run: (metrics: Metrics) => metrics.recordRequest(...request),
      request,
    })),
  account.map((name) => ({ does: "recordAttempt", run: (metrics: Metrics) => metrics.recordAttempt(name), name })),
  fc
    .tuple(amount, amount)
    .map((bytes) => ({ does: "recordBytes", run: (metrics: Metrics) => metrics.recordBytes(...bytes), bytes })),
  fc
    .constantFrom("recordStreamError" as const, "recordTokenIssued" as const, "recordTokenRevoked" as const)
    .map((does) => ({ does, run: (metrics: Metrics) => metrics[does]() })),
  account.map((name) => ({
    does: "recordAnswer",
    run: (metrics: Metrics) => {
      metrics.recordInFlight("openai_responses", 1);
      metrics.recordOutcome(name, "served", name);
      metrics.recordAnswer("openai_responses", name, { input: 1, cacheRead: 2 }, 0.25);
      metrics.recordInFlight("openai_responses", -1);
    },
    name,
  })),
  fc.constantFrom("renderPrometheus" as const, "forceFlush" as const).map((does) => ({
    does,
    run: (metrics: Metrics) => metrics[does](),
  })),
);

const FURTHER = new RegExp(
  Object.values(METRICS)
    .filter((row: MetricRow) => row.usage === undefined)
    .map(({ name }) => `^${name} `)
    .join("|"),
);

test("text, push and snapshot agree after anything recorded in any order, however often it was collected", async () => {
  using receiver = await startReceiver();
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const metrics = createMetrics({ maxAccounts: 4, env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url } });
      for (const { run } of steps) await run(metrics);
      const text = countsInText(await metrics.renderPrometheus());
      await metrics.shutdown();
      expect(countsInPush(receiver.arrivals.at(-1)?.push)).toEqual(text);
      // The snapshot has eleven of them.
      const snapshot = countsInSnapshot(metrics.usageSnapshot());
      expect(Object.fromEntries(Object.entries(text).filter(([series]) => !FURTHER.test(series)))).toEqual(snapshot);
    }),
    { numRuns: 60 },
  );
});
