import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";

import { startSimulator } from "@link-assistant/testkit";
import { describe, expect, test } from "vitest";

import { isJsonObject } from "./body.ts";
import { openSqliteStore } from "./stores/sqlite.ts";
import { runCommand } from "./testing/command-line.ts";
import { startHeldUpstream } from "./testing/held-upstream.ts";
import { takePort } from "./testing/ports.ts";
import { startRouter } from "./testing/router-process.ts";
import type { RouterProcess } from "./testing/router-process.ts";
import { temporaryDirectory } from "./testing/temporary-directory.ts";
import { until } from "./testing/until.ts";

const ADMIN_KEY = "admin-key-of-the-test";
const ACCOUNT_KEY = "sk-account-key-of-the-test";
const CALL = JSON.stringify({
  model: "claude-sonnet-5-5",
  max_tokens: 64,
  messages: [{ role: "user", content: "Hello" }],
});

function serve(
  cwd: string,
  upstreamUrl: string,
  env: Readonly<Record<string, string>> = {},
  ...args: readonly string[]
): RouterProcess {
  return startRouter(cwd, ["--port", "0", "--data-dir", join(cwd, "data"), ...args], {
    ANTHROPIC_API_KEY: ACCOUNT_KEY,
    UPSTREAM_BASE_URL: upstreamUrl,
    ...env,
  });
}

function objectOf(value: unknown): Record<string, unknown> {
  if (isJsonObject(value)) return value;
  throw new TypeError("an object was expected");
}

async function issue(url: string, adminKey: string): Promise<string> {
  const response = await fetch(`${url}/api/tokens`, {
    method: "POST",
    headers: { authorization: `Bearer ${adminKey}` },
    body: "{}",
  });
  return String(objectOf(await response.json())["token"]);
}

function call(url: string, token: string): Promise<Response> {
  const headers = { "x-api-key": token, "content-type": "application/json" };
  return fetch(`${url}/v1/messages`, { method: "POST", headers, body: CALL });
}

async function statusOf(url: string, token: string): Promise<number> {
  const response = await call(url, token);
  await response.text();
  return response.status;
}

function isRefused(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    socket.on("connect", () => resolve(false)).on("error", () => resolve(true));
    socket.on("connect", () => socket.destroy());
  });
}

/** How each exchange ended that was written down. */
async function endsOf(cwd: string): Promise<string[]> {
  const store = openSqliteStore({ path: join(cwd, "data", "router.sqlite") });
  const { entries } = await store.ledger.exchanges({ limit: 10 });
  await store.close();
  return entries.map(({ end }) => end);
}

