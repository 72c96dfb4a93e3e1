import type { DialectId } from "@link-assistant/translator";
import { Pool } from "undici";
import type { Dispatcher } from "undici";

import type { CredentialHeader } from "../credentials/credentials.ts";
import type { Call } from "../surfaces/surface.ts";

/** A service that is called, with its connections. */
export interface Upstream {
  readonly dialect: DialectId;
  /** Sends the call; what comes back goes to the handler as it comes. */
  dispatch(
    call: Call,
    credential: CredentialHeader,
    betas: readonly string[],
    handler: Dispatcher.DispatchHandler,
  ): void;
  /** Asks for a small JSON document; at most `maxBytes` and `timeoutMs`. `undefined` when it cannot be had. */
  getJson(path: string, credential: CredentialHeader, betas: readonly string[], bounds: GetBounds): Promise<unknown>;
  close(): Promise<void>;
}

/** Bounds of a small request of the gateway's own. */
export interface GetBounds {
  readonly maxBytes: number;
  readonly timeoutMs: number;
}

/** Where an upstream is and how long it may take. */
export interface UpstreamOptions {
  readonly baseUrl: string;
  readonly connectTimeoutMs: number;
  readonly firstByteTimeoutMs: number;
  readonly idleTimeoutMs: number;
}

/** Opens connections of HTTP/1.1: each stream has its own, so none waits for another's lost packet. */
export function openPool(options: UpstreamOptions): { readonly pool: Pool; readonly basePath: string } {
  const url = new URL(options.baseUrl);
  const pool = new Pool(url.origin, {
    allowH2: false,
    connect: { timeout: options.connectTimeoutMs },
    headersTimeout: options.firstByteTimeoutMs,
    bodyTimeout: options.idleTimeoutMs,
    maxHeaderSize: 65_536,
  });
  return { pool, basePath: url.pathname.replace(/\/+$/, "") };
}
