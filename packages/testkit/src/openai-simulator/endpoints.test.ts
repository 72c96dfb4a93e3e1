import { afterEach, describe, expect, it } from "vitest";

import { textTurn, thinkingTurn, toolTurn } from "../simulator/build-turn.ts";
import { objectsIn, type JsonObject } from "../simulator/json.ts";
import type { Simulator } from "../simulator/simulator.ts";
import { calls, messages, PICTURE, result } from "../testing/openai-bodies.ts";
import { OPENAI_HEADERS, postChat, postResponse, RESPONSE_HELLO } from "../testing/post-openai.ts";
import { startOpenAiSimulator, type OpenAiSimulatorOptions } from "./start-openai-simulator.ts";

let simulator: Simulator;
const start = async (options: OpenAiSimulatorOptions = {}): Promise<void> => {
  simulator = await startOpenAiSimulator(options);
};
const get = async (path: string, method = "GET"): Promise<Response> =>
  fetch(simulator.url + path, { method, headers: OPENAI_HEADERS });
const respond = async (body: JsonObject, key = "alice"): Promise<Response> =>
  postResponse(simulator, { ...RESPONSE_HELLO, ...body }, { headers: { authorization: `Bearer ${key}` } });

afterEach(() => simulator.close());

describe("the models", () => {
  it("are listed under each of their names, and found by any", async () => {
    await start({ models: ["gpt-4.1", "mine/own"] });

    const names = ["gpt-4.1-2025-04-14", "gpt-4.1", "mine/own"];
    const list: JsonObject = await (await get("/v1/models")).json();
    expect(list).toMatchObject({ object: "list", data: names.map((id) => ({ id, object: "model" })) });
    for (const name of [...names, "mine%2Fown"]) expect((await get(`/v1/models/${name}`)).status).toBe(200);
    const unknown = await get("/v1/models/gpt-5.5");
    expect([unknown.status, await unknown.json()]).toEqual([
      404,
      {
        error: {
          message: "The model 'gpt-5.5' does not exist",
          type: "invalid_request_error",
          param: "model",
          code: "model_not_found",
        },
      },
    ]);
  });

  it("that are not known are answered when the simulator is told so", async () => {
    await start({ anyModel: true });

    const picture = { type: "image_url", image_url: { url: PICTURE } };
    const history = messages(calls("a"), result("a", [picture]));
    const body = { ...history, model: "new", temperature: 2, reasoning_effort: "max" };

    expect(await (await postChat(simulator, body)).json()).toMatchObject({ model: "new" });
  });
});

describe("the dialects", () => {
  it.each([
    ["openai-chat", [200, 404, 404]],
    ["openai-responses", [404, 200, 200]],
  ] as const)("may be one only: %s", async (dialect, expected) => {
    await start({ dialects: [dialect] });

    const answers = [
      await postChat(simulator),
      await postResponse(simulator),
      await postResponse(simulator, RESPONSE_HELLO, { path: "/v1/responses/input_tokens" }),
    ];

    expect(answers.map(({ status }) => status)).toEqual(expected);
  });

  it.each([
    ["GET", "/v1/responses"],
    ["POST", "/v1/messages"],
    ["POST", "/v1/responses/compact"],
    ["GET", "/v1/chat/completions"],
  ])("have no other path: %s %s", async (method, path) => {
    await start();

    const response = await get(path, method);

    expect([response.status, await response.json()]).toEqual([
      404,
      { error: { message: `Invalid URL (${method} ${path})`, type: "invalid_request_error", param: null, code: null } },
    ]);
  });
});

describe("a count of tokens", () => {
  it("agrees with what the response is billed", async () => {
    await start();
    const prompt = { instructions: "Be brief. ".repeat(50), tools: [{ type: "custom", name: "f" }] };

    const counted: JsonObject = await (
      await postResponse(simulator, { ...RESPONSE_HELLO, ...prompt }, { path: "/v1/responses/input_tokens" })
    ).json();
    await (await respond(prompt)).text();

    expect(counted).toEqual({ object: "response.input_tokens", input_tokens: simulator.billed[0]?.usage.input });
    expect(simulator.billed[0]?.usage.input).toBeGreaterThan(100);
  });

  it("does not count the letters of a picture", async () => {
    await start();
    const picture = { type: "input_image", image_url: `data:image/png;base64,${"A".repeat(100_000)}` };

    await (await respond({ input: [{ role: "user", content: [picture] }] })).text();

    expect(simulator.billed[0]?.usage.input).toBeLessThan(1100);
  });
});

describe("what is kept", () => {
  const previous = { previous_response_id: "resp_sim_000001" };

  it("is each response and its items, for the credential that asked for it", async () => {
    await start({ script: () => textTurn("Hi") });
    await (await respond({})).text();
    const reference = { input: [{ type: "item_reference", id: "msg_sim_000001" }] };

    const statuses = [];
    for (const body of [previous, reference])
      for (const key of ["alice", "bob"]) statuses.push((await respond(body, key)).status);

    expect(statuses).toEqual([200, 400, 200, 404]);
  });

  it("is nothing when the request does not want it", async () => {
    await start({ script: () => textTurn("Hi") });
    await (await respond({ store: false })).text();

    expect((await respond(previous)).status).toBe(400);
  });

  it("includes calls, which the next request must answer", async () => {
    await start({ script: [toolTurn("f"), textTurn("Hi"), textTurn("Hi")] });
    await (await respond({})).text();
    const output = { type: "function_call_output", call_id: "call_sim_000001", output: "done" };

    expect(await (await respond({ ...previous, input: "And?" })).json()).toMatchObject({
      error: { message: "No tool output found for function call call_sim_000001." },
    });
    expect((await respond({ ...previous, input: [output] })).status).toBe(200);
  });

  it("includes reasoning, which may come back without its seal", async () => {
    await start({ script: [thinkingTurn("Hm.", "Yes."), textTurn("Hi")] });
    const { output }: JsonObject = await (await respond({})).json();

    const response = await respond({ input: [...objectsIn(output), { role: "user", content: "And?" }] });

    expect(response.status).toBe(200);
  });
});
