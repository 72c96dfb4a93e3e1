import { createOpenAI } from "@ai-sdk/openai";
import { textTurn } from "@link-assistant/testkit";
import type { Turn } from "@link-assistant/testkit";
import { generateText, jsonSchema, stepCountIs, streamText, tool } from "ai";
import { afterEach, expect, test } from "vitest";

import { startHarness } from "./testing/harness.ts";
import type { Harness } from "./testing/harness.ts";

/*
 * Items that OpenAI keeps are kept for one account: calls that refer to them have to go there.
 */

let harness: Harness;
afterEach(() => harness[Symbol.asyncDispose]());

const CALLING: Turn = {
  blocks: [
    { type: "thinking", thinking: "Where is Oslo?" },
    { type: "text", text: "I look." },
    { type: "tool_use", name: "weather", input: { city: "Oslo" } },
  ],
};
const TOOLS = {
  weather: tool({
    description: "The weather of a city",
    inputSchema: jsonSchema({ type: "object", properties: {}, additionalProperties: true }),
    execute: () => "rain",
  }),
};

test.each(["whole", "streamed"])("the AI SDK, which refers to earlier items, stays at one account: %s", async (how) => {
  harness = await startHarness({
    upstream: "openai",
    accounts: ["a", "b", "c"],
    script: [CALLING, CALLING, textTurn("It rains")],
  });
  const openai = createOpenAI({ baseURL: `${harness.url}/v1`, apiKey: harness.token });
  const options = {
    model: openai.responses("gpt-5.5"),
    prompt: "Weather?",
    tools: TOOLS,
    stopWhen: stepCountIs(5),
    maxRetries: 0,
  };
  const { text } = how === "whole" ? await generateText(options) : streamText(options);
  expect(await text).toBe("It rains");
  const { requests } = harness.simulator;
  expect(requests).toHaveLength(3);
  expect(new Set(requests.map(({ credential }) => credential)).size).toBe(1);
  expect(requests.at(-1)?.rawBody.toString()).toContain('"item_reference"');
});

test("reasoning that comes back by its id alone, as from agents and LangChain, goes to the account that keeps it", async () => {
  harness = await startHarness({ upstream: "openai", accounts: ["a", "b"], script: () => CALLING });
  const ask = async (input: readonly unknown[], more: object = {}): Promise<Response> =>
    harness.fetch("/v1/responses", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        model: "gpt-5.5",
        input,
        tools: [{ type: "function", name: "weather", parameters: { type: "object", properties: {} }, strict: false }],
        ...more,
      }),
    });
  const hello = { role: "user", content: "Hello" };
  const { output } = await (await ask([hello])).json();
  for (let turn = 0; turn < 2; turn++) {
    const answered = output.flatMap((item: { type: string; call_id?: string }) =>
      item.type === "function_call"
        ? [item, { type: "function_call_output", call_id: item.call_id, output: "rain" }]
        : [item],
    );
    expect((await ask([hello, ...answered])).status).toBe(200);
  }
  expect(new Set(harness.simulator.requests.map(({ credential }) => credential)).size).toBe(1);
});
