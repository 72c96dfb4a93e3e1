import { once } from "node:events";
import { request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders } from "node:http";
import { connect } from "node:net";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { HEADERS, HELLO, post } from "../testing/post.ts";
import type { Simulator } from "../simulator/simulator.ts";
import { startSimulator } from "./start-simulator.ts";

let simulator: Simulator;
beforeEach(async () => {
  simulator = await startSimulator();
});
afterEach(() => simulator.close());

// `fetch` would not send such headers.
const send = async (headers: OutgoingHttpHeaders, path = "/v1/messages"): Promise<number | undefined> => {
  const request = httpRequest(simulator.url + path, { method: "POST", headers: { ...HEADERS, ...headers } });
  request.end(JSON.stringify(HELLO));
  const [response]: IncomingMessage[] = await once(request, "response");
  response?.resume();
  return response?.statusCode;
};

describe("what must not reach an upstream", () => {
  it.each<[OutgoingHttpHeaders, string]>([
    [{ "x-api-key": "la_sk_abc" }, "a router token in a header"],
    [{ authorization: "Bearer la_sk_abc" }, "a router token in a header"],
    [{ "x-anything": "see la_sk_abc" }, "a router token in a header"],
    [{ cookie: "a=b" }, "the header cookie"],
    [{ "proxy-authorization": "Basic eA==" }, "the header proxy-authorization"],
    [{ te: "trailers" }, "the header te"],
    [{ upgrade: "websocket" }, "the header upgrade"],
    [{ connection: "keep-alive, x-secret" }, "a connection header that names other headers"],
  ])("is refused and written down: %j", async (headers, what) => {
    expect(await send(headers)).toBe(400);
    expect(simulator.leaks).toEqual([{ requestId: "req_sim_000001", what }]);
    expect(simulator.billed).toEqual([]);
  });

  it("is written down on any path", async () => {
    expect(await send({}, "/v1/elsewhere?key=la_sk_abc")).toBe(404);
    expect(simulator.leaks).toEqual([{ requestId: "req_sim_000001", what: "a router token in the path" }]);
  });

  it("includes requests of two lengths, which Node does not even read", async () => {
    const socket = connect(simulator.port, "127.0.0.1");
    socket.write("POST /v1/messages HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n");
    await once(socket, "close");

    expect(simulator.leaks).toEqual([{ what: expect.stringContaining("a malformed request: HPE_") }]);
  });
});

describe("what may reach an upstream", () => {
  it.each<OutgoingHttpHeaders>([
    { connection: "close" },
    { connection: "Keep-Alive" },
    { "transfer-encoding": "chunked" },
    { "accept-encoding": "gzip, deflate, br, zstd" },
    { "x-claude-code-session-id": "s", "anthropic-dangerous-direct-browser-access": "true" },
  ])("is not: %j", async (headers) => {
    expect(await send(headers)).toBe(200);
    expect(simulator.leaks).toEqual([]);
  });

  it("includes a prompt that talks of router tokens", async () => {
    const response = await post(simulator, { ...HELLO, messages: [{ role: "user", content: "What is la_sk_abc?" }] });

    expect(response.status).toBe(200);
    expect(simulator.leaks).toEqual([]);
  });
});
