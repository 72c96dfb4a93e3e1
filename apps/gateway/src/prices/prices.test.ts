import { calcPrice } from "@pydantic/genai-prices";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { openPrices } from "./prices.ts";

const atMs = Date.UTC(2026, 10, 1);
const prices = openPrices({});

describe("the catalogue", () => {
  test("names its edition", () => {
    expect(prices.version).toMatch(/^@pydantic\/genai-prices \d+\.\d+\.\d+$/);
    expect(openPrices({ local: { input: 0, output: 0 } }).version).toMatch(/ with 1 of the configuration$/);
  });

  test.each([
    ["anthropic", "claude-opus-5-5"],
    ["anthropic", "claude-sonnet-4-5-20250929"],
    ["anthropic", "claude-haiku-4-5"],
    ["openai", "gpt-5.5"],
    ["openai", "gpt-6-sol"],
    ["openrouter", "anthropic/claude-haiku-4.5"],
    ["deepseek", "deepseek-chat"],
  ])("has a price for what %s calls %s", (service, model) => {
    expect(prices.knows({ service, model, atMs })).toBe(true);
  });

  test.each([
    ["compatible", "my-model"],
    ["llama.cpp", "local"],
    ["anthropic", "no-such-model"],
  ])("has none for what %s calls %s", (service, model) => {
    expect(prices.knows({ service, model, atMs })).toBe(false);
    expect(prices.most({ service, model, atMs }, { input: 1000, output: 1000 })).toBe(0);
  });

  test("is multiplied as its own makers do, prompts above the length of a tier included", () => {
    const tokens = fc.oneof(fc.nat({ max: 1000 }), fc.nat({ max: 400_000 }));
    const models = fc.constantFrom(
      ["anthropic", "claude-sonnet-4-5"],
      ["anthropic", "claude-opus-5-5"],
      ["openai", "gpt-5.5"],
      ["openai", "gpt-6-sol"],
      ["openai", "gpt-4o"],
    );
    fc.assert(
      fc.property(
        models,
        tokens,
        tokens,
        tokens,
        tokens,
        ([service = "", model = ""], input, cacheRead, write, output) => {
          const usage = {
            input_tokens: input + cacheRead + write,
            cache_read_tokens: cacheRead,
            cache_write_tokens: write,
            output_tokens: output,
          };
          const theirs = calcPrice(usage, model, { providerId: service, timestamp: new Date(atMs) });
          const ours = prices.cost({ service, model, atMs }, { input, cacheRead, cacheWrite5m: write, output });
          expect(Math.abs((ours ?? -1) - (theirs?.total_price ?? 0) * 1e9)).toBeLessThanOrEqual(1);
        },
      ),
    );
  });
});

describe("prices of the configuration", () => {
  const own = openPrices({
    "claude-*": { input: 1, output: 2, cacheRead: 0.5 },
    "*": { input: 10, output: 20 },
  });

  test("take the place of the catalogue's, the first that fits", () => {
    const cost = (model: string): number | null =>
      own.cost({ service: "anthropic", model, atMs }, { input: 1_000_000 });
    expect([cost("claude-opus-5-5"), cost("gpt-5.5"), cost("my-model")]).toEqual([1e9, 1e10, 1e10]);
  });

  test("price what has no price of its own as input", () => {
    const cost = own.cost(
      { service: "x", model: "claude-x", atMs },
      { cacheRead: 1_000_000, cacheWrite5m: 1_000_000, cacheWrite1h: 1_000_000, cacheWrite: 1_000_000 },
    );
    expect(cost).toBe(3.5e9);
  });
});
