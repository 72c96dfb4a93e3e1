import type { IncomingHttpHeaders } from "node:http";

import { GatewayError } from "@link-assistant/core";
import { PROMETHEUS_CONTENT_TYPE } from "@link-assistant/metrics";
import { getRouterParam } from "h3";
import type { H3Event, HTTPMethod } from "h3";
import { FastResponse } from "srvx";

import {
  changeToken,
  describeToken,
  importTokens,
  issueToken,
  listTokens,
  revokeById,
  revokeToken,
  showToken,
} from "./admin/tokens.ts";
import { resetAccount, testAccount } from "./admin/accounts.ts";
import { answerExchanges, answerSeries } from "./admin/usage.ts";
import { authenticate, requireAdmin, requireObserver } from "./authenticate.ts";
import { parseJsonObject, readBody } from "./body.ts";
import { dashboardFiles } from "./dashboard-files.ts";
import type { Gateway } from "./gateway.ts";
import { MAX_IMPORT_BYTES } from "./lino/tokens-lino.ts";
import { anthropicModel, anthropicModelPage, openaiModel } from "./models.ts";
import { nodeOf } from "./node-event.ts";
import { accountsView, readiness } from "./ops.ts";
import { LEGACY_PREFIX } from "./surfaces/anthropic.ts";

const ADMIN_BODY_BYTES = 65_536;

/** Answers one route: with a text, with something that becomes JSON, or with a response of its own. */
type Answer = (gateway: Gateway, event: H3Event, headers: IncomingHttpHeaders) => unknown;

/** What is answered without an upstream, or nearly so: operations, administration, models. */
export const OWN_ROUTES: readonly (readonly [method: HTTPMethod, path: string, answer: Answer])[] = [
  ["GET", "/", () => "Link.Assistant.Router\n"],
  ["GET", "/health", () => "ok"],
  ["GET", "/ready", answerReadiness],
  ["GET", "/metrics", answerMetrics],
  ["GET", "/v1/usage", async (gateway, _event, headers) => (await observed(gateway, headers)).metrics.usageSnapshot()],
  [
    "GET",
    "/v1/usage/series",
    async (gateway, event, headers) =>
      answerSeries(await observed(gateway, headers), event.url.searchParams, headers.accept),
  ],
  [
    "GET",
    "/v1/usage/exchanges",
    async (gateway, event, headers) =>
      answerExchanges(await observed(gateway, headers), event.url.searchParams, headers.accept),
  ],
  [
    "POST",
    "/api/accounts/:id/reset",
    (gateway, event, headers) => resetAccount(administered(gateway, headers), idOf(event)),
  ],
  [
    "POST",
    "/api/accounts/:id/test",
    (gateway, event, headers) => testAccount(administered(gateway, headers), idOf(event)),
  ],
  ["GET", "/dashboard", answerDashboard],
  ["GET", "/dashboard/**", answerDashboard],
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
  [
    "POST",
    "/api/tokens/import",
    async (gateway, event, headers) =>
      importTokens(gateway, (await adminBytes(gateway, event, headers, MAX_IMPORT_BYTES)).toString()),
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
  const headers = { "content-type": "application/json" };
  return new FastResponse(JSON.stringify(state), { status: state.ready ? 200 : 503, headers });
}

async function answerMetrics(gateway: Gateway, _event: H3Event, headers: IncomingHttpHeaders): Promise<Response> {
  if (!gateway.config.metrics.enabled) throw new GatewayError("path_unknown");
  if (!gateway.config.metrics.public) await requireObserver(gateway.adminKey, gateway.tokens, headers);
  const text = await gateway.metrics.renderPrometheus();
  return new FastResponse(text, { headers: { "content-type": PROMETHEUS_CONTENT_TYPE } });
}

async function answerDashboard(_gateway: Gateway, event: H3Event, headers: IncomingHttpHeaders): Promise<Response> {
  const { pathname } = event.url;
  // Relative, so that any path prefix stays.
  if (pathname === "/dashboard") return new FastResponse(null, { status: 302, headers: { location: "dashboard/" } });
  const file = (await dashboardFiles()).get(pathname.slice("/dashboard/".length) || "index.html");
  if (file === undefined) throw new GatewayError("path_unknown");
  if (headers["if-none-match"]?.includes(file.etag) === true) {
    return new FastResponse(null, { status: 304, headers: file.headers });
  }
  const { body, encoding } = file.encoded(headers["accept-encoding"] ?? "");
  return new FastResponse(body, {
    headers: encoding === undefined ? file.headers : { ...file.headers, "content-encoding": encoding },
  });
}

async function answerModels(gateway: Gateway, event: H3Event, headers: IncomingHttpHeaders): Promise<object> {
  await authenticate(gateway.tokens, headers, "inference");
  const models = await gateway.models.list();
  if (headers["anthropic-version"] !== undefined) return anthropicModelPage(models, event.url.searchParams);
  return { object: "list", data: models.map(openaiModel) };
}

async function answerModel(gateway: Gateway, event: H3Event, headers: IncomingHttpHeaders): Promise<object> {
  await authenticate(gateway.tokens, headers, "inference");
  const id = idOf(event);
  const model = (await gateway.models.list()).find((entry) => entry.id === id);
  if (model === undefined) throw new GatewayError("model_unknown");
  return headers["anthropic-version"] === undefined ? openaiModel(model) : anthropicModel(model);
}

async function answerSelf(gateway: Gateway, _event: H3Event, headers: IncomingHttpHeaders): Promise<object> {
  return describeToken(gateway, await authenticate(gateway.tokens, headers, null));
}

function refuseWebsocket(_gateway: Gateway, _event: H3Event, headers: IncomingHttpHeaders): never {
  if (headers.upgrade?.toLowerCase() !== "websocket") throw new GatewayError("path_unknown");
  // After a request to upgrade, Node reads no other one from the connection.
  throw new GatewayError("websocket_unsupported", { headers: { upgrade: "HTTP/1.1", connection: "close" } });
}

async function observed(gateway: Gateway, headers: IncomingHttpHeaders): Promise<Gateway> {
  if (!gateway.config.metrics.enabled) throw new GatewayError("path_unknown");
  await requireObserver(gateway.adminKey, gateway.tokens, headers);
  return gateway;
}

function administered(gateway: Gateway, headers: IncomingHttpHeaders): Gateway {
  requireAdmin(gateway.adminKey, headers);
  return gateway;
}

async function adminBody(gateway: Gateway, event: H3Event, headers: IncomingHttpHeaders): Promise<unknown> {
  const body = await adminBytes(gateway, event, headers, ADMIN_BODY_BYTES);
  return body.length === 0 ? {} : parseJsonObject(body);
}

async function adminBytes(
  gateway: Gateway,
  event: H3Event,
  headers: IncomingHttpHeaders,
  maxBodyBytes: number,
): Promise<Buffer> {
  requireAdmin(gateway.adminKey, headers);
  const { bodyTimeoutMs } = gateway.config.server;
  const body = await readBody(nodeOf(event).req, { maxBodyBytes, bodyTimeoutMs });
  return body ?? Buffer.alloc(0);
}

function idOf(event: H3Event): string {
  return getRouterParam(event, "id", { decode: true }) ?? "";
}
