import { z } from "zod";

import type { PostgresDatabase } from "./postgres-database.ts";
import { PostgresWatch } from "./postgres-watch.ts";
import type { RecordTable } from "./sqlite-records.ts";

const revisionRow = z.object({ revision: z.number() });

/** What a table's records are worked with. */
interface RecordsOptions {
  readonly database: PostgresDatabase;
  /** Milliseconds between two looks for what others wrote. */
  readonly watchIntervalMs: number;
  /** Takes a sentence for people; must not throw. */
  readonly onError: (message: string) => void;
}

/** The records of one table. */
export class PostgresRecords<Record> {
  readonly #table: RecordTable<Record>;
  readonly #database: PostgresDatabase;
  readonly #columns: string;
  readonly #watch: PostgresWatch<Record>;

  constructor(table: RecordTable<Record>, { database, watchIntervalMs, onError }: RecordsOptions) {
    this.#table = table;
    this.#database = database;
    this.#columns = quoted(table.columns);
    const { name } = table;
    const parse = (row: Parameters<typeof table.parse>[0]): Record => table.parse(row, database.place);
    this.#watch = new PostgresWatch({ database, table: name, parse, intervalMs: watchIntervalMs, onError });
  }

  async list(): Promise<Record[]> {
    await this.#watch.begun();
    const { name, order, parse } = this.#table;
    const text = `SELECT ${this.#columns} FROM "${name}" ORDER BY ${quoted(order.split(", "))}`;
    const rows = await this.#database.query({ text, values: [] });
    return rows.map((row) => parse(row, this.#database.place));
  }

  async get(...key: string[]): Promise<Record | undefined> {
    const { name, key: columns, parse } = this.#table;
    const where = columns.map((column, index) => `"${column}" = $${index + 1}`).join(" AND ");
    const text = `SELECT ${this.#columns} FROM "${name}" WHERE ${where}`;
    const [row] = await this.#database.query({ text, values: key });
    return row === undefined ? undefined : parse(row, this.#database.place);
  }

  async put(record: Record): Promise<void> {
    const { name, columns, key, parametersOf } = this.#table;
    const parameters = parametersOf(record);
    const places = columns.map((_, index) => `$${index + 1}`).join(", ");
    const changes = columns.map((column) => `"${column}" = excluded."${column}"`).join(", ");
    const revision = await this.#database.transaction(async (query) => {
      // Writers take turns, so that revisions come to be seen in their order.
      await query(`LOCK TABLE "${name}" IN EXCLUSIVE MODE`);
      const { rows } = await query(
        `INSERT INTO "${name}" (${this.#columns}, "revision")
         VALUES (${places}, (SELECT coalesce(max("revision"), 0) + 1 FROM "${name}"))
         ON CONFLICT (${quoted(key)}) DO UPDATE SET ${changes}, "revision" = excluded."revision"
         RETURNING "revision"`,
        columns.map((column) => parameters[column] ?? null),
      );
      await query(`SELECT pg_notify($1, '')`, [this.#watch.channel]);
      return revisionRow.parse(rows[0]).revision;
    });
    this.#watch.noteOwn(revision);
  }

  watch(listener: (record: Record) => void): () => void {
    return this.#watch.add(listener);
  }

  close(): Promise<void> {
    return this.#watch.close();
  }
}

function quoted(columns: readonly string[]): string {
  return columns.map((column) => `"${column}"`).join(", ");
}
