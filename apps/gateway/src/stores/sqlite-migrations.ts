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
  // Rows lie in the order of their ends, so that new ones come together and old ones go together.
  `ALTER TABLE tokens ADD COLUMN limits TEXT NOT NULL DEFAULT '{}';
   ALTER TABLE ledger RENAME TO ledgerBefore;
   CREATE TABLE ledger (
     endedAtMs INTEGER NOT NULL,
     id TEXT NOT NULL,
     startedAtMs INTEGER NOT NULL,
     durationMs REAL NOT NULL,
     firstByteMs REAL,
     surface TEXT NOT NULL,
     tokenId TEXT,
     account TEXT,
     upstream TEXT,
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
     costNanoUsd INTEGER,
     bytesSent INTEGER NOT NULL,
     bytesReceived INTEGER NOT NULL,
     losses TEXT NOT NULL,
     trace TEXT NOT NULL,
     PRIMARY KEY (endedAtMs, id)
   ) WITHOUT ROWID;
   INSERT OR IGNORE INTO ledger
     SELECT CAST(round(startedAtMs + durationMs) AS INTEGER), id, startedAtMs, durationMs, firstByteMs, surface, tokenId, account,
       NULL, attempts, requestedModel, model, status, endReason, stream, input, cacheRead, cacheWrite5m, cacheWrite1h, cacheWrite,
       output, reasoning, NULL, bytesSent, bytesReceived, '[]', '[]'
     FROM ledgerBefore;
   DROP TABLE ledgerBefore;
   CREATE INDEX ledgerByToken ON ledger (tokenId, endedAtMs) WHERE tokenId IS NOT NULL;
   CREATE TABLE spentBefore (
     tokenId TEXT PRIMARY KEY,
     requests INTEGER NOT NULL,
     nanoUsd INTEGER NOT NULL
   ) WITHOUT ROWID;
   CREATE TABLE accountStates (
     account TEXT NOT NULL,
     model TEXT NOT NULL,
     state TEXT NOT NULL,
     changedAtMs INTEGER NOT NULL,
     revision INTEGER NOT NULL UNIQUE,
     PRIMARY KEY (account, model)
   ) WITHOUT ROWID;`,
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
