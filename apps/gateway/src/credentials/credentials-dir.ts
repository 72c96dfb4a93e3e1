import { readFileSync, statSync, unwatchFile, watchFile } from "node:fs";
import { join } from "node:path";

import { isJsonObject } from "../body.ts";
import type { Credential, CredentialHeader } from "./credentials.ts";

/** Files that may hold a credential, the first that exists counts. */
const FILE_NAMES = ["credentials.json", ".credentials.json", "auth.json", "oauth.json", "config.json"] as const;
const TOKEN_FIELDS = ["accessToken", "access_token", "oauthToken", "oauth_token"] as const;
const NESTED_FIELD = "claudeAiOauth";
const MAX_FILE_BYTES = 1_048_576;
const POLL_MS = 1000;

/** What a credentials directory is watched with. */
export interface CredentialsDirOptions {
  readonly directory: string;
  readonly betas: readonly string[];
  /** Called after a new credential was read. */
  readonly onChange: () => void;
  /** Called with why no credential could be read; names the file's name but no path and no content. */
  readonly onProblem: (reason: string) => void;
}

/** A credential read from a directory, and read again within a second after a file there changed. */
export function watchCredentialsDir(options: CredentialsDirOptions): Credential {
  let header: CredentialHeader | undefined;
  const read = (): void => {
    const found = readCredentialsDir(options.directory);
    if ("problem" in found) {
      header = undefined;
      options.onProblem(found.problem);
      return;
    }
    const value = `Bearer ${found.token}`;
    if (header?.value === value) return;
    header = { name: "authorization", value };
    options.onChange();
  };
  const paths = FILE_NAMES.map((name) => join(options.directory, name));
  for (const path of paths) watchFile(path, { interval: POLL_MS, persistent: false }, read);
  read();
  return {
    header: () => header,
    betas: options.betas,
    close: () => {
      for (const path of paths) unwatchFile(path, read);
    },
  };
}

/** The access token in a credentials directory, or why there is none. */
export function readCredentialsDir(directory: string): { readonly token: string } | { readonly problem: string } {
  let problem: string | undefined;
  for (const name of FILE_NAMES) {
    const text = readBounded(join(directory, name));
    if (text === undefined) continue;
    const token = "text" in text ? tokenIn(text.text) : undefined;
    if (token !== undefined) return { token };
    problem ??= `${name} ${"problem" in text ? text.problem : `holds none of ${TOKEN_FIELDS.join(", ")}`}`;
  }
  return { problem: problem ?? `there is none of ${FILE_NAMES.join(", ")}` };
}

function readBounded(path: string): { readonly text: string } | { readonly problem: string } | undefined {
  try {
    const { size } = statSync(path);
    if (size > MAX_FILE_BYTES) return { problem: `is larger than ${MAX_FILE_BYTES} bytes` };
    return { text: readFileSync(path, "utf8") };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown reason";
    return code === "ENOENT" ? undefined : { problem: `cannot be read (${code})` };
  }
}

function tokenIn(text: string): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isJsonObject(value)) return undefined;
  for (const holder of [value, value[NESTED_FIELD]]) {
    if (!isJsonObject(holder)) continue;
    for (const field of TOKEN_FIELDS) {
      const token = holder[field];
      // What could not stand in a header could not be a token either.
      if (typeof token === "string" && /^[\x21-\x7e]+$/.test(token)) return token;
    }
  }
  return undefined;
}
