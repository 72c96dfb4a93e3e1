import { describe, expect, test } from "vitest";

import { DIALECT_IDS } from "../dialect.ts";
import { resolveCapability } from "./resolve.ts";
import { DEFAULTS } from "./table.ts";

const anthropic = (model: string) => resolveCapability({ dialect: "anthropic-messages", model });

test.each(DIALECT_IDS)(
  "a model of which nothing is known, of an upstream of which nothing is known, at %s",
  (dialect) => {
    const question = { dialect, model: "x", upstream: "somebody" };
    expect(resolveCapability(question)).toEqual(DEFAULTS[dialect]);
    expect(resolveCapability(question)).toBe(resolveCapability(question));
  },
);

describe("Anthropic's generations", () => {
  test.each([
    ["claude-3-haiku-20240307", { maxOutputTokens: 4096, thinking: [], jsonSchema: false, sampling: "all" }],
    ["claude-3-5-sonnet-20241022", { maxOutputTokens: 8192, thinking: [], strictTools: false }],
    ["claude-3-7-sonnet-latest", { maxOutputTokens: 64_000, thinking: ["enabled", "disabled"], jsonSchema: false }],
    ["claude-sonnet-4-20250514", { maxOutputTokens: 64_000, efforts: [], prefill: true, jsonSchema: false }],
    ["claude-opus-4-1", { maxOutputTokens: 32_000, jsonSchema: true }],
    ["claude-haiku-4-5", { maxOutputTokens: 64_000, thinking: ["enabled", "disabled"], sampling: "one" }],
    ["claude-opus-4-6", { prefill: false, thinking: ["adaptive", "enabled", "disabled"], sampling: "one" }],
    ["claude-opus-4-7", { thinking: ["adaptive", "disabled"], sampling: "none", systemTurns: false, topK: false }],
    ["claude-sonnet-4-8", { efforts: ["low", "medium", "high", "xhigh", "max"] }],
    ["claude-sonnet-5-5", { systemTurns: true, maxOutputTokens: 128_000, sampling: "none", jsonSchema: true }],
    ["claude-fable-5", { thinking: ["adaptive"], systemTurns: true }],
  ])("%s", (model, expected) => {
    expect(anthropic(model)).toMatchObject(expected);
  });

  test("are known behind the prefixes of resellers, and not in the midst of another name", () => {
    expect(anthropic("anthropic/claude-opus-4-7")).toEqual(anthropic("claude-opus-4-7"));
    expect(anthropic("us.anthropic.claude-opus-4-7-v1:0")).toEqual(anthropic("claude-opus-4-7"));
    expect(anthropic("not-claude-opus-4-7")).toEqual(DEFAULTS["anthropic-messages"]);
  });
});

describe("upstreams that speak as OpenAI", () => {
  const chat = (model: string, upstream?: string) =>
    resolveCapability({ dialect: "openai-chat", model, ...(upstream !== undefined && { upstream }) });

  test("OpenAI is meant where none is named, and its reasoning models take no sampling", () => {
    expect(chat("gpt-4o")).toMatchObject({ maxTokensField: "max_completion_tokens", sampling: "all", efforts: [] });
    expect(chat("gpt-5-mini")).toMatchObject({ sampling: "none", systemRole: "developer", openaiSampling: false });
    expect(chat("gpt-5-mini", "openai")).toEqual(chat("gpt-5-mini"));
  });

  test("of a service that nobody has named, texts are asked as strings only", () => {
    expect(chat("x", "compatible")).toEqual({ ...DEFAULTS["openai-chat"], stringContentOnly: true });
    const others = ["openai", "openrouter", "deepseek", "llama.cpp", "vllm", "ollama", "somebody"];
    expect(others.filter((upstream) => chat("x", upstream).stringContentOnly)).toEqual([]);
  });

  test("others keep to the common ground, but for what is known of them", () => {
    expect(chat("gpt-4o", "vllm")).toMatchObject({ maxTokensField: "max_tokens", singleSystem: true, topK: true });
    expect(chat("deepseek-chat", "deepseek")).toMatchObject({
      maxOutputTokens: 8192,
      reasoningEcho: "reasoning_content",
    });
    expect(chat("deepseek-reasoner", "deepseek").maxOutputTokens).toBe(65_536);
    expect(chat("x", "openrouter").reasoningEcho).toBe("reasoning_details");
    expect(chat("x", "llama.cpp")).toMatchObject({
      reasoningEcho: "reasoning_content",
      efforts: ["none", "minimal", "low", "medium", "high", "xhigh", "max"],
      stopSequences: 8191,
      streamOnly: true,
    });
  });
});

test("what a host knows better wins, and does not stay behind", () => {
  const question = { dialect: "openai-chat", model: "gpt-4o" } as const;
  expect(resolveCapability(question, { images: false, maxOutputTokens: 5 })).toMatchObject({
    images: false,
    maxOutputTokens: 5,
  });
  expect(resolveCapability(question).images).toBe(true);
});

test("a model's name is no pattern, and many names do not fill the memory", () => {
  expect(anthropic("claude-3(*[")).toMatchObject({ maxOutputTokens: 8192 });
  for (let index = 0; index < 3000; index++) anthropic(`x-${index}`);
  expect(anthropic("claude-opus-4-7").sampling).toBe("none");
});

describe("OpenAI's generations, in both of its dialects", () => {
  test.each([
    ["gpt-4o-mini", { maxOutputTokens: 16_384, efforts: [], verbosity: false, sampling: "all" }],
    ["gpt-4.1", { maxOutputTokens: 32_768, efforts: [], verbosity: false }],
    ["o4-mini", { maxOutputTokens: 100_000, efforts: ["low", "medium", "high"], verbosity: false }],
    ["gpt-5-mini", { maxOutputTokens: 128_000, efforts: ["minimal", "low", "medium", "high"], verbosity: true }],
    ["gpt-5.1", { efforts: ["none", "low", "medium", "high"] }],
    ["gpt-5.5-2026-04-23", { efforts: ["none", "low", "medium", "high", "xhigh"], sampling: "none" }],
    ["gpt-6.1-sol", { maxOutputTokens: 128_000, efforts: ["none", "low", "medium", "high", "xhigh", "max"] }],
  ])("%s", (model, expected) => {
    for (const dialect of ["openai-chat", "openai-responses"] as const)
      expect(resolveCapability({ dialect, model })).toMatchObject(expected);
  });
});
