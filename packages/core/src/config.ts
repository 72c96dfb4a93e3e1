import { z } from "zod";

import { FAILURES } from "./failure.ts";
import type { FailureKind } from "./failure.ts";
import { STRATEGIES } from "./pick.ts";
import { DEFAULT_ROUTES } from "./route.ts";

/** The kinds of upstream there are. */
export const UPSTREAM_KINDS = ["anthropic", "openai", "openai-compatible"] as const;

/** A kind of upstream. */
export type UpstreamKind = (typeof UPSTREAM_KINDS)[number];

const durationMs = (defaultMs: number, text: string): z.ZodDefault<z.ZodInt> =>
  z.int().min(1).max(86_400_000).default(defaultMs).describe(`${text} In milliseconds.`);

const name = z
  .string()
  .regex(
    /^[a-zA-Z0-9][a-zA-Z0-9._-]{0,63}$/,
    "expected a name of 1 to 64 letters, digits, `.`, `_` or `-`, the first a letter or digit",
  );

const secretSource = z
  .union([
    z.string().min(1),
    z.strictObject({ env: z.string().min(1).describe("The environment variable that holds the secret.") }),
    z.strictObject({ file: z.string().min(1).describe("The file that holds the secret; its end is trimmed.") }),
  ])
  .describe("The secret itself, or `{env: NAME}`, or `{file: PATH}`.");

const BASE_URL = "expected an http or https URL without user, password, query or fragment";
const baseUrl = z.url({ protocol: /^https?$/, error: BASE_URL, abort: true }).refine((text) => {
  const url = URL.parse(text);
  return url !== null && url.username === "" && url.password === "" && url.search === "" && url.hash === "";
}, BASE_URL);

const betas = z
  .array(z.string().regex(/^[a-zA-Z0-9._-]{1,100}$/))
  .max(20)
  .default([])
  .describe("Added to `anthropic-beta` on every call of this account, where the credential needs it.");

const accountBase = {
  name: name.describe("Unique; shown in metrics and to operators."),
  upstream: name
    .default("anthropic")
    .describe("The upstream the account belongs to: `anthropic`, `openai`, or one of `upstreams.services`."),
  priority: z.int().min(-1000).max(1000).default(0).describe("Smaller goes first under the strategy `priority`."),
  weight: z
    .number()
    .min(0.01)
    .max(100)
    .default(1)
    .describe("Its share of the calls beside the others, under the strategies `affinity` and `weighted`."),
  betas,
};

const account = z.discriminatedUnion("kind", [
  z
    .strictObject({ ...accountBase, kind: z.literal("api-key"), key: secretSource })
    .describe("An API key: the supported way."),
  z
    .strictObject({ ...accountBase, kind: z.literal("bearer"), token: secretSource })
    .describe("A bearer token that does not change."),
  z
    .strictObject({
      ...accountBase,
      kind: z.literal("credentials-dir"),
      directory: z.string().min(1).describe("Path of the directory."),
    })
    .describe("A directory with a credentials file, read again when the file changes."),
]);

/** The wire languages, by the translator's names for them. */
const dialects = z
  .array(z.enum(["anthropic-messages", "openai-chat", "openai-responses"]))
  .min(1)
  .optional()
  .describe("What it speaks, the one to translate into first. Default: what services of its kind speak.");

const FAILURE_KINDS = Object.keys(FAILURES).filter((kind): kind is FailureKind => kind in FAILURES);

const modelPattern = z.string().min(1).max(256);

const service = z.strictObject({
  kind: z
    .enum(UPSTREAM_KINDS)
    .default("openai-compatible")
    .describe("`anthropic`: Messages; `openai`: Responses and Chat; `openai-compatible`: Chat."),
  baseUrl: baseUrl.describe("With or without `/v1`."),
  quirks: z
    .string()
    .min(1)
    .max(64)
    .optional()
    .describe("The program or service whose quirks it has: `openrouter`, `deepseek`, `llama.cpp`, `vllm`, `ollama`, …"),
  dialects,
  models: z
    .array(modelPattern)
    .max(1000)
    .optional()
    .describe("The models it serves, with `*` for any letters. Default: what services of its kind serve."),
  maxOutputTokens: z
    .int()
    .min(1)
    .optional()
    .describe("The most output tokens its models take; what asks for more is lowered to it. Default: not known."),
});

