import { spawn } from "node:child_process";
import type { ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Readable } from "node:stream";

import { overloadedTurn, startSimulator, textTurn, toolTurn } from "@link-assistant/testkit";
import type { Simulator, Turn } from "@link-assistant/testkit";
import OpenAI from "openai";
import { afterAll, beforeAll, expect, test } from "vitest";

let turn: Turn;
let upstream: Simulator;
let example: ChildProcessByStdio<null, Readable, null>;
let client: OpenAI;

beforeAll(async () => {
  upstream = await startSimulator({ script: () => turn, credentials: ["sk-ant-test"] });
  example = spawn(process.execPath, [join(import.meta.dirname, "main.ts")], {
    env: { ANTHROPIC_URL: upstream.url, ANTHROPIC_API_KEY: "sk-ant-test", MODEL: "claude-sonnet-5-5", PORT: "0" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [greeting] = await once(example.stdout, "data");
  const [, port] = /port: (\d+)/.exec(String(greeting)) ?? [];
  client = new OpenAI({ baseURL: `http://127.0.0.1:${port}/v1`, apiKey: "any", maxRetries: 0 });
});

afterAll(async () => {
  example.kill();
  await upstream.close();
});

const messages = [{ role: "user", content: "Hello" }] as const;
const model = "gpt-5";

test("Chat Completions: an answer, whole and as a stream", async () => {
  turn = textTurn("Hi there, and a good day to you.");
  const whole = await client.chat.completions.create({ model, messages: [...messages] });
  expect(whole).toMatchObject({
    model,
    choices: [{ finish_reason: "stop", message: { content: "Hi there, and a good day to you." } }],
  });
  const streamed = await client.chat.completions.stream({ model, messages: [...messages] }).finalChatCompletion();
  expect(streamed.choices[0]?.message.content).toBe("Hi there, and a good day to you.");
  expect(upstream.leaks).toEqual([]);
});

test("Chat Completions: a call of a tool", async () => {
  turn = toolTurn("weather", { city: "Pune" });
  const tools = [{ type: "function", function: { name: "weather", parameters: { type: "object" } } }] as const;
  const { choices } = await client.chat.completions.create({ model, messages: [...messages], tools: [...tools] });
  expect(choices[0]).toMatchObject({
    finish_reason: "tool_calls",
    message: { tool_calls: [{ function: { name: "weather", arguments: '{"city":"Pune"}' } }] },
  });
});

test("Responses: an answer, whole and as a stream", async () => {
  turn = textTurn("Hi there, and a good day to you.");
  const whole = await client.responses.create({ model, input: "Hello" });
  expect(whole.output_text).toBe("Hi there, and a good day to you.");
  const streamed = await client.responses.stream({ model, input: "Hello" }).finalResponse();
  expect(streamed).toMatchObject({ status: "completed", output_text: "Hi there, and a good day to you." });
});

test("errors come in OpenAI's words: the upstream's, and the translator's own", async () => {
  turn = overloadedTurn();
  await expect(client.chat.completions.create({ model, messages: [...messages] })).rejects.toMatchObject({
    status: 503,
    code: "server_is_overloaded",
  });
  await expect(client.responses.create({ model, input: "x", previous_response_id: "resp_1" })).rejects.toMatchObject({
    status: 400,
    param: "previous_response_id",
  });
});
