import { metrics as globalMetrics } from "@opentelemetry/api";
import { expect, test, vi } from "vitest";
import { metricsWith } from "./metrics.ts";
import { createTallies } from "./tally.ts";

test("a second shutdown waits for the end that the first began", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const end = vi.fn<() => Promise<void>>(() => promise);
  const meterProvider = globalMetrics.getMeterProvider();
  const metrics = metricsWith(createTallies(1000), {
    meterProvider,
    shownProvider: undefined,
    prometheus: undefined,
    resource: undefined,
    readers: [],
    tokenCounters: false,
    end,
  });
  await metrics.shutdown(0);
  const second = metrics.shutdown();
  resolve();
  await second;
  expect(end).toHaveBeenCalledTimes(1);
});
