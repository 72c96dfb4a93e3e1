import { startOpenAiSimulator, textTurn } from "@link-assistant/testkit";
import type { Script } from "@link-assistant/testkit";
import { afterEach, expect, test } from "vitest";

import { MESSAGE, post, startHarness } from "./testing/harness.ts";
import type { Harness } from "./testing/harness.ts";

type Server = Awaited<ReturnType<typeof startOpenAiSimulator>>;

let server: Server;
let harness: Harness;
afterEach(async () => {
  await harness[Symbol.asyncDispose]();
  await server.close();
});

/** A gateway in front of a server that is named llama.cpp and serves `local` only. */
async function start(script: Script): Promise<void> {
  server = await startOpenAiSimulator({ script, dialects: ["openai-chat"] });
  const box = { baseUrl: `${server.url}/v1`, quirks: "llama.cpp", models: ["local"] };
  harness = await startHarness({
    config: {
      upstreams: { services: { box } },
      accounts: [{ name: "box", upstream: "box", kind: "api-key", key: "none" }],
    },
  });
}

test("an answer in one piece is gathered from a stream, usage and all", async () => {
  await start(() => textTurn("Hello"));
  const response = await post(harness, JSON.stringify({ ...MESSAGE, model: "local" }));
  expect(response.headers.get("content-type")).toBe("application/json");
  expect(await response.json()).toMatchObject({
    content: [{ type: "text", text: "Hello" }],
    usage: { output_tokens: expect.any(Number) },
  });
  expect(server.requests[0]?.body).toMatchObject({ stream: true, stream_options: { include_usage: true } });
  expect((await harness.ledger(1))[0]).toMatchObject({ stream: false, usage: { output: expect.any(Number) } });
});

test.each(["/v1/chat/completions", "/v1/messages", "/v1/responses"])(
  "a model that the operator did not name is not asked for at %s",
  async (path) => {
    await start(() => textTurn("Hello"));
    const body = JSON.stringify({ ...MESSAGE, input: "Hello", model: "another" });
    const headers = { "content-type": "application/json" };
    expect((await harness.fetch(path, { method: "POST", headers, body })).status).toBe(404);
    expect(server.requests.filter(({ method }) => method === "POST")).toEqual([]);
  },
);
