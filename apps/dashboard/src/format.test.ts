import { describe, expect, test } from "vitest";

import { createFormat } from "./format.ts";

const english = createFormat("en-US", "UTC");
const german = createFormat("de-DE", "Europe/Berlin");
const NOW = new Date("2026-11-25T12:00:00Z");
/** Intl writes spaces of its own kinds. */
const plain = (text: string): string => text.replaceAll(/\s/g, " ");

describe("numbers are written as the reader writes them", () => {
  test.each([
    [english.number(1_234_567.8), "1,234,567.8"],
    [german.number(1_234_567.8), "1.234.567,8"],
    [english.compact(1_234_567), "1.2M"],
    [english.percent(0.1234), "12.3%"],
    [german.percent(0.1234), "12,3 %"],
    [english.number(null), "–"],
  ])("%s is %s", (text, expected) => {
    expect(plain(text)).toBe(expected);
  });

  test.each([
    [0, "$0.00"],
    [0.000_012_345, "$0.0000123"],
    [0.25, "$0.25"],
    [1234.567, "$1,234.57"],
    [null, "–"],
  ])("%s dollars are %s", (usd, expected) => {
    expect(english.money(usd)).toBe(expected);
  });

  test.each([
    [850, "850 ms"],
    [2400, "2.4 sec"],
    [200_000, "3 min 20 sec"],
    [null, "–"],
  ])("%s ms are %s", (ms, expected) => {
    expect(plain(english.duration(ms))).toBe(expected);
  });

  test.each([
    [0, "0 byte"],
    [999, "999 byte"],
    [1500, "1.5 kB"],
    [2_000_000_000, "2 GB"],
    [5_000_000_000_000, "5,000 GB"],
    [null, "–"],
  ])("%s bytes are %s", (bytes, expected) => {
    expect(plain(english.bytes(bytes))).toBe(expected);
  });
});

describe("times are those of the reader's zone", () => {
  test("in the reader's words", () => {
    expect(plain(english.moment(NOW))).toBe("Nov 25, 2026, 12:00:00 PM");
    expect(plain(german.moment(NOW))).toBe("25.11.2026, 13:00:00");
    expect(plain(german.time(NOW))).toBe("13:00:00");
  });

  test.each([
    [-5000, "5 seconds ago"],
    [-90_000, "1 minute ago"],
    [7_200_000, "in 2 hours"],
    [-86_400_000, "yesterday"],
    [0, "now"],
  ])("%s ms from now are %s", (ms, expected) => {
    expect(english.relative(new Date(NOW.getTime() + ms), NOW)).toBe(expected);
  });

  test("a chart of days has dates, one of hours has times", () => {
    expect(plain(english.tick(NOW, 7 * 86_400_000))).toBe("Nov 25");
    expect(plain(german.tick(NOW, 3_600_000))).toBe("13:00");
  });
});
