import { basePathOf, getJson, openPool } from "./upstream.ts";
import type { Upstream, UpstreamOptions, UpstreamTraits } from "./upstream.ts";

/** OpenAI's APIs, or a service that speaks one of them. Keys and tokens alike are sent as bearer tokens. */
export function openOpenaiUpstream(options: UpstreamOptions, traits: UpstreamTraits): Upstream {
  const pool = openPool(options);
  const basePath = basePathOf(options.baseUrl);
  return {
    name: options.name,
    ...traits,
    dispatch: ({ path, headers, body }, credential, _betas, handler) => {
      const sent = { ...headers, "accept-encoding": "identity", [credential.name]: credential.value };
      pool.dispatch({ method: "POST", path: basePath + path, headers: sent, body }, handler);
    },
    listModels: (credential, _betas, bounds) =>
      getJson(pool, `${basePath}/v1/models`, { [credential.name]: credential.value }, bounds),
    close: () => pool.destroy(),
  };
}