describe("a gateway that is told to stop", () => {
  test.each(["SIGTERM", "SIGINT"] as const)("by %s lets streams end, refuses what is new, and ends", async (signal) => {
    using directory = temporaryDirectory();
    await using upstream = await startHeldUpstream();
    await using router = serve(directory.path, upstream.url, { TOKEN_ADMIN_KEY: ADMIN_KEY });
    const url = await router.url();
    const response = await call(url, await issue(url, ADMIN_KEY));
    await upstream.begun(1);

    router.child.kill(signal);
    await until(() => isRefused(url));
    upstream.finish();
    // The client keeps its connection open: that must not hold up the end.
    expect(await response.text()).toMatch(/^event: message_start\n.*\nevent: message_stop\n[^\n]+\n\n$/s);
    expect(await router.ended).toBe(0);
    expect(await endsOf(directory.path)).toEqual(["complete"]);
    expect(router.written.err).toMatch(new RegExp(`"reason":"${signal}".*"stopped"`, "s"));
  });

  test("takes no further call on a connection that is still busy", async () => {
    using directory = temporaryDirectory();
    await using upstream = await startHeldUpstream();
    await using router = serve(directory.path, upstream.url, { TOKEN_ADMIN_KEY: ADMIN_KEY });
    const url = await router.url();
    const head = `host: x\r\nx-api-key: ${await issue(url, ADMIN_KEY)}\r\ncontent-length: ${CALL.length}`;
    const request = `POST /v1/messages HTTP/1.1\r\n${head}\r\n\r\n${CALL}`;
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    socket.write(request);
    await upstream.begun(1);

    router.child.kill("SIGTERM");
    await until(() => isRefused(url));
    await new Promise((resolve) => socket.write(request, resolve));
    upstream.finish();
    expect(await text(socket)).toMatch(
      /^HTTP\/1\.1 200 .*message_stop.*HTTP\/1\.1 503 .*The gateway is shutting down/s,
    );
    expect(await router.ended).toBe(0);
    expect(upstream.keys).toHaveLength(1);
  });

  test("twice cuts what runs, writes it down, and ends at once", async () => {
    using directory = temporaryDirectory();
    await using upstream = await startHeldUpstream();
    await using router = serve(directory.path, upstream.url, { TOKEN_ADMIN_KEY: ADMIN_KEY });
    const url = await router.url();
    const response = await call(url, await issue(url, ADMIN_KEY));
    await upstream.begun(1);

    router.child.kill("SIGTERM");
    await until(() => isRefused(url));
    router.child.kill("SIGINT");
    await expect(response.text()).rejects.toThrow("terminated");
    expect(await router.ended).toBe(1);
    expect(await endsOf(directory.path)).toEqual(["client_abort"]);
    expect(router.written.err).toContain("Told twice to stop");
  });

  test("cuts what has not ended in the time that is set", async () => {
    using directory = temporaryDirectory();
    directory.write("router.config.yaml", "server: { shutdownGraceMs: 1 }");
    await using upstream = await startHeldUpstream();
    await using router = serve(directory.path, upstream.url, { TOKEN_ADMIN_KEY: ADMIN_KEY });
    const url = await router.url();
    const response = await call(url, await issue(url, ADMIN_KEY));
    router.child.kill("SIGTERM");
    await expect(response.text()).rejects.toThrow("terminated");
    expect(await router.ended).toBe(0);
    expect(await endsOf(directory.path)).toHaveLength(1);
  });
});

// From here on at once, because the first does little but wait.
describe.concurrent("ends soon", () => {
  test("after SIGTERM, with a collector that never answers", async () => {
    using directory = temporaryDirectory();
    await using collector = await takePort();
    await using router = serve(directory.path, "http://127.0.0.1:1", {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${collector.port}`,
    });
    await router.url();
    const sinceMs = performance.now();
    router.child.kill("SIGTERM");
    expect(await router.ended).toBe(0);
    expect(performance.now() - sinceMs).toBeLessThan(10_000);
  });

  test.each([[[]], [["--demo"]]])("with exit code 2 and advice, on a port that is taken %j", async (args) => {
    using directory = temporaryDirectory();
    await using taken = await takePort();
    await using router = serve(directory.path, "http://127.0.0.1:1", {}, "--port", String(taken.port), ...args);
    expect(await router.ended).toBe(2);
    expect(router.written).toEqual({
      out: "",
      err: `Cannot listen on 127.0.0.1:${taken.port} (EADDRINUSE). Another program has this port. End it, or set ROUTER_PORT or --port to another one.\n`,
    });
  });

  test("with exit code 2, by a configuration that is no TypeScript, of which it shows nothing", async () => {
    using directory = temporaryDirectory();
    const file = directory.write("router.config.ts", 'export default { accounts: [{ key: "sk-hidden" "x" }] };\n');
    await using router = startRouter(directory.path, []);
    expect(await router.ended).toBe(2);
    expect(router.written).toEqual({
      out: "",
      err: `The configuration cannot be used:\n  ${file}: it cannot be run: ERR_INVALID_TYPESCRIPT_SYNTAX; \`node ${file}\` shows where\n`,
    });
  });
});

