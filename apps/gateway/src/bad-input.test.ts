import { connect } from "node:net";

import { textTurn } from "@link-assistant/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { rawRequest } from "./testing/answers.ts";
import { MESSAGE, post, startHarness } from "./testing/harness.ts";
import type { Harness } from "./testing/harness.ts";

const MAX_BODY_BYTES = 4096;

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness({
    script: () => textTurn("Hi"),
    config: { server: { maxBodyBytes: MAX_BODY_BYTES, bodyTimeoutMs: 400, maxHeaderBytes: 8192 } },
  });
});
afterAll(() => harness[Symbol.asyncDispose]());

const BODY = JSON.stringify(MESSAGE);

function ask(
  headers: Record<string, string>,
  path = "/v1/messages",
  body: string | undefined = BODY,
): Promise<Response> {
  return fetch(harness.url + path, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body,
  });
}

const raw = (...parts: readonly string[]): Promise<string> => rawRequest(harness.url, ...parts);

const START = (): string =>
  `POST /v1/messages HTTP/1.1\r\nhost: x\r\nx-api-key: ${harness.token}\r\ncontent-type: application/json\r\n`;

async function stillServes(): Promise<void> {
  const response = await post(harness, MESSAGE);
  expect(response.status).toBe(200);
  await response.text();
}

describe("tokens that do not open", () => {
  test.each([
    ["missing", {}, 401, "No router token"],
    ["of another kind", { authorization: "Bearer sk-ant-123" }, 401, "not a router token"],
    ["with a scheme of another kind", { authorization: "Basic YTpi" }, 401, "No router token"],
    ["empty", { authorization: "Bearer " }, 401, "No router token"],
    ["garbage", { "x-api-key": "la_sk_garbage" }, 401, "not a router token"],
    ["signed by somebody else", { "x-api-key": foreignToken() }, 401, "not a router token"],
  ])("%s", async (_name, headers, status, message) => {
    const response = await ask(headers);
    expect(response.status).toBe(status);
    expect(response.headers.get("x-should-retry")).toBe("false");
    const body = await response.json();
    expect(body).toMatchObject({
      type: "error",
      error: { type: "authentication_error", message: expect.stringContaining(message) },
    });
    expect(body).toMatchObject({ request_id: response.headers.get("x-request-id") });
  });

  test("revoked: 403, on the very next request", async () => {
    const { token, record } = await harness.gateway.tokens.issue({});
    expect((await ask({ "x-api-key": token })).status).toBe(200);
    await harness.admin("/api/tokens/revoke", { method: "POST", body: JSON.stringify({ id: record.id }) });
    const response = await ask({ "x-api-key": token });
    expect(response.status).toBe(403);
    expect(response.headers.get("x-should-retry")).toBe("false");
    expect(await response.json()).toMatchObject({
      error: { type: "permission_error", message: expect.stringContaining("revoked") },
    });
  });

  test("expired, unknown, and of the wrong scope", async () => {
    const expired = await harness.gateway.tokens.issue({});
    await harness.gateway.tokens.expire(expired.record.id);
    expect((await ask({ "x-api-key": expired.token })).status).toBe(401);
    const observer = await harness.gateway.tokens.issue({ scopes: ["observe"] });
    const refused = await ask({ "x-api-key": observer.token });
    expect(refused.status).toBe(403);
    expect(await refused.text()).toContain("`inference`");
  });

  test("a token beside a leftover of another service is found in either header", async () => {
    expect((await ask({ authorization: "Bearer sk-other", "x-api-key": harness.token })).status).toBe(200);
    expect((await ask({ authorization: `bearer ${harness.token}`, "x-api-key": "sk-other" })).status).toBe(200);
  });
});

