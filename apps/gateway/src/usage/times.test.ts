import { describe, expect, onTestFinished, test, vi } from "vitest";

import { parseLength, parseTime } from "./times.ts";

const NOW_MS = Date.UTC(2026, 10, 25, 12);

describe("a time", () => {
  test.each([
    ["now", NOW_MS],
    ["-90", NOW_MS - 90_000],
    ["-24h", NOW_MS - 86_400_000],
    ["1795590000", 1_795_590_000_000],
    ["2026-11", Date.UTC(2026, 10)],
    ["2026-11-25", Date.UTC(2026, 10, 25)],
    ["2026-11-25T10:30Z", Date.UTC(2026, 10, 25, 10, 30)],
    ["2026-11-25T10:30:05.250Z", Date.UTC(2026, 10, 25, 10, 30, 5, 250)],
    ["2026-11-25T10:30:00+02:00", Date.UTC(2026, 10, 25, 8, 30)],
    ["2024-02-29", Date.UTC(2024, 1, 29)],
  ])("is %s", (text, ms) => {
    expect(parseTime(text, NOW_MS)).toBe(ms);
  });

  test("is in UTC where it names no zone, whatever the zone of the machine", () => {
    vi.stubEnv("TZ", "America/New_York");
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(new Date(NOW_MS).getTimezoneOffset()).toBe(300);
    expect(parseTime("2026-11-25T10:30:00", NOW_MS)).toBe(Date.UTC(2026, 10, 25, 10, 30));
  });

  test.each([
    "",
    "yesterday",
    "24h",
    "-1w",
    "1e3",
    "2026-13-01",
    "2026-02-30",
    "2026-02-31T00:00:00Z",
    "2026-11-25 10:30",
    "2026-11-25T10:00:00 02:00",
    "2026-11-25T25:00Z",
    "1969-12-31",
  ])("is not %j", (text) => {
    expect(parseTime(text, NOW_MS)).toBeUndefined();
  });

  test("is never before 1970", () => {
    expect(parseTime("-999999d", NOW_MS)).toBe(0);
  });
});

describe("a length of time", () => {
  test.each([
    ["90", 90_000],
    ["15s", 15_000],
    ["5m", 300_000],
    ["1h", 3_600_000],
    ["1d", 86_400_000],
  ])("is %s", (text, ms) => {
    expect(parseLength(text)).toBe(ms);
  });

  test.each(["", "-5m", "1.5h", "5 m", "h"])("is not %j", (text) => {
    expect(parseLength(text)).toBeUndefined();
  });
});
