import type { DatabaseSync } from "node:sqlite";

import { z } from "zod";

import { onceAMinute } from "./once-a-minute.ts";
import type { Row } from "./parse-row.ts";
import { messageOf } from "./store-error.ts";

/** What a watch is given. */
interface WatchOptions<Record> {
  readonly db: DatabaseSync;
  readonly path: string;
  /** A table whose column `revision` numbers the writes to it, each above all before. */
  readonly table: string;
  readonly parse: (row: Row) => Record;
  /** Milliseconds between two looks. */
  readonly intervalMs: number;
  /** Takes a sentence for people, at most once a minute; must not throw. */
  readonly onError: (message: string) => void;
}

type Listener<Record> = (record: Record) => void;

const versionRow = z.object({ data_version: z.number() });
const revisionRow = z.object({ revision: z.number() });

/** Finds records of a table that other connections wrote. Nothing runs while nobody listens. */
export class TableWatch<Record> {
  readonly #options: WatchOptions<Record>;
  readonly #report: (message: string) => void;
  readonly #version;
  readonly #highest;
  readonly #after;
  readonly #listeners = new Set<Listener<Record>>();
  /** Revisions written here that come after one of another connection. */
  readonly #own = new Set<number>();
  #seenVersion = 0;
  #seenRevision = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: WatchOptions<Record>) {
    const { db, table, onError } = options;
    this.#options = options;
    this.#report = onceAMinute(onError);
    this.#version = db.prepare("PRAGMA data_version");
    this.#highest = db.prepare(`SELECT coalesce(max(revision), 0) AS revision FROM "${table}"`);
    this.#after = db.prepare(`SELECT * FROM "${table}" WHERE revision > ? ORDER BY revision`);
  }

  /** Calls `listener` with each record written elsewhere from now on, until the returned function is called. */
  add(listener: Listener<Record>): () => void {
    if (this.#listeners.size === 0) this.#start();
    // A function of its own, so that a listener may be added twice.
    const entry: Listener<Record> = (record) => listener(record);
    this.#listeners.add(entry);
    return () => {
      this.#listeners.delete(entry);
      if (this.#listeners.size === 0) this.close();
    };
  }

  /** Tells of a revision written through this connection, which is not reported. */
  noteOwn(revision: number): void {
    if (revision === this.#seenRevision + 1) this.#seenRevision = revision;
    else if (this.#timer !== undefined) this.#own.add(revision);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #start(): void {
    this.#seenVersion = this.#readVersion();
    this.#seenRevision = revisionRow.parse(this.#highest.get()).revision;
    this.#own.clear();
    this.#timer = setInterval(() => this.#poll(), this.#options.intervalMs).unref();
  }

  #poll(): void {
    this.#trying(() => {
      const version = this.#readVersion();
      if (version === this.#seenVersion) return;
      for (const row of this.#after.all(this.#seenRevision)) {
        const { revision } = revisionRow.parse(row);
        // First, so that a row that cannot be read is reported once and does not hide those behind it.
        this.#seenRevision = revision;
        if (!this.#own.has(revision)) this.#trying(() => this.#notify(this.#options.parse(row)));
      }
      this.#own.clear();
      this.#seenVersion = version;
    });
  }

  #notify(record: Record): void {
    for (const listener of this.#listeners) this.#trying(() => listener(record));
  }

  #trying(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#report(`Watching the ${this.#options.table} in ${this.#options.path} failed: ${messageOf(error)}`);
    }
  }

  #readVersion(): number {
    return versionRow.parse(this.#version.get()).data_version;
  }
}
