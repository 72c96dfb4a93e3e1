import { NANO_USD, SERIES_GROUPS } from "@link-assistant/core";
import type { Config, LedgerEntry, SeriesGroup, SeriesRow } from "@link-assistant/core";
import { Command, InvalidArgumentError, Option } from "commander";

import type { Environment } from "../config/environment.ts";
import { openKept } from "../kept.ts";
import type { Kept } from "../kept.ts";
import { open } from "../upstreams/open-upstreams.ts";
import { written } from "../usage/formats.ts";
import { TIME_FORMS, parseTime } from "../usage/times.ts";
import { EXCHANGE_COLUMNS, SERIES_COLUMNS, TOKEN_SERIES_COLUMNS, exchangeView, seriesView } from "../usage/views.ts";
import type { CommandContext } from "./context.ts";
import { CommandError, table } from "./terminal.ts";

const DAY_MS = 86_400_000;
/** Steps of a series that one question may have. */
const MAX_STEPS = 2000;

interface Span {
  readonly since: string;
  readonly until: string;
}

interface UsageOptions extends Span {
  readonly by?: SeriesGroup | "day";
  readonly csv?: boolean;
}

/** `usage …`: works on the ledger itself, whether the gateway runs or not. */
export function usageCommand(context: CommandContext): Command {
  const usage = withSpan(new Command("usage").description("what was used, and what it cost"), "24h");
  usage
    .addOption(new Option("--by <group>", "by what to divide it").choices([...SERIES_GROUPS, "day"]))
    .option("--csv", "print CSV")
    .action((options: UsageOptions) => sums(context, options));
  withSpan(usage.command("exchanges").description("the exchanges themselves, the last ended first"), "24h")
    .option("--token <id>", "only of this token")
    .option("--account <name>", "only of this account")
    .option("--model <name>", "only of this model")
    .option("--errors", "only those that failed")
    .option("--limit <count>", "at most so many", whole, 50)
    .option("--csv", "print CSV")
    .action((_options: ExchangeOptions, command: Command) => exchanges(context, command.optsWithGlobals()));
  withSpan(usage.command("reprice").description("compute costs anew with the prices of now"), "30d").action(
    (_options: Span, command: Command) => reprice(context, command.optsWithGlobals()),
  );
  return usage;
}

function withSpan(command: Command, ago: string): Command {
  return command
    .option("--since <time>", `from then on: ${TIME_FORMS}`, time, `-${ago}`)
    .option("--until <time>", `until then: ${TIME_FORMS}`, time, "now");
}

async function sums(context: CommandContext, options: UsageOptions): Promise<void> {
  await withLedger(context, async ({ store }) => {
    const { fromMs, toMs } = spanOf(options);
    const byDay = options.by === "day";
    const groupBy = options.by === "day" ? undefined : options.by;
    const stepMs = byDay ? DAY_MS : Math.max(1000, Math.ceil((toMs - fromMs) / MAX_STEPS));
    const start = byDay ? Math.floor(fromMs / DAY_MS) * DAY_MS : fromMs;
    if (byDay && toMs - start > MAX_STEPS * DAY_MS)
      throw new CommandError(`\`--by day\` takes at most ${MAX_STEPS} days; name a later \`--since\`.`, 2);
    const rows = await store.ledger.series({ fromMs: start, toMs, stepMs, groupBy });
    const labels = new Map((await store.tokens.list()).map(({ id, label }) => [id, label]));
    const shown = byDay ? rows : byGroup(rows);
    const views = shown.map((row) => ({
      ...seriesView(row),
      ...(options.by === "token" && { label: labels.get(row.group ?? "") ?? null }),
    }));
    const columns = options.by === "token" ? TOKEN_SERIES_COLUMNS : SERIES_COLUMNS;
    if (options.csv === true) return printCsv(context, columns, pageOf(views));
    context.print({ data: views }, () => sumsTable(shown, options.by, labels));
  });
}

/** One row a group, whatever the step. */
function byGroup(rows: readonly SeriesRow[]): SeriesRow[] {
  const groups = new Map<string | null, SeriesRow>();
  for (const row of rows) {
    const sum = groups.get(row.group);
    groups.set(row.group, sum === undefined ? row : added(sum, row));
  }
  return [...groups.values()].toSorted((a, b) => b.costNanoUsd - a.costNanoUsd || b.requests - a.requests);
}

function added(a: SeriesRow, b: SeriesRow): SeriesRow {
  return {
    atMs: Math.min(a.atMs, b.atMs),
    group: a.group,
    requests: a.requests + b.requests,
    errors: a.errors + b.errors,
    inputTokens: a.inputTokens + b.inputTokens,
    cacheReadTokens: a.cacheReadTokens + b.cacheReadTokens,
    cacheWriteTokens: a.cacheWriteTokens + b.cacheWriteTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    reasoningTokens: a.reasoningTokens + b.reasoningTokens,
    costNanoUsd: a.costNanoUsd + b.costNanoUsd,
    unpriced: a.unpriced + b.unpriced,
    cacheHits: a.cacheHits + b.cacheHits,
    firstByteMs: a.firstByteMs + b.firstByteMs,
    firstBytes: a.firstBytes + b.firstBytes,
    durationMs: a.durationMs + b.durationMs,
    bytesSent: a.bytesSent + b.bytesSent,
    bytesReceived: a.bytesReceived + b.bytesReceived,
  };
}

