import { GatewayError } from "@link-assistant/core";
import { FastResponse } from "srvx";
import { H3, fromNodeHandler, getRouterParam } from "h3";
import type { EventHandler, H3Event, HTTPMethod } from "h3";

import { changeToken, issueToken, listTokens, revokeById, revokeToken, showToken, tokenView } from "./admin/tokens.ts";
import { authenticate, requireAdmin, requireObserver } from "./authenticate.ts";
import { parseJsonObject, readBody } from "./body.ts";
import { asFault, faultHeaders } from "./exchange.ts";
import type { Gateway } from "./gateway.ts";
import { anthropicModelPage, openaiModel } from "./models.ts";
import { http1, nodeOf } from "./node-event.ts";
import { accountsView, readiness } from "./ops.ts";
import { relay } from "./relay.ts";
import { anthropicSurface } from "./surfaces/anthropic.ts";
import { openaiFaultBody } from "./surfaces/openai-fault.ts";

/** Where the original served Anthropic's API. */
export const LEGACY_PREFIX = "/api/latest/anthropic";

const ADMIN_BODY_BYTES = 65_536;

type Answer = (gateway: Gateway, event: H3Event, headers: NodeHeaders) => unknown;
type NodeHeaders = Parameters<typeof requireAdmin>[1];

