import type { LedgerEntry } from "@link-assistant/core";

import { onceAMinute } from "./once-a-minute.ts";
import { messageOf } from "./store-error.ts";

const GROUP_MS = 100;
const GROUP_ENTRIES = 500;
const RETRY_MS = 1000;
const MAX_WAITING = 10_000;

/** What a ledger queue works with. */
interface LedgerQueueOptions {
  /** Writes all the entries, the oldest first, or throws and has written none. */
  readonly write: (entries: readonly LedgerEntry[]) => void;
  /** Takes a sentence for people; must not throw. */
  readonly onError: (message: string) => void;
}

/**
 * Ledger entries on their way to a slower place. A group is written 100 ms after its first entry came, or at once when 500
 * wait. After a failure all keep waiting and are tried again every second; beyond 10,000 the oldest is lost. Failures are
 * reported at most once a minute, and what was lost when writing works again.
 */
export class LedgerQueue {
  readonly #write: LedgerQueueOptions["write"];
  readonly #onError: LedgerQueueOptions["onError"];
  readonly #reportFailure: LedgerQueueOptions["onError"];
  #waiting: LedgerEntry[] = [];
  #lost = 0;
  #failing = false;
  #closed = false;
  #timer: NodeJS.Timeout | undefined;

  constructor({ write, onError }: LedgerQueueOptions) {
    this.#write = write;
    this.#onError = onError;
    this.#reportFailure = onceAMinute(onError);
  }

  /** The entries that are not written yet, the oldest first. */
  get waiting(): readonly LedgerEntry[] {
    return this.#waiting;
  }

  /** Never throws. After `close` the entry is dropped. */
  append(entry: LedgerEntry): void {
    if (this.#closed) return;
    this.#waiting.push(entry);
    if (this.#waiting.length > MAX_WAITING) {
      this.#waiting.shift();
      this.#lost += 1;
    }
    if (this.#waiting.length >= GROUP_ENTRIES && !this.#failing) this.#tryFlush();
    else this.#timer ??= setTimeout(() => this.#tryFlush(), this.#failing ? RETRY_MS : GROUP_MS).unref();
  }

  /** Writes all that waits. Throws what `write` throws; then all keep waiting. */
  flush(): void {
    this.#stopTimer();
    if (this.#waiting.length === 0) return;
    try {
      this.#write(this.#waiting);
    } catch (error) {
      this.#failing = true;
      this.#timer = setTimeout(() => this.#tryFlush(), RETRY_MS).unref();
      throw error;
    }
    this.#waiting = [];
    this.#failing = false;
    if (this.#lost > 0) this.#onError(`The ledger can be written again. Entries lost: ${this.#lost}.`);
    this.#lost = 0;
  }

  /** Writes all that waits; what cannot be written is reported and lost. */
  close(): void {
    this.#closed = true;
    try {
      this.flush();
    } catch (error) {
      this.#onError(`Ledger entries lost: ${this.#lost + this.#waiting.length}. ${messageOf(error)}`);
    }
    this.#stopTimer();
  }

  #tryFlush(): void {
    try {
      this.flush();
    } catch (error) {
      this.#reportFailure(
        `The ledger cannot be written: ${messageOf(error)} Entries waiting: ${this.#waiting.length}.`,
      );
    }
  }

  #stopTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
