import type { DialectId } from "../dialect.ts";
import { EFFORTS } from "../neutral/request.ts";
import type { Capability } from "./capability.ts";

/** A family of models at a kind of upstream, and where it differs from what stands above it in the table. */
export interface CapabilityRow {
  readonly dialect: DialectId;
  /** The kind of upstream; absent: any. */
  readonly upstream?: string;
  /** Model names, with `*` for any letters; absent: any. */
  readonly models?: readonly string[];
  readonly is: Partial<Capability>;
}

/** What holds unless a row says otherwise: as little as every upstream of that dialect takes. */
export const DEFAULTS: Readonly<Record<DialectId, Capability>> = {
  "anthropic-messages": {
    defaultOutputTokens: 16_384,
    minOutputTokens: 0,
    maxTokensField: "max_tokens",
    sampling: "all",
    topK: true,
    maxTemperature: 1,
    openaiSampling: false,
    stopSequences: 8191,
    thinking: ["adaptive", "enabled", "disabled"],
    thinkingDisplay: false,
    efforts: ["low", "medium", "high", "xhigh", "max"],
    forcedToolWithThinking: false,
    prefill: true,
    systemTurns: false,
    systemRole: "system",
    singleSystem: false,
    jsonSchema: true,
    strictTools: true,
    customTools: false,
    hostedTools: ["web_search"],
    parallelToolsField: true,
    images: true,
    files: true,
    audio: false,
    toolMedia: true,
    stringContentOnly: false,
    nullContent: false,
    reasoningEcho: "none",
    streamUsage: false,
    streamOnly: false,
    userField: "metadata",
    userMaxLength: 256,
    openaiFields: false,
    verbosity: false,
    cacheMarks: true,
    autoCache: true,
    toolNameMaxLength: 128,
    callIdMaxLength: 256,
    countTokens: true,
  },
  "openai-chat": {
    defaultOutputTokens: 16_384,
    minOutputTokens: 1,
    maxTokensField: "max_tokens",
    sampling: "all",
    topK: false,
    maxTemperature: 2,
    openaiSampling: true,
    stopSequences: 4,
    thinking: [],
    thinkingDisplay: false,
    efforts: [],
    forcedToolWithThinking: true,
    prefill: true,
    systemTurns: true,
    systemRole: "system",
    singleSystem: false,
    jsonSchema: true,
    strictTools: true,
    customTools: false,
    hostedTools: [],
    parallelToolsField: true,
    images: true,
    files: false,
    audio: false,
    toolMedia: false,
    stringContentOnly: false,
    nullContent: true,
    reasoningEcho: "none",
    streamUsage: true,
    streamOnly: false,
    userField: "user",
    userMaxLength: 64,
    openaiFields: false,
    verbosity: false,
    cacheMarks: false,
    autoCache: false,
    toolNameMaxLength: 64,
    callIdMaxLength: 64,
    countTokens: false,
  },
  "openai-responses": {
    defaultOutputTokens: 16_384,
    minOutputTokens: 16,
    maxTokensField: "max_tokens",
    sampling: "all",
    topK: false,
    maxTemperature: 2,
    openaiSampling: false,
    stopSequences: 0,
    thinking: [],
    thinkingDisplay: false,
    efforts: [],
    forcedToolWithThinking: true,
    prefill: true,
    systemTurns: true,
    systemRole: "developer",
    singleSystem: false,
    jsonSchema: true,
    strictTools: true,
    customTools: true,
    hostedTools: ["web_search"],
    parallelToolsField: true,
    images: true,
    files: true,
    audio: false,
    toolMedia: true,
    stringContentOnly: false,
    nullContent: true,
    reasoningEcho: "none",
    streamUsage: false,
    streamOnly: false,
    userField: "safety_identifier",
    userMaxLength: 64,
    openaiFields: true,
    verbosity: true,
    cacheMarks: false,
    autoCache: false,
    toolNameMaxLength: 64,
    callIdMaxLength: 64,
    countTokens: true,
  },
};

const OPENAI = "openai";
const REASONING_MODELS = ["o1*", "o3*", "o4*", "gpt-5*", "gpt-6*", "codex*"];

/**
 * Later rows win. What Anthropic's generations take: recorded refusals, migration guides and reports of refusals; what OpenAI's
 * take: recorded refusals and types of `openai` 7.57.0; what others take: their recorded traffic. Read on 2026-11-23.
 */
