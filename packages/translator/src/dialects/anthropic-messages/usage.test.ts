import { describe, expect, test } from "vitest";

import { readCounts, readTier, toUsage, withLater, writeUsage } from "./usage.ts";

describe("reading", () => {
  test("takes every count there is a place for", () => {
    const usage = {
      input_tokens: 3,
      cache_read_input_tokens: 1000,
      cache_creation_input_tokens: 200,
      cache_creation: { ephemeral_5m_input_tokens: 150, ephemeral_1h_input_tokens: 50 },
      output_tokens: 50,
      output_tokens_details: { thinking_tokens: 30 },
      server_tool_use: { web_search_requests: 1 },
      service_tier: "standard",
    };
    expect(toUsage(readCounts(usage))).toEqual({
      input: 3,
      cacheRead: 1000,
      cacheWrite5m: 150,
      cacheWrite1h: 50,
      output: 50,
      reasoning: 30,
    });
  });

  test("zero is reported, null and absent are not", () => {
    expect(readCounts({ input_tokens: 0, cache_read_input_tokens: null, cache_creation: null })).toEqual({ input: 0 });
  });

  test.each([-1, 1.5, 1e300, "7", true, [], {}, null])("%j is no count", (value) => {
    expect(readCounts({ input_tokens: value, output_tokens: 1 })).toEqual({ output: 1 });
  });

  test.each([undefined, null, 7, "usage", []])("%j is no usage", (usage) => {
    expect(readCounts(usage)).toEqual({});
  });
});

describe("cache writes", () => {
  test.each([
    ["not split: of unknown lifetime", { cacheWrites: 200 }, { cacheWrite: 200 }],
    ["none, not split", { cacheWrites: 0 }, { cacheWrite: 0 }],
    ["split", { cacheWrites: 9, cacheWrite5m: 5, cacheWrite1h: 4 }, { cacheWrite5m: 5, cacheWrite1h: 4 }],
    ["split without a sum", { cacheWrite1h: 4 }, { cacheWrite1h: 4 }],
    [
      "more than the split says",
      { cacheWrites: 24_164, cacheWrite5m: 2474, cacheWrite1h: 0 },
      { cacheWrite5m: 2474, cacheWrite1h: 0, cacheWrite: 21_690 },
    ],
    ["less than the split says", { input: 1, cacheWrites: 3, cacheWrite5m: 5 }, { input: 1, cacheWrite: 3 }],
    ["not reported", { input: 1 }, { input: 1 }],
  ])("%s", (_, counts, usage) => {
    expect(toUsage(counts)).toEqual(usage);
  });
});

describe("withLater", () => {
  test("a later count takes the place of an earlier one, and is never added", () => {
    expect(withLater({ input: 3, output: 1 }, { input: 5, cacheRead: 7, output: 40 })).toEqual({
      input: 5,
      cacheRead: 7,
      output: 40,
    });
  });

  test("zeros for the whole prompt do not undo a prompt that was counted", () => {
    expect(withLater({ input: 3, cacheRead: 9, output: 1 }, { input: 0, cacheRead: 0, output: 40 })).toEqual({
      input: 3,
      cacheRead: 9,
      output: 40,
    });
  });

  test("a zero beside a prompt that is counted is a count", () => {
    expect(withLater({ input: 3, cacheRead: 9 }, { input: 12, cacheRead: 0 })).toEqual({ input: 12, cacheRead: 0 });
  });
});

describe("writing", () => {
  test("says everything that is known, and what is written is read again", () => {
    const usage = { input: 3, cacheRead: 1000, cacheWrite: 200, output: 50, reasoning: 30 };
    const written = writeUsage(usage, "priority");
    expect(written).toEqual({
      input_tokens: 3,
      cache_creation_input_tokens: 200,
      cache_read_input_tokens: 1000,
      output_tokens: 50,
      output_tokens_details: { thinking_tokens: 30 },
      server_tool_use: null,
      cache_creation: null,
      service_tier: "priority",
    });
    expect(toUsage(readCounts(written))).toEqual(usage);
    expect(readTier(written)).toBe("priority");
  });

  test("the lifetimes of what was cached are told where all are known", () => {
    const usage = { input: 1, output: 1, cacheWrite5m: 2, cacheWrite1h: 3 };
    expect(writeUsage(usage)).toMatchObject({
      cache_creation_input_tokens: 5,
      cache_creation: { ephemeral_5m_input_tokens: 2, ephemeral_1h_input_tokens: 3 },
    });
    expect(writeUsage({ ...usage, cacheWrite: 1 })).toMatchObject({
      cache_creation_input_tokens: 6,
      cache_creation: null,
    });
  });

  test("what nobody counted is 0 where a number must be, else null", () => {
    expect(writeUsage({})).toMatchObject({
      input_tokens: 0,
      output_tokens: 0,
      cache_read_input_tokens: null,
      service_tier: null,
    });
  });
});
