import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { JsonObject } from "../simulator/json.ts";
import type { Simulator } from "../simulator/simulator.ts";
import { CLOSED, items, messages, reasoning, says } from "../testing/openai-bodies.ts";
import type { Body } from "../testing/openai-rules.ts";
import { CHAT_HELLO, postChat, postResponse, RESPONSE_HELLO } from "../testing/post-openai.ts";
import { startOpenAiSimulator } from "./start-openai-simulator.ts";

const CARRIER = `tgA1.${Buffer.from('{"t":"thinking","s":"abc"}').toString("base64url")}`;
const OTHER_CARRIER = `tgO1.${Buffer.from('{"e":"gAAAA","n":[3]}').toString("base64url")}`;
const IN_BODY = "a carrier of the router in the body";
const FOREIGN = "a field of Anthropic's in the body";
const WHO_ASKS = "a router token in a field that says who asks";

let simulator: Simulator;
beforeEach(async () => {
  simulator = await startOpenAiSimulator();
});
afterEach(() => simulator.close());

const whatLeaks = async (response: Promise<Response>): Promise<unknown[]> => {
  const { status } = await response;
  expect(status).toBe(simulator.leaks.length === 0 ? 200 : 400);
  return simulator.leaks.map(({ what }) => what);
};
const chat = (body: Body): Promise<Response> => postChat(simulator, { ...CHAT_HELLO, ...body });
const respond = (body: Body): Promise<Response> => postResponse(simulator, { ...RESPONSE_HELLO, ...body });

describe("what must not reach OpenAI", () => {
  it.each([
    [{ authorization: "Bearer la_sk_abc" }, "a router token in a header"],
    [{ "x-api-key": "sk-ant-abc" }, "the header x-api-key"],
    [{ "anthropic-version": "2023-06-01" }, "a header of Anthropic's"],
    [{ "anthropic-beta": "a,b" }, "a header of Anthropic's"],
    [{ "x-anything": CARRIER }, "a carrier of the router in a header"],
  ])("is written down in headers: %j", async (headers, what) => {
    expect(await whatLeaks(postChat(simulator, CHAT_HELLO, { headers }))).toEqual([what]);
  });

  it.each<[Body, string]>([
    [messages({ role: "assistant", content: `Before ${CARRIER}` }), IN_BODY],
    [{ thinking: { type: "enabled", budget_tokens: 1024 } }, FOREIGN],
    [
      messages({ role: "user", content: [{ type: "text", text: "Hi", cache_control: { type: "ephemeral" } }] }),
      FOREIGN,
    ],
    [{ tools: [{ type: "function", function: { name: "f" }, cache_control: { type: "ephemeral" } }] }, FOREIGN],
    [{ user: "la_sk_abc" }, WHO_ASKS],
    [{ metadata: { token: "la_sk_abc" } }, WHO_ASKS],
  ])("is written down in Chat: %j", async (body, what) => {
    expect(await whatLeaks(chat(body))).toEqual([what]);
  });

  it.each<[Body, string]>([
    [items(reasoning({ encrypted_content: CARRIER }), says("Hi")), IN_BODY],
    [items(reasoning({ encrypted_content: OTHER_CARRIER }), says("Hi")), IN_BODY],
    [items({ type: "thinking", thinking: "Hm.", signature: "abc" }), FOREIGN],
  ])("is written down in Responses: %j", async (body, what) => {
    expect(await whatLeaks(respond(body))).toEqual([what]);
  });
});

describe("what may reach OpenAI", () => {
  const own = { type: "object", properties: { thinking: {}, cache_control: {} } };
  it.each<JsonObject>([
    { ...messages({ role: "user", content: "What is la_sk_abc, and what do tgA1. and cache_control mean?" }) },
    { tools: [{ type: "function", function: { name: "think", parameters: own } }] },
    { response_format: { type: "json_schema", json_schema: { name: "a", schema: own } } },
    { metadata: { thinking: "none" } },
    { tools: [{ type: "function", function: { name: "f", parameters: CLOSED, strict: true } }] },
  ])("is not: %j", async (body) => {
    expect(await whatLeaks(chat(body))).toEqual([]);
  });
});
