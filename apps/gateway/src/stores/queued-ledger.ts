import type {
  ExchangePage,
  ExchangeQuery,
  LedgerEntry,
  SeriesQuery,
  SeriesRow,
  TokenSpending,
} from "@link-assistant/core";

import { pageOf } from "./ledger-pages.ts";
import { LedgerQueue } from "./ledger-queue.ts";
import { LEDGER_COLUMNS, parseLedgerRow, parseSeriesRow, parseSpending } from "./ledger-rows.ts";
import type { Row } from "./parse-row.ts";
import {
  exchangesStatement,
  inSeriesOrder,
  seriesStatement,
  spendingStatement,
  spentBeforeStatement,
} from "./sql-ledger.ts";
import type { Statement } from "./sql-ledger.ts";

/** How a database writes and answers. */
export interface LedgerDatabase {
  /** The database, for people. */
  readonly place: string;
  /** Writes all the entries or none. */
  readonly write: (entries: readonly LedgerEntry[]) => void | Promise<void>;
  /** The rows of one statement. */
  readonly ask: (statement: Statement) => Promise<Row[]>;
}

/** What the ledgers of all SQL databases have in common: a queue in front, and the questions. */
export class QueuedLedger {
  readonly #place: string;
  readonly #askDatabase: LedgerDatabase["ask"];
  readonly #queue: LedgerQueue;

  /** @param onError takes a sentence for people; must not throw. */
  constructor({ place, write, ask }: LedgerDatabase, onError: (message: string) => void) {
    this.#place = place;
    this.#askDatabase = ask;
    this.#queue = new LedgerQueue({ write, onError });
  }

  append(entry: LedgerEntry): Promise<void> {
    return this.#queue.append(entry);
  }

  get waiting(): number {
    return this.#queue.waiting;
  }

  get failing(): boolean {
    return this.#queue.failing;
  }

  flush(): Promise<void> {
    return this.#queue.flush();
  }

  async exchanges(query: ExchangeQuery): Promise<ExchangePage> {
    const rows = await this.#ask(exchangesStatement(query, LEDGER_COLUMNS));
    return pageOf(
      rows.map((row) => parseLedgerRow(row, this.#place)),
      query.limit,
    );
  }

  async series(query: SeriesQuery): Promise<SeriesRow[]> {
    const rows = await this.#ask(seriesStatement(query));
    return inSeriesOrder(rows.map((row) => parseSeriesRow(row, this.#place)));
  }

  async spending(tokenId: string, sinceMs: number): Promise<TokenSpending> {
    const [row = {}] = await this.#ask(spendingStatement(tokenId, sinceMs));
    const [before] = sinceMs === 0 ? await this.#ask(spentBeforeStatement(tokenId)) : [];
    return parseSpending(row, before, this.#place);
  }

  /** Writes what waits; what cannot be written is reported and lost. */
  close(): Promise<void> {
    return this.#queue.close();
  }

  /** The answer to a question, which sees all that was appended before it and could be written. */
  async #ask(statement: Statement): Promise<Row[]> {
    if (this.waiting > 0) await this.flush().catch(() => {});
    return this.#askDatabase(statement);
  }
}
