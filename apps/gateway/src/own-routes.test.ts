import { textTurn } from "@link-assistant/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { idsOf, jsonOf } from "./testing/answers.ts";
import { MESSAGE, post, startHarness } from "./testing/harness.ts";
import type { Harness } from "./testing/harness.ts";

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness({ script: () => textTurn("Hi"), accounts: ["primary", "account-1"] });
});
afterAll(() => harness[Symbol.asyncDispose]());

const json = (body: unknown): RequestInit => ({
  method: "POST",
  body: JSON.stringify(body),
  headers: { "content-type": "application/json" },
});

describe("who may see operations", () => {
  test.each(["/metrics", "/v1/usage", "/v1/accounts"])(
    "%s: the admin key, a token of scope `observe`, nobody else",
    async (path) => {
      const { token } = await harness.gateway.tokens.issue({ scopes: ["observe"] });
      const as = (authorization: string | undefined): Promise<Response> =>
        fetch(harness.url + path, authorization === undefined ? {} : { headers: { authorization } });
      expect((await as(`Bearer ${harness.adminKey}`)).status).toBe(200);
      expect((await as(`Bearer ${token}`)).status).toBe(200);
      expect((await as(`Bearer ${harness.token}`)).status).toBe(403);
      expect((await as("Bearer wrong")).status).toBe(401);
      expect((await as(undefined)).status).toBe(401);
    },
  );

  test.each([
    ["POST", "/api/tokens"],
    ["POST", "/api/tokens/import"],
    ["GET", "/api/tokens/list"],
    ["POST", "/api/tokens/revoke"],
    ["GET", "/api/tokens/some-id"],
    ["PATCH", "/api/tokens/some-id"],
    ["DELETE", "/api/tokens/some-id"],
  ])("%s %s: the admin key alone", async (method, path) => {
    const { token } = await harness.gateway.tokens.issue({ scopes: ["observe", "inference"] });
    for (const authorization of [
      "",
      "Bearer wrong",
      `Bearer ${token}`,
      `Bearer ${harness.adminKey}x`,
      harness.adminKey,
    ]) {
      const response = await fetch(harness.url + path, { method, headers: { authorization } });
      expect(response.status).toBe(401);
      expect(await response.json()).toMatchObject({ error: { code: "admin_key_required" } });
    }
  });

  test("public metrics are public, and nothing else is", async () => {
    await using open = await startHarness({ config: { metrics: { public: true } } });
    expect((await fetch(`${open.url}/metrics`)).status).toBe(200);
    expect((await fetch(`${open.url}/v1/usage`)).status).toBe(401);
  });

  test("what is switched off is not there", async () => {
    await using closed = await startHarness({
      config: { metrics: { enabled: false }, surfaces: { anthropic: false } },
    });
    for (const path of ["/metrics", "/v1/usage", "/v1/accounts"]) expect((await closed.admin(path)).status).toBe(404);
    const refused = await post(closed, MESSAGE);
    expect(refused.status).toBe(404);
    expect(await refused.text()).toContain("switched this API off");
  });
});

