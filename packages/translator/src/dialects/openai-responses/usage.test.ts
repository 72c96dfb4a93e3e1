import { describe, expect, test } from "vitest";

import { readUsage, writeUsage } from "./usage.ts";

const usage = (prompt: unknown, cached: unknown, cacheWrite: unknown, output: unknown, reasoning: unknown): object => ({
  input_tokens: prompt,
  input_tokens_details: { cached_tokens: cached, cache_write_tokens: cacheWrite },
  output_tokens: output,
  output_tokens_details: { reasoning_tokens: reasoning },
});

describe("the prompt", () => {
  test("leaves out what the cache took part in", () => {
    expect(readUsage({ ...usage(1203, 1000, 200, 50, 30), total_tokens: 1253 })).toEqual({
      input: 3,
      cacheRead: 1000,
      cacheWrite: 200,
      output: 50,
      reasoning: 30,
    });
  });

  test("is no smaller than what was read from the cache", () => {
    expect(readUsage(usage(100, 120, undefined, 1, undefined))).toEqual({ input: 0, cacheRead: 100, output: 1 });
  });

  test("is never negative", () => {
    expect(readUsage(usage(100, 80, 70, 1, 0))).toMatchObject({ input: 0, cacheRead: 80, cacheWrite: 70 });
  });

  test("may be unknown beside a known cache", () => {
    expect(readUsage(usage(null, 120, 7, null, null))).toEqual({ cacheRead: 120, cacheWrite: 7 });
  });
});

describe("the output", () => {
  test.each([
    ["holds the reasoning", { prompt: 100, output: 100, reasoning: 80, total: 200 }, 100],
    ["may be less than it when no total is given", { prompt: 100, output: 20, reasoning: 80, total: undefined }, 20],
    ["leaves it out by the total", { prompt: 100, output: 20, reasoning: 80, total: 200 }, 100],
    ["is all there is without reasoning", { prompt: 100, output: 20, reasoning: 0, total: 120 }, 20],
  ])("%s", (_, { prompt, output, reasoning, total }, expected) => {
    const read = readUsage({ ...usage(prompt, 0, 0, output, reasoning), total_tokens: total });
    expect(read).toMatchObject({ output: expected, reasoning });
  });
});

test("zero is reported, absent and null are not", () => {
  expect(readUsage(usage(0, 0, null, 0, undefined))).toEqual({ input: 0, cacheRead: 0, output: 0 });
  expect(readUsage({ input_tokens: 5, input_tokens_details: null, output_tokens_details: [] })).toEqual({ input: 5 });
});

test.each([-1, 1.5, 1e300, "7", true, [], {}, null])("%j is no count", (value) => {
  expect(readUsage({ input_tokens: value, output_tokens: 1 })).toEqual({ output: 1 });
});

test.each([undefined, null, 7, "usage", []])("%j is no usage", (value) => {
  expect(readUsage(value)).toEqual({});
});

describe("writing", () => {
  test("gives every number, for Codex reads no answer without them", () => {
    expect(writeUsage({ input: 3, cacheRead: 1000, cacheWrite5m: 150, cacheWrite1h: 50, output: 50 })).toEqual({
      input_tokens: 1203,
      input_tokens_details: { cached_tokens: 1000, cache_write_tokens: 200 },
      output_tokens: 50,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: 1253,
    });
  });

  test("is read again as it was", () => {
    const usage = { input: 3, cacheRead: 1000, cacheWrite: 200, output: 50, reasoning: 30 };
    expect(readUsage(writeUsage(usage))).toEqual(usage);
  });
});
