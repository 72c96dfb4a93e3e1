import Anthropic from "@anthropic-ai/sdk";
import { createAnthropic } from "@ai-sdk/anthropic";
import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { generateText, jsonSchema, stepCountIs, streamText, tool } from "ai";
import type { LanguageModel } from "ai";
import OpenAI from "openai";

import type { Harness } from "./harness.ts";

/** What a program gets of one answer, whichever library it uses. */
export interface Said {
  readonly text: string;
  readonly calls: readonly { readonly name: string; readonly input: unknown }[];
}

/** A library that programs use to talk to models, with the few things that every test wants of it. */
export interface TestClient {
  readonly name: string;
  /** Asks and waits for the whole answer. */
  create(harness: Harness, prompt: string): Promise<Said>;
  /** Asks and reads the answer as it comes; rejects when it breaks off. */
  stream(harness: Harness, prompt: string, options?: { readonly signal?: AbortSignal }): Promise<Said>;
  /** Asks with the tool `weather` at hand, runs it for every call (`run` gives its result), and gives the last answer. */
  toolLoop(harness: Harness, prompt: string, run: (city: string) => string): Promise<Said>;
}

const CLAUDE = "claude-sonnet-5-5";
const GPT = "gpt-4o";
const PARAMETERS = {
  type: "object" as const,
  properties: { city: { type: "string" as const } },
  required: ["city"],
  additionalProperties: false,
};
const DESCRIPTION = "The weather of a city";
const MAX_ROUNDS = 5;

function cityOf(input: unknown): string {
  return typeof input === "object" && input !== null && "city" in input ? String(input.city) : "";
}

function parsed(text: string): unknown {
  return JSON.parse(text);
}

const anthropicSdk: TestClient = {
  name: "@anthropic-ai/sdk",
  create: async (harness, prompt) => saidByAnthropic(await anthropic(harness).messages.create(ask(prompt))),
  stream: async (harness, prompt, options) =>
    saidByAnthropic(await anthropic(harness).messages.stream(ask(prompt), options).finalMessage()),
  toolLoop: async (harness, prompt, run) => {
    const messages: Anthropic.MessageParam[] = [{ role: "user", content: prompt }];
    for (let round = 0; ; round++) {
      const tools = [{ name: "weather", description: DESCRIPTION, input_schema: PARAMETERS }];
      const message = await anthropic(harness)
        .messages.stream({ model: CLAUDE, max_tokens: 1024, tools, messages })
        .finalMessage();
      const calls = message.content.filter((block) => block.type === "tool_use");
      if (message.stop_reason !== "tool_use" || round === MAX_ROUNDS) return saidByAnthropic(message);
      const results = calls.map(({ id, input }) => ({
        type: "tool_result" as const,
        tool_use_id: id,
        content: run(cityOf(input)),
      }));
      messages.push({ role: "assistant", content: message.content }, { role: "user", content: results });
    }
  },
};

function anthropic({ url, token }: Harness): Anthropic {
  return new Anthropic({ baseURL: url, apiKey: token, maxRetries: 0 });
}

function ask(prompt: string): { model: string; max_tokens: number; messages: Anthropic.MessageParam[] } {
  return { model: CLAUDE, max_tokens: 1024, messages: [{ role: "user", content: prompt }] };
}

function saidByAnthropic({ content }: Anthropic.Message): Said {
  return {
    text: content.map((block) => (block.type === "text" ? block.text : "")).join(""),
    calls: content.flatMap((block) => (block.type === "tool_use" ? [{ name: block.name, input: block.input }] : [])),
  };
}

const openaiChat: TestClient = {
  name: "openai (Chat)",
  create: async (harness, prompt) => {
    const { choices } = await openai(harness).chat.completions.create(chat(prompt));
    return saidByChat(choices[0]?.message);
  },
  stream: async (harness, prompt, options) =>
    saidByChat(await openai(harness).chat.completions.stream(chat(prompt), options).finalMessage()),
  toolLoop: async (harness, prompt, run) => {
    const runner = openai(harness).chat.completions.runTools({
      ...chat(prompt),
      stream: true,
      tools: [
        {
          type: "function",
          function: {
            name: "weather",
            description: DESCRIPTION,
            parameters: PARAMETERS,
            parse: parsed,
            function: (input: unknown) => run(cityOf(input)),
          },
        },
      ],
    });
    return { text: (await runner.finalContent()) ?? "", calls: [] };
  },
};

function openai({ url, token }: Harness): OpenAI {
  return new OpenAI({ baseURL: `${url}/v1`, apiKey: token, maxRetries: 0 });
}

function chat(prompt: string): { model: string; messages: OpenAI.ChatCompletionMessageParam[] } {
  return { model: GPT, messages: [{ role: "user", content: prompt }] };
}

