import { spawnSync } from "node:child_process";

import { errorTurn, rateLimitTurn, textTurn } from "@link-assistant/testkit";
import type { Turn } from "@link-assistant/testkit";
import { expect, test, describe, beforeAll, afterAll } from "vitest";

import { dashboardQueries, deployFile, deployPath, rules } from "./testing/deploy.ts";
import { MESSAGE, post, startHarness } from "./testing/harness.ts";
import type { Harness } from "./testing/harness.ts";
import { freePort } from "./testing/ports.ts";
import { hasPrometheus, hasVictoria, startPrometheus, startVictoria } from "./testing/real-prometheus.ts";
import type { RealMetricsStore, Sample } from "./testing/real-prometheus.ts";
import { mustSkip } from "./testing/real-server.ts";
import { until } from "./testing/until.ts";

const EXCHANGES = 1000;
const AT_ONCE = 20;
const LONG = Array.from({ length: 40 }, (_, index) => `word ${index}`).join(" ");

const WITHOUT_USAGE = {
  id: "msg_1",
  type: "message",
  role: "assistant",
  model: "claude-sonnet-5-5",
  content: [{ type: "text", text: "Hello" }],
  stop_reason: "end_turn",
};

/** What the model does with the n-th call. */
const TURNS: readonly ((call: number) => Turn)[] = [
  () => textTurn("Hello"),
  () => textTurn(LONG),
  () => textTurn("Hello", { usage: { input: 20, cacheRead: 4000, output: 9 } }),
  () => errorTurn("invalid_request_error", "no"),
  () => textTurn(LONG, { cut: { by: "drop", afterEvents: 6 } }),
  (call) => (call % 3 === 0 ? rateLimitTurn(0) : textTurn("Hello")),
  () => errorTurn("api_error", "broken"),
  () => ({ error: { type: "none", message: "", status: 200, body: JSON.stringify(WITHOUT_USAGE) } }),
];

