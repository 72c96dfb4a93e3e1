import { join } from "node:path";

import { startSimulator, textTurn } from "@link-assistant/testkit";
import { expect, test } from "vitest";

import { openSqliteStore } from "./stores/sqlite.ts";
import { startRouter } from "./testing/router-process.ts";
import { temporaryDirectory } from "./testing/temporary-directory.ts";

const ADMIN_KEY = "admin-key-of-the-test";
const CALLS = 40;

/** Calls whole or streamed, by turns; resolves with the exchange's id when the client has the answer whole, else with nothing. */
async function call(url: string, token: string, stream: boolean): Promise<string | undefined> {
  try {
    const response = await fetch(`${url}/v1/messages`, {
      method: "POST",
      headers: { "x-api-key": token, "content-type": "application/json" },
      body: JSON.stringify({
        model: "claude-sonnet-5-5",
        max_tokens: 64,
        stream,
        messages: [{ role: "user", content: "Hello" }],
      }),
    });
    const isWhole = await sawItWhole(response, stream);
    return isWhole ? (response.headers.get("x-request-id") ?? undefined) : undefined;
  } catch {
    return undefined;
  }
}

/** A streamed answer is whole for its client with the last event, before the connection says so. */
async function sawItWhole(response: Response, stream: boolean): Promise<boolean> {
  if (!stream) return JSON.parse(await response.text()).type === "message";
  let text = "";
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString();
    if (text.includes("event: message_stop")) return true;
  }
  return false;
}

test("no exchange that a client saw whole is missing from the ledger after kill -9, and none is there twice", async () => {
  using directory = temporaryDirectory();
  const simulator = await startSimulator({ script: () => textTurn("Hello") });
  const data = join(directory.path, "data");
  const completed: string[] = [];
  for (const killAfter of [7, 19, 30]) {
    await using router = startRouter(directory.path, ["--port", "0", "--data-dir", data], {
      ANTHROPIC_API_KEY: "sk-account-key-of-the-test",
      UPSTREAM_BASE_URL: simulator.url,
      TOKEN_ADMIN_KEY: ADMIN_KEY,
    });
    const url = await router.url();
    const issued = await fetch(`${url}/api/tokens`, {
      method: "POST",
      headers: { authorization: `Bearer ${ADMIN_KEY}` },
      body: "{}",
    });
    const { token } = JSON.parse(await issued.text());
    let done = 0;
    const calls = Array.from({ length: CALLS }, async (_, index) => {
      const id = await call(url, token, index % 2 === 0);
      if (id === undefined) return;
      completed.push(id);
      if (++done === killAfter) router.child.kill("SIGKILL");
    });
    await Promise.all(calls);
    await router.ended;
  }
  await simulator.close();
  const store = openSqliteStore({ path: join(data, "router.sqlite") });
  const { entries } = await store.ledger.exchanges({ limit: 1000 });
  await store.close();
  const ids = entries.map(({ id }) => id);
  expect(completed.length).toBeGreaterThanOrEqual(7 + 19 + 30);
  expect(completed.filter((id) => !ids.includes(id))).toEqual([]);
  expect(new Set(ids).size).toBe(ids.length);
}, 60_000);
