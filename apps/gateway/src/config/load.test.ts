import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { ConfigError } from "@link-assistant/core";
import type { Config } from "@link-assistant/core";
import { describe, expect, test } from "vitest";

import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { loadConfig } from "./load.ts";
import type { ConfigPlaces } from "./load.ts";

/** What is in the places; the file is YAML, because JSON is that too. */
interface Given {
  readonly flags?: object;
  readonly env?: Readonly<Record<string, string>>;
  readonly dotEnv?: Readonly<Record<string, string>>;
  readonly file?: object;
}

async function load({ flags, env = {}, dotEnv, file }: Given): Promise<Config> {
  using directory = temporaryDirectory();
  if (file !== undefined) directory.write("router.config.yaml", JSON.stringify(file));
  const lines = Object.entries(dotEnv ?? {}).map(([name, text]) => `${name}=${text}\n`);
  if (dotEnv !== undefined) directory.write(".env", lines.join(""));
  const places: ConfigPlaces = { cwd: directory.path, env, ...(flags === undefined ? {} : { flags }) };
  return (await loadConfig(places)).config;
}

async function problemsOf(given: Given): Promise<readonly string[]> {
  const error: unknown = await load(given).catch((thrown: unknown) => thrown);
  if (error instanceof ConfigError) return error.problems;
  throw new Error("expected a refusal", { cause: error });
}

describe("a field that is set at several places has the value of the highest", () => {
  interface Field {
    readonly read: (config: Config) => unknown;
    readonly variable: string;
    /** By default, and as the file, `.env`, the environment and, where there is one, the flag say. */
    readonly values: readonly unknown[];
    readonly file: object;
    readonly texts: readonly [dotEnv: string, env: string];
    readonly flags?: object;
  }
  const FIELDS: readonly Field[] = [
    {
      read: (config) => config.server.host,
      variable: "ROUTER_HOST",
      values: ["127.0.0.1", "10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4"],
      file: { server: { host: "10.0.0.1" } },
      texts: ["10.0.0.2", "10.0.0.3"],
      flags: { server: { host: "10.0.0.4" } },
    },
    {
      read: (config) => config.server.port,
      variable: "ROUTER_PORT",
      values: [8080, 1, 2, 3, 4],
      file: { server: { port: 1 } },
      texts: ["2", "3"],
      flags: { server: { port: 4 } },
    },
    {
      read: (config) => config.dataDir,
      variable: "DATA_DIR",
      values: [undefined, "/file", "/dot-env", "/env", "/flag"],
      file: { dataDir: "/file" },
      texts: ["/dot-env", "/env"],
      flags: { dataDir: "/flag" },
    },
    {
      read: (config) => config.verbose,
      variable: "VERBOSE",
      values: [false, true, false, true, false],
      file: { verbose: true },
      texts: ["false", "true"],
      flags: { verbose: false },
    },
    {
      read: (config) => config.tokens.secret,
      variable: "TOKEN_SECRET",
      values: [undefined, { file: "/secret" }, "b", "c"],
      file: { tokens: { secret: { file: "/secret" } } },
      texts: ["b", "c"],
    },
    {
      read: (config) => config.tokens.adminKey,
      variable: "TOKEN_ADMIN_KEY",
      values: [undefined, "a", "b", "c"],
      file: { tokens: { adminKey: "a" } },
      texts: ["b", "c"],
    },
    {
      read: (config) => config.upstreams.anthropic.baseUrl,
      variable: "UPSTREAM_BASE_URL",
      values: ["https://api.anthropic.com", "http://a", "http://b", "http://c"],
      file: { upstreams: { anthropic: { baseUrl: "http://a" } } },
      texts: ["http://b", "http://c"],
    },
    {
      read: (config) => config.surfaces.anthropic,
      variable: "DISABLE_ANTHROPIC_API",
      values: [true, false, true, false],
      file: { surfaces: { anthropic: false } },
      texts: ["0", "1"],
    },
    {
      read: (config) => config.surfaces.openai,
      variable: "DISABLE_OPENAI_API",
      values: [true, false, true, false],
      file: { surfaces: { openai: false } },
      texts: ["no", "yes"],
    },
    {
      read: (config) => config.metrics.enabled,
      variable: "DISABLE_METRICS",
      values: [true, false, true, false],
      file: { metrics: { enabled: false } },
      texts: ["off", "on"],
    },
  ];

  test.each(FIELDS)("$variable", async ({ read, variable, values, file, texts: [dotEnv, env], flags }) => {
    const layers: Given[] = [{}, { file }, { dotEnv: { [variable]: dotEnv } }, { env: { [variable]: env } }];
    if (flags !== undefined) layers.push({ flags });
    const seen = [];
    for (const count of layers.keys()) seen.push(read(await load(Object.assign({}, ...layers.slice(0, count + 1)))));
    expect(seen).toEqual(values);
  });

  test("and the fields beside it keep theirs", async () => {
    const { server } = await load({
      file: { server: { port: 1, maxBodyBytes: 2048 } },
      dotEnv: { ROUTER_HOST: "10.0.0.1" },
      env: { ROUTER_PORT: "2" },
      flags: { server: { host: "10.0.0.2" } },
    });
    expect(server).toMatchObject({ host: "10.0.0.2", port: 2, maxBodyBytes: 2048, bodyTimeoutMs: 120_000 });
  });
});

