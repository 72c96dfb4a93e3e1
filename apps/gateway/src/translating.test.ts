import { brotliCompressSync, gzipSync, zstdCompressSync } from "node:zlib";

import { textTurn, toolTurn } from "@link-assistant/testkit";
import type { Script } from "@link-assistant/testkit";
import OpenAI from "openai";
import { afterEach, describe, expect, test } from "vitest";

import { MESSAGE, post, startHarness } from "./testing/harness.ts";
import type { Harness, HarnessOptions } from "./testing/harness.ts";

let harness: Harness;
afterEach(() => harness[Symbol.asyncDispose]());

async function start(options: HarnessOptions = {}): Promise<Harness> {
  harness = await startHarness({ script: () => textTurn("Hello"), ...options });
  return harness;
}

const CHAT = { model: "gpt-4o", messages: [{ role: "user", content: "Hello" }] };

function send(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  const bytes = body instanceof Uint8Array ? new Uint8Array(body) : JSON.stringify(body);
  return harness.fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: bytes,
  });
}

describe("where a model goes", () => {
  test("OpenAI's names lead to Claude's tiers, and the answer keeps the name that was asked for", async () => {
    await start();
    const answer = await (await send("/v1/chat/completions", CHAT)).json();
    expect(answer).toMatchObject({
      model: "gpt-4o",
      choices: [{ message: { content: "Hello" }, finish_reason: "stop" }],
    });
    expect(harness.simulator.requests[0]?.body).toMatchObject({ model: "claude-sonnet-5-5" });
    expect((await harness.ledger(1))[0]).toMatchObject({ requestedModel: "gpt-4o", model: "claude-sonnet-5-5" });
  });

  test("a name that nobody knows is a 404 that lists what there is", async () => {
    await start();
    const response = await send("/v1/chat/completions", { ...CHAT, model: "llama-3" });
    expect(response.status).toBe(404);
    const { error } = await response.json();
    expect(error).toMatchObject({ type: "not_found_error", code: "model_unknown" });
    expect(error.message).toContain("claude-sonnet-5-5");
  });

  test("an alias changes the model in the body and not another byte", async () => {
    await start({
      config: { routes: [{ model: "fast", to: [{ upstream: "anthropic", model: "claude-haiku-5-5" }] }] },
    });
    const text = '{ "max_tokens": 256.0, "model":"fast",\n "messages":[{"role":"user","content":"Hi"}] }';
    expect((await post(harness, text)).status).toBe(200);
    expect(harness.simulator.requests[0]?.rawBody.toString()).toBe(text.replace("fast", "claude-haiku-5-5"));
  });

  test("models are listed in the shape of whoever asks", async () => {
    await start({ upstream: "openai" });
    const list = await (await harness.fetch("/v1/models")).json();
    expect(list).toMatchObject({
      object: "list",
      data: expect.arrayContaining([expect.objectContaining({ id: "gpt-5.5" })]),
    });
    const page = await (
      await harness.fetch("/v1/models?limit=1000", { headers: { "anthropic-version": "2023-06-01" } })
    ).json();
    expect(page.data).toContainEqual(expect.objectContaining({ type: "model", id: "gpt-5.5" }));
  });
});

describe("what cannot be carried over", () => {
  test("is named in a header and counted", async () => {
    await start();
    const response = await send("/v1/chat/completions", { ...CHAT, seed: 7 });
    expect(response.headers.get("x-router-losses")).toContain("dropped:seed");
    const metrics = await (await harness.admin("/metrics")).text();
    expect(metrics).toContain(
      'link_assistant_translation_losses_total{from="openai-chat",to="anthropic-messages",field="seed"} 1',
    );
  });

  test("is refused in the caller's words where the answer would be to another question", async () => {
    await start();
    const response = await send("/v1/responses", { model: "gpt-4o", input: "Hi", previous_response_id: "resp_1" });
    expect(response.status).toBe(400);
    expect(response.headers.get("x-should-retry")).toBe("false");
    expect((await response.json()).error).toMatchObject({
      type: "invalid_request_error",
      code: "unsupported_parameter",
      param: "previous_response_id",
    });
    expect(harness.simulator.requests).toHaveLength(0);
  });
});

describe("which way an answer came", () => {
  test("is told to the admin, and to nobody else", async () => {
    await start();
    const asked = { "x-router-debug": "1" };
    expect((await post(harness, MESSAGE, asked)).headers.get("x-router-account")).toBeNull();
    const response = await post(harness, MESSAGE, {
      ...asked,
      "x-api-key": harness.token,
      authorization: `Bearer ${harness.adminKey}`,
    });
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "x-router-account": "primary",
      "x-router-upstream": "anthropic",
      "x-router-attempts": "1",
    });
  });
});

