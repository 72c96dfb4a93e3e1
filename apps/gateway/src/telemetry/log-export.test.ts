import { otlpTarget } from "@link-assistant/metrics/otlp";
import { afterEach, beforeEach, expect, test } from "vitest";

import { createLog } from "../log.ts";
import { startCollector } from "../testing/collector.ts";
import type { Collector } from "../testing/collector.ts";
import { startLogExport } from "./log-export.ts";
import type { LogExport } from "./log-export.ts";

let collector: Collector;
beforeEach(async () => {
  collector = await startCollector();
});
afterEach(() => collector[Symbol.asyncDispose]());

function start(tell: (message: string) => void = () => {}): LogExport {
  const target = otlpTarget({ OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: `${collector.url}/v1/logs` }, "LOGS");
  if (target === undefined) throw new Error("there is no target");
  return startLogExport(target, { resource: undefined, tell });
}

test("lines arrive with their level, their facts, their error and their trace, and without their secrets", async () => {
  const logExport = start();
  const log = createLog(true, logExport);
  const ids = { trace_id: "0af7651916cd43dd8448eb211c80319c", span_id: "b7ad6b7169203331" };
  log.debug({ exchange: "req_1", ...ids, status: 200, usage: { input: 3 }, account: null }, "exchange ended");
  log.error({ err: new RangeError("bad key sk-ant-api03-abcdefghijklmnop") }, "the gateway failed");
  await logExport.shutdown();
  const [ended, failed] = collector.records();
  expect(ended).toMatchObject({
    severityText: "DEBUG",
    body: { stringValue: "exchange ended" },
    facts: { exchange: "req_1", status: 200, usage: '{"input":3}' },
    traceId: ids.trace_id,
    spanId: ids.span_id,
  });
  expect(ended?.facts).not.toHaveProperty("account");
  expect(failed).toMatchObject({
    severityText: "ERROR",
    traceId: "",
    facts: {
      "exception.type": "RangeError",
      "exception.message": "bad key [secret]",
      "exception.stacktrace": expect.stringContaining("log-export.test"),
    },
  });
});

test("a collector that refuses is told of once, and what waits is bounded", async () => {
  collector.status = 400;
  const told: string[] = [];
  const logExport = start((message) => told.push(message));
  const log = createLog(false, logExport);
  for (let index = 0; index < 10_000; index++) log.info({ index }, "said");
  await logExport.shutdown();
  expect(told).toEqual([expect.stringMatching(/^logs were not exported to http:\/\/127\.0\.0\.1:\d+: 400 /)]);
  expect(collector.pushes).toBeLessThanOrEqual(5);
});

test.each([
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318" }, undefined],
  [
    { OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318", OTEL_LOGS_EXPORTER: "otlp" },
    "http://collector:4318/v1/logs",
  ],
  [{ OTEL_LOGS_EXPORTER: "otlp" }, "http://localhost:4318/v1/logs"],
  [{ OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: "http://collector/logs", OTEL_SDK_DISABLED: "true" }, undefined],
])("logs are pushed on demand: %j", (env, url) => {
  expect(otlpTarget(env, "LOGS")?.url.href).toBe(url);
});
