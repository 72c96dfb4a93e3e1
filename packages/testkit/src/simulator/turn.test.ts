import { expect, it } from "vitest";

import { startSimulator } from "../anthropic-simulator/start-simulator.ts";
import { startOpenAiSimulator } from "../openai-simulator/start-openai-simulator.ts";
import { postChat, postResponse } from "../testing/post-openai.ts";
import { post } from "../testing/post.ts";
import { overloadedTurn } from "./build-turn.ts";
import type { Turn } from "./turn.ts";

const SCRIPT: readonly Turn[] = [
  {
    blocks: [
      { type: "text", text: "I will look." },
      { type: "tool_use", name: "get_weather", input: { city: "Oslo" }, id: "id_1" },
    ],
    usage: { input: 7, cacheRead: 5, output: 3 },
  },
  { blocks: [{ type: "refusal", refusal: "No." }] },
  overloadedTurn(),
];

it("is said by every simulator in its own dialect", async () => {
  const anthropic = await startSimulator({ script: SCRIPT });
  const chat = await startOpenAiSimulator({ script: SCRIPT });
  const responses = await startOpenAiSimulator({ script: SCRIPT });
  const answers: unknown[] = [];
  for (const _ of SCRIPT)
    for (const response of [await post(anthropic), await postChat(chat), await postResponse(responses)])
      answers.push(await response.json());

  const call = { name: "get_weather", arguments: '{"city":"Oslo"}' };
  expect(answers).toMatchObject([
    {
      content: [{ text: "I will look." }, { type: "tool_use", id: "id_1", input: { city: "Oslo" } }],
      stop_reason: "tool_use",
      usage: { input_tokens: 7, cache_read_input_tokens: 5, output_tokens: 3 },
    },
    {
      choices: [
        {
          message: { content: "I will look.", tool_calls: [{ id: "id_1", function: call }] },
          finish_reason: "tool_calls",
        },
      ],
      usage: { prompt_tokens: 12, prompt_tokens_details: { cached_tokens: 5 }, completion_tokens: 3 },
    },
    {
      output: [{ content: [{ text: "I will look." }] }, { type: "function_call", call_id: "id_1", ...call }],
      usage: { input_tokens: 12, input_tokens_details: { cached_tokens: 5 }, output_tokens: 3 },
    },
    { content: [{ type: "text", text: "No." }], stop_reason: "refusal" },
    { choices: [{ message: { content: null, refusal: "No." }, finish_reason: "stop" }] },
    { output: [{ content: [{ type: "refusal", refusal: "No." }] }], status: "completed" },
    { error: { type: "overloaded_error" } },
    { error: { code: "server_is_overloaded" } },
    { error: { code: "server_is_overloaded" } },
  ]);
  for (const simulator of [anthropic, chat, responses]) await simulator.close();
});