describe("router tokens", () => {
  test("issue, show, change, list and revoke, in the original's shapes", async () => {
    const issued = await harness.admin("/api/tokens", json({ ttl_hours: 2, label: "alice", account: "account-1" }));
    expect(issued.status).toBe(200);
    const token = await jsonOf(issued);
    expect(token).toMatchObject({
      token: expect.stringMatching(/^la_sk_/),
      ttl_hours: 2,
      label: "alice",
      account: "account-1",
    });
    expect(Date.parse(String(token["expires_at"])) - Date.now()).toBeGreaterThan(7_100_000);
    const path = `/api/tokens/${String(token["id"])}`;
    expect(await jsonOf(await harness.admin(path))).toMatchObject({ label: "alice", revoked: false });
    await harness.admin(path, { method: "PATCH", body: JSON.stringify({ label: "bob", account: null }) });
    const self = await fetch(`${harness.url}/api/tokens/self`, { headers: { "x-api-key": String(token["token"]) } });
    expect(await jsonOf(self)).toMatchObject({ id: token["id"], label: "bob", account: null });
    const list = await jsonOf(await harness.admin("/api/tokens/list"));
    expect(list["data"]).toContainEqual(
      expect.objectContaining({ id: token["id"], label: "bob", expires_at: expect.any(Number) }),
    );
    expect(JSON.stringify(list)).not.toContain("la_sk_");
    expect(await jsonOf(await harness.admin("/api/tokens/revoke", json({ id: token["id"] })))).toEqual({
      revoked: token["id"],
    });
    expect(await jsonOf(await harness.admin(path))).toMatchObject({ revoked: true });
  });

  test("an empty body issues a token for a day", async () => {
    const token = await jsonOf(await harness.admin("/api/tokens", { method: "POST" }));
    expect(token).toMatchObject({ ttl_hours: 24, label: "", account: null });
  });

  test.each([
    [{ ttl_hours: 0 }, "ttl_hours"],
    [{ ttl_hours: "24" }, "ttl_hours"],
    [{ label: 1 }, "label"],
    [{ label: "x".repeat(2000) }, "label"],
    [{ account: "nobody" }, "account"],
    [{ scopes: [] }, "scopes"],
    [{ lable: "typo" }, "lable"],
  ])("%j is refused and says why", async (body, field) => {
    const response = await harness.admin("/api/tokens", json(body));
    expect(response.status).toBe(400);
    expect(await response.text()).toContain(field);
  });

  test("records of the original are imported once, or not at all", async () => {
    const id = "6fdf2800-72c6-47dc-9050-67bc66fa72fc";
    const record = `(token ${id} (label "alice") (issued_at 1700000000) (expires_at 4000000000) (revoked false))`;
    const imported = (body: string): Promise<Response> =>
      harness.admin("/api/tokens/import", { method: "POST", body, headers: { "content-type": "text/plain" } });
    const broken = await imported(`${record}\n(token`);
    expect(broken.status).toBe(400);
    expect(await broken.text()).toMatch(/In line 2: expected .* Nothing was imported\./);
    expect((await harness.admin(`/api/tokens/${id}`)).status).toBe(404);
    expect(await jsonOf(await imported(record))).toEqual({ imported: 1, known: 0 });
    expect(await jsonOf(await imported(record))).toEqual({ imported: 0, known: 1 });
    expect(await jsonOf(await harness.admin(`/api/tokens/${id}`))).toMatchObject({ label: "alice" });
  });

  test("an unknown id is a 404, whatever is asked of it", async () => {
    expect((await harness.admin("/api/tokens/none")).status).toBe(404);
    expect((await harness.admin("/api/tokens/none", { method: "DELETE" })).status).toBe(404);
    expect((await harness.admin("/api/tokens/revoke", json({ id: "none" }))).status).toBe(404);
  });

  test("revoking twice counts once", async () => {
    const { record } = await harness.gateway.tokens.issue({});
    const before = harness.gateway.metrics.usageSnapshot().tokens_revoked;
    await harness.admin(`/api/tokens/${record.id}`, { method: "DELETE" });
    await harness.admin(`/api/tokens/${record.id}`, { method: "DELETE" });
    expect(harness.gateway.metrics.usageSnapshot().tokens_revoked).toBe(before + 1);
  });
});

