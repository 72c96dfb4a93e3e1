import { randomUUID } from "node:crypto";

import { AccountPool, ConfigError, RouteTable } from "@link-assistant/core";
import type { Config, PoolSettings, Prices, Secret, SharedState, TokenRegistry } from "@link-assistant/core";
import { createMetrics } from "@link-assistant/metrics";
import { otlpTarget, settledWithin } from "@link-assistant/metrics/otlp";
import type { Logger } from "pino";

import type { Environment } from "./config/environment.ts";
import { resolveSecret } from "./config/secrets.ts";
import { openCredentials } from "./credentials/credentials.ts";
import type { Credentials, SecretAccount } from "./credentials/credentials.ts";
import type { Gateway } from "./gateway.ts";
import { Generation } from "./generation.ts";
import { HeldAnswers } from "./held-answers.ts";
import { forHeader, openTokens } from "./kept.ts";
import type { Kept } from "./kept.ts";
import { followAccounts, sharePool } from "./known-accounts.ts";
import { createModelCatalogue } from "./models.ts";
import { changesThatNeedARestart } from "./reload.ts";
import { startRetention } from "./retention.ts";
import { createMemoryShared } from "./shared/memory.ts";
import type { SenderResource } from "./telemetry/exporting.ts";
import type { Tracing } from "./telemetry/tracing.ts";
import { kindOf, openUpstreams } from "./upstreams/open-upstreams.ts";

/** Longest wait for the last push of metrics, and of spans, at the end. */
const LAST_PUSH_MS = 3000;
/** How long one call that tries an account after its rest keeps the others away. */
const PROBE_MS = 10_000;

/** A gateway with what changes and ends it. */
export interface StartedGateway {
  /** The gateway as the newest configuration made it. */
  readonly gateway: Gateway;
  readonly generation: Generation;
  /**
   * Takes another configuration: new exchanges have it, those under way keep theirs. A `ConfigError` when it cannot be used, or not
   * without a restart; the old one stays then.
   */
  reload(config: Config, env: Environment): void;
  /** From now on every new exchange is refused. */
  drain(): void;
  /** Writes and pushes what is waiting, and lets go of everything. */
  close(): Promise<void>;
}

/** What all configurations of one process have in common. */
interface Lasting {
  readonly kept: Kept;
  readonly log: Logger;
  readonly pool: AccountPool;
  readonly tokens: TokenRegistry;
  readonly shared: SharedState;
  readonly held: HeldAnswers;
  readonly metrics: Gateway["metrics"];
  readonly tracing: Gateway["tracing"];
  readonly simulated: boolean;
  readonly draining: () => boolean;
  readonly openPrices: (overrides: Config["prices"]) => Prices;
}

/** Puts a gateway together. Throws a `ConfigError` for a credential that cannot be read. */
export async function startGateway(
  config: Config,
  env: Environment,
  kept: Kept,
  log: Logger,
  simulated = false,
): Promise<StartedGateway> {
  const shared = await openShared(config, env, kept, log);
  const states = shared.accountStates ?? kept.store.accountStates;
  const pool = new AccountPool(config.accounts, poolSettings(config), sharePool(states, shared.bindings, log));
  const metrics = createMetrics({ env, onExportError: (problem) => log.warn(problem) });
  const tracing = await openTracing(env, metrics.resource, log);
  const tokens = await openTokens(kept);
  // The catalogue is large, and only a running gateway needs it.
  const { openPrices } = await import("./prices/prices.ts");
  let draining = false;
  const held = new HeldAnswers(shared.bindings);
  const lasting: Lasting = {
    kept,
    log,
    pool,
    tokens,
    shared,
    held,
    metrics,
    tracing,
    openPrices,
    simulated,
    draining: () => draining,
  };
  let generation = openGeneration(config, env, lasting);
  observeGauges(metrics, pool, kept);
  const unfollow = await followAccounts(pool, states, shared.bindings);
  const stopRetention = startRetention(kept.store.ledger, () => generation.gateway.config.ledger.retentionDays, log);
  return {
    get gateway() {
      return generation.gateway;
    },
    get generation() {
      return generation;
    },
    reload: (next, nextEnv) => {
      const before = generation;
      const fixed = changesThatNeedARestart(before.gateway.config, next);
      if (fixed.length > 0) throw new ConfigError(fixed);
      generation = openGeneration(next, nextEnv, lasting);
      pool.configure(next.accounts, poolSettings(next));
      before.retire().catch((error: unknown) => log.error({ err: error }, "the old configuration did not let go"));
    },
    drain: () => {
      draining = true;
    },
    close: async () => {
      stopRetention();
      unfollow();
      await close(lasting, generation);
    },
  };
}

async function close({ kept, log, tokens, shared, metrics, tracing }: Lasting, last: Generation): Promise<void> {
  tokens.close();
  await kept.store.ledger.flush().catch((error: unknown) => log.error({ err: error }, "the ledger was not written"));
  await Promise.all([
    last.release(),
    shared.close().then(() => kept.store.close()),
    metrics.shutdown(LAST_PUSH_MS),
    lastPush(tracing),
  ]);
}

