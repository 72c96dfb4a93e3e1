import { textTurn } from "@link-assistant/testkit";
import { ledgerEntry } from "@link-assistant/testkit/contracts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { MESSAGE, post, startHarness } from "./testing/harness.ts";
import type { Harness } from "./testing/harness.ts";

let harness: Harness;
beforeEach(async () => {
  harness = await startHarness({ script: () => textTurn("Hello") });
});
afterEach(() => harness[Symbol.asyncDispose]());

const START_MS = Date.UTC(2026, 0, 1);

async function fill(count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    await harness.gateway.store.ledger.append(
      ledgerEntry({
        id: `req_${String(index).padStart(5, "0")}`,
        startedAtMs: START_MS + index * 60_000,
        durationMs: 0,
        tokenId: index % 2 === 0 ? harness.tokenRecord.id : null,
        model: index % 3 === 0 ? "claude-opus-5-5" : "gpt-5.5",
        usage: { input: 10, output: 5 },
        costNanoUsd: index % 4 === 0 ? null : 2_500_000_000,
        losses: ["dropped:top_k"],
      }),
    );
  }
}

async function get(
  path: string,
  asked: Record<string, string> = {},
): Promise<{ status: number; text: string; headers: Headers }> {
  const response = await harness.admin(path, { headers: asked });
  return { status: response.status, text: await response.text(), headers: response.headers };
}

describe("a series", () => {
  test("adds up what ended in each step, with what has no price apart", async () => {
    await fill(60);
    const { text } = await get("/v1/usage/series?from=2026-01-01T00:00:00Z&to=2026-01-01T01:00:00Z&step=30m");
    const series = JSON.parse(text);
    expect(series).toMatchObject({ step_seconds: 1800, group: null, prices: expect.stringMatching(/genai-prices \d/) });
    expect(series.data).toHaveLength(2);
    expect(series.data[0]).toEqual({
      at: "2026-01-01T00:00:00.000Z",
      group: null,
      requests: 30,
      errors: 0,
      input_tokens: 300,
      cache_read_tokens: 0,
      cache_write_tokens: 0,
      output_tokens: 150,
      reasoning_tokens: 0,
      cost_usd: 55,
      unpriced: 8,
      cache_hits: 0,
      first_byte_ms: 120.3,
      duration_ms: 0,
      bytes_sent: 3000,
      bytes_received: 1500,
    });
  });

  test("is divided by model, account, surface, and token with its label", async () => {
    await fill(6);
    const groups = async (group: string): Promise<unknown[]> => {
      const { text } = await get(`/v1/usage/series?from=1767225600&to=2026-01-02&step=1d&group=${group}`);
      return JSON.parse(text).data.map((row: Record<string, unknown>) => [row["group"], row["label"], row["requests"]]);
    };
    expect(await groups("model")).toEqual([
      ["claude-opus-5-5", undefined, 2],
      ["gpt-5.5", undefined, 4],
    ]);
    expect(await groups("token")).toEqual([
      [null, null, 3],
      [harness.tokenRecord.id, "harness", 3],
    ]);
    expect(await groups("account")).toEqual([["primary", undefined, 6]]);
  });

  test("is of the last day by default, what has just ended included", async () => {
    expect((await post(harness, MESSAGE)).status).toBe(200);
    const { data, step_seconds: step } = JSON.parse((await get("/v1/usage/series")).text);
    expect(step).toBe(900);
    expect(data).toMatchObject([{ requests: 1, errors: 0, input_tokens: 9 }]);
    expect(data[0].cost_usd).toBeGreaterThan(0);
  });
});