describe("models", () => {
  test("in OpenAI's shape, and in Anthropic's when its version header is there", async () => {
    const openai = await jsonOf(await harness.fetch("/v1/models"));
    expect(openai).toMatchObject({
      object: "list",
      data: expect.arrayContaining([
        { id: "claude-sonnet-5-5", object: "model", created: expect.any(Number), owned_by: "anthropic" },
      ]),
    });
    const anthropic = await harness.fetch("/v1/models?limit=2", { headers: { "anthropic-version": "2023-06-01" } });
    expect(await jsonOf(anthropic)).toMatchObject({ data: [{ type: "model" }, { type: "model" }], has_more: true });
  });

  test("pages go forth and back over every model once", async () => {
    const headers = { "anthropic-version": "2023-06-01" };
    const seen: unknown[] = [];
    let path = "/v1/models?limit=2";
    for (;;) {
      const page = await jsonOf(await harness.fetch(path, { headers }));
      seen.push(...idsOf(page));
      if (page["has_more"] !== true) break;
      path = `/v1/models?limit=2&after_id=${String(page["last_id"])}`;
    }
    const all = await jsonOf(await harness.fetch("/v1/models?limit=1000", { headers }));
    expect(seen).toEqual(idsOf(all));
    const back = await jsonOf(await harness.fetch(`/v1/models?limit=1&before_id=${String(seen.at(-1))}`, { headers }));
    expect(back).toMatchObject({ data: [{ id: seen.at(-2) }], has_more: seen.length > 2 });
  });

  test("one model, in both shapes; an unknown one is a 404 in both", async () => {
    expect(await jsonOf(await harness.fetch("/v1/models/claude-sonnet-5-5"))).toMatchObject({ object: "model" });
    const headers = { "anthropic-version": "2023-06-01" };
    expect(await jsonOf(await harness.fetch("/v1/models/claude-sonnet-5-5", { headers }))).toMatchObject({
      type: "model",
    });
    expect(await jsonOf(await harness.fetch("/v1/models/none"))).toMatchObject({ error: { code: "model_unknown" } });
    expect(await jsonOf(await harness.fetch("/v1/models/none", { headers }))).toMatchObject({
      type: "error",
      error: { type: "not_found_error" },
    });
  });

  test("the upstream is asked once, however many ask here", async () => {
    await using fresh = await startHarness();
    await Promise.all(Array.from({ length: 20 }, () => fresh.fetch("/v1/models")));
    await fresh.fetch("/v1/models");
    expect(fresh.simulator.requests).toHaveLength(1);
  });

  test("a bad page size is a 400, no token a 401", async () => {
    const headers = { "anthropic-version": "2023-06-01" };
    expect((await harness.fetch("/v1/models?limit=0", { headers })).status).toBe(400);
    expect((await fetch(`${harness.url}/v1/models`)).status).toBe(401);
  });
});

describe("for load balancers and operators", () => {
  test("health, readiness and the probes that clients send", async () => {
    expect(await (await fetch(`${harness.url}/health`)).text()).toBe("ok");
    expect(await jsonOf(await fetch(`${harness.url}/ready`))).toEqual({
      ready: true,
      store: "ok",
      accounts: { total: 2, ready: 2, cooling: 0 },
    });
    expect((await fetch(harness.url, { method: "HEAD" })).status).toBe(200);
    expect((await fetch(`${harness.url}/api/hello`, { method: "HEAD" })).status).toBe(404);
  });

  test("accounts show their state and neither credential nor path", async () => {
    await using resting = await startHarness({
      script: [{ error: { status: 429, type: "rate_limit_error", message: "x", headers: { "retry-after": "9" } } }],
    });
    await post(resting, MESSAGE);
    const text = await (await resting.admin("/v1/accounts")).text();
    expect(JSON.parse(text)).toEqual({
      simulated: false,
      accounts: [
        expect.objectContaining({
          name: "primary",
          kind: "api-key",
          state: "ready",
          // The limit is that of one model.
          models: [
            {
              model: "claude-sonnet-5-5",
              state: "cooling",
              reason: "rate_limit",
              ready_at: expect.any(String),
              failures: 1,
            },
          ],
          last_failure: { kind: "rate_limit", at: expect.any(String) },
          in_flight: 0,
          attempts: 1,
          load_share: 1,
        }),
      ],
    });
    expect(text).not.toContain("key-of");
  });
});
