import type { Capability, DialectId } from "@link-assistant/translator";
import { Pool } from "undici";
import type { Dispatcher } from "undici";

import type { CredentialHeader } from "../credentials/credentials.ts";

/** A request as it goes to an upstream. */
export interface UpstreamRequest {
  /** The path below the upstream's base, with its query. */
  readonly path: string;
  readonly body: Buffer | string;
  /** Lower-case names; the credential is added. */
  readonly headers: Readonly<Record<string, string>>;
}

/** A service that is called, with its connections. */
export interface Upstream {
  readonly name: string;
  /** The dialects it speaks; the first is the one to translate into. */
  readonly dialects: readonly DialectId[];
  /** What the translator knows its quirks by. */
  readonly quirks: string;
  /** The models it serves, as patterns. */
  readonly models: readonly string[];
  /** Whether the operator has named its models, so that it is asked for no other. */
  readonly closed: boolean;
  /** What is known of its models beyond their names. */
  readonly capability?: Partial<Capability>;
  /** Sends the request; what comes back goes to the handler as it comes. */
  dispatch(
    request: UpstreamRequest,
    credential: CredentialHeader,
    betas: readonly string[],
    handler: Dispatcher.DispatchHandler,
  ): void;
  /** The models it lists, at most `maxBytes` and within `timeoutMs`; rejects when they cannot be had. */
  listModels(credential: CredentialHeader, betas: readonly string[], bounds: GetBounds): Promise<unknown>;
  close(): Promise<void>;
}

/** What the configuration, and its kind, say of an upstream. */
export type UpstreamTraits = Pick<Upstream, "dialects" | "quirks" | "models" | "closed" | "capability">;

/** Bounds of a small request of the gateway's own. */
export interface GetBounds {
  readonly maxBytes: number;
  readonly timeoutMs: number;
}

/** An upstream's answer that is not of status 200. */
export class AnswerError extends Error {
  override readonly name = "AnswerError";
  /** HTTP status. */
  readonly status: number;

  constructor(status: number) {
    super(`the upstream answered ${status}`);
    this.status = status;
  }
}

/** How an upstream is reached. */
export interface UpstreamOptions {
  readonly name: string;
  readonly baseUrl: string;
  readonly connectTimeoutMs: number;
  readonly firstByteTimeoutMs: number;
  readonly idleTimeoutMs: number;
}

/** Where paths such as `/v1/models` lie: below the base URL, which people write with its `/v1` or without. */
export function basePathOf(baseUrl: string): string {
  return new URL(baseUrl).pathname.replace(/\/+$/, "").replace(/\/v1$/, "");
}

/** Opens connections of HTTP/1.1: each stream has its own, so none waits for another's lost packet. */
export function openPool(options: UpstreamOptions): Pool {
  return new Pool(new URL(options.baseUrl).origin, {
    allowH2: false,
    connect: { timeout: options.connectTimeoutMs },
    headersTimeout: options.firstByteTimeoutMs,
    bodyTimeout: options.idleTimeoutMs,
    maxHeaderSize: 65_536,
  });
}

/** Asks for a small JSON document. Rejects when it is too long or late, and with an `AnswerError` when its status is not 200. */
export async function getJson(
  pool: Pool,
  path: string,
  headers: Readonly<Record<string, string>>,
  bounds: GetBounds,
): Promise<unknown> {
  const answer = await pool.request({
    method: "GET",
    path,
    headers: { accept: "application/json", ...headers },
    headersTimeout: bounds.timeoutMs,
    bodyTimeout: bounds.timeoutMs,
    signal: AbortSignal.timeout(bounds.timeoutMs),
  });
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of answer.body) {
    if (!(chunk instanceof Uint8Array)) throw new TypeError("a body of bytes was expected");
    bytes += chunk.length;
    if (bytes > bounds.maxBytes) throw new Error("the answer is too long");
    chunks.push(chunk);
  }
  if (answer.statusCode !== 200) throw new AnswerError(answer.statusCode);
  return JSON.parse(Buffer.concat(chunks).toString());
}
