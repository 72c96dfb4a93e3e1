import { resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";

import type { Store } from "@link-assistant/core";

import { ACCOUNT_STATES, TOKENS } from "./record-tables.ts";
import { SqliteLedger } from "./sqlite-ledger.ts";
import { openDatabase } from "./sqlite-open.ts";
import { SqliteRecords } from "./sqlite-records.ts";

export { StoreError } from "./store-error.ts";

/** What `openSqliteStore` is given. */
export interface SqliteStoreOptions {
  /** The database's file; made when there is none. Its directory must exist. */
  readonly path: string;
  /** Takes a sentence for people about work that nobody waits for; must not throw. Default: nobody is told. */
  readonly onError?: (message: string) => void;
  /** Milliseconds between two looks for token records that other processes wrote; default 100. */
  readonly watchIntervalMs?: number;
  /** Milliseconds to wait for another process that writes, all the while nothing else runs in this one; default 1,000. */
  readonly busyTimeoutMs?: number;
}

/**
 * A store in one SQLite file, which other processes may use at the same time. A token record that was put survives even
 * a power cut; a ledger entry that was flushed, the end of the process. Throws a `StoreError` when the file cannot be used.
 */
export function openSqliteStore(options: SqliteStoreOptions): Store {
  const { onError = () => {}, watchIntervalMs = 100, busyTimeoutMs = 1000 } = options;
  const path = resolve(options.path);
  const db = openDatabase(path, busyTimeoutMs);
  const records = { db, path, watchIntervalMs, onError };
  const tokens = new SqliteRecords(TOKENS, records);
  const accountStates = new SqliteRecords(ACCOUNT_STATES, records);
  const ledger = new SqliteLedger({ db: new DatabaseSync(path), path, busyTimeoutMs, onError });
  return {
    tokens,
    accountStates,
    ledger,
    async close() {
      if (!db.isOpen) return;
      tokens.close();
      accountStates.close();
      await ledger.close();
      db.close();
    },
  };
}
