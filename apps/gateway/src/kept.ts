import { randomBytes, randomUUID } from "node:crypto";
import { join } from "node:path";

import { ConfigError, Secret, TokenRegistry } from "@link-assistant/core";
import type { Config, SecretSource, Store } from "@link-assistant/core";
import type { Logger } from "pino";

import type { Environment } from "./config/environment.ts";
import { defaultDataDir, keptSecret, openDataDir, resolveSecret } from "./config/secrets.ts";
import { createMemoryStore } from "./stores/memory.ts";
import { openSqliteStore } from "./stores/sqlite.ts";

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
export async function openKept(config: Config, env: Environment, log: Logger, inMemory = false): Promise<Kept> {
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
  const store = await openStore(config, env, log, dataDir);
  return { store, tokenSecret, adminKey: adminKey.secret, adminKeyMade: adminKey.made, dataDir };
}

/** The engine that the configuration asks for. The driver of PostgreSQL is loaded for PostgreSQL only. */
async function openStore(config: Config, env: Environment, log: Logger, dataDir: string | undefined): Promise<Store> {
  const onError = (problem: string): void => log.error(problem);
  if (dataDir === undefined) return createMemoryStore();
  if (config.databaseUrl === undefined) return openSqliteStore({ path: join(dataDir, "router.sqlite"), onError });
  const { openPostgresStore } = await import("./stores/postgres.ts");
  return openPostgresStore({ url: resolveSecret(config.databaseUrl, "databaseUrl", env).reveal(), onError });
}

/** The router tokens that are kept. */
export function openTokens(kept: Kept): Promise<TokenRegistry> {
  return TokenRegistry.open(kept.store.tokens, kept.tokenSecret, { now: Date.now, newId: randomUUID });
}

/** The secret, if a header can carry it; else a `ConfigError` that names its field. */
export function forHeader(secret: Secret, field: string): Secret {
  if (/^[\x21-\x7e]+$/.test(secret.reveal())) return secret;
  throw new ConfigError([`${field}: expected visible ASCII characters, as a header can carry them`]);
}