test("an empty variable counts as absent, wherever it is", async () => {
  const file = { server: { port: 1 }, verbose: true };
  const empty = {
    ROUTER_PORT: "",
    VERBOSE: "",
    ANTHROPIC_API_KEY: "",
    CLAUDE_CODE_HOME: "",
    ADDITIONAL_ACCOUNT_DIRS: "",
  };
  expect(await load({ file, env: empty })).toMatchObject({ server: { port: 1 }, verbose: true, accounts: [] });
  expect(await load({ file, dotEnv: empty })).toMatchObject({ server: { port: 1 }, verbose: true, accounts: [] });
  expect(await load({ file, dotEnv: { ROUTER_PORT: "2" }, env: empty })).toMatchObject({ server: { port: 2 } });
});

test("the environment comes with the configuration, and .env is in it", async () => {
  using directory = temporaryDirectory();
  directory.write(".env", "A=1\nB=two # not a part of it\nC='$B'\nD=\n");
  const { env } = await loadConfig({ cwd: directory.path, env: { A: "above", D: "", E: "" } });
  expect(env).toEqual({ A: "above", B: "two", C: "$B" });
});

describe("accounts", () => {
  const KEY = {
    name: "anthropic",
    kind: "api-key",
    key: "sk-env",
    priority: 0,
    weight: 1,
    betas: [],
    upstream: "anthropic",
  };

  test("of the environment have the names that they always had", async () => {
    const env = { ANTHROPIC_API_KEY: "sk-env", CLAUDE_CODE_HOME: "/home", ADDITIONAL_ACCOUNT_DIRS: " /a,,/b , /c " };
    const { accounts } = await load({ env });
    expect(accounts).toMatchObject([
      { name: "primary", kind: "credentials-dir", directory: "/home" },
      { name: "account-1", kind: "credentials-dir", directory: "/a" },
      { name: "account-2", kind: "credentials-dir", directory: "/b" },
      { name: "account-3", kind: "credentials-dir", directory: "/c" },
      KEY,
    ]);
  });

  test("of the environment come after those of the file", async () => {
    const file = { accounts: [{ name: "own", kind: "bearer", token: "t" }] };
    const { accounts } = await load({ file, env: { ANTHROPIC_API_KEY: "sk-env" } });
    expect(accounts).toMatchObject([{ name: "own" }, KEY]);
  });

  test("of both keep the file's place and fields, and take the environment's on top", async () => {
    const own = { name: "anthropic", kind: "api-key", key: { file: "/key" }, priority: 5, betas: ["b"] };
    const file = { accounts: [own, { name: "last", kind: "api-key", key: "k" }] };
    const { accounts } = await load({ file, env: { ANTHROPIC_API_KEY: "sk-env" } });
    expect(accounts).toMatchObject([{ ...KEY, priority: 5, betas: ["b"] }, { name: "last" }]);
  });

  test("of both, but of two kinds, are the environment's", async () => {
    const file = { accounts: [{ name: "anthropic", kind: "bearer", token: "t", priority: 5 }] };
    expect((await load({ file, env: { ANTHROPIC_API_KEY: "sk-env" } })).accounts).toEqual([KEY]);
  });

  test("of the file may not have one name twice, nor be no list", async () => {
    const twice = [1, 2].map((key) => ({ name: "a", kind: "api-key", key: String(key) }));
    expect(await problemsOf({ file: { accounts: twice } })).toEqual(["accounts: the name `a` is used twice"]);
    expect(await problemsOf({ file: { accounts: {} }, env: { ANTHROPIC_API_KEY: "k" } })).toEqual([
      expect.stringMatching(/^accounts: /),
    ]);
    expect(await problemsOf({ file: { accounts: ["a"] } })).toEqual([expect.stringMatching(/^accounts\[0\]: /)]);
  });
});

