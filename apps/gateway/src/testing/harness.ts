import { parseConfig } from "@link-assistant/core";
import type { Ledger, LedgerEntry, TokenRecord } from "@link-assistant/core";
import { startOpenAiSimulator, startSimulator } from "@link-assistant/testkit";
import type { Simulator, SimulatorOptions } from "@link-assistant/testkit";
import { pino } from "pino";

import { createApp } from "../app.ts";
import type { Environment } from "../config/environment.ts";
import type { Gateway } from "../gateway.ts";
import { listen } from "../server.ts";
import { openKept } from "../kept.ts";
import { startGateway } from "../start.ts";

/** A gateway that runs in this process, in front of a simulator, with nothing kept. */
export interface Harness extends AsyncDisposable {
  readonly url: string;
  /** A router token of scope `inference`. */
  readonly token: string;
  readonly tokenRecord: TokenRecord;
  readonly adminKey: string;
  readonly gateway: Gateway;
  readonly simulator: Simulator;
  /** Lines that were logged. */
  readonly logged: string[];
  /** A request with the router token. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** A request with the admin key. */
  admin(path: string, init?: RequestInit): Promise<Response>;
  /** The ended exchanges, newest first, once there are this many. */
  ledger(count: number): Promise<readonly LedgerEntry[]>;
}

/** What a harness may be given. */
export interface HarnessOptions extends Partial<SimulatorOptions> {
  /** Names of accounts; each has the API key `key-of-NAME`. Default: `primary`. */
  readonly accounts?: readonly string[];
  /**
   * What the simulator plays: Anthropic (the default), OpenAI with both of its APIs, or a local server of an open model that speaks Chat
   * only. Whatever model is asked for goes to `MODELS` of the last two.
   */
  readonly upstream?: HarnessUpstream;
  /** Further configuration. */
  readonly config?: object;
  readonly upstreamConfig?: object;
  /** Takes the place of the store's ledger. */
  readonly ledger?: (ledger: Ledger) => Ledger;
  readonly env?: Environment;
}

/** The upstreams that a harness can put behind its gateway. */
export type HarnessUpstream = "anthropic" | "openai" | "local";

/** The models at the simulated upstreams that are not Anthropic's. */
const MODELS = { openai: "gpt-5.5", local: "local" } as const;

export const MESSAGE: object = {
  model: "claude-sonnet-5-5",
  max_tokens: 256,
  messages: [{ role: "user", content: "Hello" }],
};

export async function startHarness(options: HarnessOptions = {}): Promise<Harness> {
  const {
    accounts = ["primary"],
    config: further = {},
    upstreamConfig = {},
    env = {},
    upstream = "anthropic",
  } = options;
  const simulator = await simulatorFor(upstream, options);
  const config = parseConfig({
    accounts: accounts.map((name) => ({ name, upstream, kind: "api-key", key: `key-of-${name}` })),
    upstreams: { ...upstreamsFor(upstream, simulator.url), ...upstreamConfig },
    ...(upstream !== "anthropic" && { routes: [{ model: "*", to: [{ upstream, model: MODELS[upstream] }] }] }),
    ...further,
    server: { port: 0, ...("server" in further && typeof further.server === "object" ? further.server : {}) },
  });
  const logged: string[] = [];
  const log = pino({ level: "debug" }, { write: (line: string) => void logged.push(line) });
  const opened = await openKept(config, env, log, true);
  const { store } = opened;
  const kept = { ...opened, store: { ...store, ledger: options.ledger?.(store.ledger) ?? store.ledger } };
  const started = await startGateway(config, env, kept, log);
  const { gateway } = started;
  const server = await listen(createApp(started), config.server, gateway.newId);
  const { token, record } = await gateway.tokens.issue({ label: "harness" });
  const fetchWith =
    (credential: string) =>
    (path: string, init: RequestInit = {}): Promise<Response> =>
      fetch(server.url + path, { ...init, headers: { authorization: `Bearer ${credential}`, ...plain(init.headers) } });
  return {
    url: server.url,
    token,
    tokenRecord: record,
    adminKey: kept.adminKey.reveal(),
    gateway,
    simulator,
    logged,
    fetch: fetchWith(token),
    admin: fetchWith(kept.adminKey.reveal()),
    ledger: async (count) => {
      for (;;) {
        const { entries } = await gateway.store.ledger.exchanges({ limit: 1000 });
        if (entries.length >= count) return entries;
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
    [Symbol.asyncDispose]: async () => {
      started.drain();
      await server.close(0);
      await started.close();
      await simulator.close();
    },
  };
}

function simulatorFor(upstream: HarnessUpstream, options: HarnessOptions): Promise<Simulator> {
  const { script = () => ({ blocks: [{ type: "text", text: "Hello to you" }] }) } = options;
  const common = { script, ...(options.credentials !== undefined && { credentials: options.credentials }) };
  // OpenAI does not show what its models think in Chat.
  if (upstream === "openai") return startOpenAiSimulator({ ...common, reasoning: "none" });
  if (upstream === "local") return startOpenAiSimulator({ ...common, dialects: ["openai-chat"] });
  const {
    accounts: _accounts,
    config: _config,
    upstreamConfig: _further,
    ledger: _ledger,
    env: _env,
    upstream: _kind,
    ...simulated
  } = options;
  return startSimulator({ ...simulated, script });
}

function upstreamsFor(upstream: HarnessUpstream, url: string): object {
  if (upstream !== "local") return { [upstream]: { baseUrl: url } };
  return { services: { local: { kind: "openai-compatible", baseUrl: `${url}/v1`, maxOutputTokens: 32_768 } } };
}

/** Posts a Messages call. */
export function post(harness: Harness, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return harness.fetch("/v1/messages", {
    method: "POST",
    headers: { "content-type": "application/json", "anthropic-version": "2023-06-01", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

function plain(headers: RequestInit["headers"]): Record<string, string> {
  return Object.fromEntries(new Headers(headers).entries());
}
