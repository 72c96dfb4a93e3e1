import { expect, it } from "vitest";

import { chatUsage, OPENAI_USAGE, responseUsage } from "./usage.ts";

const USAGE = {
  input: 3,
  cacheRead: 1000,
  cacheWrite5m: 150,
  cacheWrite1h: 40,
  cacheWrite: 10,
  output: 50,
  reasoning: 30,
};

it("counts what is read from and written to a cache among the tokens of the prompt", () => {
  expect(chatUsage(USAGE)).toMatchObject({
    prompt_tokens: 1203,
    prompt_tokens_details: { cached_tokens: 1000, cache_write_tokens: 200 },
    completion_tokens: 50,
    completion_tokens_details: { reasoning_tokens: 30 },
    total_tokens: 1253,
  });
  expect(responseUsage(USAGE)).toEqual({
    input_tokens: 1203,
    input_tokens_details: { cached_tokens: 1000, cache_write_tokens: 200 },
    output_tokens: 50,
    output_tokens_details: { reasoning_tokens: 30 },
    total_tokens: 1253,
  });
});

it("says 0 of what is not known", () => {
  expect(responseUsage({})).toMatchObject({ input_tokens: 0, output_tokens: 0, total_tokens: 0 });
});

it.each([chatUsage, responseUsage])("reads figures as the parts that do not overlap: %o", (write) => {
  expect(OPENAI_USAGE.read(write(USAGE))).toEqual({
    input: 3,
    cacheRead: 1000,
    cacheWrite: 200,
    output: 50,
    reasoning: 30,
  });
});

it("reads nothing where nothing is said", () => {
  expect(OPENAI_USAGE.read({})).toEqual({});
});
