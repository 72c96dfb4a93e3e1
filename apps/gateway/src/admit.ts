import { BlockList, isIPv6 } from "node:net";
import type { IncomingMessage } from "node:http";

import { GatewayError, countedLimits } from "@link-assistant/core";
import type { Demand, LimitName, TokenRecord } from "@link-assistant/core";

import type { Exchange } from "./exchange.ts";
import type { Gateway } from "./gateway.ts";
import { promptTokens } from "./prompt-tokens.ts";
import { firstDestination } from "./route.ts";
import type { Call, SurfaceApi } from "./surfaces/surface.ts";

/** Output tokens of a call that names no bound, where the price catalogue knows none either. */
const USUAL_OUTPUT_TOKENS = 4096;
/** Longest wait that a client is told of. */
const LONGEST_WAIT_SECONDS = 86_400;

/** Lets a token pass that may call this surface from this address; else a fault. */
export function checkPlace(token: TokenRecord, surface: SurfaceApi, req: IncomingMessage, gateway: Gateway): void {
  const { surfaces, addresses } = token.limits;
  if (surfaces !== undefined && !surfaces.includes(surface.id)) throw new GatewayError("surface_not_allowed");
  if (addresses === undefined) return;
  const address = clientAddress(req, rangesOf(gateway.config.server.trustedProxies));
  if (!contains(rangesOf(addresses), address)) throw new GatewayError("address_not_allowed");
}

/** Takes what the call may need of its token's limits; a fault that names the limit when there is not enough left. */
export async function admit(exchange: Exchange, call: Call): Promise<void> {
  const { gateway, token } = exchange;
  if (gateway.store.ledger.failing && gateway.config.ledger.whenDown === "refuse")
    throw new GatewayError("ledger_unavailable");
  if (gateway.store.ledger.waiting >= MAX_WAITING_ROWS) throw new GatewayError("ledger_unavailable");
  const limits = token === undefined ? undefined : countedLimits(token.limits, gateway.now());
  if (token === undefined || limits === undefined) return;
  const demand: Demand = { tokenId: token.id, leaseId: exchange.id, limits, ...needsOf(gateway, call) };
  const admission = await gateway.shared.limits.admit(demand).catch((error: unknown) => {
    gateway.log.error({ err: error }, "the limits of a token could not be asked for");
    throw new GatewayError("limits_unavailable");
  });
  if (admission.kind === "refused") {
    gateway.metrics.recordLimitRejection(admission.limit);
    throw refusal(admission.limit, admission.retryAfterMs);
  }
  exchange.demand = demand;
}

/** Rows that may wait to be written; the store drops what comes beyond 10,000, so no exchange begins that could bring it there. */
const MAX_WAITING_ROWS = 9000;

function refusal(limit: LimitName, retryAfterMs: number | undefined): GatewayError {
  const wait = retryAfterMs === undefined ? undefined : Math.max(1, Math.ceil(retryAfterMs / 1000));
  const spent = limit.startsWith("budget") || limit === "requests_total";
  return new GatewayError(spent ? "budget_exhausted" : "rate_limited", {
    detail: `The limit is \`${limit}\`.`,
    headers: { "x-router-limit": limit },
    ...(wait !== undefined && { retryAfterSeconds: Math.min(wait, LONGEST_WAIT_SECONDS) }),
  });
}

/** Estimates: the prompt's tokens by its length, and the most output that the call allows. */
function needsOf(gateway: Gateway, call: Call): Pick<Demand, "tokens" | "nanoUsd"> {
  if (call.counting) return { tokens: 0, nanoUsd: 0 };
  const query = { ...firstDestination(gateway, call), atMs: gateway.now() };
  const input = promptTokens(call.parsed);
  const output = outputBound(call) ?? USUAL_OUTPUT_TOKENS;
  return { tokens: input + output, nanoUsd: gateway.prices.most(query, { input, output }) };
}

function outputBound({ parsed }: Call): number | undefined {
  for (const name of ["max_tokens", "max_completion_tokens", "max_output_tokens"]) {
    const bound = parsed[name];
    if (typeof bound === "number" && bound > 0) return Math.min(bound, 1_000_000);
  }
  return undefined;
}

/** The client's address: the last one in `x-forwarded-for` that no trusted proxy wrote of another trusted proxy. */
function clientAddress({ socket, headers }: IncomingMessage, trusted: BlockList): string {
  const forwarded = String(headers["x-forwarded-for"] ?? "").split(",");
  let address = plainAddress(socket.remoteAddress ?? "");
  while (contains(trusted, address)) {
    const next = forwarded.pop()?.trim();
    if (next === undefined || next === "") break;
    address = plainAddress(next);
  }
  return address;
}

/** An IPv4 address that came over IPv6, as IPv4. */
function plainAddress(address: string): string {
  return address.startsWith("::ffff:") ? address.slice(7) : address;
}

const RANGES = new WeakMap<readonly string[], BlockList>();

function rangesOf(addresses: readonly string[]): BlockList {
  let ranges = RANGES.get(addresses);
  if (ranges === undefined) {
    ranges = new BlockList();
    for (const entry of addresses) {
      const [net = "", bits] = entry.split("/");
      const family = isIPv6(net) ? "ipv6" : "ipv4";
      if (bits === undefined) ranges.addAddress(net, family);
      else ranges.addSubnet(net, Number(bits), family);
    }
    RANGES.set(addresses, ranges);
  }
  return ranges;
}

function contains(ranges: BlockList, address: string): boolean {
  return ranges.check(address, isIPv6(address) ? "ipv6" : "ipv4");
}