const route = z.strictObject({
  model: modelPattern.describe("A model's name as programs ask for it, with `*` for any letters."),
  to: z
    .array(
      z.strictObject({
        upstream: name.describe("One of the upstreams; passed over while it has no account."),
        model: z.string().min(1).max(256).optional().describe("The model's name there. Default: the one asked for."),
        weight: z
          .number()
          .min(0.01)
          .max(100)
          .optional()
          .describe(
            "Its share of the sessions, where every upstream of the list has one. Default: they are tried in order.",
          ),
      }),
    )
    .min(1)
    .max(100)
    .describe("Upstreams to try, in order, each with the model's name there if that is another one."),
  fallbackOn: z
    .array(z.enum(FAILURE_KINDS))
    .max(FAILURE_KINDS.length)
    .optional()
    .describe("Failures after which the next upstream is tried. Default: all that another account may not have."),
});

const usdPerMillion = (text: string): z.ZodNumber =>
  z.number().min(0).max(100_000).describe(`US dollars for a million ${text}.`);

const price = z.strictObject({
  input: usdPerMillion("input tokens"),
  output: usdPerMillion("output tokens, reasoning included"),
  cacheRead: usdPerMillion("tokens read from a prompt cache").optional(),
  cacheWrite5m: usdPerMillion("tokens written to a prompt cache for five minutes").optional(),
  cacheWrite1h: usdPerMillion("tokens written to a prompt cache for an hour").optional(),
});

