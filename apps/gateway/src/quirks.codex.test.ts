import { contextLengthTurn, errorTurn, overloadedTurn, textTurn } from "@link-assistant/testkit";
import type { MessageTurn, Script, SimRequest, Turn } from "@link-assistant/testkit";
import { afterEach, describe, expect, test } from "vitest";

import { isJsonObject } from "./body.ts";
import type { JsonObject } from "./body.ts";
import { rawRequest } from "./testing/answers.ts";
import { CLIENT_REQUESTS_MISSING, clientRequest } from "./testing/client-requests.ts";
import { startHarness } from "./testing/harness.ts";
import type { Harness, HarnessUpstream } from "./testing/harness.ts";

/*
 * What Codex needs and other clients do not: tools that stand in the input, in namespaces, and take plain text; histories that end with
 * the model or have no tools; errors that it acts on.
 */

const UPSTREAMS: readonly HarnessUpstream[] = ["anthropic", "openai", "local"];
const TRANSLATED: readonly HarnessUpstream[] = ["anthropic", "local"];

let harness: Harness;
afterEach(() => harness[Symbol.asyncDispose]());

async function start(upstream: HarnessUpstream, script: Script): Promise<void> {
  harness = await startHarness({ upstream, script });
}

function send(name: string, change: JsonObject = {}): Promise<Response> {
  const { path, headers, body } = clientRequest(name);
  const init = { method: "POST", headers: headers(harness.token), body: JSON.stringify({ ...body, ...change }) };
  return fetch(harness.url + path, init);
}

