import type { Store } from "@link-assistant/core";
import { types } from "pg";

import { PostgresDatabase } from "./postgres-database.ts";
import { PostgresLedger } from "./postgres-ledger.ts";
import { migratePostgres } from "./postgres-migrations.ts";
import { PostgresRecords } from "./postgres-records.ts";
import { ACCOUNT_STATES, TOKENS } from "./record-tables.ts";

/** What `openPostgresStore` is given. */
export interface PostgresStoreOptions {
  /** `postgres://user:password@host:port/database`, with the parameters that `pg` knows (`sslmode` …). */
  readonly url: string;
  /** Takes a sentence for people about work that nobody waits for; must not throw. Default: nobody is told. */
  readonly onError?: (message: string) => void;
  /** Milliseconds between two looks for records that other processes wrote; default 500. They are told sooner, if all is well. */
  readonly watchIntervalMs?: number;
  /** Milliseconds since 1970; default the system's. Says which day's partition is made ahead. */
  readonly now?: () => number;
}

/**
 * A store in a PostgreSQL database (14 or newer), for several gateways at once. Rejects with a `StoreError` when the database cannot be
 * used; afterwards it comes back by itself from whatever happens to the server.
 */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<Store> {
  const { url, onError = () => {}, watchIntervalMs = 500, now = Date.now } = options;
  const database = new PostgresDatabase(url, onError);
  try {
    await migratePostgres(database);
    const records = { database, watchIntervalMs, onError };
    const tokens = new PostgresRecords(TOKENS, records);
    const accountStates = new PostgresRecords(ACCOUNT_STATES, records);
    const ledger = new PostgresLedger({ database, onError, now });
    await ledger.makePartitions();
    let closed = false;
    return {
      tokens,
      accountStates,
      ledger,
      async close() {
        if (closed) return;
        closed = true;
        await Promise.all([tokens.close(), accountStates.close(), ledger.close()]);
        await database.close();
      },
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}

// Counts, times and sums fit into a number.
for (const type of [types.builtins.INT8, types.builtins.NUMERIC]) types.setTypeParser(type, Number);
