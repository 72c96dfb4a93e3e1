import { spawn } from "node:child_process";
import type { ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Readable } from "node:stream";

import Anthropic from "@anthropic-ai/sdk";
import { cutTurn, rateLimitTurn, startOpenAiSimulator, textTurn, toolTurn } from "@link-assistant/testkit";
import type { Simulator, Turn } from "@link-assistant/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";

let turn: Turn;
let upstream: Simulator;
let example: ChildProcessByStdio<null, Readable, null>;
let client: Anthropic;

beforeAll(async () => {
  upstream = await startOpenAiSimulator({ script: () => turn, credentials: ["sk-test"] });
  example = spawn(process.execPath, [join(import.meta.dirname, "main.ts")], {
    env: { OPENAI_URL: upstream.url, OPENAI_API_KEY: "sk-test", MODEL: "gpt-5", PORT: "0" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [greeting] = await once(example.stdout, "data");
  const [, port] = /port: (\d+)/.exec(String(greeting)) ?? [];
  client = new Anthropic({ baseURL: `http://127.0.0.1:${port}`, apiKey: "any", maxRetries: 0 });
});

afterAll(async () => {
  example.kill();
  await upstream.close();
});

const messages: Anthropic.MessageParam[] = [{ role: "user", content: "Hello" }];
const model = "claude-sonnet-5-5";

test("an answer, whole and as a stream", async () => {
  turn = textTurn("Hi there, and a good day to you.");
  const whole = await client.messages.create({ model, max_tokens: 100, messages });
  expect(whole).toMatchObject({
    model,
    stop_reason: "end_turn",
    content: [{ type: "text", text: "Hi there, and a good day to you." }],
  });
  const streamed = await client.messages.stream({ model, max_tokens: 100, messages }).finalMessage();
  expect(streamed.content).toMatchObject([{ type: "text", text: "Hi there, and a good day to you." }]);
  expect(streamed.usage.output_tokens).toBeGreaterThan(0);
  expect(upstream.leaks).toEqual([]);
});

test("a call of a tool in a stream", async () => {
  turn = toolTurn("weather", { city: "Pune" });
  const tools: Anthropic.Tool[] = [{ name: "weather", input_schema: { type: "object" } }];
  const message = await client.messages.stream({ model, max_tokens: 100, messages, tools }).finalMessage();
  expect(message).toMatchObject({
    stop_reason: "tool_use",
    content: [{ type: "tool_use", name: "weather", input: { city: "Pune" } }],
  });
});

test("a count of tokens", async () => {
  const { input_tokens } = await client.messages.countTokens({ model, messages });
  expect(input_tokens).toBeGreaterThan(3);
});

test("errors come in Anthropic's words, and a stream that breaks off is one", async () => {
  turn = rateLimitTurn();
  await expect(client.messages.create({ model, max_tokens: 100, messages })).rejects.toMatchObject({
    status: 429,
    type: "rate_limit_error",
  });
  turn = cutTurn("Hi there, and a good day to you.", { by: "end" });
  await expect(client.messages.stream({ model, max_tokens: 100, messages }).finalMessage()).rejects.toMatchObject({
    type: "api_error",
  });
});
