import Anthropic from "@anthropic-ai/sdk";
import { betaTool } from "@anthropic-ai/sdk/helpers/beta/json-schema";
import { rateLimitTurn, textTurn, toolTurn } from "@link-assistant/testkit";
import type { Script } from "@link-assistant/testkit";
import { afterEach, describe, expect, test } from "vitest";

import { isJsonObject } from "./body.ts";
import { CLIENT_REQUESTS_MISSING, clientRequest } from "./testing/client-requests.ts";
import { MESSAGE, post, startHarness } from "./testing/harness.ts";
import type { Harness, HarnessOptions, HarnessUpstream } from "./testing/harness.ts";

/*
 * Clients that lean on what a service keeps: threads of messages, earlier responses, items of earlier responses.
 */

let harness: Harness;
afterEach(() => harness[Symbol.asyncDispose]());

async function start(script: Script, options: HarnessOptions = {}): Promise<Harness> {
  harness = await startHarness({ script, accounts: ["a", "b", "c"], ...options });
  return harness;
}

function ask(body: object): Promise<Response> {
  const headers = { "content-type": "application/json" };
  return harness.fetch("/v1/responses", {
    method: "POST",
    headers,
    body: JSON.stringify({ model: "gpt-5.5", ...body }),
  });
}

/** The credentials that the upstream was called with, in order. */
function credentials(): unknown[] {
  return harness.simulator.requests.map(({ credential }) => credential);
}

/** A member of each body that reached the upstream. */
function sent(member: string): unknown[] {
  return harness.simulator.requests.map(({ body }) => (isJsonObject(body) ? body[member] : undefined));
}

const CREATE = { type: "create" };
const continuing = (id: string): object => ({ type: "continue", previous_message_id: id });

describe("threads of the Anthropic SDK's tool runner", () => {
  const ROUNDS = [toolTurn("weather", { city: "Oslo" }), toolTurn("weather", { city: "Bergen" }), textTurn("Rain")];

  /** Runs the tool for as long as the model calls it; `meanwhile` happens with each call. */
  function run(meanwhile: () => void = () => {}): Promise<Anthropic.Beta.BetaMessage> {
    const weather = betaTool({
      name: "weather",
      description: "The weather of a city",
      inputSchema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
      run: ({ city }) => {
        meanwhile();
        return `rain in ${city}`;
      },
    });
    const anthropic = new Anthropic({ baseURL: harness.url, apiKey: harness.token, maxRetries: 0 });
    const messages = [{ role: "user" as const, content: "Weather?" }];
    return anthropic.beta.messages
      .toolRunner({ model: "claude-sonnet-5-5", max_tokens: 1024, messages, tools: [weather] })
      .runUntilDone();
  }

  test("go on at the account that made them, with the new messages only", async () => {
    await start(ROUNDS);
    expect((await run()).content).toMatchObject([{ type: "text", text: "Rain" }]);
    expect(sent("thread")).toEqual([CREATE, continuing("msg_sim_000001"), continuing("msg_sim_000002")]);
    expect(new Set(credentials()).size).toBe(1);
    expect(sent("tools").map((tools) => Array.isArray(tools))).toEqual([true, false, false]);
  });

  test("whose account is not known are begun anew by the SDK", async () => {
    await start(ROUNDS);
    const forget = (): void => harness.gateway.held.note("msg_sim_000001", "an account that is gone");
    expect((await run(forget)).content).toMatchObject([{ type: "text", text: "Rain" }]);
    expect(sent("thread")).toEqual([CREATE, CREATE, continuing("msg_sim_000002")]);
    const statuses = (await harness.ledger(4)).map(({ status }) => status).toReversed();
    expect(statuses).toEqual([200, 404, 200, 200]);
  });

  test.each(["openai", "local"] as const)("are given up by the SDK where the upstream is %s", async (upstream) => {
    await start(ROUNDS, { upstream });
    expect((await run()).content).toMatchObject([{ type: "text", text: "Rain" }]);
    expect(harness.simulator.requests.at(-1)?.rawBody.toString()).toMatch(/rain in Oslo.*rain in Bergen/);
    const statuses = (await harness.ledger(4)).map(({ status }) => status).toReversed();
    expect(statuses).toEqual([400, 200, 200, 200]);
  });

  test("wait for their account while it rests, for no other one has them", async () => {
    await start([textTurn("Hi"), rateLimitTurn(30)]);
    const beta = { "anthropic-beta": "message-threads-2026-08-12" };
    await (await post(harness, { ...MESSAGE, thread: CREATE }, beta)).text();
    const next = { ...MESSAGE, thread: continuing("msg_sim_000001") };
    expect((await post(harness, next, beta)).status).toBe(429);
    const resting = await post(harness, next, beta);
    expect(resting.status).toBe(503);
    expect(Number(resting.headers.get("retry-after"))).toBeGreaterThan(20);
    expect(new Set(credentials()).size).toBe(1);
  });
});

describe("responses that go on from an earlier one", () => {
  test("go to the account that keeps it", async () => {
    await start(() => textTurn("Hi"), { upstream: "openai" });
    let previous: unknown;
    for (let turn = 0; turn < 4; turn++) {
      const response = await ask({ input: "Hello", ...(turn > 0 && { previous_response_id: previous }) });
      expect(response.status).toBe(200);
      previous = (await response.json()).id;
    }
    expect(new Set(credentials()).size).toBe(1);
  });

  test.each(["anthropic", "local"] as const)("are refused in plain words at %s", async (upstream) => {
    await start(() => textTurn("Hi"), { upstream });
    const response = await ask({ input: "Hello", previous_response_id: "resp_1" });
    expect(response.status).toBe(400);
    expect(response.headers.get("x-should-retry")).toBe("false");
    expect((await response.json()).error).toEqual({
      type: "invalid_request_error",
      code: "unsupported_parameter",
      param: "previous_response_id",
      message: expect.stringMatching(/previous_response_id/),
    });
    expect(harness.simulator.requests).toEqual([]);
  });
});

describe("references to items", () => {
  const ELSEWHERE: readonly HarnessUpstream[] = ["anthropic", "local"];

  test.skipIf(CLIENT_REQUESTS_MISSING).each(ELSEWHERE)(
    "to reasoning and to texts are left out, and named as lost, at %s",
    async (upstream) => {
      await start(() => textTurn("Hi"), { upstream });
      const { path, headers, body } = clientRequest("ai-sdk.responses-item-references");
      const init = { method: "POST", headers: headers(harness.token), body: JSON.stringify(body) };
      const response = await fetch(harness.url + path, init);
      expect(response.status).toBe(200);
      expect(response.headers.get("x-router-losses")).toBe(
        "dropped:input[].item_reference, dropped:input[].item_reference.message",
      );
      const [asked] = sent("messages");
      expect(JSON.stringify(asked)).not.toMatch(/rs_|msg_|item_reference/);
      expect(JSON.stringify(asked)).toMatch(/Oslo.*It is 21/);
    },
  );

  test.each(ELSEWHERE)(
    "to calls are refused at %s, for a conversation without them is another one",
    async (upstream) => {
      await start(() => textTurn("Hi"), { upstream });
      const input = [
        { role: "user", content: "Hello" },
        { type: "item_reference", id: "fc_1" },
      ];
      const response = await ask({ input });
      expect(response.status).toBe(400);
      expect((await response.json()).error).toMatchObject({ param: "input[].item_reference" });
      expect(harness.simulator.requests).toEqual([]);
    },
  );
});
