import { describe, expect, test } from "vitest";

import { readUsage, writeUsage } from "./usage.ts";

describe("reading", () => {
  test("takes the cache out of the prompt, and leaves the reasoning in the output", () => {
    const usage = {
      prompt_tokens: 1203,
      completion_tokens: 50,
      total_tokens: 1253,
      prompt_tokens_details: { cached_tokens: 1000, cache_write_tokens: 200, audio_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 30, audio_tokens: 0 },
      cost: 0.1,
    };
    expect(readUsage(usage)).toEqual({ input: 3, cacheRead: 1000, cacheWrite: 200, output: 50, reasoning: 30 });
  });

  test("zero is reported, null and absent are not", () => {
    expect(readUsage({ prompt_tokens: 0, completion_tokens: null, prompt_tokens_details: null })).toEqual({ input: 0 });
    expect(readUsage({ completion_tokens: 5, prompt_tokens_details: { cached_tokens: 7 } })).toEqual({
      cacheRead: 7,
      output: 5,
    });
  });

  test.each([-1, 1.5, 1e300, "7", true, [], {}, null])("%j is no count", (value) => {
    expect(readUsage({ prompt_tokens: value, completion_tokens: 1 })).toEqual({ output: 1 });
  });

  test.each([undefined, null, 7, "usage", []])("%j is no usage", (usage) => {
    expect(readUsage(usage)).toEqual({});
  });
});

describe("the cache", () => {
  test.each([
    { cached_tokens: 40 },
    { prompt_cache_hit_tokens: 40, prompt_cache_miss_tokens: 60 },
    { num_cached_tokens: 40 },
    { prompt_tokens_details: { cached_tokens: null }, cached_tokens: 40 },
    { prompt_tokens_details: { cached_tokens: 40 }, cached_tokens: 40, prompt_cache_hit_tokens: 40 },
  ])("is read from %j", (usage) => {
    expect(readUsage({ prompt_tokens: 100, ...usage })).toEqual({ input: 60, cacheRead: 40 });
  });

  test("holds no more than the prompt", () => {
    const usage = { prompt_tokens: 100, completion_tokens: 1, prompt_tokens_details: { cached_tokens: 120 } };
    expect(readUsage(usage)).toEqual({ input: 0, cacheRead: 100, output: 1 });
  });

  test("never makes the input negative", () => {
    const details = { cached_tokens: 60, cache_write_tokens: 60 };
    const usage = { prompt_tokens: 100, prompt_tokens_details: details };
    expect(readUsage(usage)).toEqual({ input: 0, cacheRead: 60, cacheWrite: 60 });
  });
});

describe("reasoning", () => {
  const usage = { prompt_tokens: 100, completion_tokens: 20, completion_tokens_details: { reasoning_tokens: 80 } };

  test.each([
    ["beside the output, by the total", { ...usage, total_tokens: 200 }, 100],
    ["without a total", usage, 20],
    ["with a total that does not add up", { ...usage, total_tokens: 190 }, 20],
    ["without a prompt", { ...usage, prompt_tokens: undefined, total_tokens: 100 }, 20],
  ])("%s", (_, usage, output) => {
    expect(readUsage(usage)).toMatchObject({ output, reasoning: 80 });
  });

  test("none is none by any total", () => {
    expect(readUsage({ prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 })).toEqual({ input: 1, output: 2 });
  });
});

describe("writing", () => {
  test("puts the caches into the prompt", () => {
    expect(
      writeUsage({ input: 3, cacheRead: 1000, cacheWrite5m: 150, cacheWrite1h: 50, output: 50, reasoning: 30 }),
    ).toEqual({
      prompt_tokens: 1203,
      completion_tokens: 50,
      total_tokens: 1253,
      prompt_tokens_details: { cached_tokens: 1000, cache_write_tokens: 200 },
      completion_tokens_details: { reasoning_tokens: 30 },
    });
  });

  test("does not make up reasoning", () => {
    expect(writeUsage({ input: 0, cacheRead: 5000, output: 1 })).toEqual({
      prompt_tokens: 5000,
      completion_tokens: 1,
      total_tokens: 5001,
      prompt_tokens_details: { cached_tokens: 5000, cache_write_tokens: 0 },
    });
  });

  test("is read again as it was", () => {
    const usage = { input: 3, cacheRead: 1000, cacheWrite: 200, output: 50, reasoning: 30 };
    expect(readUsage(writeUsage(usage))).toEqual(usage);
  });
});
