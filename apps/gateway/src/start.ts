import { randomBytes, randomUUID } from "node:crypto";
import { join } from "node:path";

import { AccountPool, ConfigError, RouteTable, Secret, TokenRegistry } from "@link-assistant/core";
import type { Config, SecretSource, Store } from "@link-assistant/core";
import { createMetrics } from "@link-assistant/metrics";
import type { Logger } from "pino";

import type { Environment } from "./config/environment.ts";
import { defaultDataDir, keptSecret, openDataDir, resolveSecret } from "./config/secrets.ts";
import { openCredentials } from "./credentials/credentials.ts";
import type { Credentials, SecretAccount } from "./credentials/credentials.ts";
import type { Gateway } from "./gateway.ts";
import { HeldAnswers } from "./held-answers.ts";
import { createModelCatalogue } from "./models.ts";
import { createMemoryStore } from "./stores/memory.ts";
import { openSqliteStore } from "./stores/sqlite.ts";
import { kindOf, openUpstreams } from "./upstreams/open-upstreams.ts";

/** Longest wait for the last push of metrics at the end. */
const METRICS_DEADLINE_MS = 3000;

/** What a gateway keeps from one start to the next. */
export interface Kept {
  readonly store: Store;
  readonly tokenSecret: Secret;
  readonly adminKey: Secret;
  /** Whether the admin key was made just now, and so has to be shown. */
  readonly adminKeyMade: boolean;
  /** Where it is kept; `undefined` when nothing outlives the process. */
  readonly dataDir: string | undefined;
}

/** Opens what is kept: secrets and store. With `inMemory` nothing outlives the process. */
export function openKept(config: Config, env: Environment, log: Logger, inMemory = false): Kept {
  const dataDir = inMemory ? undefined : openDataDir(config.dataDir ?? defaultDataDir(env));
  const secretOf = (
    source: SecretSource | undefined,
    field: string,
    file: string,
  ): { secret: Secret; made: boolean } => {
    if (source !== undefined) return { secret: resolveSecret(source, field, env), made: false };
    if (dataDir !== undefined) return keptSecret(dataDir, file);
    return { secret: new Secret(randomBytes(32).toString("base64url")), made: true };
  };
  const tokenSecret = secretOf(config.tokens.secret, "tokens.secret", "token-secret").secret;
  const adminKey = secretOf(config.tokens.adminKey, "tokens.adminKey", "admin-key");
  forHeader(adminKey.secret, "tokens.adminKey");
  const store =
    dataDir === undefined
      ? createMemoryStore()
      : openSqliteStore({ path: join(dataDir, "router.sqlite"), onError: (problem) => log.error(problem) });
  return { store, tokenSecret, adminKey: adminKey.secret, adminKeyMade: adminKey.made, dataDir };
}

/** The router tokens that are kept. */
export function openTokens(kept: Kept): Promise<TokenRegistry> {
  return TokenRegistry.open(kept.store.tokens, kept.tokenSecret, { now: Date.now, newId: randomUUID });
}

/** A gateway with what ends it. */
export interface StartedGateway {
  readonly gateway: Gateway;
  /** From now on every new exchange is refused. */
  drain(): void;
  /** Writes and pushes what is waiting, and lets go of everything. */
  close(): Promise<void>;
}

/** Puts a gateway together. Throws a `ConfigError` for a credential that cannot be read. */
export async function startGateway(config: Config, env: Environment, kept: Kept, log: Logger): Promise<StartedGateway> {
  const pool = new AccountPool(config.accounts, config.routing.strategy, {
    baseMs: config.routing.cooldownBaseMs,
    maxMs: config.routing.cooldownMaxMs,
    failuresBeforeRest: config.routing.failuresBeforeRest,
  });
  const credentials = openAccounts(config, env, pool, log);
  const upstreams = openUpstreams(config);
  const routes = new RouteTable(config.routes, [...upstreams.values()]);
  const metrics = createMetrics({ env, onExportError: (problem) => log.warn(problem) });
  const tokens = await openTokens(kept);
  let draining = false;
  const gateway: Gateway = {
    config,
    pool,
    credentials,
    upstreams,
    routes,
    held: new HeldAnswers(),
    models: createModelCatalogue({ upstreams, pool, credentials, aliases: config.routes, routes, now: Date.now }),
    tokens,
    store: kept.store,
    metrics,
    adminKey: kept.adminKey,
    log,
    now: Date.now,
    newId: () => `req_${randomUUID()}`,
    draining: () => draining,
  };
  return {
    gateway,
    drain: () => {
      draining = true;
    },
    close: async () => {
      tokens.close();
      credentials.close();
      await kept.store.ledger.flush();
      const closing = [...upstreams.values()].map((upstream) => upstream.close());
      await Promise.all([kept.store.close(), ...closing, metrics.shutdown(METRICS_DEADLINE_MS)]);
    },
  };
}

/** Opens the accounts' credentials; every one must be readable at the start. */
function openAccounts(config: Config, env: Environment, pool: AccountPool, log: Logger): Credentials {
  const problems: string[] = [];
  let starting = true;
  const credentials = openCredentials(config.accounts, {
    secretOf: (account) => accountSecret(account, config.accounts.indexOf(account), env),
    takesApiKeys: ({ upstream }) => kindOf(upstream, config.upstreams) === "anthropic",
    onChange: (account) => {
      if (starting) return;
      pool.reset(account);
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

/** The secret, if a header can carry it; else a `ConfigError` that names its field. */
function forHeader(secret: Secret, field: string): Secret {
  if (/^[\x21-\x7e]+$/.test(secret.reveal())) return secret;
  throw new ConfigError([`${field}: expected visible ASCII characters, as a header can carry them`]);
}
