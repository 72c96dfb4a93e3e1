import type { IncomingHttpHeaders } from "node:http";

import { GatewayError } from "@link-assistant/core";
import { H3, fromNodeHandler } from "h3";
import type { EventHandler, H3Event, HTTPError, HTTPMethod } from "h3";
import { FastResponse } from "srvx";

import { asFault, faultHeaders } from "./faults.ts";
import type { Gateway } from "./gateway.ts";
import type { Generation } from "./generation.ts";
import { http1, nodeOf } from "./node-event.ts";
import { OWN_ROUTES } from "./own-routes.ts";
import { relay } from "./relay.ts";
import { LEGACY_PREFIX, anthropicSurface } from "./surfaces/anthropic.ts";
import { openaiFaultBody } from "./surfaces/openai-fault.ts";
import { chatSurface, responsesSurface } from "./surfaces/openai.ts";
import type { SurfaceApi } from "./surfaces/surface.ts";

/** Gives the generation of the gateway that a new request belongs to. */
interface Current {
  readonly generation: Generation;
}

/** The gateway's HTTP interface. It opens nothing: all that it needs is in the gateway that is current when a request comes. */
export function createApp(current: Current): H3 {
  const app = new H3({
    silent: true,
    onError: (error, event) => answerFault(current.generation.gateway, event, error),
  });
  const methods = new Map<string, Set<string>>();
  const add = (method: HTTPMethod, path: string, handler: EventHandler): void => {
    app.on(method, path, handler);
    const known = methods.get(path) ?? new Set();
    methods.set(path, known.add(method));
  };
  for (const [method, path, handler] of surfaceRoutes(current)) add(method, path, handler);
  for (const [method, path, answer] of OWN_ROUTES) {
    const handler: EventHandler = (event) => answer(current.generation.gateway, event, nodeOf(event).req.headers);
    add(method, path, handler);
    if (method === "GET") add("HEAD", path, handler);
  }
  for (const [path, known] of methods) {
    const allow = [...known].join(", ");
    app.all(path, () =>
      fail(new GatewayError("method_not_allowed", { detail: `It takes ${allow}.`, headers: { allow } })),
    );
  }
  return app.all("/**", () => fail(new GatewayError("path_unknown")));
}

/** Every path that programs post to: where it is offered, what it is at an upstream, and the surface it belongs to. */
const SURFACE_ROUTES: readonly (readonly [path: string, upstreamPath: string, surface: SurfaceApi])[] = [
  ...["/v1/messages", "/v1/messages/count_tokens"].flatMap((path) =>
    ["", LEGACY_PREFIX].map((prefix) => [prefix + path, path, anthropicSurface] as const),
  ),
  ["/v1/chat/completions", "/v1/chat/completions", chatSurface],
  ["/v1/responses", "/v1/responses", responsesSurface],
  ["/v1/responses/input_tokens", "/v1/responses/input_tokens", responsesSurface],
];

function surfaceRoutes(current: Current): (readonly [HTTPMethod, string, EventHandler])[] {
  return SURFACE_ROUTES.map(([path, upstreamPath, surface]) => {
    const relayed = fromNodeHandler((req, res) =>
      current.generation.run((gateway) => relay(gateway, surface, upstreamPath, ...http1(req, res))),
    );
    const handler: EventHandler = (event) => {
      const { anthropic, openai } = current.generation.gateway.config.surfaces;
      return (surface === anthropicSurface ? anthropic : openai)
        ? relayed(event)
        : fail(new GatewayError("surface_disabled"));
    };
    return ["POST", path, handler] as const;
  });
}

/** A fault as the answer to a request that is no exchange. */
function answerFault(gateway: Gateway, event: H3Event, error: HTTPError): Response {
  const id = gateway.newId();
  const { req } = nodeOf(event);
  // h3 itself refuses paths that are no valid URL; everything else that is thrown is the cause of its error.
  const fault = error.unhandled === true ? asFault(error.cause, gateway, id) : new GatewayError("request_invalid");
  const body = speaksAnthropic(event.url.pathname, req.headers)
    ? anthropicSurface.faultBody(fault, id)
    : openaiFaultBody(fault);
  const headers = new Headers(
    Object.entries(faultHeaders(fault, id, body)).map(([name, value]) => [name, String(value)]),
  );
  if (!req.complete) headers.set("connection", "close");
  return new FastResponse(body, { status: fault.status, headers });
}

function speaksAnthropic(path: string, headers: IncomingHttpHeaders): boolean {
  if (path.startsWith("/v1/models")) return headers["anthropic-version"] !== undefined;
  return path.startsWith("/v1/messages") || path.startsWith(LEGACY_PREFIX);
}

function fail(fault: GatewayError): never {
  throw fault;
}
