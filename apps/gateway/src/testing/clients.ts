import Anthropic from "@anthropic-ai/sdk";
import { createAnthropic } from "@ai-sdk/anthropic";
import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { Output, generateText, jsonSchema, stepCountIs, streamText, tool } from "ai";
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
  /** Asks for an answer of the shape `{ city: string }`, in the library's own way, and gives what the library made of it. */
  structured(harness: Harness, prompt: string): Promise<unknown>;
  /** Asks with a tool that gives a picture (a PNG, in base64). Absent where the library's dialect has no way to say it. */
  picture?(harness: Harness, prompt: string, png: string): Promise<Said>;
  /** Whether the library gives back what a model thought, with its proof, in the next call. */
  readonly keepsThoughts?: boolean;
  /** Whether the library repeats text that came before calls in a form that OpenAI's own API refuses. */
  readonly garblesTextBeforeCalls?: boolean;
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
  structured: async (harness, prompt) => {
    const format = { type: "json_schema" as const, schema: PARAMETERS };
    return parsed(
      saidByAnthropic(await anthropic(harness).messages.create({ ...ask(prompt), output_config: { format } })).text,
    );
  },
  picture: async (harness, prompt, png) => {
    const tools = [
      { name: "camera", description: "A picture", input_schema: { type: "object" as const, properties: {} } },
    ];
    const messages: Anthropic.MessageParam[] = [{ role: "user", content: prompt }];
    const first = await anthropic(harness).messages.create({ model: CLAUDE, max_tokens: 1024, tools, messages });
    const results = first.content.flatMap((block): Anthropic.ToolResultBlockParam[] =>
      block.type === "tool_use"
        ? [
            {
              type: "tool_result",
              tool_use_id: block.id,
              content: [{ type: "image", source: { type: "base64", media_type: "image/png", data: png } }],
            },
          ]
        : [],
    );
    messages.push({ role: "assistant", content: first.content }, { role: "user", content: results });
    return saidByAnthropic(
      await anthropic(harness).messages.create({ model: CLAUDE, max_tokens: 1024, tools, messages }),
    );
  },
  keepsThoughts: true,
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
  structured: async (harness, prompt) => {
    const json_schema = { name: "place", schema: PARAMETERS, strict: true };
    const { choices } = await openai(harness).chat.completions.parse({
      ...chat(prompt),
      response_format: { type: "json_schema", json_schema },
    });
    return parsed(choices[0]?.message.content ?? "");
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
  structured: async (harness, prompt) => {
    const format = { type: "json_schema" as const, name: "place", schema: PARAMETERS, strict: true };
    const { output_text: text } = await openai(harness).responses.parse({
      model: GPT,
      input: prompt,
      store: false,
      text: { format },
    });
    return parsed(text);
  },
  picture: async (harness, prompt, png) => {
    const tools = [
      { type: "function" as const, name: "camera", parameters: { type: "object", properties: {} }, strict: false },
    ];
    const input: OpenAI.Responses.ResponseInputItem[] = [{ role: "user", content: prompt }];
    const first = await openai(harness).responses.create({ model: GPT, input, tools, store: false });
    input.push(...first.output.flatMap(replayable));
    for (const item of first.output) {
      if (item.type !== "function_call") continue;
      const image = {
        type: "input_image" as const,
        detail: "auto" as const,
        image_url: `data:image/png;base64,${png}`,
      };
      input.push({ type: "function_call_output", call_id: item.call_id, output: [image] });
    }
    return saidByResponses(await openai(harness).responses.create({ model: GPT, input, tools, store: false }));
  },
  keepsThoughts: true,
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

function aiSdk(
  name: string,
  modelOf: (harness: Harness) => LanguageModel,
  further: Pick<TestClient, "keepsThoughts"> & { readonly showsPictures?: boolean } = {},
): TestClient {
  const { showsPictures = false, ...traits } = further;
  return {
    ...traits,
    ...(showsPictures && {
      picture: async (harness: Harness, prompt: string, png: string): Promise<Said> => {
        const camera = tool({
          description: "A picture",
          inputSchema: jsonSchema({ type: "object", properties: {}, additionalProperties: false }),
          execute: async () => png,
          toModelOutput: () => ({
            type: "content" as const,
            value: [{ type: "image-data" as const, mediaType: "image/png", data: png }],
          }),
        });
        const options = { model: modelOf(harness), prompt, tools: { camera }, stopWhen: stepCountIs(MAX_ROUNDS) };
        const { text } = await generateText({ ...options, maxRetries: 0 });
        return { text, calls: [] };
      },
    }),
    structured: async (harness, prompt) => {
      const output = Output.object({ schema: jsonSchema(PARAMETERS) });
      const answer = await generateText({ model: modelOf(harness), prompt, output, maxRetries: 0 });
      return answer.output;
    },
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
  aiSdk("Messages", ({ url, token }) => createAnthropic({ baseURL: `${url}/v1`, apiKey: token })(CLAUDE), {
    keepsThoughts: true,
    showsPictures: true,
  }),
  aiSdk("Responses", ({ url, token }) => createOpenAI({ baseURL: `${url}/v1`, apiKey: token }).responses(GPT), {
    showsPictures: true,
  }),
  aiSdk("Chat", ({ url, token }) => createOpenAI({ baseURL: `${url}/v1`, apiKey: token }).chat(GPT)),
  aiSdk("compatible", ({ url, token }) =>
    createOpenAICompatible({
      name: "router",
      baseURL: `${url}/v1`,
      apiKey: token,
      includeUsage: true,
      supportsStructuredOutputs: true,
    })(GPT),
  ),
];
