import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";

import { ConfigError, configJsonSchema, parseConfig } from "./config.ts";
import { DEFAULT_ROUTES } from "./route.ts";

function problemsOf(raw: unknown): readonly string[] {
  try {
    parseConfig(raw);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  throw new Error("the configuration was accepted");
}

const DEFAULTS = {
  server: {
    host: "127.0.0.1",
    port: 8080,
    maxBodyBytes: 33_554_432,
    bodyTimeoutMs: 120_000,
    maxHeaderBytes: 32_768,
    maxConnections: 10_000,
    trustedProxies: [],
    stalledClientTimeoutMs: 120_000,
    shutdownGraceMs: 30_000,
  },
  tokens: {},
  accounts: [],
  upstreams: {
    anthropic: { baseUrl: "https://api.anthropic.com" },
    openai: { baseUrl: "https://api.openai.com" },
    services: {},
    connectTimeoutMs: 10_000,
    firstByteTimeoutMs: 600_000,
    idleTimeoutMs: 180_000,
  },
  routing: {
    strategy: "affinity",
    maxAttempts: 4,
    cooldownBaseMs: 5000,
    cooldownMaxMs: 300_000,
    failuresBeforeRest: 3,
    brokenRetryMs: 300_000,
    affinityTtlMs: 3_600_000,
  },
  ledger: { durability: "before-answer", whenDown: "continue", retentionDays: 90 },
  limits: { leaseMs: 60_000, whenDown: "continue" },
  prices: {},
  routes: [...DEFAULT_ROUTES],
  surfaces: { anthropic: true, openai: true },
  metrics: { enabled: true, public: false },
  tracing: { propagate: false, captureContent: false },
  verbose: false,
};

describe("defaults", () => {
  test("are these; change them on purpose", () => {
    expect(parseConfig({})).toStrictEqual(DEFAULTS);
  });

  test("fill in what is not given, and nothing else", () => {
    expect(parseConfig({ server: { port: 0 }, metrics: { public: true }, dataDir: "/data" })).toStrictEqual({
      ...DEFAULTS,
      server: { ...DEFAULTS.server, port: 0 },
      metrics: { enabled: true, public: true },
      dataDir: "/data",
    });
  });

  test("of an account are the upstream, its priority, its weight and no betas", () => {
    const common = { upstream: "anthropic", priority: 0, weight: 1, betas: [] };
    const accounts = [
      { kind: "api-key", name: "a", key: { env: "KEY" } },
      { kind: "bearer", name: "b", token: { file: "token" } },
      { kind: "credentials-dir", name: "c", directory: "dir" },
    ];
    expect(parseConfig({ accounts }).accounts).toStrictEqual(accounts.map((account) => ({ ...common, ...account })));
  });

  test("a configuration with its defaults is read as itself", () => {
    expect(parseConfig(parseConfig({}))).toStrictEqual(DEFAULTS);
  });
});

describe("an unknown field is refused, with its path", () => {
  test.each([
    [{ sever: {} }, ['configuration: Unrecognized key: "sever"']],
    [{ server: { prot: 1 } }, ['server: Unrecognized key: "prot"']],
    [{ upstreams: { anthropic: { url: "" } } }, ['upstreams.anthropic: Unrecognized key: "url"']],
    [{ accounts: [{ kind: "bearer", name: "a", token: "t", key: "k" }] }, ['accounts[0]: Unrecognized key: "key"']],
    [{ tokens: { secret: { env: "A", file: "B" } } }, ['tokens.secret: Unrecognized key: "file"']],
  ])("%j", (raw, problems) => {
    expect(problemsOf(raw)).toEqual(problems);
  });

  test("anywhere, whatever its name", () => {
    const known = new Set(["env", "file", ...fieldsOf(configJsonSchema()).map(({ path }) => path.split(".").at(-1))]);
    const anyName = fc.string({ minLength: 1 }).filter((name) => !known.has(name) && name !== "__proto__");
    const places: readonly ((field: object) => object)[] = [
      (field) => field,
      (field) => ({ server: field }),
      (field) => ({ routing: field }),
      (field) => ({ upstreams: { anthropic: field } }),
      (field) => ({ tokens: { adminKey: { env: "KEY", ...field } } }),
      (field) => ({ accounts: [{ kind: "api-key", name: "a", key: "k", ...field }] }),
    ];
    fc.assert(
      fc.property(fc.constantFrom(...places), anyName, (place, name) => {
        expect(problemsOf(place({ [name]: 1 })).join("\n")).toContain("Unrecognized key");
      }),
    );
  });
});

const BASE_URL = "expected an http or https URL without user, password, query or fragment";

describe("a wrong value is refused, with its path and what is expected there", () => {
  test.each([
    [undefined, "configuration: Invalid input: expected object, received undefined"],
    [[], "configuration: Invalid input: expected object, received array"],
    [{ server: null }, "server: Invalid input: expected object, received null"],
    [{ server: { port: "8080" } }, "server.port: Invalid input: expected number, received string"],
    [{ server: { port: 65_536 } }, "server.port: Too big: expected number to be <=65535"],
    [{ server: { bodyTimeoutMs: 0 } }, "server.bodyTimeoutMs: Too small: expected number to be >=1"],
    [{ routing: { maxAttempts: 1.5 } }, "routing.maxAttempts: Invalid input: expected int, received number"],
    [
      { routing: { strategy: "random" } },
      'routing.strategy: Invalid option: expected one of "affinity"|"round-robin"|"priority"|"least-used"|"weighted"',
    ],
    [{ verbose: "yes" }, "verbose: Invalid input: expected boolean, received string"],
    [{ accounts: {} }, "accounts: Invalid input: expected array, received object"],
    [{ accounts: ["a"] }, "accounts[0]: Invalid input: expected object, received string"],
    [
      { accounts: [{ kind: "bearer", name: "-a", token: "t" }] },
      "accounts[0].name: expected a name of 1 to 64 letters, digits, `.`, `_` or `-`, the first a letter or digit",
    ],
    [
      { accounts: [{ kind: "bearer", name: "a", token: "t", betas: ["ok", "not ok"] }] },
      "accounts[0].betas[1]: Invalid string: must match pattern /^[a-zA-Z0-9._-]{1,100}$/",
    ],
    [{ upstreams: { anthropic: { baseUrl: "here" } } }, `upstreams.anthropic.baseUrl: ${BASE_URL}`],
  ])("%j", (raw, problem) => {
    expect(problemsOf(raw)).toEqual([problem]);
  });

  test.each([
    "ftp://host",
    "//host",
    "https://",
    "https://user@host",
    "https://:password@host",
    "https://host?query=1",
    "https://host#fragment",
    "",
    7,
  ])("base URL %j", (baseUrl) => {
    expect(problemsOf({ upstreams: { anthropic: { baseUrl } } })).toEqual([`upstreams.anthropic.baseUrl: ${BASE_URL}`]);
  });

  test.each(["http://127.0.0.1:8080", "https://host/prefix", "https://host/prefix/", "http://[::1]:1"])(
    "but base URL %j is taken",
    (baseUrl) => {
      expect(parseConfig({ upstreams: { anthropic: { baseUrl } } }).upstreams.anthropic.baseUrl).toBe(baseUrl);
    },
  );

  test("all problems are told at once", () => {
    const raw = { server: { port: -1, prot: 1 }, verbose: 1 };
    expect(problemsOf(raw)).toEqual([
      "server.port: Too small: expected number to be >=0",
      'server: Unrecognized key: "prot"',
      "verbose: Invalid input: expected boolean, received number",
    ]);
    expect(() => parseConfig(raw)).toThrow(problemsOf(raw).join("\n"));
  });

  test("two accounts of one name are refused, and named once", () => {
    const accounts = ["a", "b", "a", "a", "b"].map((name) => ({ kind: "bearer", name, token: "t" }));
    expect(problemsOf({ accounts })).toEqual([
      "accounts: the name `a` is used twice",
      "accounts: the name `b` is used twice",
    ]);
  });
});

describe("of several ways to write a value, the one that was meant is spoken of", () => {
  test.each([
    [5, [": Invalid input: expected string, received number"]],
    ["", [": Too small: expected string to have >=1 characters"]],
    [{ env: 5 }, [".env: Invalid input: expected string, received number"]],
    [{ env: "" }, [".env: Too small: expected string to have >=1 characters"]],
    [{ file: 5 }, [".file: Invalid input: expected string, received number"]],
    [{ file: "" }, [".file: Too small: expected string to have >=1 characters"]],
  ])("secret %j", (key, problems) => {
    const account = { kind: "api-key", name: "a", key };
    expect(problemsOf({ accounts: [account] })).toEqual(problems.map((problem) => `accounts[0].key${problem}`));
  });

  test("an account without a kind, or of an unknown one, is told the kinds", () => {
    const problem = "accounts[0].kind: Invalid discriminator value. Expected 'api-key' | 'bearer' | 'credentials-dir'";
    expect(problemsOf({ accounts: [{ name: "a" }] })).toEqual([problem]);
    expect(problemsOf({ accounts: [{ name: "a", kind: "password" }] })).toEqual([problem]);
  });

  test("an account is told what its kind lacks", () => {
    expect(problemsOf({ accounts: [{ name: "a", kind: "credentials-dir", key: "k" }] })).toEqual([
      "accounts[0].directory: Invalid input: expected string, received undefined",
      'accounts[0]: Unrecognized key: "key"',
    ]);
  });
});

test("a value is never shown, so that a secret at the wrong place is not either", () => {
  const SECRET = "sk-ant-very-secret";
  const wrong: readonly ((value: unknown) => object)[] = [
    (value) => ({ tokens: value }),
    (value) => ({ tokens: { secret: { env: [value] } } }),
    (value) => ({ tokens: { secret: [value], adminKey: { key: value } } }),
    (value) => ({ accounts: value }),
    (value) => ({ accounts: [value] }),
    (value) => ({ accounts: [{ kind: value, name: "a", key: "k" }] }),
    (value) => ({ accounts: [{ kind: "api-key", name: `${String(value)} `, key: value, token: value }] }),
    (value) => ({ accounts: [{ kind: "api-key", name: "a", key: "k", betas: [`${String(value)} `] }] }),
    (value) => ({ routing: { strategy: value, maxAttempts: value } }),
    (value) => ({ upstreams: { anthropic: { baseUrl: `https://user:${String(value)}@host` } } }),
    (value) => ({ verbose: value }),
  ];
  for (const place of wrong) expect(problemsOf(place(SECRET)).join("\n")).not.toContain(SECRET);
});

/** What this test reads of a JSON Schema. */
interface SchemaNode {
  readonly description?: string | undefined;
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, SchemaNode>> | undefined;
  readonly items?: SchemaNode | undefined;
  readonly oneOf?: readonly SchemaNode[] | undefined;
  readonly anyOf?: readonly SchemaNode[] | undefined;
}

const schemaNode: z.ZodType<SchemaNode> = z.object({
  description: z.string().optional(),
  const: z.unknown().optional(),
  get properties() {
    return z.record(z.string(), schemaNode).optional();
  },
  get items() {
    return schemaNode.optional();
  },
  get oneOf() {
    return z.array(schemaNode).optional();
  },
  get anyOf() {
    return z.array(schemaNode).optional();
  },
});

interface Field {
  readonly path: string;
  readonly node: SchemaNode;
}

/** Every field that a configuration may have, at any depth; `[]` stands for the items of a list. */
function fieldsOf(schema: unknown, base = ""): Field[] {
  const { properties = {}, items, oneOf = [], anyOf = [] } = schemaNode.parse(schema);
  return [
    ...Object.entries(properties).flatMap(([name, node]) => {
      const path = base === "" ? name : `${base}.${name}`;
      return [{ path, node }, ...fieldsOf(node, path)];
    }),
    ...(items === undefined ? [] : fieldsOf(items, `${base}[]`)),
    ...[...oneOf, ...anyOf].flatMap((branch) => fieldsOf(branch, base)),
  ];
}

describe("the JSON Schema", () => {
  const schema = configJsonSchema();
  const fields = fieldsOf(schema);

  test("is one, of an object that has no other fields", () => {
    expect(schema).toMatchObject({
      $schema: "https://json-schema.org/draft/2020-12/schema",
      type: "object",
      additionalProperties: false,
    });
    expect(JSON.parse(JSON.stringify(schema))).toEqual(schema);
  });

  test("is of what people write: nothing with a default is required", () => {
    expect(schema).not.toHaveProperty("required");
    expect(schema).toHaveProperty("properties.server.properties.port", {
      type: "integer",
      minimum: 0,
      maximum: 65_535,
      default: 8080,
      description: "Port to listen on; 0 for any free one. `ROUTER_PORT`.",
    });
  });

  test("has every field that has a default", () => {
    const paths = new Set(fields.map(({ path }) => path));
    const expected = Object.entries(DEFAULTS).flatMap(([section, value]) =>
      typeof value === "object" && !Array.isArray(value)
        ? Object.keys(value).map((name) => `${section}.${name}`)
        : [section],
    );
    expect(expected.filter((path) => !paths.has(path))).toEqual([]);
  });

  const leaves = fields.filter(({ node }) => node.properties === undefined && node.const === undefined);

  test.each(leaves)("$path has a description", ({ node }) => {
    expect(node.description).toMatch(/^[A-Z`].+\.$/);
  });

  test("every kind of account has a description", () => {
    const { properties } = schemaNode.parse(schema);
    const branches = properties?.["accounts"]?.items?.oneOf ?? [];
    expect(branches.map((branch) => branch.properties?.["kind"]?.const)).toEqual([
      "api-key",
      "bearer",
      "credentials-dir",
    ]);
    for (const branch of branches) expect(branch.description).toMatch(/\.$/);
  });
});