/** The whole configuration. What is not given has its default; an unknown field is refused. */
export const configSchema = z.strictObject({
  server: z
    .strictObject({
      host: z.string().min(1).default("127.0.0.1").describe("Address to listen on. `ROUTER_HOST`."),
      port: z.int().min(0).max(65_535).default(8080).describe("Port to listen on; 0 for any free one. `ROUTER_PORT`."),
      maxBodyBytes: z
        .int()
        .min(1024)
        .max(1_073_741_824)
        .default(33_554_432)
        .describe("Longest request body; over it 413."),
      bodyTimeoutMs: durationMs(120_000, "Longest time for a request body to arrive; over it 408."),
      maxHeaderBytes: z
        .int()
        .min(4096)
        .max(1_048_576)
        .default(32_768)
        .describe("Longest request header block; over it 431."),
      maxConnections: z
        .int()
        .min(1)
        .max(1_000_000)
        .default(10_000)
        .describe("Client connections at once; further ones are closed."),
      trustedProxies: z
        .array(z.union([z.cidrv4(), z.cidrv6(), z.ipv4(), z.ipv6()]))
        .max(100)
        .default([])
        .describe("Addresses whose `x-forwarded-for` is believed when a token is bound to client addresses."),
      stalledClientTimeoutMs: durationMs(120_000, "Longest time a client may leave its answer unread."),
      shutdownGraceMs: durationMs(30_000, "Longest time for running exchanges to end after SIGTERM."),
    })
    .prefault({}),
  tokens: z
    .strictObject({
      secret: secretSource
        .optional()
        .describe("Signs router tokens. Made on the first start when not given. `TOKEN_SECRET`."),
      adminKey: secretSource
        .optional()
        .describe("Opens the admin API. Made on the first start when not given. `TOKEN_ADMIN_KEY`."),
    })
    .prefault({}),
  dataDir: z.string().min(1).optional().describe("Where secrets and the database live. `DATA_DIR`."),
  databaseUrl: secretSource
    .optional()
    .describe("A PostgreSQL database in place of the embedded SQLite, `postgres://…`. `DATABASE_URL`."),
  redisUrl: secretSource
    .optional()
    .describe("A Redis for what replicas share: limits, cooldowns, sessions; `redis://…`. `REDIS_URL`."),
  ledger: z
    .strictObject({
      durability: z
        .enum(["before-answer", "after-answer"])
        .default("before-answer")
        .describe("Whether the end of an answer waits until its ledger row would survive the death of the process."),
      whenDown: z
        .enum(["continue", "refuse"])
        .default("continue")
        .describe(
          "While the store cannot be written: go on and keep up to 10,000 rows waiting, or refuse new exchanges.",
        ),
      retentionDays: z.int().min(0).max(36_500).default(90).describe("Days that rows are kept; 0: for ever."),
    })
    .prefault({}),
  limits: z
    .strictObject({
      leaseMs: durationMs(60_000, "How long what a dead process had reserved stays reserved."),
      whenDown: z
        .enum(["continue", "refuse"])
        .default("continue")
        .describe(
          "While Redis or the ledger cannot be asked: count in this process alone, or refuse calls of tokens with limits.",
        ),
    })
    .prefault({}),
  prices: z
    .record(modelPattern, price)
    .default({})
    .describe("Prices by model, with `*` for any letters, in place of the catalogue's; the first that fits counts."),
  accounts: z.array(account).max(1000).default([]).describe("The accounts, in the order of preference."),
  upstreams: z
    .strictObject({
      anthropic: z
        .strictObject({
          baseUrl: baseUrl.default("https://api.anthropic.com").describe("Without `/v1`. `UPSTREAM_BASE_URL`."),
        })
        .prefault({}),
      openai: z
        .strictObject({ baseUrl: baseUrl.default("https://api.openai.com").describe("With or without `/v1`.") })
        .prefault({}),
      services: z.record(name, service).default({}).describe("Further upstreams, by their names."),
      connectTimeoutMs: durationMs(10_000, "Longest time to open a connection."),
      firstByteTimeoutMs: durationMs(600_000, "Longest time from the request to the answer's headers."),
      idleTimeoutMs: durationMs(180_000, "Longest time between two chunks of an answer."),
    })
    .prefault({}),
  routing: z
    .strictObject({
      strategy: z.enum(STRATEGIES).default("affinity").describe("How accounts take turns."),
      maxAttempts: z.int().min(1).max(20).default(4).describe("Accounts tried for one exchange at the most."),
      cooldownBaseMs: durationMs(
        5000,
        "First rest of an account when the upstream names no time; doubled while it fails.",
      ),
      cooldownMaxMs: durationMs(300_000, "Longest rest of an account, whatever the upstream asks for."),
      failuresBeforeRest: z
        .int()
        .min(1)
        .max(100)
        .default(3)
        .describe("Upstream failures in a row before an account rests."),
      brokenRetryMs: durationMs(300_000, "Time between two tries of an account that is refused or out of money."),
      affinityTtlMs: durationMs(3_600_000, "How long a session without calls stays with its account."),
    })
    .prefault({}),
  routes: z
    .array(route)
    .max(1000)
    .default(() => structuredClone([...DEFAULT_ROUTES]).map(({ model, to }) => ({ model, to: [...to] })))
    .describe("Where models go that are not called by their upstream's own names; the first rule that fits counts."),
  surfaces: z
    .strictObject({
      anthropic: z.boolean().default(true).describe("Offer the Anthropic API. Off with `DISABLE_ANTHROPIC_API`."),
      openai: z.boolean().default(true).describe("Offer the OpenAI APIs. Off with `DISABLE_OPENAI_API`."),
    })
    .prefault({}),
  metrics: z
    .strictObject({
      enabled: z
        .boolean()
        .default(true)
        .describe("Serve `/metrics`, `/v1/usage` and `/v1/accounts`. Off with `DISABLE_METRICS`."),
      public: z.boolean().default(false).describe("Serve `/metrics` without a key. `--public-metrics`."),
    })
    .prefault({}),
  tracing: z
    .strictObject({
      propagate: z
        .boolean()
        .default(false)
        .describe("Send `traceparent` on to upstreams, so that their spans join the trace."),
      captureContent: z
        .boolean()
        .default(false)
        .describe("Put what clients send and get into spans, up to 64 Ki characters each. `--capture-content`."),
    })
    .prefault({}),
  verbose: z.boolean().default(false).describe("Log every exchange. `VERBOSE`."),
});

