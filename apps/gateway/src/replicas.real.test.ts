import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

import { startSimulator, textTurn } from "@link-assistant/testkit";
import type { Simulator } from "@link-assistant/testkit";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, describe } from "vitest";

import { openPostgresStore } from "./stores/postgres.ts";
import { hasPostgres, startPostgres } from "./testing/real-postgres.ts";
import type { RealPostgres } from "./testing/real-postgres.ts";
import { hasRedis, startRedis } from "./testing/real-redis.ts";
import type { RealRedis } from "./testing/real-redis.ts";
import { mustSkip } from "./testing/real-server.ts";
import { startRouter } from "./testing/router-process.ts";
import type { RouterProcess } from "./testing/router-process.ts";
import { temporaryDirectory } from "./testing/temporary-directory.ts";
import { until } from "./testing/until.ts";

const ADMIN_KEY = "admin-key-of-the-test";
const LEASE_MS = 1500;
const USD = 1_000_000_000;
/** Dollars for a million tokens: a call below reserves at most (8 + 64) × 1 dollar cent. */
const PRICE = { input: 10_000, output: 10_000 };
const MAX_TOKENS = 64;

describe.skipIf(mustSkip(hasPostgres && hasRedis))("real PostgreSQL and Redis (skipped where one is missing)", () => {
  let [postgres, redis]: [RealPostgres | undefined, RealRedis | undefined] = [undefined, undefined];
  let simulator: Simulator;
  /** Called with each call that reaches the upstream. */
  let onCall = (): void => {};
  beforeAll(async () => {
    [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
    // A little while, so that calls overlap.
    simulator = await startSimulator({
      script: () => {
        onCall();
        return pause(30).then(() => textTurn("Hello"));
      },
    });
  }, 60_000);
  afterAll(async () => {
    await simulator.close();
    await postgres?.[Symbol.asyncDispose]();
    await redis?.[Symbol.asyncDispose]();
  }, 60_000);

  const directory = temporaryDirectory();
  afterAll(() => directory[Symbol.dispose]());
  let databaseUrl = "";
  let routers: RouterProcess[] = [];
  let urls: string[] = [];
  beforeEach(async () => {
    databaseUrl = (await postgres?.newPlace()) ?? "";
    directory.write(
      "router.config.json",
      JSON.stringify({ limits: { leaseMs: LEASE_MS }, prices: { "*": PRICE }, server: { port: 0 } }),
    );
    routers = [0, 1, 2].map((index) =>
      startRouter(directory.path, ["--data-dir", join(directory.path, `data-${index}`)], {
        ANTHROPIC_API_KEY: "sk-account-key-of-the-test",
        UPSTREAM_BASE_URL: simulator.url,
        TOKEN_ADMIN_KEY: ADMIN_KEY,
        TOKEN_SECRET: "one secret for all replicas of the test",
        DATABASE_URL: databaseUrl,
        REDIS_URL: redis?.url ?? "",
      }),
    );
    urls = await Promise.all(routers.map((router) => router.url()));
  }, 60_000);
  afterEach(async () => {
    await Promise.all(routers.map((router) => router[Symbol.asyncDispose]()));
  });

  async function admin(path: string, body: object): Promise<Record<string, unknown>> {
    const response = await fetch(urls[0] + path, {
      method: "POST",
      headers: { authorization: `Bearer ${ADMIN_KEY}` },
      body: JSON.stringify(body),
    });
    return JSON.parse(await response.text());
  }

  async function issue(limits: object): Promise<{ token: string; id: string }> {
    const { token, id } = await admin("/api/tokens", limits);
    const issued = { token: String(token), id: String(id) };
    for (const url of urls) await until(async () => (await statusOf(url, issued.token, "/api/tokens/self")) === 200);
    return issued;
  }

  function statusOf(url: string, token: string, path: string): Promise<number> {
    return fetch(url + path, { headers: { "x-api-key": token } }).then(({ status }) => status);
  }

  /** Calls once; what the client saw: the status and, where the answer came whole, the exchange's id. */
  async function call(url: string, token: string): Promise<{ status: number; id?: string }> {
    try {
      const response = await fetch(`${url}/v1/messages`, {
        method: "POST",
        headers: { "x-api-key": token, "content-type": "application/json" },
        body: JSON.stringify({
          model: "claude-sonnet-5-5",
          max_tokens: MAX_TOKENS,
          messages: [{ role: "user", content: "Hello" }],
        }),
      });
      JSON.parse(await response.text());
      return { status: response.status, id: response.headers.get("x-request-id") ?? "" };
    } catch {
      return { status: 0 };
    }
  }

  const spread = (index: number): string => urls[index % urls.length] ?? "";
  const count = (all: readonly { status: number }[], status: number): number =>
    all.filter((each) => each.status === status).length;

  async function ledgerOf(tokenId: string): Promise<{ ids: string[]; nanoUsd: number }> {
    const store = await openPostgresStore({ url: databaseUrl });
    const { entries } = await store.ledger.exchanges({ tokenId, limit: 1000 });
    const { nanoUsd } = await store.ledger.spending(tokenId, 0);
    await store.close();
    return { ids: entries.map(({ id }) => id), nanoUsd };
  }

  test("three replicas keep one rate to the request, under 200 calls at once", async () => {
    const { token } = await issue({ requests_per_minute: 100 });
    const all = await Promise.all(Array.from({ length: 200 }, (_, index) => call(spread(index), token)));
    expect([count(all, 200), count(all, 429)]).toEqual([100, 100]);
  });

  test("and one budget, which is overdrawn by one call at the most", async () => {
    const { token, id } = await issue({ budget_usd_total: 5 });
    const all = [];
    for (let wave = 0; wave < 4; wave += 1)
      all.push(...(await Promise.all(Array.from({ length: 50 }, (_, index) => call(spread(index), token)))));
    expect(count(all, 200) + count(all, 429)).toBe(200);
    expect(count(all, 429)).toBeGreaterThan(0);
    // What was reserved at once and not needed is there for later calls.
    for (let status = 200; status === 200;) ({ status } = await call(spread(all.length), token));
    const { nanoUsd } = await ledgerOf(id);
    const most = (MAX_TOKENS + 40) * PRICE.input * 1000;
    expect(nanoUsd).toBeLessThan(5 * USD + most);
    // The budget is used up: nothing that was reserved for long is left of it.
    expect(nanoUsd).toBeGreaterThan(5 * USD - most);
  });

  test("and lose and double nothing when one of them is killed in the middle; what it had reserved comes back", async () => {
    const { token, id } = await issue({ budget_usd_total: 1000, concurrent: 60 });
    let reached = 0;
    onCall = () => {
      if ((reached += 1) === 40) routers[2]?.child.kill("SIGKILL");
    };
    const all = await Promise.all(Array.from({ length: 200 }, (_, index) => call(spread(index), token)));
    onCall = () => {};
    const seen = all.flatMap((each) => (each.id === undefined ? [] : [each.id]));
    expect(count(all, 0)).toBeGreaterThan(0);
    const { ids } = await ledgerOf(id);
    expect(seen.filter((each) => !ids.includes(each))).toEqual([]);
    expect(new Set(ids).size).toBe(ids.length);

    urls.pop();
    await pause(LEASE_MS);
    const later = await Promise.all(Array.from({ length: 60 }, (_, index) => call(spread(index), token)));
    expect(count(later, 200)).toBe(60);
    const response = await fetch(`${urls[0]}/api/tokens/self`, { headers: { "x-api-key": token } });
    const { limits_left } = JSON.parse(await response.text());
    const { nanoUsd } = await ledgerOf(id);
    expect(limits_left).toMatchObject([{ used: 0 }, { limit: "budget_usd_total" }]);
    expect(Math.abs(limits_left[1].used * USD - nanoUsd)).toBeLessThanOrEqual(60 * MAX_TOKENS * PRICE.input * 1000);
  });

  test("and refuse a revoked token everywhere within a second", async () => {
    const { token, id } = await issue({});
    expect(await Promise.all(urls.map((url) => call(url, token)))).toMatchObject(urls.map(() => ({ status: 200 })));
    await admin("/api/tokens/revoke", { id });
    for (const url of urls) await until(async () => (await call(url, token)).status === 403, 1000);
  });

  test("and go on while PostgreSQL and Redis are away, and catch up when they are back", async () => {
    const { token, id } = await issue({ requests_per_minute: 1000, budget_usd_total: 1000 });
    await postgres?.stop();
    await redis?.stop();
    const away = [];
    for (let index = 0; index < 9; index += 1) away.push(await call(spread(index), token));
    expect(count(away, 200)).toBe(9);
    await postgres?.start();
    await redis?.start();
    const ids = away.map((each) => each.id);
    await until(async () => {
      const ledger = await ledgerOf(id);
      return ids.every((each) => ledger.ids.includes(each ?? ""));
    }, 30_000);
    const back = await Promise.all(Array.from({ length: 9 }, (_, index) => call(spread(index), token)));
    expect(count(back, 200)).toBe(9);
  }, 60_000);
});
