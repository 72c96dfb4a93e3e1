import { chmodSync, closeSync, existsSync, fchmodSync, openSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";

import { StoreError, withStoreErrors } from "./store-error.ts";
import { migrate } from "./sqlite-migrations.ts";

/**
 * Opens the database, which is made when there is none, checks it and brings it to the newest schema. Its files can be read
 * by their owner alone. Throws a `StoreError`.
 */
export function openDatabase(path: string, busyTimeoutMs: number): DatabaseSync {
  return withStoreErrors(path, () => {
    makePrivate(path);
    const db = new DatabaseSync(path, { timeout: busyTimeoutMs, allowUnknownNamedParameters: true });
    try {
      // FULL: what was committed survives a power cut as well. NORMAL survives the end of the process.
      db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
      migrate(db, path);
      checkTokens(db, path);
      return db;
    } catch (error) {
      db.close();
      throw error;
    }
  });
}

/** SQLite gives the files it adds the mode of the database. */
function makePrivate(path: string): void {
  const file = openSync(path, "a", 0o600);
  try {
    // The mode above is cut by the umask and does nothing to a file that was there.
    fchmodSync(file, 0o600);
  } finally {
    closeSync(file);
  }
  for (const beside of [`${path}-wal`, `${path}-shm`]) if (existsSync(beside)) chmodSync(beside, 0o600);
}

/** Only the tokens: without them nobody gets in, and they are few. The ledger may be large, and every page would be read. */
function checkTokens(db: DatabaseSync, path: string): void {
  const verdict = db.prepare("PRAGMA quick_check(tokens)").get()?.["quick_check"];
  if (verdict !== "ok") throw new StoreError("corrupt", path, String(verdict));
}