describe("exchanges", () => {
  test("come page after page, the last ended first", async () => {
    await fill(5);
    const first = JSON.parse((await get("/v1/usage/exchanges?limit=3")).text);
    const second = JSON.parse((await get(`/v1/usage/exchanges?limit=3&cursor=${first.next}`)).text);
    const ids = [...first.data, ...second.data].map(({ id }) => id);
    expect(ids).toEqual([4, 3, 2, 1, 0].map((index) => `req_0000${index}`));
    expect(second.next).toBeNull();
    expect(first.data[0]).toMatchObject({
      ended_at: "2026-01-01T00:04:00.000Z",
      token_id: harness.tokenRecord.id,
      token_label: "harness",
      cost_usd: null,
      input_tokens: 10,
      cache_read_tokens: null,
      losses: ["dropped:top_k"],
      trace: [],
    });
  });

  test.each([
    ["model=gpt-5.5", 4],
    ["status=errors", 0],
    ["status=200&surface=anthropic_messages&end=complete", 6],
    ["from=2026-01-01T00:03:00Z", 3],
    ["account=nobody", 0],
    ["id=req_00002", 1],
  ])("are those that %s asks for", async (query, count) => {
    await fill(6);
    expect(JSON.parse((await get(`/v1/usage/exchanges?${query}`)).text).data).toHaveLength(count);
  });

  test("are exported whole, however many they are, as CSV and as JSON lines", async () => {
    await fill(1203);
    const csv = await get("/v1/usage/exchanges?format=csv");
    expect(csv.headers.get("content-type")).toBe("text/csv; charset=utf-8");
    expect(csv.headers.get("content-disposition")).toBe('attachment; filename="usage-exchanges.csv"');
    const lines = csv.text.split("\r\n");
    expect(lines[0]).toMatch(/^id,started_at,ended_at,/);
    expect(lines).toHaveLength(1 + 1203 + 1);
    const ndjson = await get("/v1/usage/exchanges?format=ndjson");
    const rows = ndjson.text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(new Set(rows.map(({ id }) => id)).size).toBe(1203);
  });

  test("run as no formula in a spreadsheet, and break no line", async () => {
    await harness.gateway.store.ledger.append(
      ledgerEntry({ requestedModel: '=cmd|"/c calc"!A1', model: 'a "quoted",\nmodel' }),
    );
    const { text } = await get("/v1/usage/exchanges?format=csv");
    expect(text).toContain(`"'=cmd|""/c calc""!A1"`);
    expect(text).toContain('"a ""quoted"",\nmodel"');
  });
});

describe("CSV", () => {
  test("names its columns where there is no row", async () => {
    expect((await get("/v1/usage/series?format=csv")).text).toMatch(/^at,group,requests,[\w,]+\r\n$/);
    expect((await get("/v1/usage/exchanges?format=csv")).text).toMatch(/^id,started_at,[\w,]+,trace\r\n$/);
  });

  test("has the labels of tokens, the first of which is none", async () => {
    await fill(2);
    const { text } = await get("/v1/usage/series?from=2026-01-01&to=2026-01-02&step=1d&group=token&format=csv");
    const [names, none, ours] = text.split("\r\n").map((line) => line.split(","));
    expect(names?.at(-1)).toBe("label");
    expect([none?.[1], none?.at(-1)]).toEqual(["", ""]);
    expect([ours?.[1], ours?.at(-1)]).toEqual([harness.tokenRecord.id, "harness"]);
  });

  test("has every field that JSON has", async () => {
    await fill(1);
    const span = "from=2026-01-01&to=2026-01-02";
    for (const path of [`series?${span}&step=1d&group=token`, `series?${span}&step=1d`, `exchanges?${span}`]) {
      const [row] = JSON.parse((await get(`/v1/usage/${path}`)).text).data;
      const { text } = await get(`/v1/usage/${path}&format=csv`);
      expect(text.split("\r\n")[0]).toBe(Object.keys(row).join(","));
    }
  });
});

describe("the format", () => {
  test.each([
    ["text/csv", "text/csv; charset=utf-8"],
    ["application/x-ndjson, application/json;q=0.5", "application/x-ndjson"],
    ["application/json;q=0.5, Text/CSV;q=0.9", "text/csv; charset=utf-8"],
    ["application/json, text/csv", "application/json"],
    ["text/csv;q=0", "application/json"],
    ["text/html, */*;q=0.8", "application/json"],
  ])("is what `accept: %s` prefers", async (accept, type) => {
    for (const path of ["series", "exchanges"])
      expect((await get(`/v1/usage/${path}`, { accept })).headers.get("content-type")).toBe(type);
  });

  test("is that of the address before that of the header", async () => {
    const { headers } = await get("/v1/usage/series?format=json", { accept: "text/csv" });
    expect(headers.get("content-type")).toBe("application/json");
  });
});

describe("a question that cannot be understood", () => {
  test.each([
    ["series?from=yesterday", "`from`: expected an ISO 8601 time"],
    ["series?step=fast", "`step`: expected seconds"],
    ["series?group=colour", "`group`: expected one of model, account, token, surface"],
    ["series?from=-30d&step=1s", "at most 2000"],
    ["series?from=-1h&to=-2h", "`from`"],
    ["series?colour=red", "`colour` is not known"],
    ["series?format=xml", "`format`: expected one of json, ndjson, csv"],
    ["exchanges?from=-1h&to=-2h", "`to`: expected a time that is not before `from`"],
    ["exchanges?limit=1001", "`limit`: expected a whole number from 1 to 1000"],
    ["exchanges?status=bad", "`status`: expected an HTTP status"],
    ["exchanges?cursor=x", "cursor: expected the `next` of a page"],
  ])("is a 400 that says what to ask: %s", async (query, problem) => {
    const { status, text } = await get(`/v1/usage/${query}`);
    expect(status).toBe(400);
    expect(JSON.parse(text).error).toMatchObject({
      code: "request_invalid",
      message: expect.stringContaining(problem),
    });
  });

  test("is no question without a key", async () => {
    for (const path of ["/v1/usage/series", "/v1/usage/exchanges"])
      expect((await harness.fetch(path)).status).toBe(403);
  });
});

