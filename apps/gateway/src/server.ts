import { once } from "node:events";
import { Server as HttpServer } from "node:http";
import type { Duplex } from "node:stream";

import { GatewayError } from "@link-assistant/core";
import type { Config, FaultCode } from "@link-assistant/core";
import { serve } from "h3";
import type { H3 } from "h3";

import { Connections } from "./connections.ts";
import { errorCode } from "./error-code.ts";
import { faultHeaders } from "./faults.ts";
import { anthropicSurface } from "./surfaces/anthropic.ts";

/** Longest time for a request line and its headers to arrive. */
const HEADERS_TIMEOUT_MS = 60_000;
/** While the server closes: time between two looks for connections that have fallen idle. */
const SWEEP_MS = 50;

/** A server that listens. */
export interface RunningServer {
  /** `http://…`, as clients on this machine reach it. */
  readonly url: string;
  /**
   * Takes no new connections and resolves when all exchanges have ended. Those that have not when the time is over, or when
   * `hurry` is aborted, are cut.
   */
  close(graceMs: number, hurry?: AbortSignal): Promise<void>;
}

/** An address or port that cannot be listened on; says what to do. */
export class ListenError extends Error {
  override readonly name = "ListenError";

  constructor({ host, port }: { readonly host: string; readonly port: number }, cause: unknown) {
    const code = errorCode(cause);
    const advice =
      code === "EADDRINUSE"
        ? "Another program has this port. End it, or set ROUTER_PORT or --port to another one."
        : "Set ROUTER_HOST and ROUTER_PORT to an address of this machine and a port that may be used.";
    super(`Cannot listen on ${host}:${port} (${code}). ${advice}`);
  }
}

/** Listens with the app. Throws a `ListenError` when the address or port cannot be had. */
export async function listen(app: H3, config: Config["server"], newId: () => string): Promise<RunningServer> {
  const server = serve(app, {
    hostname: config.host,
    port: config.port,
    silent: true,
    manual: true,
    gracefulShutdown: false,
    node: {
      maxHeaderSize: config.maxHeaderBytes,
      headersTimeout: HEADERS_TIMEOUT_MS,
      // Bodies have their own, shorter bound; this one stands behind it.
      requestTimeout: HEADERS_TIMEOUT_MS + config.bodyTimeoutMs,
      keepAliveTimeout: 72_000,
    },
  });
  const node = server.node?.server;
  if (!(node instanceof HttpServer)) throw new TypeError("this gateway runs on Node's HTTP server only");
  node.maxConnections = config.maxConnections;
  const connections = new Connections(node);
  node.on("clientError", (error, socket) => {
    // Bytes of ours in the middle of an answer would be taken for a part of it.
    if (connections.isAnswering(socket)) socket.destroy();
    else refuse(error, socket, newId());
  });
  try {
    await Promise.all([once(node, "listening"), server.serve()]);
  } catch (error) {
    throw new ListenError(config, error);
  }
  const address = node.address();
  const port = typeof address === "object" && address !== null ? address.port : config.port;
  return { url: urlOf(config.host, port), close: (...limits) => closeServer(node, connections, ...limits) };
}

/** `http://…`, as programs on this machine reach a server that listens there. */
export function urlOf(host: string, port: number): string {
  const reachable = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
  return `http://${reachable.includes(":") ? `[${reachable}]` : reachable}:${port}`;
}

async function closeServer(
  node: HttpServer,
  connections: Connections,
  graceMs: number,
  hurry?: AbortSignal,
): Promise<void> {
  node.close();
  const gone = connections.gone();
  connections.closeIdle();
  // A connection that its client keeps open after an answer would hold up the end until the time is over.
  const sweep = setInterval(() => connections.closeIdle(), SWEEP_MS);
  const cut = (): void => node.closeAllConnections();
  const timer = setTimeout(cut, graceMs);
  hurry?.addEventListener("abort", cut);
  if (hurry?.aborted === true) cut();
  // Node's own "close" comes before the exchanges that were cut hear of it.
  await gone;
  clearInterval(sweep);
  clearTimeout(timer);
}

const FAULT_BY_CLIENT_ERROR: Readonly<Record<string, FaultCode>> = {
  HPE_HEADER_OVERFLOW: "headers_too_large",
  ERR_HTTP_REQUEST_TIMEOUT: "body_timeout",
};

/** Answers what is no HTTP request, or too much of one, before there is anything to route. */
function refuse(error: Error, socket: Duplex, id: string): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const fault = new GatewayError(FAULT_BY_CLIENT_ERROR[errorCode(error)] ?? "request_invalid");
  const body = anthropicSurface.faultBody(fault, id);
  const headers = Object.entries({ ...faultHeaders(fault, id, body), connection: "close" });
  const head = [`HTTP/1.1 ${fault.status} Refused`, ...headers.map(([name, value]) => `${name}: ${value}`)];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
}
