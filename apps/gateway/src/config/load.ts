import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";

import { ConfigError, parseConfig } from "@link-assistant/core";
import type { Config } from "@link-assistant/core";

import { isJsonObject } from "../body.ts";
import { errorCode } from "../error-code.ts";
import { accountsFromEnvironment, configFromEnvironment } from "./environment.ts";
import type { Environment } from "./environment.ts";
import { readConfigFile } from "./file.ts";

/** Where a configuration is looked for. */
export interface ConfigPlaces {
  /** The directory of `.env` and of `router.config.*`. */
  readonly cwd: string;
  readonly env: Environment;
  /** The configuration file, when it is named. */
  readonly file?: string;
  /** What flags of the command line set, in the configuration's own shape. */
  readonly flags?: object;
}

/** The configuration with the environment it was read in: `.env` included, empty variables left out. */
export interface LoadedConfig {
  readonly config: Config;
  readonly env: Environment;
}

type Fields = Readonly<Record<string, unknown>>;

/** Flags before environment before `.env` before the configuration file before defaults. Throws a `ConfigError`. */
export async function loadConfig(places: ConfigPlaces): Promise<LoadedConfig> {
  const env = { ...withoutEmpty(readDotEnv(places.cwd)), ...withoutEmpty(places.env) };
  const file = await readConfigFile(places.cwd, places.file);
  if (!isJsonObject(file)) throw new ConfigError(["configuration: expected an object"]);
  const merged = merge(merge(file, configFromEnvironment(env)), places.flags ?? {});
  return { config: parseConfig(withAccounts(merged, accountsFromEnvironment(env))), env };
}

function readDotEnv(cwd: string): Environment {
  const path = join(cwd, ".env");
  if (!existsSync(path)) return {};
  try {
    return parseEnv(readFileSync(path, "utf8"));
  } catch (error) {
    throw new ConfigError([`${path}: it cannot be read (${errorCode(error)})`]);
  }
}

function withoutEmpty(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([, text]) => text !== ""));
}

function merge(below: Fields, above: object): Fields {
  const merged: Record<string, unknown> = { ...below };
  for (const [name, value] of Object.entries(above)) {
    const under = merged[name];
    merged[name] = isJsonObject(under) && isJsonObject(value) ? merge(under, value) : value;
  }
  return merged;
}

/**
 * The file's accounts, and after them those that only the environment names. One that both name stays in its place and
 * takes the environment's fields; its own others stay when it is of the same kind.
 */
function withAccounts(config: Fields, added: readonly Fields[]): Fields {
  const own: unknown = config["accounts"] ?? [];
  if (!Array.isArray(own)) return config;
  const left = new Map(added.map((account) => [account["name"], account]));
  const merged = own.map((account: unknown) => {
    const above = isJsonObject(account) ? left.get(account["name"]) : undefined;
    if (!isJsonObject(account) || above === undefined) return account;
    left.delete(account["name"]);
    return account["kind"] === above["kind"] ? { ...account, ...above } : above;
  });
  return { ...config, accounts: [...merged, ...left.values()] };
}
