import { createServer } from "node:http";
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";

// The gateway's own copy, so that both sides of the comparison have the same HTTP client.
import { Pool } from "../apps/gateway/node_modules/undici/index.js";
import type { Dispatcher } from "../apps/gateway/node_modules/undici/index.js";
import { listen } from "./listen.ts";

// The least a relay in Node can do: the request's body is read, sent on, and the answer's chunks are passed back.

const PASSED = ["content-type", "content-length"];
const pool = new Pool(process.argv[2] ?? "");

listen(
  createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on("data", (chunk: Buffer) => chunks.push(chunk));
    req.on("end", () => sendOn(req, res, Buffer.concat(chunks)));
  }),
);

function sendOn(req: IncomingMessage, res: ServerResponse, body: Buffer): void {
  const headers = { "content-type": req.headers["content-type"] ?? "" };
  pool.dispatch({ method: "POST", path: req.url ?? "/", headers, body }, new Passing(res));
}

class Passing implements Dispatcher.DispatchHandler {
  readonly #res: ServerResponse;

  constructor(res: ServerResponse) {
    this.#res = res;
  }

  // undici refuses whatever has no such method.
  onRequestStart(): void {}

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Readonly<Record<string, string | string[] | undefined>>,
  ): void {
    const passed: OutgoingHttpHeaders = {};
    for (const name of PASSED) {
      if (headers[name] !== undefined) passed[name] = headers[name];
    }
    this.#res.writeHead(status, passed);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#res.write(chunk)) return;
    controller.pause();
    this.#res.once("drain", () => controller.resume());
  }

  onResponseEnd(): void {
    this.#res.end();
  }

  onResponseError(): void {
    this.#res.destroy();
  }
}