function saidByChat(message: OpenAI.ChatCompletionMessage | undefined): Said {
  const calls = message?.tool_calls?.filter((call) => call.type === "function") ?? [];
  return {
    text: message?.content ?? "",
    calls: calls.map(({ function: { name, arguments: text } }) => ({ name, input: parsed(text) })),
  };
}

const openaiResponses: TestClient = {
  name: "openai (Responses)",
  create: async (harness, prompt) =>
    saidByResponses(await openai(harness).responses.create({ model: GPT, input: prompt, store: false })),
  stream: async (harness, prompt, options) =>
    saidByResponses(
      await openai(harness).responses.stream({ model: GPT, input: prompt, store: false }, options).finalResponse(),
    ),
  toolLoop: async (harness, prompt, run) => {
    const input: OpenAI.Responses.ResponseInputItem[] = [{ role: "user", content: prompt }];
    const tools = [
      { type: "function" as const, name: "weather", description: DESCRIPTION, parameters: PARAMETERS, strict: false },
    ];
    for (let round = 0; ; round++) {
      const include = ["reasoning.encrypted_content" as const];
      const response = await openai(harness)
        .responses.stream({ model: GPT, input, tools, store: false, include })
        .finalResponse();
      const said = saidByResponses(response);
      if (said.calls.length === 0 || round === MAX_ROUNDS) return said;
      input.push(...response.output.flatMap(replayable));
      for (const item of response.output) {
        if (item.type !== "function_call") continue;
        const output = run(cityOf(parsed(item.arguments)));
        input.push({ type: "function_call_output", call_id: item.call_id, output });
      }
    }
  },
};

/** An item of an answer as it goes back: without what the SDK has added to it. */
function replayable(item: OpenAI.Responses.ResponseOutputItem): OpenAI.Responses.ResponseInputItem[] {
  if (item.type === "reasoning") return [item];
  if (item.type === "function_call") {
    const { type, call_id, name, arguments: text } = item;
    return [{ type, call_id, name, arguments: text }];
  }
  if (item.type !== "message") return [];
  const texts = item.content.flatMap((part) => (part.type === "output_text" ? [part.text] : []));
  return [{ role: "assistant", content: texts.join("") }];
}

function saidByResponses({ output, output_text: text }: OpenAI.Responses.Response): Said {
  const calls = output.filter((item) => item.type === "function_call");
  return { text, calls: calls.map((call) => ({ name: call.name, input: parsed(call.arguments) })) };
}

function aiSdk(name: string, modelOf: (harness: Harness) => LanguageModel): TestClient {
  return {
    name: `ai (${name})`,
    create: async (harness, prompt) => {
      const { text } = await generateText({ model: modelOf(harness), prompt, maxRetries: 0 });
      return { text, calls: [] };
    },
    stream: async (harness, prompt, options) => {
      const failed: unknown[] = [];
      const answer = streamText({
        model: modelOf(harness),
        prompt,
        maxRetries: 0,
        onError: ({ error }) => void failed.push(error),
        ...(options?.signal !== undefined && { abortSignal: options.signal }),
      });
      let text = "";
      for await (const piece of answer.textStream) text += piece;
      if (failed.length > 0) throw failed[0];
      options?.signal?.throwIfAborted();
      return { text, calls: [] };
    },
    toolLoop: async (harness, prompt, run) => {
      const weather = tool({
        description: DESCRIPTION,
        inputSchema: jsonSchema(PARAMETERS),
        execute: (input: unknown) => run(cityOf(input)),
      });
      const options = {
        model: modelOf(harness),
        prompt,
        tools: { weather },
        stopWhen: stepCountIs(MAX_ROUNDS),
        maxRetries: 0,
      };
      const { text } = await generateText(options);
      return { text, calls: [] };
    },
  };
}

/** The official libraries, and the AI SDK with each of its adapters. */
export const CLIENTS: readonly TestClient[] = [
  anthropicSdk,
  openaiChat,
  openaiResponses,
  aiSdk("Messages", ({ url, token }) => createAnthropic({ baseURL: `${url}/v1`, apiKey: token })(CLAUDE)),
  aiSdk("Responses", ({ url, token }) => createOpenAI({ baseURL: `${url}/v1`, apiKey: token }).responses(GPT)),
  aiSdk("Chat", ({ url, token }) => createOpenAI({ baseURL: `${url}/v1`, apiKey: token }).chat(GPT)),
  aiSdk("compatible", ({ url, token }) =>
    createOpenAICompatible({ name: "router", baseURL: `${url}/v1`, apiKey: token, includeUsage: true })(GPT),
  ),
];
