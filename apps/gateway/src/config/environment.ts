import { ConfigError } from "@link-assistant/core";

import { isJsonObject } from "../body.ts";

/** The environment's variables, or what stands for them. */
export type Environment = Readonly<Record<string, string | undefined>>;

type Path = readonly [string, ...string[]];

/** Each variable, the field it sets and how its text is read. */
const VARIABLES: Readonly<
  Record<string, { readonly path: Path; readonly read: (text: string, name: string) => unknown }>
> = {
  ROUTER_HOST: { path: ["server", "host"], read: asText },
  ROUTER_PORT: { path: ["server", "port"], read: asInteger },
  TOKEN_SECRET: { path: ["tokens", "secret"], read: asText },
  TOKEN_ADMIN_KEY: { path: ["tokens", "adminKey"], read: asText },
  UPSTREAM_BASE_URL: { path: ["upstreams", "anthropic", "baseUrl"], read: asText },
  DATABASE_URL: { path: ["databaseUrl"], read: asText },
  REDIS_URL: { path: ["redisUrl"], read: asText },
  DATA_DIR: { path: ["dataDir"], read: asText },
  DISABLE_ANTHROPIC_API: { path: ["surfaces", "anthropic"], read: asInverted },
  DISABLE_OPENAI_API: { path: ["surfaces", "openai"], read: asInverted },
  DISABLE_METRICS: { path: ["metrics", "enabled"], read: asInverted },
  VERBOSE: { path: ["verbose"], read: asBoolean },
};

/** The part of the configuration that the environment sets. */
export function configFromEnvironment(env: Environment): Record<string, unknown> {
  const config: Record<string, unknown> = {};
  for (const [name, { path, read }] of Object.entries(VARIABLES)) {
    const text = env[name];
    if (text !== undefined) setAt(config, path, read(text, name));
  }
  return config;
}

/** The accounts that the environment makes. */
export function accountsFromEnvironment(env: Environment): Readonly<Record<string, unknown>>[] {
  const {
    CLAUDE_CODE_HOME: home,
    ADDITIONAL_ACCOUNT_DIRS: more = "",
    ANTHROPIC_API_KEY: key,
    OPENAI_API_KEY: openai,
  } = env;
  const directories = more.split(",").map((part) => part.trim());
  return [
    ...(home === undefined ? [] : [directoryAccount("primary", home)]),
    ...directories.filter((part) => part !== "").map((part, index) => directoryAccount(`account-${index + 1}`, part)),
    ...(key === undefined ? [] : [{ name: "anthropic", kind: "api-key", key }]),
    ...(openai === undefined ? [] : [{ name: "openai", upstream: "openai", kind: "api-key", key: openai }]),
  ];
}

function directoryAccount(name: string, directory: string): Readonly<Record<string, unknown>> {
  return { name, kind: "credentials-dir", directory };
}

function setAt(config: Record<string, unknown>, [head, ...rest]: Path, value: unknown): void {
  const [next, ...further] = rest;
  if (next === undefined) {
    config[head] = value;
    return;
  }
  const under = config[head];
  const inner: Record<string, unknown> = isJsonObject(under) ? { ...under } : {};
  setAt(inner, [next, ...further], value);
  config[head] = inner;
}

function asText(text: string): string {
  return text;
}

function asInteger(text: string, name: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new ConfigError([`${name}: expected a whole number`]);
}

const BOOLEANS: Readonly<Record<string, boolean>> = {
  "1": true,
  true: true,
  yes: true,
  on: true,
  "0": false,
  false: false,
  no: false,
  off: false,
};

function asBoolean(text: string, name: string): boolean {
  const key = text.toLowerCase();
  const value = Object.hasOwn(BOOLEANS, key) ? BOOLEANS[key] : undefined;
  if (value === undefined) throw new ConfigError([`${name}: expected one of ${Object.keys(BOOLEANS).join(", ")}`]);
  return value;
}

function asInverted(text: string, name: string): boolean {
  return !asBoolean(text, name);
}
