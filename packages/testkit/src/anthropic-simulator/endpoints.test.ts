import { afterEach, describe, expect, it } from "vitest";

import { HEADERS, HELLO, post } from "../testing/post.ts";
import { textTurn } from "../simulator/build-turn.ts";
import type { JsonObject } from "../simulator/json.ts";
import { MAX_BODY_BYTES } from "../simulator/request.ts";
import type { Simulator } from "../simulator/simulator.ts";
import { startSimulator, type SimulatorOptions } from "./start-simulator.ts";

let simulator: Simulator;
const start = async (options: SimulatorOptions = {}): Promise<void> => {
  simulator = await startSimulator(options);
};
const get = async (path: string, method = "GET"): Promise<Response> =>
  fetch(simulator.url + path, { method, headers: HEADERS });
const page = async (query: string): Promise<unknown[]> => {
  const body: { data: { id: string }[]; has_more: boolean; first_id: string; last_id: string } = await (
    await get(`/v1/models?${query}`)
  ).json();
  return [body.data.map(({ id }) => id).join(""), body.has_more, body.first_id, body.last_id];
};
const inThread = async (thread: JsonObject, key: string): Promise<Response> =>
  post(
    simulator,
    { ...HELLO, thread },
    { headers: { "anthropic-beta": "message-threads-2026-08-12", "x-api-key": key } },
  );
afterEach(() => simulator.close());

describe("the list of models", () => {
  it("comes in pages, from either end", async () => {
    await start({ models: ["a", "b", "c", "d", "e"] });

    expect(await page("")).toEqual(["abcde", false, "a", "e"]);
    expect(await page("limit=2")).toEqual(["ab", true, "a", "b"]);
    expect(await page("limit=2&after_id=b")).toEqual(["cd", true, "c", "d"]);
    expect(await page("limit=2&after_id=d")).toEqual(["e", false, "e", "e"]);
    expect(await page("limit=2&before_id=d")).toEqual(["bc", true, "b", "c"]);
    expect(await page("limit=2&before_id=a")).toEqual(["", false, null, null]);
    expect(await page("limit=1000")).toEqual(["abcde", false, "a", "e"]);
  });

  it("refuses limits that are out of range and models it does not know", async () => {
    await start();

    const statuses = ["limit=0", "limit=1001", "limit=x", "after_id=x", "before_id=x"].map(
      async (query) => (await get(`/v1/models?${query}`)).status,
    );

    expect(await Promise.all(statuses)).toEqual([400, 400, 400, 400, 400]);
  });

  it("has single models, also by an alias", async () => {
    await start();

    const known = await get("/v1/models/claude-sonnet-4-5");
    const unknown = await get("/v1/models/gpt-5.5");

    expect(await known.json()).toMatchObject({
      type: "model",
      id: "claude-sonnet-4-5-20250929",
      display_name: "Claude Sonnet 4.5",
      max_tokens: 64_000,
      line: "sonnet",
    });
    expect(unknown.status).toBe(404);
    expect(await unknown.json()).toMatchObject({
      type: "error",
      error: { type: "not_found_error", message: "model: gpt-5.5" },
    });
  });

  it("needs a credential like everything else", async () => {
    await start({ credentials: ["other"] });

    expect((await get("/v1/models")).status).toBe(401);
  });
});

describe("counting tokens", () => {
  it("agrees with what an answer is billed, cached or not", async () => {
    await start();
    const prompt = {
      model: HELLO["model"],
      messages: HELLO["messages"],
      system: [{ type: "text", text: "Be brief.".repeat(50), cache_control: { type: "ephemeral" } }],
      tools: [{ name: "f", input_schema: { type: "object" } }],
    };

    const counted: { input_tokens: number } = await (
      await post(simulator, prompt, { path: "/v1/messages/count_tokens?beta=true" })
    ).json();
    await (await post(simulator, { ...HELLO, ...prompt })).text();

    const { input = 0, cacheWrite5m = 0 } = simulator.billed[0]?.usage ?? {};
    expect(counted.input_tokens).toBe(input + cacheWrite5m);
    expect(counted.input_tokens).toBeGreaterThan(100);
  });
});

describe("any other path", () => {
  it.each([
    ["GET", "/v1/messages"],
    ["POST", "/v1/models"],
    ["POST", "/v1/messages/"],
    ["POST", "/v1/chat/completions"],
    ["GET", "//"],
  ])("is not found: %s %s", async (method, path) => {
    await start();

    const response = await get(path, method);

    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ error: { type: "not_found_error", message: "Not found" } });
  });
});

describe("what a simulator remembers", () => {
  it("is every request as it came", async () => {
    await start();
    const body = `{ "model":"claude-opus-5-5",  "max_tokens":1, "messages":[{"role":"user","content":"ü"}] }`;

    await post(simulator, body, { path: "/v1/messages?beta=true", headers: { "anthropic-beta": "a,b" } });

    expect(simulator.requests).toMatchObject([
      {
        id: "req_sim_000001",
        method: "POST",
        path: "/v1/messages?beta=true",
        credential: "sk-ant-test",
        headers: { "anthropic-beta": "a,b" },
        body: { max_tokens: 1 },
      },
    ]);
    expect(simulator.requests[0]?.rawBody.toString()).toBe(body);
  });

  it("is only the first part of a body that is too long", async () => {
    await start();

    const response = await post(simulator, " ".repeat(MAX_BODY_BYTES + 4_000_000));

    expect(response.status).toBe(413);
    expect(simulator.requests[0]?.rawBody.length).toBeLessThan(MAX_BODY_BYTES + 1_000_000);
  });

  it("can be bounded", async () => {
    await start({ keep: 2 });
    for (let turn = 0; turn < 3; turn += 1) await (await post(simulator)).text();

    expect(simulator.requests.map(({ id }) => id)).toEqual(["req_sim_000002", "req_sim_000003"]);
    expect(simulator.billed).toHaveLength(2);
  });

  it("is which credential holds a thread", async () => {
    await start({ script: () => textTurn("Hi") });
    await (await inThread({ type: "create" }, "alice")).text();

    const goOn = { type: "continue", previous_message_id: "msg_sim_000001" };

    await (await post(simulator)).text();
    const noThread = { type: "continue", previous_message_id: "msg_sim_000002" };

    expect((await inThread(noThread, "sk-ant-test")).status).toBe(404);
    expect((await inThread(goOn, "bob")).status).toBe(404);
    expect((await inThread(goOn, "alice")).status).toBe(200);
  });

  it("is told apart from what another one remembers, by its name", async () => {
    await start({ name: "second" });

    const response = await post(simulator);

    expect(await response.json()).toMatchObject({ id: "msg_second_000001" });
  });
});

describe("starting", () => {
  it("is refused when the port is taken", async () => {
    await start();

    await expect(startSimulator({ port: simulator.port })).rejects.toThrow("EADDRINUSE");
  });
});