/** The gateway's HTTP interface. It opens nothing: all that it needs is in `gateway`. */
export function createApp(gateway: Gateway): H3 {
  const app = new H3({ silent: true, onError: (error, event) => answerFault(gateway, event, error.cause ?? error) });
  const methods = new Map<string, Set<string>>();
  const add = (method: HTTPMethod, path: string, handler: EventHandler): void => {
    app.on(method, path, handler);
    const known = methods.get(path) ?? new Set();
    methods.set(path, known.add(method));
  };
  for (const [method, path, handler] of surfaceRoutes(gateway)) add(method, path, handler);
  for (const [method, path, answer] of OWN_ROUTES) {
    const handler: EventHandler = (event) => answer(gateway, event, nodeOf(event).req.headers);
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

function surfaceRoutes(gateway: Gateway): (readonly [HTTPMethod, string, EventHandler])[] {
  const anthropic = (path: string): EventHandler =>
    gateway.config.surfaces.anthropic
      ? fromNodeHandler((req, res) => relay(gateway, anthropicSurface, path, ...http1(req, res)))
      : () => fail(new GatewayError("surface_disabled"));
  return ["/v1/messages", "/v1/messages/count_tokens"].flatMap((path) =>
    ["", LEGACY_PREFIX].map((prefix) => ["POST", prefix + path, anthropic(path)] as const),
  );
}

const OWN_ROUTES: readonly (readonly [HTTPMethod, string, Answer])[] = [
  ["GET", "/", () => "Link.Assistant.Router\n"],
  ["GET", "/health", () => "ok"],
  ["GET", "/ready", answerReadiness],
  ["GET", "/metrics", answerMetrics],
  ["GET", "/v1/usage", async (gateway, _event, headers) => (await observed(gateway, headers)).metrics.usageSnapshot()],
  ["GET", "/v1/accounts", async (gateway, _event, headers) => accountsView(await observed(gateway, headers))],
  ["GET", "/v1/models", answerModels],
  ["GET", "/v1/models/:id", answerModel],
  ["GET", `${LEGACY_PREFIX}/v1/models`, answerModels],
  ["GET", `${LEGACY_PREFIX}/v1/models/:id`, answerModel],
  ["GET", "/v1/responses", refuseWebsocket],
  [
    "POST",
    "/api/tokens",
    async (gateway, event, headers) => issueToken(gateway, await adminBody(gateway, event, headers)),
  ],
  ["GET", "/api/tokens/list", (gateway, _event, headers) => listTokens(administered(gateway, headers))],
  [
    "POST",
    "/api/tokens/revoke",
    async (gateway, event, headers) => revokeToken(gateway, await adminBody(gateway, event, headers)),
  ],
  ["GET", "/api/tokens/self", answerSelf],
  ["GET", "/api/tokens/:id", (gateway, event, headers) => showToken(administered(gateway, headers), idOf(event))],
  ["DELETE", "/api/tokens/:id", (gateway, event, headers) => revokeById(administered(gateway, headers), idOf(event))],
  [
    "PATCH",
    "/api/tokens/:id",
    async (gateway, event, headers) => changeToken(gateway, idOf(event), await adminBody(gateway, event, headers)),
  ],
];

async function answerReadiness(gateway: Gateway): Promise<Response> {
  const state = await readiness(gateway);
  return json(state, state.ready ? 200 : 503);
}

async function answerMetrics(gateway: Gateway, _event: H3Event, headers: NodeHeaders): Promise<Response> {
  if (!gateway.config.metrics.enabled) throw new GatewayError("path_unknown");
  if (!gateway.config.metrics.public) await requireObserver(gateway.adminKey, gateway.tokens, headers);
  const text = await gateway.metrics.renderPrometheus();
  return new FastResponse(text, { headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8" } });
}

async function answerModels(gateway: Gateway, event: H3Event, headers: NodeHeaders): Promise<object> {
  await authenticate(gateway.tokens, headers, "inference");
  const models = await gateway.models.list();
  if (headers["anthropic-version"] !== undefined) return anthropicModelPage(models, event.url.searchParams);
  return { object: "list", data: models.map(openaiModel) };
}

async function answerModel(gateway: Gateway, event: H3Event, headers: NodeHeaders): Promise<object> {
  await authenticate(gateway.tokens, headers, "inference");
  const id = idOf(event);
  const model = (await gateway.models.list()).find((entry) => entry.id === id);
  if (model === undefined) throw new GatewayError("model_unknown");
  return headers["anthropic-version"] === undefined ? openaiModel(model) : model.entry;
}

async function answerSelf(gateway: Gateway, _event: H3Event, headers: NodeHeaders): Promise<object> {
  return tokenView(await authenticate(gateway.tokens, headers, "inference"));
}

function refuseWebsocket(_gateway: Gateway, _event: H3Event, headers: NodeHeaders): never {
  if (headers.upgrade?.toLowerCase() !== "websocket") return fail(new GatewayError("path_unknown"));
  return fail(new GatewayError("websocket_unsupported", { headers: { upgrade: "HTTP/1.1" } }));
}

async function observed(gateway: Gateway, headers: NodeHeaders): Promise<Gateway> {
  if (!gateway.config.metrics.enabled) throw new GatewayError("path_unknown");
  await requireObserver(gateway.adminKey, gateway.tokens, headers);
  return gateway;
}

function administered(gateway: Gateway, headers: NodeHeaders): Gateway {
  requireAdmin(gateway.adminKey, headers);
  return gateway;
}

async function adminBody(gateway: Gateway, event: H3Event, headers: NodeHeaders): Promise<unknown> {
  requireAdmin(gateway.adminKey, headers);
  const { bodyTimeoutMs } = gateway.config.server;
  const body = await readBody(nodeOf(event).req, { maxBodyBytes: ADMIN_BODY_BYTES, bodyTimeoutMs });
  return body === undefined || body.length === 0 ? {} : parseJsonObject(body);
}

function idOf(event: H3Event): string {
  return getRouterParam(event, "id", { decode: true }) ?? "";
}

/** A fault as the answer to a request that is no exchange. */
function answerFault(gateway: Gateway, event: H3Event, error: unknown): Response {
  const id = gateway.newId();
  const { req } = nodeOf(event);
  const fault = asFault(error, gateway, id);
  const body = speaksAnthropic(event.url.pathname, req.headers)
    ? anthropicSurface.faultBody(fault, id)
    : openaiFaultBody(fault);
  const headers = new Headers(
    Object.entries(faultHeaders(fault, id, body)).map(([name, value]) => [name, String(value)]),
  );
  if (!req.complete) headers.set("connection", "close");
  return new FastResponse(body, { status: fault.status, headers });
}

function speaksAnthropic(path: string, headers: NodeHeaders): boolean {
  if (path.startsWith("/v1/models")) return headers["anthropic-version"] !== undefined;
  return path.startsWith("/v1/messages") || path.startsWith(LEGACY_PREFIX);
}

function json(value: unknown, status: number): Response {
  return new FastResponse(JSON.stringify(value), { status, headers: { "content-type": "application/json" } });
}

function fail(fault: GatewayError): never {
  throw fault;
}
