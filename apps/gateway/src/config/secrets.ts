import { randomBytes, randomUUID } from "node:crypto";
import { chmodSync, existsSync, linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

import { ConfigError, Secret } from "@link-assistant/core";
import type { SecretSource } from "@link-assistant/core";

import { errorCode } from "../error-code.ts";
import type { Environment } from "./environment.ts";

/** The secret behind a field, or a `ConfigError` that names the field and says what is missing. */
export function resolveSecret(source: SecretSource, field: string, env: Environment): Secret {
  if (typeof source === "string") return new Secret(source);
  if ("env" in source) {
    const text = env[source.env];
    if (text === undefined || text === "")
      throw new ConfigError([`${field}: the environment variable ${source.env} is not set`]);
    return new Secret(text);
  }
  const text = readSecretFile(source.file, field).trim();
  if (text === "") throw new ConfigError([`${field}: the file ${source.file} is empty`]);
  return new Secret(text);
}

function readSecretFile(path: string, field: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new ConfigError([`${field}: the file ${path} cannot be read (${errorCode(error)})`]);
  }
}

/** Where data is kept when the configuration names no place. */
export function defaultDataDir(env: Environment): string {
  const base = env["XDG_DATA_HOME"] || join(env["HOME"] || homedir(), ".local", "share");
  return join(base, "link-assistant-router");
}

/** Makes the data directory, for its owner alone. Throws a `ConfigError` when it cannot be used. */
export function openDataDir(path: string): string {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    return path;
  } catch (error) {
    throw new ConfigError([
      `dataDir: the directory ${path} cannot be made (${errorCode(error)}); set DATA_DIR to one that the gateway may write to`,
    ]);
  }
}

/** A secret kept in the data directory: read, or made now. Nobody but its owner can read it afterwards. */
export function keptSecret(dataDir: string, name: string): { readonly secret: Secret; readonly made: boolean } {
  const path = join(dataDir, name);
  try {
    const made = !existsSync(path) && writeNew(path, `${randomBytes(32).toString("base64url")}\n`);
    if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600);
    return { secret: resolveSecret({ file: path }, name, {}), made };
  } catch (error) {
    throw error instanceof ConfigError ? error : unusable(path, error);
  }
}

/**
 * Whether this call made the file. It appears whole or not at all, and never over one that is there: of two starts at once
 * one makes it and the other reads it.
 */
function writeNew(path: string, text: string): boolean {
  const draft = `${path}.${randomUUID()}`;
  try {
    writeFileSync(draft, text, { flag: "wx", mode: 0o600, flush: true });
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function unusable(path: string, error: unknown): ConfigError {
  return new ConfigError([
    `dataDir: ${path} cannot be written (${errorCode(error)}); set DATA_DIR to a directory the gateway may write to`,
  ]);
}
