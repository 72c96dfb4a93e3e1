import type { DatabaseSync } from "node:sqlite";
import { setImmediate, setTimeout } from "node:timers/promises";

import { endedAtMs } from "@link-assistant/core";
import type { Ledger, LedgerEntry } from "@link-assistant/core";

import { repriced } from "./ledger-pages.ts";
import { WRITTEN_COLUMNS, ledgerValues } from "./ledger-rows.ts";
import { onceAMinute } from "./once-a-minute.ts";
import type { Row } from "./parse-row.ts";
import { QueuedLedger } from "./queued-ledger.ts";
import { dropStatement, foldStatement, repriceStatement } from "./sql-ledger.ts";
import type { Statement } from "./sql-ledger.ts";
import { SqliteReader } from "./sqlite-reader.ts";
import { inTransaction } from "./sqlite-transaction.ts";
import { StoreError, messageOf, sqliteResult, withStoreErrors } from "./store-error.ts";

const SQLITE_CONSTRAINT = 19;
/** How long a group that nobody waits for may stop the event loop to get the write lock. It is tried again. */
const GROUP_LOCK_WAIT_MS = 20;
/** Rows that are dropped at once; deleting so many takes some milliseconds. */
const DROPPED_AT_ONCE = 1000;

/** What a ledger is given. */
interface SqliteLedgerOptions {
  /** A connection of its own. */
  readonly db: DatabaseSync;
  readonly path: string;
  /** Longest wait for the write lock when somebody waits for the write. */
  readonly busyTimeoutMs: number;
  /** Takes a sentence for people; must not throw. */
  readonly onError: (message: string) => void;
}

/** The ledger in an open database. */
export class SqliteLedger extends QueuedLedger implements Ledger {
  readonly #db: DatabaseSync;
  readonly #path: string;
  readonly #busyTimeoutMs: number;
  readonly #reportRefused: (message: string) => void;
  readonly #insert;
  readonly #reader: SqliteReader;

  constructor({ db, path, busyTimeoutMs, onError }: SqliteLedgerOptions) {
    const reader = new SqliteReader(path);
    super(
      {
        place: path,
        write: (entries) => this.#writeSoon(entries),
        ask: (statement) => reader.ask(statement).catch((error: unknown) => withStoreErrors(path, () => raise(error))),
      },
      onError,
    );
    this.#reader = reader;
    this.#db = db;
    this.#path = path;
    this.#busyTimeoutMs = busyTimeoutMs;
    this.#reportRefused = onceAMinute(onError);
    // Groups come up to hundreds of times a second, and each sync to the disk would stop the event loop.
    db.exec(`PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = ${GROUP_LOCK_WAIT_MS}`);
    const places = WRITTEN_COLUMNS.map(() => "?").join(", ");
    this.#insert = db.prepare(
      `INSERT INTO ledger (${WRITTEN_COLUMNS.join(", ")}) VALUES (${places}) ON CONFLICT DO NOTHING`,
    );
  }

  override flush(): Promise<void> {
    return this.#patiently(() => super.flush());
  }

  reprice(fromMs: number, toMs: number, price: (entry: LedgerEntry) => number | null): Promise<number> {
    return repriced(this, { fromMs, toMs }, price, async (changes) => {
      withStoreErrors(this.#path, () =>
        inTransaction(this.#db, () => {
          for (const { entry, costNanoUsd } of changes)
            this.#run(repriceStatement(endedAtMs(entry), entry.id, costNanoUsd));
        }),
      );
    });
  }

  async dropBefore(timeMs: number): Promise<number> {
    await this.flush();
    const edge = this.#db.prepare(
      "SELECT endedAtMs FROM ledger WHERE endedAtMs < ? ORDER BY endedAtMs LIMIT 1 OFFSET ?",
    );
    let dropped = 0;
    for (;;) {
      // Rows of one millisecond go together.
      const found = withStoreErrors(this.#path, () => edge.get(timeMs, DROPPED_AT_ONCE)?.["endedAtMs"]);
      const untilMs = typeof found === "number" ? Math.min(found + 1, timeMs) : timeMs;
      dropped += withStoreErrors(this.#path, () => this.#drop(untilMs));
      if (typeof found !== "number") return dropped;
      await setImmediate();
    }
  }

  /** Writes what waits; what cannot be written is reported and lost. Closes the connection. */
  override async close(): Promise<void> {
    await this.#patiently(() => super.close());
    await this.#reader.close();
    this.#db.close();
  }

  /** Drops what ended before this time, but keeps what the tokens had used. */
  #drop(untilMs: number): number {
    let dropped = 0;
    inTransaction(this.#db, () => {
      this.#run(foldStatement(0, untilMs));
      const { text, values } = dropStatement(0, untilMs);
      dropped = Number(this.#db.prepare(text).run(named(values)).changes);
    });
    return dropped;
  }

  #run({ text, values }: Statement): Row[] {
    return withStoreErrors(this.#path, () => this.#db.prepare(text).all(named(values)));
  }

  /** Waits longer for the write lock than when nobody waits for what is written. */
  async #patiently(work: () => Promise<void>): Promise<void> {
    this.#db.exec(`PRAGMA busy_timeout = ${this.#busyTimeoutMs}`);
    try {
      await work();
    } finally {
      this.#db.exec(`PRAGMA busy_timeout = ${GROUP_LOCK_WAIT_MS}`);
    }
  }

  /** Writes at once, or, while another process has the write lock, as soon as it lets go, within the time that may be waited for it. */
  #writeSoon(entries: readonly LedgerEntry[]): void | Promise<void> {
    try {
      this.#write(entries);
    } catch (error) {
      if (!isLocked(error)) throw error;
      return this.#writeAgain(entries, performance.now() + this.#busyTimeoutMs);
    }
  }

  async #writeAgain(entries: readonly LedgerEntry[], untilMs: number): Promise<void> {
    for (;;) {
      await setTimeout(GROUP_LOCK_WAIT_MS);
      try {
        return this.#write(entries);
      } catch (error) {
        if (!isLocked(error) || performance.now() > untilMs) throw error;
      }
    }
  }

  #write(entries: readonly LedgerEntry[]): void {
    withStoreErrors(this.#path, () =>
      inTransaction(this.#db, () => entries.forEach((entry) => this.#insertOrReport(entry))),
    );
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

function raise(error: unknown): never {
  throw error;
}

function isLocked(error: unknown): boolean {
  return error instanceof StoreError && error.code === "locked";
}

/** SQLite takes numbered parameters by their names. */
function named(values: Statement["values"]): Record<string, string | number | null> {
  return Object.fromEntries(values.map((value, index) => [String(index + 1), value]));
}
