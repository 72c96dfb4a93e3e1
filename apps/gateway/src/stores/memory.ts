import { endedAtMs } from "@link-assistant/core";
import type {
  AccountStateRecord,
  ExchangeQuery,
  Ledger,
  LedgerEntry,
  SeriesGroup,
  SeriesQuery,
  SeriesRow,
  Store,
  TokenRecord,
  TokenStore,
  Usage,
} from "@link-assistant/core";

import { pageOf, repriced } from "./ledger-pages.ts";
import { checkPage, checkSeries, inSeriesOrder, parseCursor } from "./sql-ledger.ts";

/** Ten times what a page can ask for. */
const MAX_ENTRIES = 10_000;

/** A store that ends with the process. It keeps all records and the newest 10,000 ledger entries. */
export function createMemoryStore(): Store {
  return {
    tokens: createTokens(),
    accountStates: createAccountStates(),
    ledger: new MemoryLedger(),
    close: async () => {},
  };
}

/** No other process sees this store. */
const WATCH_NOTHING = (): (() => void) => () => {};

function createTokens(): TokenStore {
  const records = new Map<string, TokenRecord>();
  return {
    list: async () => [...records.values()].toSorted(byAge),
    get: async (id) => records.get(id),
    put: async (record) => void records.set(record.id, record),
    watch: WATCH_NOTHING,
  };
}

function byAge(a: TokenRecord, b: TokenRecord): number {
  return a.issuedAtMs - b.issuedAtMs || (a.id < b.id ? -1 : 1);
}

function createAccountStates(): Store["accountStates"] {
  const records = new Map<string, AccountStateRecord>();
  return {
    list: async () => [...records.values()],
    put: async (record) => void records.set(JSON.stringify([record.account, record.model]), record),
    watch: WATCH_NOTHING,
  };
}

class MemoryLedger implements Ledger {
  readonly #entries = new Map<string, LedgerEntry>();
  /** What tokens had used in entries that are gone. */
  readonly #spentBefore = new Map<string, { requests: number; nanoUsd: number }>();
  readonly waiting = 0;
  readonly failing = false;