describe("what cannot be used is named by its path", () => {
  const account = { name: "a", kind: "api-key", key: "sk-hidden" };

  test.each<[string, Given, RegExp]>([
    ["an unknown field", { file: { colour: "sk-hidden" } }, /^configuration: .*"colour"/],
    ["an unknown field further in", { file: { server: { prot: 1 } } }, /^server: .*"prot"/],
    ["an unknown field of an account", { file: { accounts: [{ ...account, keys: 1 }] } }, /^accounts\[0\]: .*"keys"/],
    ["a wrong type", { file: { server: { port: "sk-hidden" } } }, /^server\.port: /],
    ["a secret of no kind", { file: { tokens: { secret: { env: ["sk-hidden"] } } } }, /^tokens\.secret\.env: /],
    ["an account of no kind", { file: { accounts: [{ ...account, kind: "sk-hidden" }] } }, /^accounts\[0\]\.kind: /],
    [
      "a URL with a password",
      { env: { UPSTREAM_BASE_URL: "http://u:sk-hidden@host" } },
      /^upstreams\.anthropic\.baseUrl: /,
    ],
    ["a variable that is no number", { env: { ROUTER_PORT: "sk-hidden" } }, /^ROUTER_PORT: expected a whole number/],
    ["a variable that is too large", { env: { ROUTER_PORT: "65536" } }, /^server\.port: /],
    [
      "a variable that is neither yes nor no",
      { dotEnv: { VERBOSE: "sk-hidden" } },
      /^VERBOSE: expected one of 0, 1, true/,
    ],
    ["a flag", { flags: { server: { port: -1 } } }, /^server\.port: /],
    ["a list", { file: ["sk-hidden"] }, /^configuration: expected an object/],
  ])("%s", async (_name, given, problem) => {
    const problems = await problemsOf(given);
    expect(problems).toEqual([expect.stringMatching(problem)]);
    expect(problems.join("")).not.toContain("sk-hidden");
  });

  test("all of it at once", async () => {
    const problems = await problemsOf({ file: { server: { port: -1 }, verbose: 1, surfaces: { x: true } } });
    expect(problems.map((problem) => problem.split(":")[0])).toEqual(["server.port", "surfaces", "verbose"]);
  });

  test("a .env that cannot be read", async () => {
    using directory = temporaryDirectory();
    mkdirSync(join(directory.path, ".env"));
    const loading = loadConfig({ cwd: directory.path, env: {} });
    await expect(loading).rejects.toThrow(new ConfigError([`${directory.path}/.env: it cannot be read (EISDIR)`]));
  });
});