/** The configuration as it is after defaults. */
export type Config = z.infer<typeof configSchema>;

/** One account of the configuration. */
export type AccountConfig = Config["accounts"][number];

/** Where a secret comes from: itself, an environment variable, or a file. */
export type SecretSource = z.infer<typeof secretSource>;

/** A configuration that cannot be used; each problem names its field and what is expected there. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  /** One sentence each: the field's path, a colon, and what is wrong there. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
    this.problems = problems;
  }
}

/** Checks a configuration and fills in defaults. Throws a `ConfigError` that lists every problem; values are never shown. */
export function parseConfig(raw: unknown): Config {
  const result = configSchema.safeParse(raw);
  if (!result.success) throw new ConfigError(problemsOf(result.error.issues, []));
  const names = result.data.accounts.map((entry) => entry.name);
  const twice = names.filter((entry, index) => names.indexOf(entry) !== index);
  if (twice.length > 0)
    throw new ConfigError([...new Set(twice)].map((entry) => `accounts: the name \`${entry}\` is used twice`));
  const unknown = unknownUpstreams(result.data);
  if (unknown.length > 0) throw new ConfigError(unknown);
  return result.data;
}

/** Names that come with the configuration. */
const BUILT_IN_UPSTREAMS = ["anthropic", "openai"];

function unknownUpstreams({ accounts, routes, upstreams }: Config): string[] {
  const known = [...BUILT_IN_UPSTREAMS, ...Object.keys(upstreams.services)];
  const named = [
    ...accounts.map(({ upstream }, index) => [`accounts[${index}].upstream`, upstream] as const),
    ...routes.flatMap(({ to }, index) =>
      to.map(({ upstream }, at) => [`routes[${index}].to[${at}].upstream`, upstream] as const),
    ),
  ];
  return [
    ...named
      .filter(([, upstream]) => !known.includes(upstream))
      .map(([field, upstream]) => `${field}: there is no upstream \`${upstream}\`; expected ${known.join(", ")}`),
    ...Object.keys(upstreams.services)
      .filter((service) => BUILT_IN_UPSTREAMS.includes(service))
      .map((service) => `upstreams.services.${service}: the name is taken; set upstreams.${service}`),
  ];
}

function problemsOf(issues: readonly z.core.$ZodIssue[], base: readonly PropertyKey[]): string[] {
  return issues.flatMap((issue) => {
    const path = [...base, ...issue.path];
    if (issue.code !== "invalid_union" || issue.errors.length === 0) return [`${fieldAt(path)}: ${issue.message}`];
    const closest = issue.errors.toSorted((a, b) => depthOf(b) - depthOf(a) || a.length - b.length)[0] ?? [];
    return problemsOf(closest, path);
  });
}

/** Of a union's branches, the one whose problem lies deepest is the one that was meant; of those, the one with the fewest. */
function depthOf(issues: readonly z.core.$ZodIssue[]): number {
  return Math.max(0, ...issues.map((issue) => issue.path.length + (issue.code === "unrecognized_keys" ? 1 : 0)));
}

function fieldAt(path: readonly PropertyKey[]): string {
  if (path.length === 0) return "configuration";
  return path
    .map((part, index) => (typeof part === "number" ? `[${part}]` : `${index > 0 ? "." : ""}${String(part)}`))
    .join("");
}

/** The JSON Schema of the configuration, for editors and for people. */
export function configJsonSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(configSchema, { io: "input" }) };
}