describe("an account at rest", () => {
  test("is shown with its reason, its end and the failures before it", async () => {
    const failure = { kind: "billing", blame: "account", elsewhere: true, rest: "long", scope: "account" } as const;
    harness.gateway.pool.begin("primary", Date.now()).failed(failure, Date.now());
    const { accounts } = JSON.parse((await get("/v1/accounts")).text);
    expect(accounts).toMatchObject([
      {
        state: "broken",
        reason: "billing",
        failures: 1,
        ready_at: expect.any(String),
        last_failure: { kind: "billing" },
      },
    ]);
  });
});

describe("an account", () => {
  const send = (path: string): Promise<Response> => harness.admin(path, { method: "POST" });

  test("is tested with its own credential", async () => {
    expect(await (await send("/api/accounts/primary/test")).json()).toMatchObject({ account: "primary", ok: true });
    await harness.simulator.close();
    expect(await (await send("/api/accounts/primary/test")).json()).toMatchObject({
      ok: false,
      error: expect.stringContaining("ECONNREFUSED"),
    });
  });

  test("is made ready at once", async () => {
    const trial = harness.gateway.pool.begin("primary", Date.now());
    const failure = { kind: "billing", blame: "account", elsewhere: true, rest: "long", scope: "account" } as const;
    trial.failed(failure, Date.now());
    expect((await post(harness, MESSAGE)).status).toBe(503);
    expect(await (await send("/api/accounts/primary/reset")).json()).toMatchObject({ name: "primary", state: "ready" });
    expect((await post(harness, MESSAGE)).status).toBe(200);
  });

  test("that is none is a 404", async () => {
    for (const what of ["reset", "test"]) expect((await send(`/api/accounts/nobody/${what}`)).status).toBe(404);
  });
});

describe("limits of a token", () => {
  const issue = async (body: object): Promise<{ status: number; answer: Record<string, unknown> }> => {
    const response = await harness.admin("/api/tokens", { method: "POST", body: JSON.stringify(body) });
    return { status: response.status, answer: await response.json() };
  };

  test("are given when it is issued, changed one by one, and shown with what is left", async () => {
    const limits = { requests_per_minute: 60, budget_usd_per_day: 2.5, models: ["claude-*"] };
    const { answer } = await issue({ label: "alice", ...limits });
    expect(answer["limits"]).toEqual(limits);
    const path = `/api/tokens/${String(answer["id"])}`;
    const changed = await harness.admin(path, {
      method: "PATCH",
      body: JSON.stringify({ requests_per_minute: null, concurrent: 3 }),
    });
    expect(await changed.json()).toMatchObject({
      label: "alice",
      limits: { concurrent: 3, budget_usd_per_day: 2.5, models: ["claude-*"] },
    });

    const headers = { authorization: `Bearer ${String(answer["token"])}`, "content-type": "application/json" };
    const call = await fetch(`${harness.url}/v1/messages`, { method: "POST", headers, body: JSON.stringify(MESSAGE) });
    expect(call.status).toBe(200);
    await call.text();
    const self = await (await fetch(`${harness.url}/api/tokens/self`, { headers })).json();
    expect(self.limits_left).toEqual([
      { limit: "concurrent", bound: 3, used: 0, left: 3, resets_at: null },
      {
        limit: "budget_usd_per_day",
        bound: 2.5,
        used: expect.any(Number),
        left: expect.any(Number),
        resets_at: expect.stringMatching(/T00:00:00\.000Z$/),
      },
    ]);
    const shown = await (await harness.admin(path)).json();
    expect(shown).toMatchObject({ requests: 1, cost_usd: self.limits_left[1].used, last_used_at: expect.any(String) });
    expect(shown.cost_usd).toBeGreaterThan(0);
  });

  test.each([
    [{ requests_per_minute: 0 }, "requests_per_minute"],
    [{ surfaces: ["chat"] }, "surfaces.0"],
    [{ addresses: ["10.0.0.0/64"] }, "addresses.0"],
    [{ budget: 1 }, "budget"],
  ])("that cannot be are refused with their name: %j", async (body, field) => {
    const { status, answer } = await issue(body);
    expect(status).toBe(400);
    expect(answer).toMatchObject({ error: { message: expect.stringContaining(field) } });
  });
});