describe("bodies", () => {
  test.each([
    ["gzip", gzipSync],
    ["br", brotliCompressSync],
    ["zstd", zstdCompressSync],
  ] as const)("compressed with %s are read", async (encoding, compress) => {
    await start();
    const body = compress(Buffer.from(JSON.stringify(CHAT)));
    expect((await send("/v1/chat/completions", body, { "content-encoding": encoding })).status).toBe(200);
  });

  test("that become too large are refused", async () => {
    await start({ config: { server: { maxBodyBytes: 100_000 } } });
    const body = zstdCompressSync(Buffer.alloc(5_000_000, 32));
    expect((await send("/v1/chat/completions", body, { "content-encoding": "zstd" })).status).toBe(413);
  });
});

describe("message threads", () => {
  const thread = (rest: object): object => ({ ...MESSAGE, thread: rest });
  const beta = { "anthropic-beta": "message-threads-2026-08-12" };

  test("go on at the account that holds them", async () => {
    await start({ accounts: ["a", "b"] });
    const first = await (await post(harness, thread({ type: "create" }), beta)).json();
    for (let turn = 0; turn < 3; turn++) {
      const next = thread({ type: "continue", previous_message_id: first.id });
      expect((await post(harness, next, beta)).status).toBeLessThan(500);
    }
    expect(new Set(harness.simulator.requests.map(({ credential }) => credential)).size).toBe(1);
  });

  test("that are not known here are said to be so in words that clients act on", async () => {
    await start({ accounts: ["a", "b"] });
    const response = await post(harness, thread({ type: "continue", previous_message_id: "msg_elsewhere" }), beta);
    expect(response.status).toBe(404);
    expect((await response.json()).error.details).toEqual({ error_code: "thread_not_found" });
  });

  test("are refused where the upstream has none, so that clients go on without", async () => {
    await start({ upstream: "openai" });
    const response = await post(harness, thread({ type: "create" }), beta);
    expect(response.status).toBe(400);
    expect((await response.json()).error.details).toEqual({ error_code: "thread_unsupported_request" });
  });
});

describe("counts of tokens", () => {
  const COUNT = { model: "claude-sonnet-5-5", messages: [{ role: "user", content: "Hello" }] };

  test("are asked of OpenAI in its own words", async () => {
    await start({ upstream: "openai" });
    const response = await send("/v1/messages/count_tokens", COUNT, { "anthropic-version": "2023-06-01" });
    expect(harness.simulator.requests[0]?.path).toBe("/v1/responses/input_tokens");
    expect((await response.json()).input_tokens).toBeGreaterThan(0);
  });

  test("are estimated where nobody can be asked", async () => {
    await start({ upstream: "local" });
    const response = await send("/v1/messages/count_tokens", COUNT, { "anthropic-version": "2023-06-01" });
    expect(response.headers.get("x-router-estimated")).toBe("true");
    expect((await response.json()).input_tokens).toBeGreaterThan(0);
    expect(harness.simulator.requests).toHaveLength(0);
  });

  test("are asked of Anthropic for clients of Responses", async () => {
    await start();
    const response = await send("/v1/responses/input_tokens", { model: "gpt-4o", input: "Hello" });
    expect(await response.json()).toMatchObject({ object: "response.input_tokens", input_tokens: expect.any(Number) });
  });
});

describe("structured output and images", () => {
  const SCHEMA = {
    type: "object",
    properties: { city: { type: "string" } },
    required: ["city"],
    additionalProperties: false,
  };

  test("a schema of OpenAI's is one of Anthropic's", async () => {
    await start({ script: [textTurn('{"city":"Oslo"}')] });
    const openai = new OpenAI({ baseURL: `${harness.url}/v1`, apiKey: harness.token });
    const answer = await openai.chat.completions.parse({
      ...CHAT,
      messages: [{ role: "user", content: "Where?" }],
      response_format: { type: "json_schema", json_schema: { name: "place", strict: true, schema: SCHEMA } },
    });
    expect(answer.choices[0]?.message.parsed).toEqual({ city: "Oslo" });
    expect(harness.simulator.requests[0]?.body).toMatchObject({ output_config: { format: { type: "json_schema" } } });
  });

  test("an image in a tool's result reaches every upstream", async () => {
    const image = { type: "image", source: { type: "base64", media_type: "image/png", data: PNG } };
    const messages = [
      { role: "user", content: "Look" },
      { role: "assistant", content: [{ type: "tool_use", id: "toolu_1", name: "look", input: {} }] },
      { role: "user", content: [{ type: "tool_result", tool_use_id: "toolu_1", content: [image] }] },
    ];
    const tools = [{ name: "look", input_schema: { type: "object", properties: {} } }];
    const script: Script = () => toolTurn("look");
    await start({ upstream: "openai", script });
    expect((await post(harness, { ...MESSAGE, messages, tools })).status).toBe(200);
    expect(JSON.stringify(harness.simulator.requests[0]?.body)).toContain(PNG);
  });
});

const PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
