import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";

import { ConfigError, parseConfig } from "@link-assistant/core";
import type { Config } from "@link-assistant/core";

import { isJsonObject } from "../body.ts";
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

/** The configuration with the environment it was read in, `.env` included. */
export interface LoadedConfig {
  readonly config: Config;
  readonly env: Environment;
}

/** Flags before environment before `.env` before the configuration file before defaults. Throws a `ConfigError`. */
export async function loadConfig(places: ConfigPlaces): Promise<LoadedConfig> {
  const env = { ...readDotEnv(places.cwd), ...places.env };
  const file = await readConfigFile(places.cwd, places.file);
  if (!isJsonObject(file)) throw new ConfigError(["configuration: expected an object"]);
  const merged = merge(merge(file, configFromEnvironment(env)), places.flags ?? {});
  return { config: parseConfig(withAccounts(merged, accountsFromEnvironment(env))), env };
}

/** The file's accounts, and after them those of the environment; of one name, the environment's. */
function withAccounts(config: Readonly<Record<string, unknown>>, added: readonly object[]): object {
  const own = config["accounts"] ?? [];
  if (added.length === 0 || !Array.isArray(own)) return config;
  const names = new Set(added.map((account) => nameOf(account)));
  return { ...config, accounts: [...own.filter((account: unknown) => !names.has(nameOf(account))), ...added] };
}

function nameOf(account: unknown): unknown {
  return typeof account === "object" && account !== null && "name" in account ? account.name : undefined;
}

function merge(below: Readonly<Record<string, unknown>>, above: object): Readonly<Record<string, unknown>> {
  const merged: Record<string, unknown> = { ...below };
  for (const [name, value] of Object.entries(above)) {
    const under = merged[name];
    merged[name] = isJsonObject(under) && isJsonObject(value) && !isSecretSource(value) ? merge(under, value) : value;
  }
  return merged;
}

/** `{env}` and `{file}` are one value: half of one and half of another would be neither. */
function isSecretSource(value: Readonly<Record<string, unknown>>): boolean {
  return "env" in value || "file" in value;
}

function readDotEnv(cwd: string): Environment {
  const path = join(cwd, ".env");
  return existsSync(path) ? parseEnv(readFileSync(path, "utf8")) : {};
}
