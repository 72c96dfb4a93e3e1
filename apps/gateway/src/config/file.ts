import { existsSync, readFileSync, statSync } from "node:fs";
import { extname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

import { ConfigError } from "@link-assistant/core";
import { parseDocument } from "yaml";

import { errorCode } from "../error-code.ts";

/** Where a configuration file is looked for when none is named. */
const FILE_NAMES = ["router.config.yaml", "router.config.yml", "router.config.json", "router.config.ts"] as const;

/**
 * The configuration file: the one named, or the one of `router.config.{yaml,yml,json,ts}` that is in the directory. No file
 * is an empty configuration. Several of them, one that is named but cannot be read, or one that cannot be parsed, are a
 * `ConfigError`, which shows no word of the file, because secrets may stand anywhere in it.
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
  const read = READERS[extname(path)];
  if (read === undefined)
    throw new ConfigError([`${path}: a configuration file ends in ${Object.keys(READERS).join(", ")}`]);
  return read(path, readText(path));
}

/** The files whose change may change the configuration. */
export function configFiles(cwd: string, named?: string): string[] {
  const files = named === undefined ? FILE_NAMES.map((name) => join(cwd, name)) : [resolve(cwd, named)];
  return [...files, join(cwd, ".env")];
}

/** JSON is YAML, and this reader says in either where it breaks. */
function readYaml(path: string, text: string): unknown {
  const document = parseDocument(text);
  const problems = [...document.errors, ...document.warnings];
  if (problems.length > 0) {
    throw new ConfigError(
      problems.map(({ code, linePos }) => {
        const [at] = linePos ?? [];
        return `${path}, line ${at?.line}, column ${at?.col}: it cannot be read (${code})`;
      }),
    );
  }
  try {
    return document.toJS() ?? {};
  } catch {
    throw new ConfigError([`${path}: it has an alias (\`*…\`) that cannot be resolved`]);
  }
}

async function importModule(path: string): Promise<unknown> {
  let module: { default?: unknown };
  try {
    module = await import(moduleUrl(path));
  } catch (error) {
    // A syntax error quotes what it met; any other message is the file's own or names a module.
    const reason = error instanceof SyntaxError || !(error instanceof Error) ? errorCode(error) : error.message;
    throw new ConfigError([`${path}: it cannot be run: ${reason}; \`node ${path}\` shows where`]);
  }
  if (module.default === undefined) throw new ConfigError([`${path}: it has no default export`]);
  return module.default;
}

/** When each module was changed that was run before. */
const MODULES_RUN = new Map<string, number>();

/** A module is run once under one name; a file that has changed gets another. */
function moduleUrl(path: string): string {
  const { href } = pathToFileURL(path);
  const { mtimeMs } = statSync(path);
  const before = MODULES_RUN.get(path) ?? mtimeMs;
  if (!MODULES_RUN.has(path)) MODULES_RUN.set(path, mtimeMs);
  return before === mtimeMs ? href : `${href}?${mtimeMs}`;
}

const READERS: Readonly<Record<string, (path: string, text: string) => unknown>> = {
  ".yaml": readYaml,
  ".yml": readYaml,
  ".json": readYaml,
  ".ts": importModule,
};

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new ConfigError([`${path}: it cannot be read (${errorCode(error)})`]);
  }
}
