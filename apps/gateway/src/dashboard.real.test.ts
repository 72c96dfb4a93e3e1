import { createServer, request } from "node:http";
import type { Server } from "node:http";

import Anthropic from "@anthropic-ai/sdk";
import { errorTurn, rateLimitTurn, textTurn } from "@link-assistant/testkit";
import type { Turn } from "@link-assistant/testkit";
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { buildDashboard, hasChromium, seriousFaults, startChromium, watch } from "./testing/browser.ts";
import type { Watched } from "./testing/browser.ts";
import { MESSAGE, post, startHarness } from "./testing/harness.ts";
import type { Harness } from "./testing/harness.ts";
import { mustSkip } from "./testing/real-server.ts";

const PAGES = ["overview", "accounts", "tokens", "exchanges", "connect"];

describe.skipIf(mustSkip(hasChromium()))("the dashboard in Chromium", () => {
  let browser: Browser;
  let harness: Harness;
  let watched: Watched;
  let turn: () => Turn;

  beforeAll(async () => {
    buildDashboard();
    browser = await startChromium();
  }, 60_000);
  afterAll(() => browser.close());
  beforeEach(async () => {
    turn = () => textTurn("Hello to you");
    harness = await startHarness({ script: () => turn() });
    watched = watch(await (await browser.newContext()).newPage());
  });
  afterEach(async () => {
    await watched.page.context().close();
    await harness[Symbol.asyncDispose]();
    // Whatever a test does, nothing may go wrong in the page.
    if (watched.problems.length > 0) throw new Error(watched.problems.join("\n"));
  });

  async function logIn(url = harness.url, hash = ""): Promise<void> {
    const { page } = watched;
    await page.goto(`${url}/dashboard/${hash}`);
    await page.getByLabel("Admin key").fill(harness.adminKey);
    await page.getByRole("button", { name: "Log in" }).click();
    await page.getByRole("heading", { level: 1, name: /^(?!Link)/ }).waitFor();
  }

  test("takes the admin key alone, keeps it in the tab, and is logged out when it is refused", async () => {
    const { page, hosts } = watched;
    await page.goto(`${harness.url}/dashboard`);
    await page.getByLabel("Admin key").fill("wrong");
    await page.getByRole("button", { name: "Log in" }).click();
    await page.getByRole("alert").getByText("not the admin key").waitFor();
    await logIn();
    await page.reload();
    await page.getByRole("heading", { name: "Overview" }).waitFor();
    expect(page.url()).not.toContain(harness.adminKey);
    expect(await page.evaluate(() => localStorage.length)).toBe(0);
    await page.evaluate(() => {
      for (const name of Object.keys(sessionStorage)) sessionStorage.setItem(name, "no longer");
    });
    await page.getByLabel("Admin key").waitFor();
    expect([...hosts]).toEqual([new URL(harness.url).host]);
  });

  test("issues a token, shows what an SDK does with it, and revokes it", async () => {
    const { page } = watched;
    await logIn(harness.url, "#/tokens");
    await page.getByRole("button", { name: "Issue a token" }).click();
    await page.getByLabel("Label").fill("sdk of alice");
    await page.getByLabel("Requests per minute").fill("5");
    await page.getByRole("button", { name: "Issue", exact: true }).click();
    const token = (await page.getByRole("region", { name: "the router token" }).textContent())?.trim() ?? "";
    expect(token).toMatch(/^la_sk_/);
    const client = new Anthropic({ baseURL: harness.url, apiKey: token, maxRetries: 0 });
    const ask = (): Promise<unknown> =>
      client.messages.create({
        model: "claude-sonnet-5-5",
        max_tokens: 64,
        messages: [{ role: "user", content: "Hi" }],
      });
    await ask();
    await page.getByRole("link", { name: "Connect a client with it" }).click();
    await page.getByRole("button", { name: "Send" }).click();
    await page.getByText("Hello to you").waitFor();
    expect(page.url()).not.toContain(token);

    await page.getByRole("link", { name: "Exchanges" }).click();
    const rows = page.getByRole("row", { name: /sdk of alice/ });
    await rows.nth(1).waitFor();
    await rows.first().getByRole("link").click();
    await page.getByText("primary: served").waitFor();

    await page.getByRole("link", { name: "Tokens" }).click();
    await page.getByText("3 left").waitFor();
    await page.getByRole("button", { name: "Revoke sdk of alice" }).click();
    await page.getByRole("button", { name: "Revoke it" }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.getByRole("row", { name: /sdk of alice/ }).waitFor({ state: "detached" });
    await expect(ask()).rejects.toMatchObject({ status: 403 });
  });

  test("edits a token's limits and imports tokens of the original", async () => {
    const { page } = watched;
    await logIn(harness.url, "#/tokens");
    await page.getByRole("button", { name: "Edit harness" }).click();
    await page.getByLabel("US dollars a day").fill("2.5");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("$2.50 left").waitFor();
    await page.getByRole("button", { name: "Import" }).click();
    const record = `(token 6fdf2800-72c6-47dc-9050-67bc66fa72fc (label "moved") (issued_at 1700000000) (expires_at 4000000000) (revoked false))`;
    await page
      .getByLabel("File")
      .setInputFiles({ name: "tokens.lino", mimeType: "text/plain", buffer: Buffer.from(record) });
    await page.getByRole("dialog").getByRole("button", { name: "Import" }).click();
    await page.getByText("1 imported").waitFor();
    await page.getByRole("button", { name: "Close" }).click();
    await page.getByLabel("Search").fill("moved");
    await page.getByRole("row", { name: /moved/ }).waitFor();
    expect(harness.gateway.tokens.list().map(({ label }) => label)).toContain("moved");
    expect(harness.gateway.tokens.get(harness.tokenRecord.id)?.limits).toEqual({ budgetUsdPerDay: 2.5 });
  });

  test("shows exchanges that fit a filter, as they end", async () => {
    const { page } = watched;
    await logIn(harness.url, "#/exchanges");
    await page.getByText("Nothing has come through yet").waitFor();
    await (await post(harness, MESSAGE)).text();
    await page.getByRole("row", { name: /claude-sonnet-5-5/ }).waitFor();
    turn = () => errorTurn("invalid_request_error", "max_tokens: must be positive");
    await (await post(harness, MESSAGE)).text();
    await page.getByLabel("Status").selectOption("errors");
    await page.getByRole("cell", { name: "400", exact: true }).waitFor();
    await page.getByRole("cell", { name: "200", exact: true }).waitFor({ state: "detached" });
    await page.getByLabel("Model").fill("nothing");
    await page.getByLabel("Model").press("Enter");
    await page.getByText("No exchange is like that").waitFor();
    await page.getByRole("button", { name: "Clear" }).click();
    for (const status of ["200", "400"]) await page.getByRole("cell", { name: status, exact: true }).waitFor();
    expect(await page.getByRole("row").count()).toBe(3);
  });

  test("shows an account that fails, tests it, and sees it recover", async () => {
    const { page } = watched;
    await logIn(harness.url, "#/accounts");
    const card = page.getByRole("article", { name: "primary" });
    await card.getByText("ready").waitFor();
    turn = () => rateLimitTurn(300);
    await (await post(harness, MESSAGE)).text();
    await card.getByText(/Rests for|rests for/).waitFor();
    await card.getByText(/4:5\d/).waitFor();
    await card.getByText(/rate limit, /).waitFor();
    await card.getByRole("button", { name: "Test" }).click();
    await card.getByText(/models in/).waitFor();
    turn = () => textTurn("Well again");
    await card.getByRole("button", { name: "Reset" }).click();
    await card.getByText(/rests for/i).waitFor({ state: "detached" });
    expect((await post(harness, MESSAGE)).status).toBe(200);
  });

  test("says when its figures are old, and goes on by itself", async () => {
    const { page } = watched;
    await logIn();
    await page.getByText("link", { exact: false }).first().waitFor();
    await page.route("**/v1/**", (route) => route.abort());
    await page.getByText("The gateway does not answer. What you see is from").waitFor();
    await page.unroute("**/v1/**");
    await page.getByText("The gateway does not answer.").waitFor({ state: "detached" });
    expect(await page.getByRole("alert").count()).toBe(0);
  });

  test.each(["light", "dark"] as const)("has no serious fault that axe finds, in %s", async (colorScheme) => {
    const { page } = watched;
    await page.emulateMedia({ colorScheme });
    for (let index = 0; index < 3; index += 1) await (await post(harness, MESSAGE)).text();
    const [entry] = await harness.ledger(3);
    await page.goto(`${harness.url}/dashboard/`);
    expect(await seriousFaults(page)).toEqual([]);
    await logIn();
    for (const name of [...PAGES, `exchanges/${entry?.id}`]) {
      await page.goto(`${harness.url}/dashboard/#/${name}`);
      await page.getByRole("heading", { level: 1 }).waitFor();
      await page.waitForLoadState("networkidle");
      expect([name, ...(await seriousFaults(page))]).toEqual([name]);
    }
  });

  test("its files come compressed, and not again while they are the same", async () => {
    const page = await fetch(`${harness.url}/dashboard/`, { headers: { "accept-encoding": "br" } });
    expect(page.headers.get("content-encoding")).toBe("br");
    const [script] = /assets\/[\w-]+\.js/.exec(await page.text()) ?? [];
    const file = await fetch(`${harness.url}/dashboard/${script}`, { headers: { "accept-encoding": "gzip" } });
    expect(file.headers.get("cache-control")).toContain("immutable");
    const bytes = Number(file.headers.get("content-length"));
    expect(bytes).toBeGreaterThan(10_000);
    expect(bytes).toBeLessThan(150_000);
    const etag = page.headers.get("etag") ?? "";
    const again = await fetch(`${harness.url}/dashboard/`, { headers: { "if-none-match": etag } });
    expect([again.status, await again.text()]).toEqual([304, ""]);
    expect((await fetch(`${harness.url}/dashboard/`, { method: "HEAD" })).status).toBe(200);
    expect((await fetch(`${harness.url}/dashboard/no-such.js`)).status).toBe(404);
  });

  test("works below a path prefix, and what the policy forbids does not run", async () => {
    const { page } = watched;
    const proxy = await startPrefixProxy(harness.url, "/llm");
    try {
      await logIn(`${proxy.url}/llm`);
      await page.getByText("/v1/usage").waitFor();
      const policy = (await fetch(`${harness.url}/dashboard/`)).headers.get("content-security-policy") ?? "";
      expect(policy).toContain("default-src 'none'");
      const ran = await page.evaluate(() => {
        const script = document.createElement("script");
        try {
          script.textContent = "globalThis.ran = true";
          document.head.append(script);
        } catch {
          // Trusted types refuse the text already.
        }
        return "ran" in globalThis;
      });
      expect(ran).toBe(false);
    } finally {
      proxy.server.close();
      proxy.server.closeAllConnections();
    }
    // Only what was forbidden on purpose is a problem.
    expect(watched.problems.every((problem) => /Content Security Policy|TrustedScript/.test(problem))).toBe(true);
    watched = watch(await (await browser.newContext()).newPage());
  });
});

/** A reverse proxy that takes a prefix off, as many put one in front. */
async function startPrefixProxy(
  url: string,
  prefix: string,
): Promise<{ readonly url: string; readonly server: Server }> {
  const server = createServer((req, res) => {
    const path = (req.url ?? "").slice(prefix.length);
    const { hostname, port } = new URL(url);
    req.pipe(
      request({ hostname, port, path, method: req.method, headers: req.headers }, (answer) => {
        res.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(res);
      }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}`, server };
}
