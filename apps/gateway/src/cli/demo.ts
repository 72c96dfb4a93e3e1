import { parseConfig } from "@link-assistant/core";
import type { Config } from "@link-assistant/core";
import { startDemo as startSimulator } from "@link-assistant/testkit";

import type { Gateway } from "../gateway.ts";
import type { CommandContext } from "./context.ts";

/** A simulator that stands where an upstream would. */
export interface Demo {
  /** The configuration with the simulator as its only account. */
  readonly config: Config;
  /** Issues a router token and says what to do with it. `dataDir`: where it is kept, if anywhere. */
  greet(context: CommandContext, url: string, gateway: Gateway, dataDir: string | undefined): Promise<void>;
  close(): Promise<void>;
}

const DEMO_KEY = "sk-ant-simulated";
const MODEL = "claude-sonnet-5-5";

/** Starts the simulator and points the configuration at it. Accounts that are configured are not used. */
export async function startDemo(config: Config): Promise<Demo> {
  const simulator = await startSimulator();
  return {
    config: parseConfig({
      ...config,
      accounts: [{ name: "simulator", kind: "api-key", key: DEMO_KEY }],
      upstreams: { ...config.upstreams, anthropic: { baseUrl: simulator.url } },
    }),
    greet: async (context, url, gateway, dataDir) => {
      const { token } = await gateway.tokens.issue({ label: "demo" });
      gateway.metrics.recordTokenIssued();
      const adminKey = gateway.adminKey.reveal();
      const keeping = dataDir === undefined ? "nothing is kept" : `router tokens are kept in ${dataDir}`;
      context.print({ url, token, admin_key: adminKey }, () => greeting(url, token, adminKey, keeping));
    },
    close: () => simulator.close(),
  };
}

function greeting(url: string, token: string, adminKey: string, keeping: string): string {
  return `Link.Assistant.Router listens on ${url}
DEMO: every answer is simulated. No model is called and ${keeping}.

Router token  ${token}
Admin key     ${adminKey}
Dashboard     ${url}/dashboard

curl
  curl ${url}/v1/messages -H "authorization: Bearer ${token}" -H "content-type: application/json" \\
    -d '{"model":"${MODEL}","max_tokens":256,"messages":[{"role":"user","content":"Hello"}]}'

Claude Code
  ANTHROPIC_BASE_URL=${url} ANTHROPIC_AUTH_TOKEN=${token} claude

Anthropic SDK
  new Anthropic({ baseURL: "${url}", apiKey: "${token}" })

Codex
  ROUTER_TOKEN=${token} codex -c model_provider=router -c model_providers.router.name=router \\
    -c model_providers.router.base_url=${url}/v1 -c model_providers.router.env_key=ROUTER_TOKEN \\
    -c model_providers.router.wire_api=responses

OpenAI SDK
  new OpenAI({ baseURL: "${url}/v1", apiKey: "${token}" })

What was counted
  curl ${url}/v1/usage -H "authorization: Bearer ${adminKey}"
  curl ${url}/metrics  -H "authorization: Bearer ${adminKey}"
`;
}
