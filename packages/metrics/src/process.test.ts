import { setTimeout as delay } from "node:timers/promises";
import { expect, onTestFinished, test, vi } from "vitest";
import { createMetrics } from "./create-metrics.ts";
import { PROCESS_METRICS, type ProcessMetricRow } from "./process.ts";
import { prometheusName } from "./prometheus.ts";
import { countsInText } from "./testing/counts.ts";

async function observed(work: () => Promise<void> | void): Promise<Record<string, number>> {
  const metrics = createMetrics();
  onTestFinished(() => metrics.shutdown());
  metrics.observe({ process: true });
  await work();
  return countsInText(await metrics.renderPrometheus());
}

test("the process shows its CPU time, memory and event loop", async () => {
  const before = process.cpuUsage();
  const counts = await observed(() => delay(30));
  const names = new Set(Object.keys(counts).map((series) => series.split(" ")[0]));
  const rows: readonly ProcessMetricRow[] = Object.values(PROCESS_METRICS);
  for (const row of rows) expect(names).toContain(prometheusName(row));
  expect(counts['process_cpu_time_seconds_total {"cpu_mode":"user"}']).toBeGreaterThanOrEqual(before.user / 1e6);
  expect(counts["process_memory_usage_bytes {}"]).toBeGreaterThan(process.memoryUsage().rss / 4);
  expect(counts["nodejs_eventloop_utilization_ratio {}"]).toBeLessThanOrEqual(1);
});

test("a blocked event loop is a long delay, which stays to be seen for the whole window after it", async () => {
  const metrics = createMetrics();
  onTestFinished(() => metrics.shutdown());
  metrics.observe({ process: true });
  const longest = async (): Promise<number | undefined> =>
    countsInText(await metrics.renderPrometheus())["nodejs_eventloop_delay_max_seconds {}"];
  await delay(30);
  const until = performance.now() + 200;
  while (performance.now() < until);
  await delay(30);
  expect(await longest()).toBeGreaterThan(0.1);
  const began = performance.now();
  const clock = vi.spyOn(performance, "now").mockReturnValue(began + 11_000);
  onTestFinished(() => clock.mockRestore());
  // Two readers in turn see the same.
  expect(await longest()).toBeGreaterThan(0.1);
  expect(await longest()).toBeGreaterThan(0.1);
  clock.mockReturnValue(began + 22_000);
  expect(await longest()).toBeLessThan(0.1);
});
