/** What may be wrong with a database, how it is said, and what to do about it. */
const CONDITIONS = {
  corrupt: {
    state: "is damaged, or no database of this program",
    advice: "Move it away together with its -wal and -shm files, or restore a backup.",
  },
  newer: {
    state: "was written by a newer release",
    advice: "Start that release again, or restore a backup made before the upgrade.",
  },
  locked: {
    state: "is locked by another process",
    advice: "End that process, or try again when it is done.",
  },
  full: {
    state: "has no room left",
    advice: "Free some space on its disk.",
  },
  unreachable: {
    state: "cannot be used at the moment",
    advice: "Make sure that the server runs, that DATABASE_URL is right, and that its user may create tables there.",
  },
  unwritable: {
    state: "cannot be read and written",
    advice: "Make sure that its directory exists and that this user owns the file and may write there.",
  },
} as const;

/** What is wrong with a database. */
export type StoreErrorCode = keyof typeof CONDITIONS;

/** A database that cannot be used. The message is a full account: what, why, and what to do. */
export class StoreError extends Error {
  override readonly name = "StoreError";
  readonly code: StoreErrorCode;

  /** `path`: the database's file; `reason`: a few words in the engine's own language. */
  constructor(code: StoreErrorCode, path: string, reason: string, options?: ErrorOptions) {
    const { state, advice } = CONDITIONS[code];
    super(`The database ${path} ${state} (${reason}). ${advice}`, options);
    this.code = code;
  }
}

/** SQLite's primary result codes, https://www.sqlite.org/rescode.html (read 2026-11-23). */
const CODE_OF_SQLITE_RESULT: ReadonlyMap<number, StoreErrorCode> = new Map([
  [1, "corrupt"], // SQLITE_ERROR: our statements do not fit its tables
  [3, "unwritable"], // SQLITE_PERM
  [5, "locked"], // SQLITE_BUSY
  [6, "locked"], // SQLITE_LOCKED
  [8, "unwritable"], // SQLITE_READONLY
  [10, "unwritable"], // SQLITE_IOERR
  [11, "corrupt"], // SQLITE_CORRUPT
  [13, "full"], // SQLITE_FULL
  [14, "unwritable"], // SQLITE_CANTOPEN
  [26, "corrupt"], // SQLITE_NOTADB
]);

/** The primary result code of an error that SQLite raised; `undefined` for any other error. */
export function sqliteResult(error: unknown): number | undefined {
  if (!(error instanceof Error) || !("errcode" in error) || typeof error.errcode !== "number") return undefined;
  // The upper bits of an extended result code say more about the primary one below them.
  return error.errcode & 0xff;
}

/** Does the work; an error that SQLite or the file system raises in it comes out as a `StoreError`. */
export function withStoreErrors<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw storeErrorOf(error, path);
  }
}

/** What an error says, without its kind. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function storeErrorOf(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || error instanceof StoreError) return error;
  const code = "syscall" in error ? "unwritable" : CODE_OF_SQLITE_RESULT.get(sqliteResult(error) ?? 0);
  return code === undefined ? error : new StoreError(code, path, error.message, { cause: error });
}
