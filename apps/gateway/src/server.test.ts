import { EventEmitter, once } from "node:events";
import type { ServerResponse } from "node:http";
import { connect } from "node:net";
import type { Socket } from "node:net";

import { parseConfig } from "@link-assistant/core";
import { H3, fromNodeHandler } from "h3";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { http1 } from "./node-event.ts";
import { ListenError, listen, urlOf } from "./server.ts";
import type { RunningServer } from "./server.ts";
import { takePort } from "./testing/ports.ts";
import { until } from "./testing/until.ts";

/** Emits `answering` with each response of `/held`, which is begun and left open. */
let app: EventEmitter;
let server: RunningServer;
let ended: string[];
beforeEach(async () => {
  app = new EventEmitter();
  ended = [];
  server = await start({});
});
afterEach(() => server.close(0));

function start(config: object): Promise<RunningServer> {
  const held = fromNodeHandler((req, nodeRes) => {
    const [, res] = http1(req, nodeRes);
    res.writeHead(200);
    res.write("begun ");
    res.on("close", () => ended.push(res.writableFinished ? "whole" : "cut"));
    app.emit("answering", res);
    return new Promise((resolve) => void res.on("close", () => resolve(undefined)));
  });
  const routes = new H3().get("/quick", () => "quick").get("/held", held);
  return listen(routes, parseConfig({ server: { port: 0, ...config } }).server, () => "req_1");
}

/** A client connection that keeps all that it is sent. */
class Client {
  readonly socket: Socket;
  received = "";
  closed = false;

  constructor(url: string) {
    this.socket = connect(Number(new URL(url).port), "127.0.0.1");
    this.socket.on("data", (chunk: Buffer) => (this.received += chunk.toString()));
    this.socket.on("error", () => {});
    this.socket.on("close", () => (this.closed = true));
  }

  ask(path: string): this {
    this.socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`);
    return this;
  }
}

/** A client whose answer has begun, and that answer. */
async function held(): Promise<[Client, ServerResponse]> {
  const client = new Client(server.url).ask("/held");
  const [response]: ServerResponse[] = await once(app, "answering");
  if (response === undefined) throw new TypeError("a response was expected");
  await until(() => client.received.includes("begun"));
  return [client, response];
}

describe("an address", () => {
  test.each([
    ["127.0.0.1", "http://127.0.0.1:80"],
    ["0.0.0.0", "http://127.0.0.1:80"],
    ["::", "http://127.0.0.1:80"],
    ["::1", "http://[::1]:80"],
    ["localhost", "http://localhost:80"],
  ])("%s is reached at %s", (host, url) => expect(urlOf(host, 80)).toBe(url));

  test("of port 0 is a free one", async () => {
    expect(Number(new URL(server.url).port)).toBeGreaterThan(0);
    expect(await (await fetch(`${server.url}/quick`)).text()).toBe("quick");
  });

  test("that is taken, or is not of this machine, says what to do", async () => {
    await using taken = await takePort();
    const failure = start({ port: taken.port });
    await expect(failure).rejects.toThrow(ListenError);
    await expect(failure).rejects.toThrow(
      `Cannot listen on 127.0.0.1:${taken.port} (EADDRINUSE). Another program has this port. End it, or set ROUTER_PORT or --port to another one.`,
    );
    await expect(start({ host: "192.0.2.1" })).rejects.toThrow(
      "Cannot listen on 192.0.2.1:0 (EADDRNOTAVAIL). Set ROUTER_HOST and ROUTER_PORT",
    );
  });
});

describe("closing", () => {
  test("lets answers end, and not wait for connections that are kept open", async () => {
    const used = new Client(server.url).ask("/quick");
    await until(() => used.received.endsWith("quick"));
    const unused = new Client(server.url);
    await once(unused.socket, "connect");
    const asking = new Client(server.url);
    asking.socket.write("GET /quick HTTP/1.1\r\nhost:");
    await once(asking.socket, "connect");
    const [client, response] = await held();

    const closing = server.close(60_000);
    await until(() => used.closed && unused.closed && asking.closed);
    const late = new Client(server.url);
    await until(() => late.closed);
    expect(client.closed).toBe(false);
    response.end("and ended");
    await closing;
    expect(client.received).toContain("and ended");
    expect([late.received, ended]).toEqual(["", ["whole"]]);
  });

  test("cuts what has not ended when the time is over, and waits until that is known", async () => {
    const [client] = await held();
    await server.close(1);
    expect(ended).toEqual(["cut"]);
    await until(() => client.closed);
  });

  test("cuts at once when hurried, before or after", async () => {
    const before = await held();
    const hurry = new AbortController();
    const closing = server.close(60_000, hurry.signal);
    hurry.abort();
    await closing;
    expect(ended).toEqual(["cut"]);
    expect(before[1].destroyed).toBe(true);

    server = await start({});
    await held();
    await server.close(60_000, AbortSignal.abort());
    expect(ended).toEqual(["cut", "cut"]);
  });
});

describe("what is no request", () => {
  test("is answered when no answer is under way", async () => {
    const client = new Client(server.url).ask("/quick");
    await until(() => client.received.endsWith("quick"));
    client.socket.write("what?\r\n\r\n");
    await until(() => client.closed);
    expect(client.received).toMatch(/quickHTTP\/1\.1 400 Refused\r\n.*"type":"invalid_request_error"/s);
  });

  test("cuts an answer that is under way, with not a byte of another in it", async () => {
    const [client] = await held();
    client.socket.write("what?\r\n\r\n");
    await until(() => client.closed);
    expect(client.received).toMatch(/begun \r\n$/);
    expect(ended).toEqual(["cut"]);
  });
});

test("connections over the limit are closed", async () => {
  await server.close(0);
  server = await start({ maxConnections: 1 });
  await held();
  const further = new Client(server.url).ask("/quick");
  await until(() => further.closed);
  expect(further.received).toBe("");
});