describe.concurrent("what is kept", () => {
  test("router tokens and the admin key outlive kill -9, and no secret is ever logged", async () => {
    using directory = temporaryDirectory();
    const simulator = await startSimulator({ credentials: [ACCOUNT_KEY] });
    await using first = serve(directory.path, simulator.url, { VERBOSE: "1" });
    const url = await first.url();
    const adminKey = readFileSync(join(directory.path, "data", "admin-key"), "utf8").trim();
    expect(first.written.out.split(adminKey)).toHaveLength(2);
    const token = await issue(url, adminKey);
    first.child.kill("SIGKILL");
    expect(await first.ended).toBe("SIGKILL");

    await using second = serve(directory.path, simulator.url, { VERBOSE: "1" });
    const secondUrl = await second.url();
    expect(await statusOf(secondUrl, token)).toBe(200);
    expect(await statusOf(secondUrl, `${token}x`)).toBe(401);
    expect(await issue(secondUrl, adminKey)).toMatch(/^la_sk_/);
    second.child.kill("SIGTERM");
    expect(await second.ended).toBe(0);
    await simulator.close();

    const secret = readFileSync(join(directory.path, "data", "token-secret"), "utf8").trim();
    expect(first.written.err).not.toContain(adminKey);
    const written = second.written.out + second.written.err;
    expect(written).toMatch(/"status":200.*"exchange ended"/);
    expect(written).toContain(`Admin key: kept in ${directory.path}/data/admin-key`);
    for (const hidden of [adminKey, secret, token, ACCOUNT_KEY]) expect(written).not.toContain(hidden);
    for (const hidden of [secret, token, ACCOUNT_KEY])
      expect(first.written.out + first.written.err).not.toContain(hidden);
  });

  test("two that start at once have one secret, and one of them shows the admin key", async () => {
    using directory = temporaryDirectory();
    const simulator = await startSimulator();
    await using one = serve(directory.path, simulator.url, {}, "--json");
    await using other = serve(directory.path, simulator.url, {}, "--json");
    const [first, second] = await Promise.all([one.url(), other.url()]);
    const greetings = [one, other].map(({ written }) => objectOf(JSON.parse(written.out)));
    const keys = greetings.map((greeting) => greeting["admin_key"]).filter((key) => typeof key === "string");
    expect(keys).toHaveLength(1);
    const adminKey = keys.join("");
    const token = await issue(first, adminKey);
    await until(async () => (await statusOf(second, token)) === 200);
    expect(await issue(second, adminKey)).toMatch(/^la_sk_/);
    await simulator.close();
  });

  test("tokens that the command line issues and revokes work and stop working while it serves", async () => {
    using directory = temporaryDirectory();
    const simulator = await startSimulator();
    await using router = serve(directory.path, simulator.url);
    const url = await router.url();
    const place = ["--data-dir", join(directory.path, "data"), "--json"];
    const { out } = await runCommand(directory.path, ["tokens", "issue", ...place]);
    const { token, id } = objectOf(JSON.parse(out));
    await until(async () => (await statusOf(url, String(token))) === 200);
    expect(await runCommand(directory.path, ["tokens", "revoke", String(id), ...place])).toMatchObject({ code: 0 });
    await until(async () => (await statusOf(url, String(token))) === 403);
    await simulator.close();
  });
});

test("a reader that has gone is no failure", async () => {
  using directory = temporaryDirectory();
  await using router = startRouter(directory.path, ["config", "schema"]);
  router.child.stdout?.destroy();
  expect(await router.ended).toBe(0);
  expect(router.written.err).toBe("");
});

test("the demo answers with what it prints", async () => {
  using directory = temporaryDirectory();
  await using router = startRouter(directory.path, ["serve", "--demo", "--port", "0"], {
    ANTHROPIC_API_KEY: ACCOUNT_KEY,
  });
  const url = await router.url();
  await until(() => router.written.out.includes("What was counted"));
  const [token = ""] = /la_sk_\S+/.exec(router.written.out) ?? [];
  const answer = await (await call(url, token)).text();
  expect(answer).toContain("simulated");
  expect(router.written.out).toContain("No model is called and nothing is kept.");
  router.child.kill("SIGTERM");
  expect(await router.ended).toBe(0);
  expect(router.written.out + router.written.err).not.toContain(ACCOUNT_KEY);
});
