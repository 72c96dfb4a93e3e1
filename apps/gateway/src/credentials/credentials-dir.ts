import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";

import { isJsonObject } from "../body.ts";
import { errorCode } from "../error-code.ts";
import type { Credential, CredentialHeader } from "./credentials.ts";

/** Files that may hold a token; the first that does counts. */
const FILE_NAMES = ["credentials.json", ".credentials.json", "auth.json", "oauth.json", "config.json"] as const;
const TOKEN_FIELDS = ["accessToken", "access_token", "oauthToken", "oauth_token"] as const;
const NESTED_FIELD = "claudeAiOauth";
const MAX_FILE_BYTES = 1_048_576;
const POLL_MS = 1000;

/** What a credentials directory is watched for. */
export interface CredentialsDirOptions {
  readonly directory: string;
  readonly betas: readonly string[];
  /** Called after a new credential was read. */
  readonly onChange: () => void;
  /** Called once with each reason why no credential can be read; names the file but no path and no content. */
  readonly onProblem: (reason: string) => void;
}

/** What was found: a token, or why there is none. */
type Found = { readonly token: string } | { readonly problem: string };

/** A credential read from a directory, and read again every second: a look takes some ten microseconds and misses nothing. */
export function watchCredentialsDir(options: CredentialsDirOptions): Credential {
  let header: CredentialHeader | undefined;
  let problem: string | undefined;
  const read = (): void => {
    const found = readCredentialsDir(options.directory);
    if ("problem" in found) {
      header = undefined;
      if (problem !== found.problem) options.onProblem((problem = found.problem));
      return;
    }
    problem = undefined;
    const value = `Bearer ${found.token}`;
    if (header?.value === value) return;
    header = { name: "authorization", value };
    options.onChange();
  };
  read();
  const timer = setInterval(read, POLL_MS).unref();
  const renewed = (refused: CredentialHeader): CredentialHeader | undefined => {
    if (header?.value === refused.value) read();
    return header?.value === refused.value ? undefined : header;
  };
  return { header: () => header, renewed, betas: options.betas, close: () => clearInterval(timer) };
}

/** The access token in a credentials directory, or what is wrong with the first file that could hold it. */
function readCredentialsDir(directory: string): Found {
  let problem: string | undefined;
  for (const name of FILE_NAMES) {
    const found = readCredentials(join(directory, name));
    if (found === undefined) continue;
    if ("token" in found) return found;
    problem ??= `${name} ${found.problem}`;
  }
  return { problem: problem ?? `there is none of ${FILE_NAMES.join(", ")}` };
}

/** What a file holds; `undefined` when there is none. */
function readCredentials(path: string): Found | undefined {
  try {
    const stat = statSync(path);
    if (!stat.isFile()) return { problem: "is not a file" };
    if (stat.size > MAX_FILE_BYTES) return { problem: `is larger than ${MAX_FILE_BYTES} bytes` };
    return tokenIn(readFileSync(path, "utf8"));
  } catch (error) {
    return errorCode(error) === "ENOENT" ? undefined : { problem: `cannot be read (${errorCode(error)})` };
  }
}

function tokenIn(text: string): Found {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { problem: "is not JSON" };
  }
  const holders = isJsonObject(value) ? [value, value[NESTED_FIELD]].filter(isJsonObject) : [];
  const token = holders.flatMap((holder) => TOKEN_FIELDS.map((field) => holder[field])).find(isToken);
  return token === undefined ? { problem: `holds no token in ${TOKEN_FIELDS.join(", ")}` } : { token };
}

/** What could not stand in a header could not be a token either. */
function isToken(value: unknown): value is string {
  return typeof value === "string" && /^[\x21-\x7e]+$/.test(value);
}
