import type { DatabaseSync } from "node:sqlite";

import { z } from "zod";

import type { Row } from "./parse-row.ts";
import { TableWatch } from "./sqlite-watch.ts";
import { withStoreErrors } from "./store-error.ts";

const revisionRow = z.object({ revision: z.number() });

/** How records lie in a table. */
export interface RecordTable<Record> {
  readonly name: string;
  readonly columns: readonly string[];
  /** The columns of the primary key. */
  readonly key: readonly string[];
  readonly order: string;
  readonly parametersOf: (record: Record) => { [column: string]: string | number | null };
  readonly parse: (row: Row, path: string) => Record;
}

/** What a table's records are worked with. */
interface RecordsOptions {
  readonly db: DatabaseSync;
  readonly path: string;
  /** Milliseconds between two looks for what others wrote. */
  readonly watchIntervalMs: number;
  /** Takes a sentence for people, at most once a minute; must not throw. */
  readonly onError: (message: string) => void;
}

/** The records of one table in an open database. */
export class SqliteRecords<Record> {
  readonly #path: string;
  readonly #table: RecordTable<Record>;
  readonly #watch: TableWatch<Record>;
  readonly #all;
  readonly #one;
  readonly #put;

  constructor(table: RecordTable<Record>, { db, path, watchIntervalMs, onError }: RecordsOptions) {
    const { name, columns, key, order, parse } = table;
    this.#path = path;
    this.#table = table;
    this.#watch = new TableWatch({
      db,
      path,
      table: name,
      parse: (row) => parse(row, path),
      intervalMs: watchIntervalMs,
      onError,
    });
    const names = columns.join(", ");
    this.#all = db.prepare(`SELECT ${names} FROM ${name} ORDER BY ${order}`);
    this.#one = db.prepare(`SELECT ${names} FROM ${name} WHERE ${key.map((column) => `${column} = ?`).join(" AND ")}`);
    this.#put = db.prepare(
      `INSERT OR REPLACE INTO ${name} (${names}, revision)
       VALUES (${columns.map((column) => `:${column}`).join(", ")}, (SELECT coalesce(max(revision), 0) + 1 FROM ${name}))
       RETURNING revision`,
    );
  }

  async list(): Promise<Record[]> {
    const rows = withStoreErrors(this.#path, () => this.#all.all());
    return rows.map((row) => this.#table.parse(row, this.#path));
  }

  async get(...key: string[]): Promise<Record | undefined> {
    const row = withStoreErrors(this.#path, () => this.#one.get(...key));
    return row === undefined ? undefined : this.#table.parse(row, this.#path);
  }

  async put(record: Record): Promise<void> {
    // Not `get`: it takes the first row and lets an error of the commit, which comes after the rows, go by unseen.
    const [row] = withStoreErrors(this.#path, () => this.#put.all(this.#table.parametersOf(record)));
    this.#watch.noteOwn(revisionRow.parse(row).revision);
  }

  watch(listener: (record: Record) => void): () => void {
    return withStoreErrors(this.#path, () => this.#watch.add(listener));
  }

  close(): void {
    this.#watch.close();
  }
}
