import { existsSync, readFileSync } from "node:fs";
import { extname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

import { ConfigError } from "@link-assistant/core";
import { parse as parseYaml } from "yaml";

const FILE_NAMES = ["router.config.yaml", "router.config.yml", "router.config.json", "router.config.ts"] as const;

/**
 * The configuration file: the one named, or the first of `router.config.{yaml,yml,json,ts}` in the directory. No file is an
 * empty configuration; one that is named but cannot be read, or that cannot be parsed, is a `ConfigError`.
 */
export async function readConfigFile(cwd: string, named?: string): Promise<unknown> {
  const found = FILE_NAMES.map((name) => join(cwd, name)).filter((path) => existsSync(path));
  if (named === undefined && found.length > 1) {
    throw new ConfigError([
      `There are ${found.length} configuration files: ${found.join(", ")}. Keep one, or name one with --config.`,
    ]);
  }
  const path = named === undefined ? found[0] : resolve(cwd, named);
  if (path === undefined) return {};
  try {
    return (await READERS[extname(path)]?.(path)) ?? unknownKind(path);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError([`${path}: ${error instanceof Error ? error.message : String(error)}`]);
  }
}

const readYaml = (path: string): unknown => parseYaml(readFileSync(path, "utf8")) ?? {};

const READERS: Readonly<Record<string, (path: string) => unknown>> = {
  ".yaml": readYaml,
  ".yml": readYaml,
  ".json": (path) => JSON.parse(readFileSync(path, "utf8")),
  ".ts": async (path) => {
    const module: { default?: unknown } = await import(pathToFileURL(path).href);
    if (module.default === undefined) throw new ConfigError([`${path}: it has no default export`]);
    return module.default;
  },
};

function unknownKind(path: string): never {
  throw new ConfigError([`${path}: a configuration file ends in ${Object.keys(READERS).join(", ")}`]);
}