function observeGauges(metrics: Gateway["metrics"], pool: AccountPool, { store }: Kept): void {
  metrics.observe({
    accountStates: () =>
      pool.view(Date.now()).map(({ account, state }) => ({ account: account.name, state: state.kind })),
    ledgerQueueDepth: () => store.ledger.waiting,
    process: true,
  });
}

/** Tracing, if the environment asks for it. What it takes is loaded for it only. */
async function openTracing(env: Environment, resource: SenderResource, log: Logger): Promise<Tracing | undefined> {
  const target = otlpTarget(env, "TRACES");
  if (target === undefined) return undefined;
  const { startTracing } = await import("./telemetry/tracing.ts");
  return startTracing(target, env, { resource, tell: (problem) => log.warn(problem) });
}

async function lastPush(tracing: Tracing | undefined): Promise<void> {
  // A push that fails was told of.
  if (tracing !== undefined) await settledWithin(LAST_PUSH_MS, tracing.shutdown());
}

/** Everything that one configuration says. Nothing of it is in force before all of it has proved to be usable. */
function openGeneration(config: Config, env: Environment, lasting: Lasting): Generation {
  const { kept, pool, held, shared, openPrices, ...common } = lasting;
  const credentials = openAccounts(config, env, lasting);
  const upstreams = openUpstreams(config);
  const routes = new RouteTable(config.routes, [...upstreams.values()]);
  const gateway: Gateway = {
    ...common,
    config,
    pool,
    held,
    shared,
    credentials,
    upstreams,
    routes,
    models: createModelCatalogue({ upstreams, pool, credentials, aliases: config.routes, routes, now: Date.now }),
    prices: openPrices(config.prices),
    namedModels: namedModels(config),
    store: kept.store,
    adminKey: kept.adminKey,
    now: Date.now,
    newId: () => `req_${randomUUID()}`,
  };
  return new Generation(gateway, async () => {
    credentials.close();
    await Promise.all([...upstreams.values()].map((upstream) => upstream.close()));
  });
}

function namedModels({ routes, upstreams }: Config): ReadonlySet<string> {
  const names = [
    ...routes.flatMap(({ model, to }) => [model, ...to.map((target) => target.model ?? model)]),
    ...Object.values(upstreams.services).flatMap(({ models = [] }) => models),
  ];
  return new Set(names.filter((name) => !name.includes("*")));
}

/** What replicas share: by Redis where there is one. Its driver is loaded for it only. */
export async function openShared(config: Config, env: Environment, { store }: Kept, log: Logger): Promise<SharedState> {
  const usedBefore = async (tokenId: string, sinceMs: number): Promise<{ requests: number; nanoUsd: number }> =>
    store.ledger.spending(tokenId, sinceMs);
  if (config.redisUrl === undefined)
    return createMemoryShared({ usedBefore, now: Date.now, whenDown: config.limits.whenDown });
  const { openRedisShared } = await import("./shared/redis.ts");
  return openRedisShared({
    url: resolveSecret(config.redisUrl, "redisUrl", env).reveal(),
    usedBefore,
    now: Date.now,
    leaseMs: config.limits.leaseMs,
    whenDown: config.limits.whenDown,
    onError: (problem) => log.error(problem),
  });
}

function poolSettings({ routing }: Config): PoolSettings {
  return {
    strategy: routing.strategy,
    affinityTtlMs: routing.affinityTtlMs,
    baseMs: routing.cooldownBaseMs,
    maxMs: routing.cooldownMaxMs,
    failuresBeforeRest: routing.failuresBeforeRest,
    brokenMs: routing.brokenRetryMs,
    probeMs: PROBE_MS,
  };
}

/** Opens the accounts' credentials; every one must be readable at the start. */
function openAccounts(config: Config, env: Environment, { pool, log }: Lasting): Credentials {
  const problems: string[] = [];
  let starting = true;
  const credentials = openCredentials(config.accounts, {
    secretOf: (account) => accountSecret(account, config.accounts.indexOf(account), env),
    takesApiKeys: ({ upstream }) => kindOf(upstream, config.upstreams) === "anthropic",
    onChange: (account) => {
      if (starting || !pool.has(account)) return;
      pool.reset(account, Date.now());
      log.info({ account }, "the account's credential was replaced");
    },
    onProblem: (account, reason) => {
      if (starting) problems.push(`accounts.${account}: its credential cannot be read: ${reason}`);
      else log.error({ account, reason }, "the account's credential cannot be read");
    },
  });
  starting = false;
  if (problems.length === 0) return credentials;
  credentials.close();
  throw new ConfigError(problems);
}

/** The secret of an account, fit to stand in a header. */
export function accountSecret(account: SecretAccount, index: number, env: Environment): Secret {
  const [field, source] =
    account.kind === "api-key" ? (["key", account.key] as const) : (["token", account.token] as const);
  return forHeader(resolveSecret(source, `accounts[${index}].${field}`, env), `accounts[${index}].${field}`);
}
