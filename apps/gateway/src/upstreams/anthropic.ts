import { basePathOf, getJson, openPool } from "./upstream.ts";
import type { Upstream, UpstreamOptions, UpstreamTraits } from "./upstream.ts";

const VERSION = "2023-06-01";

/** Anthropic's API, or a service that speaks as it does. */
export function openAnthropicUpstream(options: UpstreamOptions, traits: UpstreamTraits): Upstream {
  const pool = openPool(options);
  const basePath = basePathOf(options.baseUrl);
  return {
    name: options.name,
    ...traits,
    dispatch: (request, credential, betas, handler) => {
      const headers: Record<string, string> = {
        ...request.headers,
        // Bytes that are not compressed can be read on the way and are on the wire as soon as they are made.
        "accept-encoding": "identity",
        [credential.name]: credential.value,
      };
      if (betas.length > 0) headers["anthropic-beta"] = withBetas(headers["anthropic-beta"], betas);
      pool.dispatch({ method: "POST", path: basePath + request.path, headers, body: request.body }, handler);
    },
    listModels: (credential, betas, bounds) => {
      const headers: Record<string, string> = { "anthropic-version": VERSION, [credential.name]: credential.value };
      if (betas.length > 0) headers["anthropic-beta"] = betas.join(",");
      return getJson(pool, `${basePath}/v1/models?limit=1000`, headers, bounds);
    },
    close: () => pool.destroy(),
  };
}

function withBetas(sent: string | undefined, betas: readonly string[]): string {
  if (sent === undefined) return betas.join(",");
  const known = new Set(sent.split(",").map((beta) => beta.trim()));
  return [sent, ...betas.filter((beta) => !known.has(beta))].join(",");
}