describe("bodies that cannot be taken", () => {
  test.each([
    ["broken", "{,", "breaks at position 1."],
    ["cut off", `{"model":"m"`, "JSON object. It "],
    ["empty", "", "ends too early"],
    ["not an object", "[]", "not a JSON object"],
    ["a word of the prompt away from JSON", `{"messages": "my secret prompt`, "not a JSON object"],
  ])("%s", async (_name, body, says) => {
    const response = await post(harness, body);
    expect(response.status).toBe(400);
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({ type: "error", error: { type: "invalid_request_error" } });
    expect(text).toContain(says);
    expect(text).not.toContain("secret prompt");
  });

  test("a deeply nested body is passed on or refused, and nothing falls over", async () => {
    const response = await post(harness, `{"model":"m","messages":${"[".repeat(1500)}${"]".repeat(1500)}}`);
    expect(response.status).toBeGreaterThanOrEqual(200);
    await response.text();
    await stillServes();
  });

  test.each([
    ["with its length", { body: "x".repeat(MAX_BODY_BYTES + 1) }],
    [
      "of a client that does not say how long",
      { body: new Blob(["x".repeat(3 * MAX_BODY_BYTES)]).stream(), duplex: "half" },
    ],
  ])("too long, %s: 413 and a closed connection", async (_name, init) => {
    const headers = { authorization: `Bearer ${harness.token}`, "content-type": "application/json" };
    const response = await fetch(`${harness.url}/v1/messages`, { method: "POST", headers, ...init });
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({
      error: { type: "request_too_large", message: expect.stringContaining("4096") },
    });
    await stillServes();
  });

  test("one several times too long, of a client that reads only when all is sent: it sees the 413", async () => {
    const maxBodyBytes = 4_194_304;
    await using roomy = await startHarness({ config: { server: { maxBodyBytes } } });
    const body = Buffer.alloc(6 * maxBodyBytes, "x");
    const answer = await new Promise<string>((resolve, reject) => {
      let text = "";
      const socket = connect(Number(new URL(roomy.url).port), "127.0.0.1", () => {
        socket.write(
          `POST /v1/messages HTTP/1.1\r\nhost: x\r\nx-api-key: ${roomy.token}\r\ncontent-length: ${body.length}\r\n\r\n`,
        );
        socket.write(body, () =>
          socket.on("data", (chunk: Buffer) => {
            text += chunk.toString();
            if (text.endsWith("}")) socket.destroy();
          }),
        );
      });
      socket.on("error", reject).on("close", () => resolve(text));
    });
    expect(answer).toMatch(/^HTTP\/1.1 413 /);
  });

  test("one that never ends: 413, though the client goes on sending", async () => {
    const answer = await raw(
      `${START()}transfer-encoding: chunked\r\n\r\n`,
      ...Array.from({ length: 100 }, () => `1000\r\n${"x".repeat(4096)}\r\n`),
    );
    expect(answer).toMatch(/^HTTP\/1.1 413 /);
    expect(answer.toLowerCase()).toContain("connection: close");
    await stillServes();
  });

  test("one that stops coming: 408", async () => {
    const answer = await raw(`${START()}content-length: 100\r\n\r\n{"model"`);
    expect(answer).toMatch(/^HTTP\/1.1 408 /);
    expect(answer).toContain("did not arrive in time");
    await stillServes();
  });

  test("a client that leaves while it sends: nothing is asked upstream", async () => {
    const before = harness.simulator.requests.length;
    const rows = (await harness.ledger(0)).length;
    const socket = connect(Number(new URL(harness.url).port), "127.0.0.1", () => {
      socket.write(`${START()}content-length: 100\r\n\r\n{`, () => socket.destroy());
    });
    const [row] = await harness.ledger(rows + 1);
    expect(row).toMatchObject({ end: "client_abort", status: 499, attempts: 0 });
    expect(harness.simulator.requests).toHaveLength(before);
  });

  test("compressed in an unknown way: 415 and what to do", async () => {
    const response = await ask({ authorization: `Bearer ${harness.token}`, "content-encoding": "compress" });
    expect(response.status).toBe(415);
    expect(await response.text()).toContain("zstd");
  });

  test("not what its content-encoding says: 400 and what to do", async () => {
    const response = await ask({ authorization: `Bearer ${harness.token}`, "content-encoding": "zstd" });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain("content-encoding");
  });
});

describe("requests that are none", () => {
  test("headers over the limit: 431", async () => {
    const answer = await raw(`${START()}x-flood: ${"x".repeat(20_000)}\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1.1 431 /);
    expect(answer).toContain("headers are too large");
    await stillServes();
  });

  test("too many headers: not one of them reaches the upstream", async () => {
    const answer = await raw(
      `${START()}${Array.from({ length: 3000 }, (_, index) => `a${index}: 1\r\n`).join("")}\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1.1 4\d\d /);
    await stillServes();
  });

  test("no HTTP at all: 400", async () => {
    expect(await raw("SSH-2.0-OpenSSH_9.2\r\n\r\n")).toMatch(/^HTTP\/1.1 400 /);
    await stillServes();
  });

  test.each([
    ["GET", "/v1/messages", 405, "POST"],
    ["PUT", "/api/tokens", 405, "POST"],
    ["POST", "/health", 405, "GET"],
  ])("%s %s: %d, with the methods that are allowed", async (method, path, status, allowed) => {
    const response = await harness.fetch(path, { method });
    expect(response.status).toBe(status);
    expect(response.headers.get("allow")).toContain(allowed);
  });

  test.each([
    "/v1/nothing",
    "/v1/messages/batches",
    "/v1/messages/../../admin",
    "/api/latest/anthropic/v1/organizations",
    "//v1/messages",
    "/v1//messages",
    "http://169.254.169.254/latest",
    "/%2e%2e/v1/files",
  ])("POST %s is no way through: 404", async (path) => {
    const before = harness.simulator.requests.length;
    const answer = await raw(
      `POST ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\nx-api-key: ${harness.token}\r\ncontent-length: 2\r\n\r\n{}`,
    );
    expect(answer).toMatch(/^HTTP\/1.1 404 /);
    expect(harness.simulator.requests).toHaveLength(before);
  });

  test("a path that is no URL: 400", async () => {
    const answer = await raw(`GET /a%ZZ HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1.1 400 /);
    expect(harness.logged.join("")).not.toContain("the gateway failed");
  });

  test("a call of the other dialect is refused in that dialect's shape", async () => {
    const response = await harness.fetch("/v1/chat/completions", { method: "POST", body: "{}" });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: { message: expect.stringContaining("`model`"), type: "invalid_request_error", code: "request_invalid" },
    });
  });

  test("a path of the other dialect that is not there is refused in that dialect's shape", async () => {
    const response = await harness.fetch("/v1/completions", { method: "POST", body: "{}" });
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({
      error: { message: expect.any(String), type: "not_found_error", code: "path_unknown" },
    });
  });

  test("a websocket is refused with 426, so that clients go on by HTTP at once", async () => {
    const answer = await raw(
      `GET /v1/responses HTTP/1.1\r\nhost: x\r\nconnection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1.1 426 /);
  });
});

test("no secret was logged through all of this", () => {
  const log = harness.logged.join("");
  expect(log).not.toContain("key-of-primary");
  expect(log).not.toContain(harness.token);
  expect(log).not.toContain(harness.adminKey);
  expect(harness.simulator.leaks).toEqual([]);
});

function foreignToken(): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `la_sk_${part({ alg: "HS256", typ: "JWT" })}.${part({ sub: "x", exp: 9_999_999_999 })}.${Buffer.alloc(32).toString("base64url")}`;
}
