import { parseConfig } from "@link-assistant/core";
import { startSimulator, textTurn } from "@link-assistant/testkit";
import type { Simulator } from "@link-assistant/testkit";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { changesThatNeedARestart } from "./reload.ts";
import { startHeldUpstream } from "./testing/held-upstream.ts";
import { startRouter } from "./testing/router-process.ts";
import type { RouterProcess } from "./testing/router-process.ts";
import { temporaryDirectory } from "./testing/temporary-directory.ts";
import { until } from "./testing/until.ts";

const ADMIN_KEY = "admin-key-of-the-test";

let simulator: Simulator;
beforeEach(async () => {
  simulator = await startSimulator({ script: () => textTurn("Hello") });
});
afterEach(() => simulator.close());

function configOf(upstreamUrl: string, ...accounts: readonly string[]): string {
  return JSON.stringify({
    server: { port: 0 },
    dataDir: "data",
    tokens: { adminKey: ADMIN_KEY },
    upstreams: { anthropic: { baseUrl: upstreamUrl } },
    accounts: accounts.map((name) => ({ name, kind: "api-key", key: `key-of-${name}` })),
  });
}

async function issue(url: string): Promise<string> {
  const response = await fetch(`${url}/api/tokens`, {
    method: "POST",
    headers: { authorization: `Bearer ${ADMIN_KEY}` },
    body: "{}",
  });
  return JSON.parse(await response.text()).token;
}

function call(url: string, token: string): Promise<Response> {
  return fetch(`${url}/v1/messages`, {
    method: "POST",
    headers: { "x-api-key": token, "content-type": "application/json" },
    body: JSON.stringify({
      model: "claude-sonnet-5-5",
      max_tokens: 64,
      stream: true,
      messages: [{ role: "user", content: "Hello" }],
    }),
  });
}

const logs = (router: RouterProcess, text: string): Promise<void> => until(() => router.written.err.includes(text));

describe("a configuration file that changes", () => {
  test("is in force for new exchanges, while a stream of the old one goes on to its end", async () => {
    using directory = temporaryDirectory();
    await using held = await startHeldUpstream();
    directory.write("router.config.json", configOf(held.url, "old"));
    await using router = startRouter(directory.path, []);
    const url = await router.url();
    const token = await issue(url);
    const streaming = await call(url, token);
    await held.begun(1);

    directory.write("router.config.json", configOf(simulator.url, "new"));
    await logs(router, "is in force");
    expect(await (await call(url, token)).text()).toContain("message_stop");
    expect(simulator.requests.map(({ headers }) => headers["x-api-key"])).toEqual(["key-of-new"]);
    held.finish();
    expect(await streaming.text()).toContain("message_stop");
    expect(held.keys).toEqual(["key-of-old"]);
  });

  test("and cannot be used leaves the old one in force, and says why", async () => {
    using directory = temporaryDirectory();
    directory.write("router.config.json", configOf(simulator.url, "good"));
    await using router = startRouter(directory.path, []);
    const url = await router.url();
    const token = await issue(url);
    for (const [text, reason] of [
      ["{", "cannot be read"],
      [configOf("not a url", "bad"), "upstreams.anthropic.baseUrl"],
      [configOf(simulator.url), "accounts: at least one is needed"],
      [configOf(simulator.url, "a").replace('"dataDir":"data"', '"dataDir":"other"'), "dataDir: it cannot change"],
    ] as const) {
      directory.write("router.config.json", text);
      await logs(router, reason);
      expect((await call(url, token)).status).toBe(200);
    }
    expect(new Set(simulator.requests.map(({ headers }) => headers["x-api-key"]))).toEqual(new Set(["key-of-good"]));
  });

  test("is read at SIGHUP as well", async () => {
    using directory = temporaryDirectory();
    directory.write("router.config.json", configOf(simulator.url, "good"));
    await using router = startRouter(directory.path, []);
    await router.url();
    router.child.kill("SIGHUP");
    await logs(router, "is in force");
    expect(router.child.exitCode).toBeNull();
  });
});

test("what is read once needs a restart, and is named", () => {
  const before = parseConfig({});
  expect(changesThatNeedARestart(before, parseConfig({}))).toEqual([]);
  expect(changesThatNeedARestart(before, parseConfig({ routing: { strategy: "priority" }, verbose: true }))).toEqual(
    [],
  );
  const after = parseConfig({ server: { port: 1 }, databaseUrl: "postgres://x", tokens: { adminKey: "x" } });
  expect(changesThatNeedARestart(before, after)).toEqual([
    "server.port: it cannot change while the gateway runs; restart it",
    "tokens: it cannot change while the gateway runs; restart it",
    "databaseUrl: it cannot change while the gateway runs; restart it",
  ]);
});
