import Anthropic, { APIUserAbortError, NotFoundError, PermissionDeniedError } from "@anthropic-ai/sdk";
import { rateLimitTurn, textTurn, thinkingTurn, toolTurn } from "@link-assistant/testkit";
import type { Script } from "@link-assistant/testkit";
import { afterEach, describe, expect, test } from "vitest";

import { startHarness } from "./testing/harness.ts";
import type { Harness, HarnessOptions } from "./testing/harness.ts";

let harness: Harness;
afterEach(() => harness[Symbol.asyncDispose]());

async function client(script: Script, options: HarnessOptions = {}): Promise<Anthropic> {
  harness = await startHarness({ script, ...options });
  return new Anthropic({ baseURL: harness.url, apiKey: harness.token, maxRetries: 0 });
}

const ASK = { model: "claude-sonnet-5-5", max_tokens: 1024 };
const HELLO = { ...ASK, messages: [{ role: "user" as const, content: "Hello" }] };
const WEATHER: Anthropic.Tool = {
  name: "weather",
  description: "The weather of a city",
  input_schema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
};

/** What the exchanges used according to the ledger, oldest first, and what the upstream billed for them. */
async function accounts(count: number): Promise<{ written: unknown[]; billed: unknown[] }> {
  const rows = await harness.ledger(count);
  const totals = (usage: Readonly<Record<string, number | undefined>>): unknown =>
    Object.fromEntries(Object.entries(usage).filter(([, tokens]) => tokens !== undefined && tokens > 0));
  return {
    written: rows.toReversed().map((row) => totals({ ...row.usage })),
    billed: harness.simulator.billed.map((bill) => totals({ ...bill.usage })),
  };
}

describe("@anthropic-ai/sdk through the gateway", () => {
  test("messages.create", async () => {
    const anthropic = await client([textTurn("Hello to you")]);
    const message = await anthropic.messages.create(HELLO);
    expect(message.content).toMatchObject([{ type: "text", text: "Hello to you" }]);
    expect(message._request_id).toBe(harness.simulator.requests[0]?.id);
    const { written, billed } = await accounts(1);
    expect(written).toEqual(billed);
  });

  test("messages.stream, with thinking", async () => {
    const anthropic = await client([thinkingTurn("Let me see", "Hello to you")]);
    const texts: string[] = [];
    const stream = anthropic.messages
      .stream({ ...HELLO, thinking: { type: "adaptive" } })
      .on("text", (text) => texts.push(text));
    const message = await stream.finalMessage();
    expect(texts.join("")).toBe("Hello to you");
    expect(message.content).toMatchObject([
      { type: "thinking", signature: expect.stringMatching(/./) },
      { type: "text" },
    ]);
    const { written, billed } = await accounts(1);
    expect(written).toEqual(billed);
  });

  test("a tool loop over two turns", async () => {
    const anthropic = await client([toolTurn("weather", { city: "Oslo" }), textTurn("It rains in Oslo")]);
    const first = await anthropic.messages.stream({ ...HELLO, tools: [WEATHER] }).finalMessage();
    expect(first.stop_reason).toBe("tool_use");
    const calls = first.content.filter((block) => block.type === "tool_use");
    expect(calls).toMatchObject([{ name: "weather", input: { city: "Oslo" } }]);
    const second = await anthropic.messages.create({
      ...ASK,
      tools: [WEATHER],
      messages: [
        ...HELLO.messages,
        { role: "assistant", content: first.content },
        { role: "user", content: calls.map(({ id }) => ({ type: "tool_result", tool_use_id: id, content: "rain" })) },
      ],
    });
    expect(second.content).toMatchObject([{ type: "text", text: "It rains in Oslo" }]);
    const { written, billed } = await accounts(2);
    expect(written).toEqual(billed);
  });

  test("messages.countTokens", async () => {
    const anthropic = await client([]);
    const { input_tokens } = await anthropic.messages.countTokens({ model: ASK.model, messages: HELLO.messages });
    expect(input_tokens).toBeGreaterThan(0);
  });

  test("models.list goes through all pages, models.retrieve finds one", async () => {
    const anthropic = await client([]);
    const ids: string[] = [];
    for await (const model of anthropic.models.list({ limit: 2 })) ids.push(model.id);
    expect(ids.length).toBeGreaterThan(2);
    expect(new Set(ids).size).toBe(ids.length);
    expect((await anthropic.models.retrieve(ids[0] ?? "")).id).toBe(ids[0]);
  });

  test("a stream that the program aborts ends upstream too, and what it had used is written down", async () => {
    const anthropic = await client([
      { ...textTurn("one two three four five six"), cut: { by: "stall", afterEvents: 5 } },
    ]);
    const stream = anthropic.messages.stream(HELLO);
    await new Promise((resolve) => stream.once("text", resolve));
    stream.abort();
    await expect(stream.finalMessage()).rejects.toThrow(APIUserAbortError);
    const [row] = await harness.ledger(1);
    expect(row).toMatchObject({ end: "client_abort", status: 200 });
    expect(row?.usage.input).toBe(harness.simulator.billed[0]?.usage.input);
    await harness.simulator.idle();
    expect(harness.simulator.aborted).toBe(1);
  });

  test("an error in mid-stream and a broken stream are raised", async () => {
    const anthropic = await client([
      {
        ...textTurn("Hello"),
        cut: { by: "error", afterEvents: 4, error: { type: "overloaded_error", message: "Overloaded" } },
      },
      { ...textTurn("Hello"), cut: { by: "drop", afterEvents: 4 } },
      { ...textTurn("Hello"), cut: { by: "drop", afterEvents: 4, extraBytes: 9 } },
    ]);
    await expect(anthropic.messages.stream(HELLO).finalMessage()).rejects.toThrow("Overloaded");
    await expect(anthropic.messages.stream(HELLO).finalMessage()).rejects.toThrow("broke off its answer");
    await expect(anthropic.messages.stream(HELLO).finalMessage()).rejects.toThrow("terminated");
  });

  test("errors are of the SDK's own classes, and a revoked token is not tried again", async () => {
    await client([rateLimitTurn(1)]);
    const anthropic = new Anthropic({ baseURL: harness.url, apiKey: harness.token, maxRetries: 5 });
    await expect(anthropic.messages.create({ ...HELLO, model: "none" })).rejects.toThrow(NotFoundError);
    await harness.gateway.tokens.revoke(harness.tokenRecord.id);
    const before = (await harness.ledger(1)).length;
    await expect(anthropic.messages.create(HELLO)).rejects.toThrow(PermissionDeniedError);
    expect(await harness.ledger(before + 1)).toHaveLength(before + 1);
  });

  test("a rate limit on one account is invisible while there is another", async () => {
    const anthropic = await client(
      ({ credential }) => (credential === "key-of-a" ? rateLimitTurn(60) : textTurn("from b")),
      {
        accounts: ["a", "b"],
      },
    );
    for (let turn = 0; turn < 4; turn += 1) {
      expect((await anthropic.messages.create(HELLO)).content).toMatchObject([{ text: "from b" }]);
    }
    expect(harness.gateway.metrics.usageSnapshot()).toMatchObject({
      requests_total: 4,
      errors_total: 0,
      account_calls: { a: 1, b: 4 },
    });
  });
});