function sumsTable(rows: readonly SeriesRow[], by: UsageOptions["by"], labels: ReadonlyMap<string, string>): string {
  if (rows.length === 0) return "Nothing was used in this time.\n";
  const [first, ...rest] = rows;
  const total = first === undefined ? [] : [rest.reduce(added, first)];
  const nameOf = (row: SeriesRow): string => {
    if (by === "day") return new Date(row.atMs).toISOString().slice(0, 10);
    return by === "token" ? (labels.get(row.group ?? "") ?? row.group ?? "–") : (row.group ?? "–");
  };
  const head = [
    (by ?? "all").toUpperCase(),
    "REQUESTS",
    "ERRORS",
    "INPUT",
    "CACHE READ",
    "CACHE WRITE",
    "OUTPUT",
    "COST",
    "UNPRICED",
  ];
  const body = by === undefined ? [] : rows.map((row) => cells(nameOf(row), row));
  return table(head, [...body, ...total.map((row) => cells("total", row))]);
}

function cells(name: string, row: SeriesRow): string[] {
  return [
    name,
    count(row.requests),
    count(row.errors),
    count(row.inputTokens),
    count(row.cacheReadTokens),
    count(row.cacheWriteTokens),
    count(row.outputTokens),
    `$${(row.costNanoUsd / NANO_USD).toFixed(4)}`,
    count(row.unpriced),
  ];
}

interface ExchangeOptions extends Span {
  readonly token?: string;
  readonly account?: string;
  readonly model?: string;
  readonly errors?: boolean;
  readonly limit: number;
  readonly csv?: boolean;
}

async function exchanges(context: CommandContext, options: ExchangeOptions): Promise<void> {
  await withLedger(context, async ({ store }) => {
    const labels = new Map((await store.tokens.list()).map(({ id, label }) => [id, label]));
    const query = {
      ...spanOf(options),
      tokenId: options.token,
      account: options.account,
      model: options.model,
      status: options.errors === true ? ("errors" as const) : undefined,
      limit: options.limit,
    };
    const { entries } = await store.ledger.exchanges(query);
    const views = entries.map((entry) => exchangeView(entry, (id) => labels.get(id)));
    if (options.csv === true) return printCsv(context, EXCHANGE_COLUMNS, pageOf(views));
    context.print({ data: views }, () => exchangesTable(entries, labels));
  });
}

function exchangesTable(entries: readonly LedgerEntry[], labels: ReadonlyMap<string, string>): string {
  if (entries.length === 0) return "No exchange ended in this time.\n";
  return table(
    ["STARTED", "TOKEN", "MODEL", "ACCOUNT", "STATUS", "END", "INPUT", "OUTPUT", "COST", "MS"],
    entries.map((entry) => [
      new Date(entry.startedAtMs).toISOString().slice(0, 19),
      labels.get(entry.tokenId ?? "") ?? "–",
      entry.model ?? entry.requestedModel ?? "–",
      entry.account ?? "–",
      String(entry.status),
      entry.end,
      entry.usage.input === undefined ? "–" : count(entry.usage.input),
      entry.usage.output === undefined ? "–" : count(entry.usage.output),
      entry.costNanoUsd === null ? "–" : `$${(entry.costNanoUsd / NANO_USD).toFixed(6)}`,
      count(Math.round(entry.durationMs)),
    ]),
  );
}

async function reprice(context: CommandContext, options: Span): Promise<void> {
  const { openPrices } = await import("../prices/prices.ts");
  await withLedger(context, async ({ store }, config) => {
    const prices = openPrices(config.prices);
    const services = servicesOf(config);
    const { fromMs, toMs } = spanOf(options);
    const changed = await store.ledger.reprice(fromMs, toMs, ({ upstream, model, usage, startedAtMs, costNanoUsd }) => {
      const service = services.get(upstream ?? "");
      // What went to an upstream that is not configured any more keeps its cost.
      if (service === undefined || model === null) return costNanoUsd;
      return prices.cost({ service, model, atMs: startedAtMs }, usage);
    });
    context.print(
      { changed, prices: prices.version },
      () => `${changed} exchanges have another cost now (${prices.version}).\n`,
    );
  });
}

/** What the price catalogue knows each upstream by. */
function servicesOf({ accounts, upstreams }: Config): ReadonlyMap<string, string> {
  const names = new Set(["anthropic", "openai", ...accounts.map(({ upstream }) => upstream)]);
  return new Map(
    [...names].map((name) => {
      const upstream = open(name, upstreams);
      void upstream.close();
      return [name, upstream.quirks];
    }),
  );
}

async function withLedger(
  context: CommandContext,
  work: (kept: Kept, config: Config, env: Environment) => Promise<void>,
): Promise<void> {
  const { config, env } = await context.load();
  const kept = await openKept(config, env, context.log(false));
  try {
    await work(kept, config, env);
  } finally {
    await kept.store.close();
  }
}

async function printCsv(
  context: CommandContext,
  columns: readonly string[],
  pages: AsyncIterable<readonly object[]>,
): Promise<void> {
  for await (const text of written("csv", columns, pages)) context.write(text);
}

async function* pageOf(rows: readonly object[]): AsyncGenerator<readonly object[]> {
  yield rows;
}

function spanOf({ since, until }: Span): { readonly fromMs: number; readonly toMs: number } {
  const nowMs = Date.now();
  return { fromMs: parseTime(since, nowMs) ?? 0, toMs: (parseTime(until, nowMs) ?? nowMs) + (until === "now" ? 1 : 0) };
}

function time(text: string): string {
  const given = /^\d+[smhd]$/.test(text) ? `-${text}` : text;
  if (parseTime(given, Date.now()) !== undefined) return given;
  throw new InvalidArgumentError(`It must be ${TIME_FORMS}.`);
}

function whole(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= 1000) return value;
  throw new InvalidArgumentError("It must be a whole number from 1 to 1000.");
}

function count(value: number): string {
  return value.toLocaleString("en-US");
}