export const CAPABILITY_TABLE: readonly CapabilityRow[] = [
  ...anthropicGenerations(),
  {
    dialect: "openai-chat",
    upstream: OPENAI,
    is: {
      maxTokensField: "max_completion_tokens",
      customTools: true,
      files: true,
      audio: true,
      userField: "safety_identifier",
      openaiFields: true,
    },
  },
  {
    dialect: "openai-chat",
    upstream: OPENAI,
    models: REASONING_MODELS,
    is: { sampling: "none", openaiSampling: false, systemRole: "developer", stopSequences: 0 },
  },
  { dialect: "openai-responses", models: REASONING_MODELS, is: { sampling: "none" } },
  ...openaiGenerations(),
  {
    dialect: "openai-chat",
    upstream: "openrouter",
    is: { efforts: EFFORTS, reasoningEcho: "reasoning_details", topK: true, files: true },
  },
  {
    dialect: "openai-chat",
    upstream: "deepseek",
    is: {
      maxOutputTokens: 8192,
      reasoningEcho: "reasoning_content",
      jsonSchema: false,
      images: false,
      stopSequences: 16,
    },
  },
  { dialect: "openai-chat", upstream: "deepseek", models: ["deepseek-reasoner*"], is: { maxOutputTokens: 65_536 } },
  // Of a service that nobody has named, no more is asked than the smallest of them take.
  { dialect: "openai-chat", upstream: "compatible", is: { stringContentOnly: true } },
  // Tried with llama-server 0.7.0: its templates get earlier reasoning and the effort, of which `none` ends the thinking.
  {
    dialect: "openai-chat",
    upstream: "llama.cpp",
    is: {
      topK: true,
      singleSystem: true,
      userField: "none",
      reasoningEcho: "reasoning_content",
      efforts: EFFORTS,
      stopSequences: 8191,
      streamOnly: true,
    },
  },
  { dialect: "openai-chat", upstream: "vllm", is: { topK: true, singleSystem: true } },
  {
    dialect: "openai-chat",
    upstream: "ollama",
    is: { singleSystem: true, reasoningEcho: "reasoning", userField: "none" },
  },
];

function anthropic(models: readonly string[], is: Partial<Capability>): CapabilityRow {
  return { dialect: "anthropic-messages", models, is };
}

function anthropicGenerations(): readonly CapabilityRow[] {
  const of46 = {
    maxOutputTokens: 128_000,
    sampling: "one",
    thinkingDisplay: true,
    prefill: false,
    efforts: ["low", "medium", "high", "max"],
  } as const;
  const of47 = {
    ...of46,
    sampling: "none",
    topK: false,
    thinking: ["adaptive", "disabled"],
    efforts: ["low", "medium", "high", "xhigh", "max"],
  } as const;
  const budget = { sampling: "one", thinking: ["enabled", "disabled"], efforts: [] } as const;
  return [
    anthropic(["claude-3*"], {
      ...budget,
      maxOutputTokens: 8192,
      thinking: [],
      jsonSchema: false,
      strictTools: false,
      sampling: "all",
    }),
    anthropic(["claude-3-haiku*", "claude-3-opus*"], { maxOutputTokens: 4096 }),
    anthropic(["claude-3-7*"], { ...budget, sampling: "all", maxOutputTokens: 64_000 }),
    anthropic(["claude-opus-4*"], { ...budget, maxOutputTokens: 32_000, jsonSchema: false, strictTools: false }),
    anthropic(["claude-sonnet-4*"], { ...budget, maxOutputTokens: 64_000, jsonSchema: false, strictTools: false }),
    anthropic(["claude-*-4-1*"], { jsonSchema: true, strictTools: true }),
    anthropic(["claude-*-4-5*"], { ...budget, maxOutputTokens: 64_000, jsonSchema: true, strictTools: true }),
    anthropic(["claude-*-4-6*"], {
      ...of46,
      thinking: ["adaptive", "enabled", "disabled"],
      jsonSchema: true,
      strictTools: true,
    }),
    anthropic(["claude-*-4-7*", "claude-*-4-8*"], { ...of47, jsonSchema: true, strictTools: true }),
    anthropic(["claude-opus-5*", "claude-sonnet-5*", "claude-haiku-5*", "claude-fable*", "claude-mythos*"], {
      ...of47,
      systemTurns: true,
      jsonSchema: true,
      strictTools: true,
    }),
    anthropic(["claude-fable*", "claude-mythos*"], { thinking: ["adaptive"] }),
  ];
}

/** What OpenAI's models take in both of its dialects. */
function openaiGenerations(): readonly CapabilityRow[] {
  const generations: readonly (readonly [models: readonly string[], is: Partial<Capability>])[] = [
    [["gpt-4o*"], { maxOutputTokens: 16_384, verbosity: false }],
    [["gpt-4.1*"], { maxOutputTokens: 32_768, verbosity: false }],
    [["o1*", "o3*", "o4*"], { maxOutputTokens: 100_000, efforts: ["low", "medium", "high"], verbosity: false }],
    [["codex*"], { efforts: ["low", "medium", "high"], verbosity: true }],
    [["gpt-5*"], { maxOutputTokens: 128_000, efforts: ["minimal", "low", "medium", "high"], verbosity: true }],
    [["gpt-5.*"], { efforts: ["none", "low", "medium", "high", "xhigh"] }],
    [["gpt-5.1*"], { efforts: ["none", "low", "medium", "high"] }],
    [
      ["gpt-6*"],
      { maxOutputTokens: 128_000, efforts: ["none", "low", "medium", "high", "xhigh", "max"], verbosity: true },
    ],
  ];
  return generations.flatMap(([models, is]) => [
    { dialect: "openai-chat", upstream: OPENAI, models, is } as const,
    { dialect: "openai-responses", models, is } as const,
  ]);
}
