import type { DatabaseSync } from "node:sqlite";

import type { Ledger, LedgerEntry } from "@link-assistant/core";

import { LedgerQueue } from "./ledger-queue.ts";
import { onceAMinute } from "./once-a-minute.ts";
import { checkRecentLimit } from "./recent-limit.ts";
import { LEDGER_COLUMNS, ledgerValues, parseLedgerRow } from "./sqlite-rows.ts";
import { inTransaction } from "./sqlite-transaction.ts";
import { messageOf, sqliteResult, withStoreErrors } from "./store-error.ts";

const SQLITE_CONSTRAINT = 19;
/** How long a group that nobody waits for may stop the event loop to get the write lock. It is tried again. */
const GROUP_LOCK_WAIT_MS = 20;

/** What a ledger is given. */
interface SqliteLedgerOptions {
  readonly db: DatabaseSync;
  readonly path: string;
  /** Longest wait for the write lock when somebody waits for the write. */
  readonly busyTimeoutMs: number;
  /** Takes a sentence for people; must not throw. */
  readonly onError: (message: string) => void;
}

/** The ledger in an open database. */
export class SqliteLedger implements Ledger {
  readonly #db: DatabaseSync;
  readonly #path: string;
  readonly #busyTimeoutMs: number;
  readonly #reportRefused: (message: string) => void;
  readonly #insert;
  readonly #newest;
  readonly #queue: LedgerQueue;
  #lockWaitMs = GROUP_LOCK_WAIT_MS;

  constructor({ db, path, busyTimeoutMs, onError }: SqliteLedgerOptions) {
    this.#db = db;
    this.#path = path;
    this.#busyTimeoutMs = busyTimeoutMs;
    this.#reportRefused = onceAMinute(onError);
    const columns = LEDGER_COLUMNS.join(", ");
    this.#insert = db.prepare(`INSERT INTO ledger (${columns}) VALUES (${LEDGER_COLUMNS.map(() => "?").join(", ")})`);
    this.#newest = db.prepare(`SELECT ${columns} FROM ledger ORDER BY sequence DESC LIMIT ?`);
    this.#queue = new LedgerQueue({ write: (entries) => this.#write(entries), onError });
  }

  append(entry: LedgerEntry): void {
    this.#queue.append(entry);
  }

  async flush(): Promise<void> {
    this.#patiently(() => this.#queue.flush());
  }

  async recent(limit: number): Promise<LedgerEntry[]> {
    checkRecentLimit(limit);
    const waiting = this.#queue.waiting.slice(-limit).toReversed();
    const rows = withStoreErrors(this.#path, () => this.#newest.all(limit - waiting.length));
    return [...waiting, ...rows.map((row) => parseLedgerRow(row, this.#path))];
  }

  /** Writes what waits; what cannot be written is reported and lost. */
  close(): void {
    this.#patiently(() => this.#queue.close());
  }

  #patiently(work: () => void): void {
    this.#lockWaitMs = this.#busyTimeoutMs;
    try {
      work();
    } finally {
      this.#lockWaitMs = GROUP_LOCK_WAIT_MS;
    }
  }

  #write(entries: readonly LedgerEntry[]): void {
    withStoreErrors(this.#path, () => {
      // Groups come up to ten times a second, and each sync to the disk would stop the event loop.
      this.#db.exec(`PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = ${this.#lockWaitMs}`);
      try {
        inTransaction(this.#db, () => entries.forEach((entry) => this.#insertOrReport(entry)));
      } finally {
        this.#db.exec(`PRAGMA synchronous = FULL; PRAGMA busy_timeout = ${this.#busyTimeoutMs}`);
      }
    });
  }

  /** An entry that can never be kept (a duration that is not a number) must not keep the others from being written. */
  #insertOrReport(entry: LedgerEntry): void {
    try {
      this.#insert.run(...ledgerValues(entry));
    } catch (error) {
      if (sqliteResult(error) !== SQLITE_CONSTRAINT) throw error;
      this.#reportRefused(`The ledger entry ${entry.id} was refused: ${messageOf(error)}`);
    }
  }
}