  async append(entry: LedgerEntry): Promise<void> {
    if (this.#entries.has(entry.id)) return;
    this.#entries.set(entry.id, entry);
    if (this.#entries.size <= MAX_ENTRIES) return;
    const [oldest] = this.#entries.values();
    if (oldest !== undefined) this.#drop(oldest);
  }

  async flush(): Promise<void> {}

  async exchanges(query: ExchangeQuery): ReturnType<Ledger["exchanges"]> {
    checkPage(query.limit);
    const after = query.cursor === undefined ? undefined : parseCursor(query.cursor);
    const found = [...this.#entries.values()].filter((entry) => matches(entry, query)).toSorted(lastEndedFirst);
    const rest = after === undefined ? found : found.filter((entry) => lastEndedFirst(entry, after) > 0);
    return pageOf(rest.slice(0, query.limit + 1), query.limit);
  }

  async series({ fromMs, toMs, stepMs, groupBy }: SeriesQuery): Promise<SeriesRow[]> {
    checkSeries(fromMs, toMs, stepMs);
    const rows = new Map<string, SeriesRow>();
    for (const entry of this.#entries.values()) {
      const endMs = endedAtMs(entry);
      if (endMs < fromMs || endMs >= toMs) continue;
      const atMs = fromMs + Math.floor((endMs - fromMs) / stepMs) * stepMs;
      const group = groupBy === undefined ? null : GROUP_OF[groupBy](entry);
      const key = JSON.stringify([atMs, group]);
      rows.set(key, added(rows.get(key) ?? { ...NOTHING, atMs, group }, entry));
    }
    return inSeriesOrder([...rows.values()]);
  }

  async spending(tokenId: string, sinceMs: number): ReturnType<Ledger["spending"]> {
    const before = sinceMs === 0 ? this.#spentBefore.get(tokenId) : undefined;
    let { requests, nanoUsd } = before ?? { requests: 0, nanoUsd: 0 };
    let lastUsedAtMs: number | null = null;
    for (const entry of this.#entries.values()) {
      if (entry.tokenId !== tokenId || endedAtMs(entry) < sinceMs) continue;
      if (entry.attempts > 0) requests += 1;
      nanoUsd += entry.costNanoUsd ?? 0;
      lastUsedAtMs = Math.max(lastUsedAtMs ?? 0, endedAtMs(entry));
    }
    return { requests, nanoUsd, lastUsedAtMs };
  }

  reprice(fromMs: number, toMs: number, price: (entry: LedgerEntry) => number | null): Promise<number> {
    return repriced(this, { fromMs, toMs }, price, async (changes) => {
      for (const { entry, costNanoUsd } of changes) this.#entries.set(entry.id, { ...entry, costNanoUsd });
    });
  }

  async dropBefore(timeMs: number): Promise<number> {
    const old = [...this.#entries.values()].filter((entry) => endedAtMs(entry) < timeMs);
    for (const entry of old) this.#drop(entry);
    return old.length;
  }

  #drop({ id, tokenId, attempts, costNanoUsd }: LedgerEntry): void {
    this.#entries.delete(id);
    if (tokenId === null) return;
    const { requests, nanoUsd } = this.#spentBefore.get(tokenId) ?? { requests: 0, nanoUsd: 0 };
    this.#spentBefore.set(tokenId, {
      requests: requests + Number(attempts > 0),
      nanoUsd: nanoUsd + (costNanoUsd ?? 0),
    });
  }
}

function lastEndedFirst(a: LedgerEntry, b: LedgerEntry | { readonly endedAtMs: number; readonly id: string }): number {
  const bEnd = "endedAtMs" in b ? b.endedAtMs : endedAtMs(b);
  return bEnd - endedAtMs(a) || (a.id < b.id ? -1 : Number(a.id > b.id));
}

function isError({ status, end }: LedgerEntry): boolean {
  return status >= 400 || end === "upstream_error" || end === "idle_timeout";
}

function matches(entry: LedgerEntry, query: ExchangeQuery): boolean {
  const endMs = endedAtMs(entry);
  if (endMs < (query.fromMs ?? -Infinity) || endMs >= (query.toMs ?? Infinity)) return false;
  if (query.status === "errors" && !isError(entry)) return false;
  const equal: readonly (readonly [unknown, unknown])[] = [
    [query.id, entry.id],
    [query.tokenId, entry.tokenId],
    [query.account, entry.account],
    [query.model, entry.model],
    [query.surface, entry.surface],
    [query.end, entry.end],
    [query.status === "errors" ? undefined : query.status, entry.status],
  ];
  return equal.every(([wanted, is]) => wanted === undefined || wanted === is);
}

const GROUP_OF: Readonly<Record<SeriesGroup, (entry: LedgerEntry) => string | null>> = {
  model: ({ model }) => model,
  account: ({ account }) => account,
  token: ({ tokenId }) => tokenId,
  surface: ({ surface }) => surface,
};

const NOTHING: Omit<SeriesRow, "atMs" | "group"> = {
  requests: 0,
  errors: 0,
  inputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
  costNanoUsd: 0,
  unpriced: 0,
  cacheHits: 0,
  firstByteMs: 0,
  firstBytes: 0,
  durationMs: 0,
  bytesSent: 0,
  bytesReceived: 0,
};

const NO_TOKENS = {
  input: 0,
  cacheRead: 0,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
  cacheWrite: 0,
  output: 0,
  reasoning: 0,
} satisfies Required<Usage>;

function added(row: SeriesRow, entry: LedgerEntry): SeriesRow {
  const { input, cacheRead, cacheWrite5m, cacheWrite1h, cacheWrite, output, reasoning } = {
    ...NO_TOKENS,
    ...entry.usage,
  };
  const hasUsage = [entry.usage.input, entry.usage.cacheRead, entry.usage.output].some((part) => part !== undefined);
  return {
    ...row,
    requests: row.requests + 1,
    errors: row.errors + Number(isError(entry)),
    inputTokens: row.inputTokens + input,
    cacheReadTokens: row.cacheReadTokens + cacheRead,
    cacheWriteTokens: row.cacheWriteTokens + cacheWrite5m + cacheWrite1h + cacheWrite,
    outputTokens: row.outputTokens + output,
    reasoningTokens: row.reasoningTokens + reasoning,
    costNanoUsd: row.costNanoUsd + (entry.costNanoUsd ?? 0),
    unpriced: row.unpriced + Number(entry.costNanoUsd === null && hasUsage),
    cacheHits: row.cacheHits + Number(cacheRead > 0),
    firstByteMs: row.firstByteMs + (entry.firstByteMs ?? 0),
    firstBytes: row.firstBytes + Number(entry.firstByteMs !== null),
    durationMs: row.durationMs + entry.durationMs,
    bytesSent: row.bytesSent + entry.bytesSent,
    bytesReceived: row.bytesReceived + entry.bytesReceived,
  };
}
