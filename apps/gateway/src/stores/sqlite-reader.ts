import { Worker } from "node:worker_threads";

import type { Row } from "./parse-row.ts";
import type { Statement } from "./sql-ledger.ts";

/** The program of the thread, as this file is: a source that runs as it is, or compiled. */
const PROGRAM = new URL(
  import.meta.url.endsWith(".ts") ? "sqlite-reader-worker.ts" : "sqlite-reader-worker.js",
  import.meta.url,
);

interface Answer {
  readonly id: number;
  readonly rows?: Row[];
  readonly error?: unknown;
}

/** Asks a database in a thread of its own, so that sums over many rows hold nobody up. The thread begins with the first question. */
export class SqliteReader {
  readonly #path: string;
  #worker: Worker | undefined;
  #asked = 0;
  readonly #waiting = new Map<number, PromiseWithResolvers<Row[]>>();

  constructor(path: string) {
    this.#path = path;
  }

  /** The rows of one statement. Rejects with what SQLite throws. */
  ask({ text, values }: Statement): Promise<Row[]> {
    this.#worker ??= this.#start();
    const id = (this.#asked += 1);
    const answer = Promise.withResolvers<Row[]>();
    this.#waiting.set(id, answer);
    // Whoever waits for an answer must get it, even at the end of the process.
    this.#worker.ref();
    this.#worker.postMessage({ id, text, values }, []);
    return answer.promise;
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
    this.#giveUp(new Error("the store was closed"));
  }

  #start(): Worker {
    const worker = new Worker(PROGRAM, { workerData: this.#path });
    worker.unref();
    worker.on("message", ({ id, rows, error }: Answer) => {
      const answer = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (this.#waiting.size === 0) worker.unref();
      if (rows === undefined) answer?.reject(error);
      else answer?.resolve(rows);
    });
    worker.on("error", (error) => this.#giveUp(error));
    return worker;
  }

  /** The thread is gone; the next question begins another. */
  #giveUp(error: unknown): void {
    this.#worker = undefined;
    for (const answer of this.#waiting.values()) answer.reject(error);
    this.#waiting.clear();
  }
}
