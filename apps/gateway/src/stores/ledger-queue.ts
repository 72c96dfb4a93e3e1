import type { LedgerEntry } from "@link-assistant/core";

import { onceAMinute } from "./once-a-minute.ts";
import { messageOf } from "./store-error.ts";

/** The first entry of a group waits so long for others. */
const GROUP_MS = 2;
const GROUP_ENTRIES = 500;
const RETRY_MS = 1000;
const MAX_WAITING = 10_000;

/** What a ledger queue works with. */
interface LedgerQueueOptions {
  /** Writes all the entries, the oldest first, or throws and has written none that could not be written again. */
  readonly write: (entries: readonly LedgerEntry[]) => void | Promise<void>;
  /** Takes a sentence for people; must not throw. */
  readonly onError: (message: string) => void;
}

/** Entries that share their fate. */
interface Group {
  readonly entries: LedgerEntry[];
  readonly written: PromiseWithResolvers<void>;
}

/**
 * Ledger entries on their way to a slower place. A group is written 2 ms after its first entry came; what comes while a group is being
 * written is the next one. After a failure all keep waiting and are tried again every second; beyond 10,000 new ones are lost. Failures
 * are reported at most once a minute, and what was lost when writing works again.
 */
export class LedgerQueue {
  readonly #write: LedgerQueueOptions["write"];
  readonly #onError: LedgerQueueOptions["onError"];
  readonly #reportFailure: LedgerQueueOptions["onError"];
  /** Entries that failed to be written, or that are being written now. */
  #earlier: LedgerEntry[] = [];
  #group: Group | undefined;
  #lost = 0;
  #failing = false;
  #closed = false;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | undefined;

  constructor({ write, onError }: LedgerQueueOptions) {
    this.#write = write;
    this.#onError = onError;
    this.#reportFailure = onceAMinute(onError);
  }

  /** How many entries are not written yet. */
  get waiting(): number {
    return this.#earlier.length + (this.#group?.entries.length ?? 0);
  }

  /** Whether the last try to write failed. */
  get failing(): boolean {
    return this.#failing;
  }

  /** Resolves when the entry is written; rejects when it could not be, and is tried again, or when it is lost. */
  append(entry: LedgerEntry): Promise<void> {
    if (this.#closed) return refused("the ledger is closed");
    if (this.waiting >= MAX_WAITING) {
      this.#lost += 1;
      return refused(`more than ${MAX_WAITING} ledger entries wait to be written`);
    }
    this.#group ??= newGroup();
    const { entries, written } = this.#group;
    entries.push(entry);
    if (entries.length >= GROUP_ENTRIES && !this.#failing) void this.#tryFlush();
    else this.#schedule();
    return written.promise;
  }

  /** Writes all that waits. Rejects with what `write` throws; then all keep waiting. */
  async flush(): Promise<void> {
    // What is being written now was taken before this call; what came after it is written here.
    if (this.#writing !== undefined) await this.#writing.catch(() => {});
    if (this.waiting > 0) await this.#flushNow();
  }

  /** Writes all that waits; what cannot be written is reported and lost. */
  async close(): Promise<void> {
    this.#closed = true;
    try {
      await this.flush();
    } catch (error) {
      this.#onError(`Ledger entries lost: ${this.#lost + this.waiting}. ${messageOf(error)}`);
    }
    this.#stopTimer();
  }

  #schedule(): void {
    // While a group is being written the next one gathers; it is written right after.
    if (this.#writing !== undefined) return;
    this.#timer ??= setTimeout(() => void this.#tryFlush(), this.#failing ? RETRY_MS : GROUP_MS);
    // A group that is about to be written is waited for; a place that fails must not keep the process alive.
    if (this.#failing) this.#timer.unref();
  }

  async #tryFlush(): Promise<void> {
    try {
      await this.#flushNow();
    } catch (error) {
      this.#reportFailure(`The ledger cannot be written: ${messageOf(error)} Entries waiting: ${this.waiting}.`);
    }
  }

  #flushNow(): Promise<void> {
    if (this.#writing !== undefined) return this.#writing;
    this.#stopTimer();
    const group = this.#group;
    this.#group = undefined;
    const entries = group === undefined ? this.#earlier : [...this.#earlier, ...group.entries];
    this.#earlier = entries;
    try {
      const outcome = this.#write(entries);
      if (outcome === undefined) {
        this.#noteWritten(group);
        return Promise.resolve();
      }
      this.#writing = outcome.then(
        () => this.#noteWritten(group),
        (error: unknown) => this.#noteFailed(group, error),
      );
      return this.#writing;
    } catch (error) {
      return new Promise((_resolve, reject) => {
        try {
          this.#noteFailed(group, error);
        } catch (failure) {
          reject(failure);
        }
      });
    }
  }

  #noteWritten(group: Group | undefined): void {
    this.#writing = undefined;
    this.#earlier = [];
    this.#failing = false;
    if (this.#lost > 0) this.#onError(`The ledger can be written again. Entries lost: ${this.#lost}.`);
    this.#lost = 0;
    group?.written.resolve();
    if (this.#group !== undefined && !this.#closed) void this.#tryFlush();
  }

  #noteFailed(group: Group | undefined, error: unknown): never {
    this.#writing = undefined;
    this.#failing = true;
    group?.written.reject(error);
    if (!this.#closed) this.#schedule();
    throw error;
  }

  #stopTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}

function newGroup(): Group {
  const written = Promise.withResolvers<void>();
  return { entries: [], written: { ...written, promise: heard(written.promise) } };
}

function refused(reason: string): Promise<void> {
  return heard(Promise.reject(new Error(reason)));
}

/** Whoever does not wait for the promise is not told of its rejection either. */
function heard(promise: Promise<void>): Promise<void> {
  promise.catch(() => {});
  return promise;
}
