import { errorTurn, textTurn } from "@link-assistant/testkit";
import { afterEach, describe, expect, test } from "vitest";

import { CLIENT_REQUESTS_MISSING, clientRequest } from "./testing/client-requests.ts";
import { idsOf, jsonOf } from "./testing/answers.ts";
import { MESSAGE, post, startHarness } from "./testing/harness.ts";
import type { Harness, HarnessOptions, HarnessUpstream } from "./testing/harness.ts";

/*
 * What clients ask before, beside and about their calls: greetings, models, keys in either header; and what they read out of refusals.
 */

const UPSTREAMS: readonly HarnessUpstream[] = ["anthropic", "openai", "local"];
const VERSION = { "anthropic-version": "2023-06-01" };

let harness: Harness;
afterEach(() => harness[Symbol.asyncDispose]());

async function start(options: HarnessOptions = {}): Promise<Harness> {
  harness = await startHarness({ script: () => textTurn("Hello"), ...options });
  return harness;
}

function replay(name: string, headers: Record<string, string> = {}): Promise<Response> {
  const { method, path, headers: recorded, body } = clientRequest(name);
  const init = { method, headers: { ...recorded(harness.token), ...headers } };
  return fetch(harness.url + path, body === null ? init : { ...init, body: JSON.stringify(body) });
}

describe.skipIf(CLIENT_REQUESTS_MISSING)("greetings and lists", () => {
  test("Claude Code's greeting is answered at once, without a token and without a word upstream", async () => {
    await start();
    const response = await replay("claude-code.x-head-hello");
    expect([response.status, await response.text()]).toEqual([404, ""]);
    expect(harness.simulator.requests).toEqual([]);
  });

  test.each(UPSTREAMS)("the models of %s come in the shape of whoever asks", async (upstream) => {
    await start({ upstream });
    const known = { anthropic: "claude-sonnet-5-5", openai: "gpt-5.5", local: "local" }[upstream];
    for (const name of ["claude-code.x-model-discovery", "anthropic-sdk.models"]) {
      const page = await jsonOf(await replay(name));
      const entries = idsOf(page).map((id) => expect.objectContaining({ type: "model", id }));
      expect(page).toMatchObject({ data: entries, first_id: idsOf(page)[0], last_id: idsOf(page).at(-1) });
    }
    expect(idsOf(await jsonOf(await replay("claude-code.x-model-discovery")))).toContain(known);
    const list = await jsonOf(await replay("openai-sdk.models"));
    const entries = idsOf(list).map((id) => expect.objectContaining({ object: "model", id }));
    expect(list).toEqual({ object: "list", data: entries });
    expect(idsOf(list)).toContain(known);
  });
});

describe("a model that is not there", () => {
  test.each([
    ["/v1/messages", VERSION, { type: "error", error: { type: "not_found_error" } }],
    ["/v1/chat/completions", {}, { error: { type: "not_found_error", code: "model_unknown" } }],
    ["/v1/responses", {}, { error: { type: "not_found_error", code: "model_unknown" } }],
  ])("is a 404 at %s that names those that the token may use", async (path, headers, shape) => {
    // An upstream of another dialect: one of the client's own would be asked, for it knows its models best.
    await start({
      upstream: path === "/v1/messages" ? "openai" : "anthropic",
      config: { routes: [{ model: "fast", to: [{ upstream: "anthropic", model: "claude-haiku-5-5" }] }] },
    });
    const body = JSON.stringify({ ...MESSAGE, model: "nobody-has-this", input: "Hello" });
    const response = await harness.fetch(path, { method: "POST", headers, body });
    expect(response.status).toBe(404);
    expect(response.headers.get("x-should-retry")).toBe("false");
    const answer = await response.json();
    expect(answer).toMatchObject(shape);
    const ids = idsOf(await jsonOf(await harness.fetch("/v1/models")));
    expect(answer.error.message).toContain(`This token may use: ${ids.join(", ")}.`);
  });
});

describe("a key", () => {
  const PATHS = ["/v1/messages", "/v1/messages/count_tokens", "/v1/chat/completions", "/v1/responses"];

  test.each(PATHS)("is taken at %s from either header", async (path) => {
    await start({ upstream: "local" });
    const body = JSON.stringify({
      model: "m",
      max_tokens: 64,
      messages: [{ role: "user", content: "Hi" }],
      input: "Hi",
    });
    for (const headers of [{ authorization: `Bearer ${harness.token}` }, { "x-api-key": harness.token }]) {
      const init = { method: "POST", headers: { "content-type": "application/json", ...headers }, body };
      expect((await fetch(harness.url + path, init)).status).toBe(200);
    }
    expect(harness.simulator.leaks).toEqual([]);
  });

  test.each(["/v1/models", ...PATHS])("that is none is refused at %s for good", async (path) => {
    await start();
    const response = await fetch(harness.url + path, {
      method: path === "/v1/models" ? "GET" : "POST",
      headers: { authorization: "Bearer sk-ant-api03-somebody-elses" },
    });
    expect([response.status, response.headers.get("x-should-retry")]).toEqual([401, "false"]);
  });
});

describe("refusals that Claude Code mends by itself", () => {
  test.each([
    ["a field of a beta", "messages.1.output_config: Extra inputs are not permitted", {}],
    ["a signature", "messages.3.content.0: Invalid `signature` in `thinking` block", {}],
    ["a prompt too long", "prompt is too long: 208310 tokens > 200000 maximum", {}],
    ["a thread", "thread: not found", { status: 404, details: { error_code: "thread_not_found" } }],
    ["a busy thread", "thread: busy", { status: 409, details: { error_code: "thread_continue_in_flight" } }],
  ])("%s reaches it word for word", async (_name, message, more) => {
    await start({ script: [errorTurn("invalid_request_error", message, more)], accounts: ["a", "b"] });
    const response = await post(harness, MESSAGE);
    expect(await response.json()).toMatchObject({
      type: "error",
      error: { type: "invalid_request_error", message, ...("details" in more && { details: more.details }) },
    });
    expect(response.headers.get("request-id")).toBe(harness.simulator.requests[0]?.id);
    expect(harness.simulator.requests).toHaveLength(1);
  });
});

test.skipIf(CLIENT_REQUESTS_MISSING)("clients are not told apart by the name that they give themselves", async () => {
  await start({ upstream: "openai" });
  const names = [
    "claude-cli/2.1.330 (external, cli)",
    "claude-cli/0.24.4 (external, cli)",
    "codex_exec/0.169.0",
    "curl/8",
  ];
  const outcomes = new Set<string>();
  for (const name of names) {
    const response = await replay("qwen-code.anthropic-edit", { "user-agent": name });
    outcomes.add(`${response.status} ${response.headers.get("x-router-losses")}`);
  }
  expect(outcomes.size).toBe(1);
  expect(new Set(harness.simulator.requests.map(({ rawBody }) => rawBody.toString())).size).toBe(1);
});
