import { endedAtMs } from "@link-assistant/core";
import type { Ledger, LedgerEntry } from "@link-assistant/core";
import { z } from "zod";

import { repriced } from "./ledger-pages.ts";
import { WRITTEN_COLUMNS, ledgerValues } from "./ledger-rows.ts";
import { onceAMinute } from "./once-a-minute.ts";
import type { PostgresDatabase } from "./postgres-database.ts";
import { QueuedLedger } from "./queued-ledger.ts";
import { dropStatement, foldStatement, repriceStatement } from "./sql-ledger.ts";

const DAY_MS = 86_400_000;
/** Partitions that are there before their day comes. */
const DAYS_AHEAD = 2;
/** Any number that no other program locks: one process at a time drops old rows. */
const DROP_LOCK = 7_283_645_120_994;

// prettier-ignore
const BIGINTS = [
  "endedAtMs", "startedAtMs", "attempts", "costNanoUsd", "bytesSent", "bytesReceived",
  "input", "cacheRead", "cacheWrite5m", "cacheWrite1h", "cacheWrite", "output", "reasoning",
];

/** The types of columns that are not `text`. */
const TYPES: Readonly<Record<string, string>> = {
  durationMs: "double precision",
  firstByteMs: "double precision",
  status: "integer",
  stream: "smallint",
  ...Object.fromEntries(BIGINTS.map((column) => [column, "bigint"])),
};

/** Takes a column of each row as one array, however many rows there are. */
const INSERT = `INSERT INTO ledger (${WRITTEN_COLUMNS.map((column) => `"${column}"`).join(", ")})
  SELECT * FROM unnest(${WRITTEN_COLUMNS.map((column, index) => `$${index + 1}::${TYPES[column] ?? "text"}[]`).join(", ")})
  ON CONFLICT DO NOTHING`;

const partitionRow = z.object({ name: z.string() });

/** What a ledger is given. */
interface PostgresLedgerOptions {
  readonly database: PostgresDatabase;
  /** Takes a sentence for people; must not throw. */
  readonly onError: (message: string) => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** The ledger in a database, a partition for each day. */
export class PostgresLedger extends QueuedLedger implements Ledger {
  readonly #database: PostgresDatabase;
  readonly #now: () => number;
  readonly #reportRefused: (message: string) => void;
  #madeUntilMs = 0;

  constructor({ database, onError, now }: PostgresLedgerOptions) {
    super(
      {
        place: database.place,
        write: (entries) => this.#write(entries),
        ask: (statement) => database.query(statement),
      },
      onError,
    );
    this.#database = database;
    this.#now = now;
    this.#reportRefused = onceAMinute(onError);
  }

  reprice(fromMs: number, toMs: number, price: (entry: LedgerEntry) => number | null): Promise<number> {
    return repriced(this, { fromMs, toMs }, price, (changes) =>
      this.#database.transaction(async (query) => {
        for (const { entry, costNanoUsd } of changes) {
          const { text, values } = repriceStatement(endedAtMs(entry), entry.id, costNanoUsd);
          await query(text, values);
        }
      }),
    );
  }

  async dropBefore(timeMs: number): Promise<number> {
    await this.flush();
    return this.#database.transaction(async (query) => {
      await query(`SELECT pg_advisory_xact_lock(${DROP_LOCK})`);
      const fold = foldStatement(0, timeMs);
      await query(fold.text, fold.values);
      const { rows } = await query(
        `SELECT child.relname AS "name" FROM pg_inherits JOIN pg_class AS child ON child.oid = inhrelid WHERE inhparent = 'ledger'::regclass`,
      );
      let dropped = 0;
      for (const name of rows.map((row) => partitionRow.parse(row).name)) {
        if (!(endOfPartition(name) <= timeMs)) continue;
        const counted = await query(`SELECT count(*) AS "count" FROM "${name}"`);
        await query(`DROP TABLE "${name}"`);
        dropped += Number(counted.rows[0]?.["count"] ?? 0);
      }
      const rest = dropStatement(0, timeMs);
      return dropped + ((await query(rest.text, rest.values)).rowCount ?? 0);
    });
  }

  /** Makes the partitions of today and of the days to come, where they are not there yet. */
  async makePartitions(): Promise<void> {
    const today = Math.floor(this.#now() / DAY_MS) * DAY_MS;
    for (let ahead = 0; ahead <= DAYS_AHEAD; ahead += 1) {
      const fromMs = today + ahead * DAY_MS;
      const text = `CREATE TABLE IF NOT EXISTS "${nameOfPartition(fromMs)}" PARTITION OF ledger FOR VALUES FROM (${fromMs}) TO (${fromMs + DAY_MS})`;
      // Rows of that day that came before it stay among those of other days; everything works without the partition.
      await this.#database.query({ text, values: [] }).catch((error: unknown) => this.#reportRefused(String(error)));
    }
    this.#madeUntilMs = today + DAY_MS;
  }

  async #write(entries: readonly LedgerEntry[]): Promise<void> {
    if (this.#now() >= this.#madeUntilMs) await this.makePartitions();
    const rows = entries.flatMap((entry) => this.#valuesOrReport(entry) ?? []);
    if (rows.length === 0) return;
    const columns = WRITTEN_COLUMNS.map((_, index) => rows.map((row) => row[index] ?? null));
    await this.#database.transaction((query) => query(INSERT, columns));
  }

  /** An entry that can never be kept (a duration that is not a number) must not keep the others from being written. */
  #valuesOrReport(entry: LedgerEntry): [(string | number | null)[]] | undefined {
    const values = ledgerValues(entry).map((value) => (typeof value === "string" ? value.replaceAll("\0", "") : value));
    if (values.every((value) => typeof value !== "number" || Number.isFinite(value))) return [values];
    this.#reportRefused(`The ledger entry ${entry.id} was refused: a number of it is none.`);
    return undefined;
  }
}

function nameOfPartition(fromMs: number): string {
  return `ledger_${new Date(fromMs).toISOString().slice(0, 10).replaceAll("-", "_")}`;
}

/** When the day of a partition ends; not a number for the one of other days. */
function endOfPartition(name: string): number {
  const [, date = ""] = /^ledger_(\d{4}_\d{2}_\d{2})$/.exec(name) ?? [];
  return Date.parse(date.replaceAll("_", "-")) + DAY_MS;
}
