import { ChatAnthropic } from "@langchain/anthropic";
import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { HumanMessage, ToolMessage } from "@langchain/core/messages";
import type { AIMessageChunk, BaseMessage } from "@langchain/core/messages";
import { tool as langchainTool } from "@langchain/core/tools";
import { ChatOpenAI } from "@langchain/openai";
import { Agent, OpenAIProvider, Runner, tool as agentTool } from "@openai/agents";
import { z } from "zod";

import type { Said, TestClient } from "./clients.ts";
import type { Harness } from "./harness.ts";

const CLAUDE = "claude-sonnet-5-5";
const GPT = "gpt-4o";
const DESCRIPTION = "The weather of a city";
const PARAMETERS = z.object({ city: z.string() });
const MAX_ROUNDS = 5;

/** Nothing of what a test does leaves this machine. */
process.env["OPENAI_AGENTS_DISABLE_TRACING"] = "1";
process.env["LANGSMITH_TRACING"] = "false";

function langchain(name: string, modelOf: (harness: Harness) => BaseChatModel): TestClient {
  return {
    name: `LangChain (${name})`,
    create: async (harness, prompt) => saidBy(await modelOf(harness).invoke(prompt)),
    stream: async (harness, prompt, options) => {
      let said = "";
      for await (const chunk of await modelOf(harness).stream(prompt, options)) said += chunk.text;
      options?.signal?.throwIfAborted();
      return { text: said, calls: [] };
    },
    toolLoop: async (harness, prompt, run) => {
      const weather = langchainTool(async ({ city }) => run(city), {
        name: "weather",
        description: DESCRIPTION,
        schema: PARAMETERS,
      });
      const model = modelOf(harness);
      const withTools = model.bindTools?.([weather]) ?? model;
      const messages: BaseMessage[] = [new HumanMessage(prompt)];
      for (let round = 0; ; round += 1) {
        const answer = await withTools.invoke(messages);
        const calls = answer.tool_calls ?? [];
        if (calls.length === 0 || round === MAX_ROUNDS) return saidBy(answer);
        messages.push(answer);
        for (const call of calls) {
          const { city } = PARAMETERS.parse(call.args);
          messages.push(new ToolMessage({ tool_call_id: call.id ?? "", content: run(city) }));
        }
      }
    },
    structured: async (harness, prompt) =>
      modelOf(harness).withStructuredOutput(PARAMETERS, { name: "place", method: "jsonSchema" }).invoke(prompt),
  };
}

function saidBy(message: AIMessageChunk): Said {
  return {
    text: message.text,
    calls: (message.tool_calls ?? []).map(({ name, args }) => ({ name, input: args })),
  };
}

function agents(name: string, useResponses: boolean): TestClient {
  const runnerOf = ({ url, token }: Harness): Runner =>
    new Runner({
      modelProvider: new OpenAIProvider({ baseURL: `${url}/v1`, apiKey: token, useResponses }),
      tracingDisabled: true,
      modelSettings: { retry: { maxRetries: 0 } },
    });
  const agent = new Agent({ name: "tester", model: GPT });
  return {
    name: `OpenAI Agents (${name})`,
    // It puts a `role` into the parts of the content.
    garblesTextBeforeCalls: !useResponses,
    create: async (harness, prompt) => {
      const { finalOutput } = await runnerOf(harness).run(agent, prompt);
      return { text: finalOutput ?? "", calls: [] };
    },
    stream: async (harness, prompt, options) => {
      const result = await runnerOf(harness).run(agent, prompt, { stream: true, ...options });
      let text = "";
      for await (const piece of result.toTextStream()) text += piece;
      await result.completed;
      options?.signal?.throwIfAborted();
      return { text, calls: [] };
    },
    toolLoop: async (harness, prompt, run) => {
      const weather = agentTool({
        name: "weather",
        description: DESCRIPTION,
        parameters: PARAMETERS,
        execute: ({ city }) => run(city),
      });
      const { finalOutput } = await runnerOf(harness).run(agent.clone({ tools: [weather] }), prompt);
      return { text: finalOutput ?? "", calls: [] };
    },
    structured: async (harness, prompt) => {
      const { finalOutput } = await runnerOf(harness).run(
        new Agent({ name: "tester", model: GPT, outputType: PARAMETERS }),
        prompt,
      );
      return finalOutput;
    },
  };
}

/** Frameworks that are built on the official libraries. */
export const FRAMEWORKS: readonly TestClient[] = [
  langchain(
    "Messages",
    ({ url, token }) =>
      new ChatAnthropic({ model: CLAUDE, anthropicApiUrl: url, apiKey: token, maxRetries: 0, maxTokens: 1024 }),
  ),
  langchain(
    "Chat",
    ({ url, token }) =>
      new ChatOpenAI({
        model: GPT,
        apiKey: token,
        maxRetries: 0,
        configuration: { baseURL: `${url}/v1` },
        useResponsesApi: false,
      }),
  ),
  langchain(
    "Responses",
    ({ url, token }) =>
      new ChatOpenAI({
        model: GPT,
        apiKey: token,
        maxRetries: 0,
        configuration: { baseURL: `${url}/v1` },
        useResponsesApi: true,
      }),
  ),
  agents("Responses", true),
  agents("Chat", false),
];
