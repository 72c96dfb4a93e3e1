import type { Client } from "pg";
import { z } from "zod";

import { onceAMinute } from "./once-a-minute.ts";
import type { Row } from "./parse-row.ts";
import type { PostgresDatabase } from "./postgres-database.ts";
import { messageOf } from "./store-error.ts";

/** What a watch is given. */
interface WatchOptions<Record> {
  readonly database: PostgresDatabase;
  /** A table whose column `revision` numbers the writes to it, each above all before. */
  readonly table: string;
  readonly parse: (row: Row) => Record;
  /** Milliseconds between two looks, when nothing is told sooner. */
  readonly intervalMs: number;
  /** Takes a sentence for people, at most once a minute; must not throw. */
  readonly onError: (message: string) => void;
}

const highestRow = z.object({ revision: z.number() });
const RELISTEN_MS = 1000;

/**
 * Finds records of a table that others wrote: it looks at once when the server tells of a change, and in any case again and again, so
 * that nothing is late for long when the connection it is told by is gone. Nothing runs while nobody listens.
 */
export class PostgresWatch<Record> {
  /** Where changes are told. */
  readonly channel: string;
  readonly #options: WatchOptions<Record>;
  readonly #report: (message: string) => void;
  readonly #listeners = new Set<(record: Record) => void>();
  /** Revisions written here that were not seen yet. */
  readonly #own = new Set<number>();
  /** The highest revision that was seen; unknown until the first look. */
  #seen: number | undefined;
  #looking: Promise<void> | undefined;
  #lookAgain = false;
  #timer: NodeJS.Timeout | undefined;
  #client: Client | undefined;
  #closed = false;

  constructor(options: WatchOptions<Record>) {
    this.#options = options;
    this.channel = `la_${options.table}`;
    this.#report = onceAMinute(options.onError);
  }

  /** Calls `listener` with each record written elsewhere from now on, until the returned function is called. */
  add(listener: (record: Record) => void): () => void {
    if (this.#listeners.size === 0) this.#start();
    // A function of its own, so that a listener may be added twice.
    const entry = (record: Record): void => listener(record);
    this.#listeners.add(entry);
    return () => {
      this.#listeners.delete(entry);
      if (this.#listeners.size === 0) void this.#stop();
    };
  }

  /** Resolves when everything that is written from then on will be reported; at once while nobody listens. */
  async begun(): Promise<void> {
    while (this.#seen === undefined && this.#looking !== undefined) await this.#looking;
  }

  /** Tells of a revision written here, which is not reported. */
  noteOwn(revision: number): void {
    if (this.#timer !== undefined) this.#own.add(revision);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#listeners.clear();
    await this.#stop();
  }

  #start(): void {
    this.#seen = undefined;
    this.#own.clear();
    this.#timer = setInterval(() => this.#look(), this.#options.intervalMs).unref();
    this.#look();
    void this.#listen();
  }

  async #stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#timer = undefined;
    const client = this.#client;
    this.#client = undefined;
    await client?.end().catch(() => {});
    await this.#looking;
  }

  /** One look at a time; what is told meanwhile means another one. */
  #look(): void {
    if (this.#looking !== undefined) {
      this.#lookAgain = true;
      return;
    }
    this.#looking = this.#lookOnce()
      .catch((error: unknown) => this.#report(`Watching the ${this.#options.table} failed: ${messageOf(error)}`))
      .finally(() => {
        this.#looking = undefined;
        if (!this.#lookAgain || this.#timer === undefined) return;
        this.#lookAgain = false;
        this.#look();
      });
  }

  async #lookOnce(): Promise<void> {
    const { database, table } = this.#options;
    const timer = this.#timer;
    if (this.#seen === undefined) {
      const text = `SELECT coalesce(max("revision"), 0) AS "revision" FROM "${table}"`;
      const [row] = await database.query({ text, values: [] });
      // What was asked before everybody left says nothing to who came since.
      if (this.#timer !== timer) return;
      this.#seen = highestRow.parse(row).revision;
      return;
    }
    const text = `SELECT * FROM "${table}" WHERE "revision" > $1 ORDER BY "revision"`;
    const rows = await database.query({ text, values: [this.#seen] });
    if (this.#timer !== timer) return;
    for (const row of rows) this.#tell(row);
  }

  #tell(row: Row): void {
    const { revision } = highestRow.parse(row);
    // First, so that a row that cannot be read is reported once and does not hide those behind it.
    this.#seen = revision;
    if (this.#own.delete(revision)) return;
    try {
      const record = this.#options.parse(row);
      for (const listener of this.#listeners) listener(record);
    } catch (error) {
      this.#report(`Watching the ${this.#options.table} failed: ${messageOf(error)}`);
    }
  }

  /** Listens on a connection of its own, and on another when that is lost. */
  async #listen(): Promise<void> {
    if (this.#closed || this.#timer === undefined) return;
    const client = this.#options.database.newClient();
    const again = (): void => {
      if (this.#client === client) this.#client = undefined;
      client.removeAllListeners("error");
      client.on("error", () => {});
      setTimeout(() => void this.#listen(), RELISTEN_MS).unref();
    };
    client.once("error", again);
    client.on("notification", () => this.#look());
    try {
      await client.connect();
      await client.query(`LISTEN "${this.channel}"`);
      if (this.#timer === undefined) await client.end();
      else this.#client = client;
      // What was told before this connection was there.
      this.#look();
    } catch {
      client.off("error", again);
      client.on("error", () => {});
      await client.end().catch(() => {});
      again();
    }
  }
}
