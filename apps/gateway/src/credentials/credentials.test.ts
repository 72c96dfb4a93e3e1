import { rmSync } from "node:fs";
import { join } from "node:path";

import { ConfigError, Secret, classify, parseConfig } from "@link-assistant/core";
import type { AccountConfig } from "@link-assistant/core";
import { pino } from "pino";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { openKept } from "../kept.ts";
import { startGateway } from "../start.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { openCredentials } from "./credentials.ts";
import type { CredentialSources } from "./credentials.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] }));
afterEach(() => void vi.useRealTimers());

const SOURCES: CredentialSources = {
  secretOf: ({ name }) => new Secret(`secret-of-${name}`),
  takesApiKeys: ({ upstream }) => upstream === "anthropic",
  onChange: () => {},
  onProblem: () => {},
};

function accounts(...given: readonly object[]): readonly AccountConfig[] {
  return parseConfig({ accounts: given }).accounts;
}

test("each kind is put on a request in its own way", () => {
  using directory = temporaryDirectory();
  directory.write("auth.json", '{"accessToken":"in-file"}');
  const credentials = openCredentials(
    accounts(
      { name: "key", kind: "api-key", key: "k", betas: ["b"] },
      { name: "openai", kind: "api-key", key: "k", upstream: "openai" },
      { name: "bearer", kind: "bearer", token: "t" },
      { name: "dir", kind: "credentials-dir", directory: directory.path },
    ),
    SOURCES,
  );
  expect(credentials.get("key")?.header()).toEqual({ name: "x-api-key", value: "secret-of-key" });
  expect(credentials.get("key")?.betas).toEqual(["b"]);
  expect(credentials.get("openai")?.header()).toEqual({ name: "authorization", value: "Bearer secret-of-openai" });
  expect(credentials.get("bearer")?.header()).toEqual({ name: "authorization", value: "Bearer secret-of-bearer" });
  expect(credentials.get("dir")?.header()).toEqual({ name: "authorization", value: "Bearer in-file" });
  expect(credentials.get("other")).toBeUndefined();
  credentials.close();
});

test("a secret that cannot be had closes what was opened before it", () => {
  using directory = temporaryDirectory();
  directory.write("auth.json", '{"accessToken":"t"}');
  const given = accounts(
    { name: "dir", kind: "credentials-dir", directory: directory.path },
    { name: "key", kind: "api-key", key: "k" },
  );
  const secretOf = (): never => {
    throw new ConfigError(["accounts[1].key: missing"]);
  };
  expect(() => openCredentials(given, { ...SOURCES, secretOf })).toThrow("accounts[1].key: missing");
  expect(vi.getTimerCount()).toBe(0);
});

test("a credential that is replaced ends its account's rest", async () => {
  using directory = temporaryDirectory();
  const path = directory.write("auth.json", '{"accessToken":"sk-first"}');
  const logged: string[] = [];
  const log = pino({}, { write: (line: string) => void logged.push(line) });
  const config = parseConfig({ accounts: [{ name: "dir", kind: "credentials-dir", directory: directory.path }] });
  const started = await startGateway(config, {}, await openKept(config, {}, log, true), log);
  const { gateway } = started;
  gateway.pool.begin("dir", Date.now()).failed(classify({ status: 401 }), Date.now());
  expect(gateway.pool.pick(Date.now())).toEqual([]);

  rmSync(path);
  vi.advanceTimersByTime(1000);
  expect(gateway.credentials.get("dir")?.header()).toBeUndefined();
  expect(gateway.pool.pick(Date.now())).toEqual([]);
  directory.write("credentials.json", '{"accessToken":"sk-second"}');
  vi.advanceTimersByTime(1000);
  expect(gateway.pool.pick(Date.now())).toHaveLength(1);

  await started.close();
  expect(gateway.credentials.get("dir")?.header()?.value).toBe("Bearer sk-second");
  expect(logged.map((line) => JSON.parse(line))).toMatchObject([
    { level: 40, account: "dir", state: "broken", reason: "authentication", msg: "the account rests" },
    { level: 50, account: "dir", reason: expect.stringContaining("there is none of") },
    { level: 30, account: "dir", state: "ready", msg: "the account is well again" },
    { level: 30, account: "dir", msg: "the account's credential was replaced" },
  ]);
  expect(logged.join("")).not.toMatch(/sk-|Bearer/);
});

test("a directory without a credential stops the start, and names its account", async () => {
  using directory = temporaryDirectory();
  const log = pino({ level: "silent" });
  const config = parseConfig({
    accounts: [{ name: "dir", kind: "credentials-dir", directory: join(directory.path, "missing") }],
  });
  await expect(startGateway(config, {}, await openKept(config, {}, log, true), log)).rejects.toThrow(
    new ConfigError([
      "accounts.dir: its credential cannot be read: there is none of credentials.json, .credentials.json, auth.json, oauth.json, config.json",
    ]),
  );
});