describe.skipIf(mustSkip(hasPrometheus && hasVictoria))(
  "real Prometheus and VictoriaMetrics (skipped where one is missing)",
  () => {
    let harness: Harness;
    let prometheus: RealMetricsStore;
    /** A router token that soon reaches its limit. */
    let limited = "";
    /** Takes the pushes. */
    let victoria: RealMetricsStore;
    beforeAll(async () => {
      const port = await freePort();
      [prometheus, victoria] = await Promise.all([
        startPrometheus([`127.0.0.1:${port}`], { "rules.yml": deployFile("prometheus/rules.yml") }),
        startVictoria(),
      ]);
      let call = 0;
      harness = await startHarness({
        accounts: ["a", "b", "c"],
        script: () => (TURNS[call++ % TURNS.length] ?? (() => textTurn("Hello")))(call),
        config: {
          server: { port },
          metrics: { public: true },
          // No account rests, so that the mixture stays a mixture.
          routing: { cooldownBaseMs: 1, cooldownMaxMs: 1 },
        },
        env: {
          OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: `${victoria.url}/opentelemetry/v1/metrics`,
          OTEL_METRIC_EXPORT_INTERVAL: "3600000",
        },
      });
      ({ token: limited } = await harness.gateway.tokens.issue({ limits: { requestsPerMinute: 20 } }));
      await exchangeAll();
      await harness.ledger(EXCHANGES);
      await harness.gateway.metrics.forceFlush();
      const total = "link_assistant_requests_total";
      for (const store of [prometheus, victoria])
        await until(async () => (await store.query(total))[0]?.value === EXCHANGES);
    }, 120_000);
    afterAll(async () => {
      await harness[Symbol.asyncDispose]();
      await Promise.all([prometheus[Symbol.asyncDispose](), victoria[Symbol.asyncDispose]()]);
    });

    async function exchangeAll(): Promise<void> {
      let next = 0;
      const worker = async (): Promise<void> => {
        while (next < EXCHANGES) await exchange(next++);
      };
      await Promise.all(Array.from({ length: AT_ONCE }, worker));
    }

    /** One of seven kinds: whole and streamed on three surfaces; some are refused, and some clients leave. */
    async function exchange(index: number): Promise<void> {
      const stream = index % 2 === 0;
      const chat = { model: "gpt-4o", stream, seed: 1, messages: [{ role: "user", content: "Hello" }] };
      const headers = { "content-type": "application/json" };
      const leaving = new AbortController();
      const send = (path: string, body: object): Promise<Response> =>
        harness.fetch(path, { method: "POST", headers, body: JSON.stringify(body), signal: leaving.signal });
      const calls: readonly (() => Promise<Response>)[] = [
        () => post(harness, { ...MESSAGE, stream }),
        () => send("/v1/chat/completions", chat),
        () => send("/v1/responses", { model: "gpt-4o", stream, input: "Hello" }),
        () => post(harness, { ...MESSAGE, stream }, { authorization: "Bearer la_sk_wrong" }),
        () => post(harness, MESSAGE, { authorization: `Bearer ${limited}` }),
        () => post(harness, "{"),
        () => send("/v1/messages", { ...MESSAGE, stream: true }),
      ];
      const response = await calls[index % calls.length]?.();
      if (index % calls.length === 6 && index % 4 === 1) {
        await response?.body?.getReader().read();
        leaving.abort();
      } else await response?.text().catch(() => "");
    }

    /** Values by name and labels, without those of the sender and the target. */
    function series(samples: readonly Sample[]): Record<string, number> {
      const isOwn = (label: string): boolean => !/^(?:job|instance|(?:scope|service|telemetry)_\w+)$/.test(label);
      return Object.fromEntries(
        samples.map(({ labels, value }) => {
          const own = Object.entries(labels)
            .filter(([label]) => isOwn(label))
            .map(([label, text]) => [label, label === "le" ? String(Number(text.replace("+Inf", "Infinity"))) : text]);
          // One of the two keeps fewer digits.
          return [
            JSON.stringify(own.toSorted(([a = ""], [b = ""]) => a.localeCompare(b))),
            Number(value.toPrecision(9)),
          ];
        }),
      );
    }

    test("have the same counts, by scrape and by push", async () => {
      const names = '{__name__=~"link_assistant_.*|gen_ai_.*_(count|bucket)|http_server_.*_(count|bucket)"}';
      const [scraped = {}, pushed] = await Promise.all(
        [prometheus, victoria].map(async (store) => series(await store.query(names))),
      );
      expect(Object.keys(scraped).length).toBeGreaterThan(100);
      expect(pushed).toEqual(scraped);
    });

    test("have what /v1/usage and the ledger have", async () => {
      const usage = await (await harness.admin("/v1/usage")).json();
      const { entries } = await harness.gateway.store.ledger.exchanges({ limit: 1000 });
      const sum = async (expression: string): Promise<number | undefined> =>
        (await prometheus.query(`sum(${expression})`))[0]?.value;
      const by = async (name: string, label: string): Promise<Record<string, number>> =>
        Object.fromEntries((await prometheus.query(name)).map(({ labels, value }) => [labels[label] ?? "", value]));
      expect(entries).toHaveLength(EXCHANGES);
      expect(await sum("link_assistant_requests_total")).toBe(EXCHANGES);
      expect(usage.requests_total).toBe(EXCHANGES);
      expect(await by("link_assistant_status_total", "code")).toEqual(usage.status_counts);
      expect(await by("link_assistant_account_calls_total", "account")).toEqual(usage.account_calls);
      const counted: Record<string, number> = {};
      for (const { status } of entries) counted[status] = (counted[status] ?? 0) + 1;
      expect(usage.status_counts).toEqual(counted);
      const isError = entries.filter(
        ({ status, end }) => status >= 400 || end === "upstream_error" || end === "idle_timeout",
      );
      expect(await sum("link_assistant_errors_total")).toBe(isError.length);
      for (const [name, field] of [
        ["in", "bytesReceived"],
        ["out", "bytesSent"],
      ] as const)
        expect(await sum(`link_assistant_bytes_${name}_total`)).toBe(
          entries.reduce((total, entry) => total + entry[field], 0),
        );
      expect(await sum("link_assistant_upstream_attempts_total")).toBe(
        entries.reduce((total, { attempts }) => total + attempts, 0),
      );
      const nanoUsd = entries.reduce((total, { costNanoUsd }) => total + (costNanoUsd ?? 0), 0);
      expect(await sum("link_assistant_cost_usd_total")).toBeCloseTo(nanoUsd / 1e9, 9);
      expect(await sum("link_assistant_in_flight")).toBe(0);
    });

    test("can tell quantiles of the histograms", async () => {
      const quantile = async (name: string): Promise<number> => {
        const buckets = `sum by (le) (${name}_bucket)`;
        return (await prometheus.query(`histogram_quantile(0.9, ${buckets})`))[0]?.value ?? Number.NaN;
      };
      for (const name of [
        "gen_ai_client_operation_duration_seconds",
        "http_server_request_duration_seconds",
        "link_assistant_gateway_overhead_seconds",
        "gen_ai_client_operation_time_to_first_chunk_seconds",
      ]) {
        const value = await quantile(name);
        expect(value).toBeGreaterThan(0);
        expect(value).toBeLessThan(10);
      }
      expect(await quantile("gen_ai_client_token_usage")).toBeGreaterThan(1);
    });

    test("answers every query of the dashboard", async () => {
      const asked = dashboardQueries().map(({ title, expr }) => ({
        title,
        expr: expr.replaceAll(/\$__(?:rate_interval|range)/g, "5m").replaceAll("$instance", ".*"),
      }));
      const unanswered = async (): Promise<string[]> => {
        const answers = await Promise.all(
          asked.map(async ({ title, expr }) => [title, await prometheus.query(expr)] as const),
        );
        return answers.filter(([, samples]) => samples.length === 0).map(([title]) => title);
      };
      expect(asked.length).toBeGreaterThan(30);
      // Rates need two scrapes.
      await expect.poll(unanswered, { timeout: 15_000, interval: 500 }).toEqual([]);
    });

    test("takes the rules", async () => {
      const names = rules().map(([name]) => name);
      const taken = JSON.stringify(await prometheus.api("rules"));
      for (const name of names) expect(taken).toContain(`"name":"${name}"`);
      expect(taken).not.toContain('"health":"err"');
      const check = spawnSync("promtool", ["test", "rules", "rules.test.yml"], {
        cwd: deployPath("prometheus"),
        encoding: "utf8",
      });
      expect({ status: check.status, said: check.stdout + check.stderr }).toMatchObject({ status: 0 });
    });

    test("finds nothing wrong with the target", async () => {
      const targets = await prometheus.api("targets?state=active");
      expect(targets).toMatchObject({ data: { activeTargets: [{ health: "up", lastError: "" }] } });
    });
  },
);