/** The events of a stream, in order. */
function eventsIn(text: string): JsonObject[] {
  return [...text.matchAll(/^data: (\{.*)$/gm)].map(([, data = ""]): JsonObject => JSON.parse(data));
}

/** A member of a JSON object, when that is what it is. */
function member(value: unknown, name: string): unknown {
  return isJsonObject(value) ? value[name] : undefined;
}

/** The body that reached the upstream. */
function asked(): JsonObject {
  const body = harness.simulator.requests[0]?.body;
  if (isJsonObject(body)) return body;
  throw new TypeError("no body has reached the upstream");
}

/** A call of a tool by the name under which the upstream knows it. */
function calling(name: string, input: JsonObject): Script {
  return ({ rawBody }: SimRequest): MessageTurn => {
    const declared = new RegExp(`"name":"(\\w+_${name})"`).exec(rawBody.toString())?.[1] ?? name;
    return { blocks: [{ type: "tool_use", id: "call_1", name: declared, input }] };
  };
}

const SCRIPT = 'text("ä\\n");\n';

describe.skipIf(CLIENT_REQUESTS_MISSING).each(UPSTREAMS)("tools at %s", (upstream) => {
  test.each([
    [
      "a free-form one, of a namespace among the items of the input",
      "codex.code-mode",
      calling("exec", { input: SCRIPT }),
      { type: "custom_tool_call", name: "exec", namespace: "functions", input: SCRIPT },
    ],
    [
      "a free-form one",
      "codex.patch-freeform",
      calling("apply_patch", { input: SCRIPT }),
      { type: "custom_tool_call", name: "apply_patch", input: SCRIPT },
    ],
    [
      "a function of a namespace",
      "codex.unknown-model",
      calling("close_agent", { target: "x" }),
      { type: "function_call", name: "close_agent", namespace: "multi_agent_v1", arguments: '{"target":"x"}' },
    ],
    [
      "a function",
      "codex.patch-freeform",
      calling("exec_command", { cmd: "ls" }),
      { type: "function_call", name: "exec_command", arguments: '{"cmd":"ls"}' },
    ],
  ] as const)("%s is called as Codex knows it", async (_name, sample, script, item) => {
    await start(upstream, script);
    const events = eventsIn(await (await send(sample)).text());
    const done = events.find(({ type }) => type === "response.output_item.done");
    expect(done?.["item"]).toMatchObject({ ...item, call_id: "call_1" });
    expect(events.at(-1)).toMatchObject({ type: "response.completed", response: { output: [item] } });
    // A name in two halves would be refused as an unknown tool.
    expect(member(done?.["item"], "name")).toBe(item.name);
  });
});

describe.skipIf(CLIENT_REQUESTS_MISSING)("histories at other upstreams", () => {
  test.each([
    // All models from 4.6 on refuse to go on from their own words.
    ["anthropic", "user"],
    ["local", "assistant"],
  ] as const)("one that ends with the model, after a broken stream, goes on at %s", async (upstream, last) => {
    await start(upstream, () => textTurn("Going on"));
    const response = await send("codex.x-after-broken-stream");
    expect(response.status).toBe(200);
    expect(await response.text()).toContain("response.completed");
    const { messages } = asked();
    expect(Array.isArray(messages) && messages.at(-1)).toMatchObject({ role: last });
    expect(JSON.stringify(messages)).toContain("Running a command.");
    expect(response.headers.get("x-router-losses")).toContain("adapted:input");
  });

  test("a compaction, which has calls and no tools, declares the tools that it names to Anthropic", async () => {
    await start("anthropic", () => textTurn("A summary"));
    const response = await send("codex.x-compaction");
    expect(response.status).toBe(200);
    expect(await response.text()).toContain("A summary");
    expect(asked()["tools"]).toEqual([expect.objectContaining({ name: "exec_command" })]);
  });
});

const TOO_LONG: Partial<Record<HarnessUpstream, Turn>> = {
  anthropic: errorTurn("invalid_request_error", "prompt is too long: 208310 tokens > 200000 maximum"),
  local: contextLengthTurn("openai-chat", 208_310, 200_000),
};

/** An error in a stream after so many events, all of it at once. */
function toldAtOnce(afterEvents: number): Script {
  const message = "prompt is too long: 208310 tokens > 200000 maximum";
  const error = { type: "invalid_request_error", message, code: "context_length_exceeded" };
  return () => textTurn("", { cut: { by: "error", afterEvents, error }, pace: { chunkBytes: 100_000 } });
}

describe.skipIf(CLIENT_REQUESTS_MISSING)("errors", () => {
  const LENGTH_FAILED = { status: "failed", error: { code: "context_length_exceeded", message: expect.any(String) } };

  test.each(TRANSLATED)("a prompt too long at %s is told within a stream, so that Codex compacts", async (upstream) => {
    await start(upstream, () => TOO_LONG[upstream] ?? textTurn(""));
    const response = await send("codex.patch-freeform");
    expect([response.status, response.headers.get("content-type")]).toEqual([
      200,
      expect.stringMatching(/^text\/event-stream/),
    ]);
    const events = eventsIn(await response.text());
    expect(events.map(({ type }) => type)).toEqual([
      "response.created",
      "response.in_progress",
      "error",
      "response.failed",
    ]);
    expect(events.at(-1)).toMatchObject({ response: LENGTH_FAILED });
    expect((await harness.ledger(1))[0]).toMatchObject({ status: 200, end: "upstream_error" });
  });

  test.each(TRANSLATED)("and as a 400 to whoever wants no stream, at %s", async (upstream) => {
    await start(upstream, () => TOO_LONG[upstream] ?? textTurn(""));
    const response = await send("codex.patch-freeform", { stream: false });
    expect(response.status).toBe(400);
    expect((await response.json()).error).toMatchObject({ code: "context_length_exceeded", param: "input" });
  });

  test.each(UPSTREAMS.flatMap((upstream) => [0, 1, 2].map((afterEvents) => ({ upstream, afterEvents }))))(
    "a prompt too long that $upstream tells as event $afterEvents of its stream stays there",
    async ({ upstream, afterEvents }) => {
      await start(upstream, toldAtOnce(afterEvents));
      const response = await send("codex.patch-freeform");
      expect(response.status).toBe(200);
      expect(eventsIn(await response.text()).at(-1)).toMatchObject({
        type: "response.failed",
        response: LENGTH_FAILED,
      });
      expect((await harness.ledger(1))[0]).toMatchObject({ status: 200, end: "upstream_error", attempts: 1 });
    },
  );

  test.each(UPSTREAMS)("an overload before the answer is a 503 at %s", async (upstream) => {
    await start(upstream, () => overloadedTurn());
    const response = await send("codex.patch-freeform");
    expect(response.status).toBe(503);
    expect(response.headers.get("x-should-retry")).not.toBe("false");
    expect((await response.json()).error).toMatchObject({ type: "server_error", code: "server_is_overloaded" });
  });

  test.each([
    ["anthropic", "server_error"],
    ["local", "server_error"],
    // Its own words are not touched.
    ["openai", "server_is_overloaded"],
  ] as const)("an overload in the midst of an answer of %s has the code %s", async (upstream, code) => {
    const error = { type: "overloaded_error", message: "Overloaded" };
    await start(upstream, () => textTurn("word ".repeat(50), { cut: { by: "error", afterEvents: 8, error } }));
    const text = await (await send("codex.patch-freeform")).text();
    expect(eventsIn(text).at(-1)).toMatchObject({
      type: "response.failed",
      response: { status: "failed", error: { code, message: "Overloaded" } },
    });
    expect(text).not.toContain("response.completed");
    expect((await harness.ledger(1))[0]).toMatchObject({ status: 200, end: "upstream_error" });
  });
});

describe.skipIf(CLIENT_REQUESTS_MISSING)("a websocket", () => {
  test("is refused with 426 at once, whatever else Codex says", async () => {
    await start("openai", () => textTurn("Hi"));
    const { method, path, headers } = clientRequest("codex.x-websocket-upgrade");
    const lines = Object.entries({ ...headers(harness.token), connection: "Upgrade", upgrade: "websocket" });
    const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join("");
    const answer = await rawRequest(harness.url, `${method} ${path} HTTP/1.1\r\nhost: x\r\n${head}\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 426 /);
    expect(answer).toContain('"code":"websocket_unsupported"');
    expect(harness.simulator.requests).toEqual([]);
  });
});
