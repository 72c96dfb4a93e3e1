import type { DatabaseSync } from "node:sqlite";

import { z } from "zod";

import { StoreError } from "./store-error.ts";
import { inTransaction } from "./sqlite-transaction.ts";

/**
 * What makes schema n+1 of schema n, from an empty database on. Rows of released versions never change; a new one is added
 * at the end. Columns bear the names of the fields they hold; `revision` numbers the writes to `tokens`, each above all before.
 */
const MIGRATIONS = [
  `CREATE TABLE tokens (
     id TEXT PRIMARY KEY,
     label TEXT NOT NULL,
     account TEXT,
     scopes TEXT NOT NULL,
     issuedAtMs INTEGER NOT NULL,
     expiresAtMs INTEGER NOT NULL,
     revokedAtMs INTEGER,
     revision INTEGER NOT NULL UNIQUE
   ) WITHOUT ROWID;
   CREATE TABLE ledger (
     sequence INTEGER PRIMARY KEY,
     id TEXT NOT NULL,
     startedAtMs INTEGER NOT NULL,
     durationMs REAL NOT NULL,
     firstByteMs REAL,
     surface TEXT NOT NULL,
     tokenId TEXT,
     account TEXT,
     attempts INTEGER NOT NULL,
     requestedModel TEXT,
     model TEXT,
     status INTEGER NOT NULL,
     endReason TEXT NOT NULL,
     stream INTEGER NOT NULL,
     input INTEGER,
     cacheRead INTEGER,
     cacheWrite5m INTEGER,
     cacheWrite1h INTEGER,
     cacheWrite INTEGER,
     output INTEGER,
     reasoning INTEGER,
     bytesSent INTEGER NOT NULL,
     bytesReceived INTEGER NOT NULL
   );`,
];

const versionRow = z.object({ user_version: z.number() });

/**
 * Brings the database to the newest schema, each step in a transaction of its own. Throws a `StoreError` when a newer
 * release has been there. `migrations` is for tests.
 */
export function migrate(db: DatabaseSync, path: string, migrations: readonly string[] = MIGRATIONS): void {
  while (schemaVersion(db, path, migrations) < migrations.length) {
    inTransaction(db, () => {
      // Read again: another process may have taken this step while the lock was waited for.
      const version = schemaVersion(db, path, migrations);
      const step = migrations[version];
      if (step !== undefined) db.exec(`${step}; PRAGMA user_version = ${version + 1}`);
    });
  }
}

function schemaVersion(db: DatabaseSync, path: string, migrations: readonly string[]): number {
  const { user_version: version } = versionRow.parse(db.prepare("PRAGMA user_version").get());
  if (version <= migrations.length) return version;
  throw new StoreError("newer", path, `schema ${version}, known here up to ${migrations.length}`);
}
