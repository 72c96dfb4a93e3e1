import type { Dispatcher } from "undici";

import type { CredentialHeader } from "../credentials/credentials.ts";
import type { Call } from "../surfaces/surface.ts";
import { openPool } from "./upstream.ts";
import type { GetBounds, Upstream, UpstreamOptions } from "./upstream.ts";

const VERSION = "2023-06-01";

/** Anthropic's API, or a service that speaks as it does. */
export function openAnthropicUpstream(options: UpstreamOptions): Upstream {
  const { pool, basePath } = openPool(options);
  return {
    dialect: "anthropic-messages",
    dispatch: (call, credential, betas, handler) => {
      pool.dispatch(
        {
          method: "POST",
          path: basePath + call.path + call.query,
          headers: callHeaders(call, credential, betas),
          body: call.body,
        },
        handler,
      );
    },
    getJson: async (path, credential, betas, bounds) => {
      const headers = { accept: "application/json", ...ownHeaders(credential, VERSION, betas) };
      const answer = await pool.request({
        method: "GET",
        path: basePath + path,
        headers,
        headersTimeout: bounds.timeoutMs,
        bodyTimeout: bounds.timeoutMs,
        signal: AbortSignal.timeout(bounds.timeoutMs),
      });
      return readJson(answer, bounds);
    },
    close: () => pool.destroy(),
  };
}

function callHeaders(call: Call, credential: CredentialHeader, betas: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {
    ...call.headers,
    // Bytes that are not compressed can be read on the way and are on the wire as soon as they are made.
    "accept-encoding": "identity",
    [credential.name]: credential.value,
  };
  if (betas.length > 0) headers["anthropic-beta"] = withBetas(headers["anthropic-beta"], betas);
  return headers;
}

function ownHeaders(credential: CredentialHeader, version: string, betas: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = { "anthropic-version": version, [credential.name]: credential.value };
  if (betas.length > 0) headers["anthropic-beta"] = betas.join(",");
  return headers;
}

function withBetas(sent: string | undefined, betas: readonly string[]): string {
  if (sent === undefined) return betas.join(",");
  const known = new Set(sent.split(",").map((beta) => beta.trim()));
  return [sent, ...betas.filter((beta) => !known.has(beta))].join(",");
}

async function readJson(answer: Dispatcher.ResponseData, bounds: GetBounds): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of answer.body) {
    if (!(chunk instanceof Uint8Array)) throw new TypeError("a body of bytes was expected");
    bytes += chunk.length;
    if (bytes > bounds.maxBytes) throw new Error("the answer is too long");
    chunks.push(chunk);
  }
  if (answer.statusCode !== 200) throw new Error(`the upstream answered ${answer.statusCode}`);
  return JSON.parse(Buffer.concat(chunks).toString());
}
