import type { AccountConfig, Secret } from "@link-assistant/core";

import { watchCredentialsDir } from "./credentials-dir.ts";

/** The header that makes an upstream accept a call of an account. */
export interface CredentialHeader {
  readonly name: "x-api-key" | "authorization";
  readonly value: string;
}

/** The secret of one account and how it is put on a request. */
export interface Credential {
  /** The header as of now; `undefined` while the secret cannot be read. */
  header(): CredentialHeader | undefined;
  /** The header after a look at where the secret lies, when it is another one than that; else `undefined`. */
  renewed(refused: CredentialHeader): CredentialHeader | undefined;
  /** What the credential needs in `anthropic-beta`. */
  readonly betas: readonly string[];
  close(): void;
}

/** The credentials of all accounts, by account name. */
export interface Credentials {
  get(account: string): Credential | undefined;
  close(): void;
}

/** An account whose configuration names its secret. */
export type SecretAccount = Exclude<AccountConfig, { kind: "credentials-dir" }>;

/** What the kinds of credential need of their surroundings. */
export interface CredentialSources {
  /** The secret behind a field of the account's configuration. */
  readonly secretOf: (account: SecretAccount) => Secret;
  /** Whether the account's upstream takes API keys as `x-api-key`; else they go as bearer tokens. */
  readonly takesApiKeys: (account: SecretAccount) => boolean;
  /** Called when an account's credential was replaced. */
  readonly onChange: (account: string) => void;
  /** Called once with each reason why a credential cannot be read; holds no secret. */
  readonly onProblem: (account: string, reason: string) => void;
}

/** How a secret that does not change is put on a request. */
const FIXED = {
  "api-key": { name: "x-api-key", prefix: "" },
  bearer: { name: "authorization", prefix: "Bearer " },
} as const;

/** Opens the credentials of all accounts. Throws what `secretOf` throws. */
export function openCredentials(accounts: readonly AccountConfig[], sources: CredentialSources): Credentials {
  const byName = new Map<string, Credential>();
  const close = (): void => {
    for (const credential of byName.values()) credential.close();
  };
  try {
    for (const account of accounts) byName.set(account.name, open(account, sources));
  } catch (error) {
    close();
    throw error;
  }
  return { get: (account) => byName.get(account), close };
}

function open(account: AccountConfig, sources: CredentialSources): Credential {
  if (account.kind === "credentials-dir") {
    return watchCredentialsDir({
      directory: account.directory,
      betas: account.betas,
      onChange: () => sources.onChange(account.name),
      onProblem: (reason) => sources.onProblem(account.name, reason),
    });
  }
  const isKey = account.kind === "api-key" && sources.takesApiKeys(account);
  const { name, prefix } = FIXED[isKey ? "api-key" : "bearer"];
  const read = (): CredentialHeader => ({ name, value: prefix + sources.secretOf(account).reveal() });
  let header = read();
  const renewed = (refused: CredentialHeader): CredentialHeader | undefined => {
    try {
      if (header.value === refused.value) header = read();
    } catch {
      // The secret's file may be away for a moment; the header that was refused stays.
    }
    return header.value === refused.value ? undefined : header;
  };
  return { header: () => header, renewed, betas: account.betas, close: () => {} };
}
