import type { DatabaseSync } from "node:sqlite";

import type { TokenRecord } from "@link-assistant/core";
import { z } from "zod";

import { onceAMinute } from "./once-a-minute.ts";
import { parseTokenRow } from "./sqlite-rows.ts";
import { messageOf } from "./store-error.ts";

/** What a watch is given. */
interface TokenWatchOptions {
  readonly db: DatabaseSync;
  readonly path: string;
  /** Milliseconds between two looks. */
  readonly intervalMs: number;
  /** Takes a sentence for people, at most once a minute; must not throw. */
  readonly onError: (message: string) => void;
}

type Listener = (record: TokenRecord) => void;

const versionRow = z.object({ data_version: z.number() });
const revisionRow = z.object({ revision: z.number() });

/** Finds token records that other connections wrote. Nothing runs while nobody listens. */
export class TokenWatch {
  readonly #options: TokenWatchOptions;
  readonly #report: (message: string) => void;
  readonly #version;
  readonly #highest;
  readonly #after;
  readonly #listeners = new Set<Listener>();
  /** Revisions written here that come after one of another connection. */
  readonly #own = new Set<number>();
  #seenVersion = 0;
  #seenRevision = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: TokenWatchOptions) {
    this.#options = options;
    this.#report = onceAMinute(options.onError);
    this.#version = options.db.prepare("PRAGMA data_version");
    this.#highest = options.db.prepare("SELECT coalesce(max(revision), 0) AS revision FROM tokens");
    this.#after = options.db.prepare("SELECT * FROM tokens WHERE revision > ? ORDER BY revision");
  }

  /** Calls `listener` with each record written elsewhere from now on, until the returned function is called. */
  add(listener: Listener): () => void {
    if (this.#listeners.size === 0) this.#start();
    // A function of its own, so that a listener may be added twice.
    const entry: Listener = (record) => listener(record);
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
        if (!this.#own.has(revision)) this.#trying(() => this.#notify(parseTokenRow(row, this.#options.path)));
      }
      this.#own.clear();
      this.#seenVersion = version;
    });
  }

  #notify(record: TokenRecord): void {
    for (const listener of this.#listeners) this.#trying(() => listener(record));
  }

  #trying(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#report(`Watching the tokens in ${this.#options.path} failed: ${messageOf(error)}`);
    }
  }

  #readVersion(): number {
    return versionRow.parse(this.#version.get()).data_version;
  }
}
