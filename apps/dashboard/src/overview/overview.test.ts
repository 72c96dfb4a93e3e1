import { describe, expect, test } from "vitest";

import type { SeriesRow } from "../api/answers.ts";
import { counted, measured, stepsOf } from "./chart-data.ts";
import { PERIODS, periodOf, spanOf } from "./periods.ts";
import { cacheHitRate, compared, growth, totalsOf } from "./totals.ts";

function rowAt(ms: number, fields: Partial<SeriesRow> = {}): SeriesRow {
  return {
    at: new Date(ms).toISOString(),
    group: null,
    requests: 1,
    errors: 0,
    input_tokens: 0,
    cache_read_tokens: 0,
    cache_write_tokens: 0,
    output_tokens: 0,
    cost_usd: 0,
    unpriced: 0,
    cache_hits: 0,
    first_byte_ms: null,
    ...fields,
  };
}

describe("a period", () => {
  test.each(PERIODS)("of $title has whole steps, few enough to be drawn and to be asked for", ({ spanMs, stepMs }) => {
    expect(spanMs % stepMs).toBe(0);
    expect(spanMs / stepMs).toBeGreaterThanOrEqual(60);
    expect((2 * spanMs) / stepMs).toBeLessThanOrEqual(2000);
  });

  test("that is not known is an hour", () => {
    expect(periodOf(undefined).id).toBe("1h");
    expect(periodOf("30d").id).toBe("30d");
    expect(periodOf("no such").id).toBe("1h");
  });

  test("holds the step that is under way, and stays where it is until the next one", () => {
    const period = periodOf("1h");
    const nowMs = Date.UTC(2026, 10, 25, 12, 0, 30);
    const span = spanOf(period, nowMs);
    expect(new Date(span.toMs).toISOString()).toBe("2026-11-25T12:01:00.000Z");
    expect(spanOf(period, nowMs + 29_999)).toEqual(span);
    expect(spanOf(period, nowMs + 30_000).fromMs).toBe(span.fromMs + period.stepMs);
    expect(span.fromMs - span.beforeMs).toBe(span.toMs - span.fromMs);
  });
});

describe("totals", () => {
  test("are sums, and times are weighed by requests", () => {
    const rows = [
      rowAt(0, { requests: 3, errors: 1, cost_usd: 0.5, first_byte_ms: 100 }),
      rowAt(1000, { requests: 1, cost_usd: 0.25, first_byte_ms: 500 }),
      rowAt(2000, { requests: 2, errors: 2 }),
    ];
    expect(totalsOf(rows)).toMatchObject({ requests: 6, errors: 3, costUsd: 0.75, firstByteMs: 200 });
    expect(totalsOf([])).toMatchObject({ requests: 0, firstByteMs: null });
  });

  test("of now and before part at the beginning of the period", () => {
    const { now, before } = compared([rowAt(999), rowAt(1000), rowAt(1001)], 1000);
    expect([now.requests, before.requests]).toEqual([2, 1]);
  });

  test.each([
    [15, 10, 0.5],
    [0, 10, -1],
    [5, 0, null],
    [null, 5, null],
  ])("%s after %s is a growth of %s", (now, before, expected) => {
    expect(growth(now, before)).toBe(expected);
  });

  test.each([
    [{ requests: 12, errors: 2, cacheHits: 5 }, 0.5],
    [{ requests: 2, errors: 2, cacheHits: 0 }, null],
  ])("%j is a cache hit rate of %s", (totals, expected) => {
    expect(cacheHitRate(totals)).toBe(expected);
  });
});

test("a chart has every step: counts are 0 where nothing ended, times have a gap", () => {
  const span = { beforeMs: 0, fromMs: 3000, toMs: 6000 };
  const data = stepsOf([rowAt(1000), rowAt(4000, { requests: 7, first_byte_ms: 50 })], span, 1000);
  expect(data.atSeconds).toEqual([3, 4, 5]);
  expect(counted(data, (row) => row.requests)).toEqual([0, 7, 0]);
  expect(measured(data, (row) => row.first_byte_ms)).toEqual([null, 50, null]);
});
