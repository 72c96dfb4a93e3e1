import { Client, Pool } from "pg";
import type { PoolConfig, QueryResult } from "pg";

import type { Row } from "./parse-row.ts";
import { StoreError, messageOf } from "./store-error.ts";
import type { Statement } from "./sql-ledger.ts";

const CONNECT_MS = 5000;
/** No statement, and no wait for a lock, takes longer. */
const STATEMENT_MS = 10_000;
const MAX_CONNECTIONS = 8;

/** A PostgreSQL database, by a few connections that come back by themselves. */
export class PostgresDatabase {
  /** The database for people: its host and name, without user and password. */
  readonly place: string;
  readonly #config: PoolConfig;
  readonly #pool: Pool;

  constructor(url: string, onError: (message: string) => void) {
    this.place = placeOf(url);
    this.#config = {
      connectionString: url,
      connectionTimeoutMillis: CONNECT_MS,
      statement_timeout: STATEMENT_MS,
      lock_timeout: STATEMENT_MS,
      query_timeout: STATEMENT_MS + 1000,
      idle_in_transaction_session_timeout: STATEMENT_MS,
      application_name: "link-assistant-router",
      keepAlive: true,
      max: MAX_CONNECTIONS,
    };
    this.#pool = new Pool(this.#config);
    // A connection that is lost while nobody uses it: the next one who asks gets another.
    this.#pool.on("error", (error) => onError(`A connection to ${this.place} was lost: ${messageOf(error)}`));
  }

  /** The rows of one statement. Throws a `StoreError`. */
  async query({ text, values }: Statement): Promise<Row[]> {
    return this.#checked(async () => (await this.#pool.query<Row>(text, [...values])).rows);
  }

  /** Work in one transaction, which is rolled back when it throws. Throws a `StoreError`. */
  async transaction<T>(
    work: (query: (text: string, values?: readonly unknown[]) => Promise<QueryResult<Row>>) => Promise<T>,
  ): Promise<T> {
    return this.#checked(async () => {
      const client = await this.#pool.connect();
      let broken: Error | undefined;
      try {
        await client.query("BEGIN");
        const result = await work((text, values = []) => client.query<Row>(text, [...values]));
        await client.query("COMMIT");
        return result;
      } catch (error) {
        broken = await client.query("ROLLBACK").then(
          () => undefined,
          (failure: unknown) => (failure instanceof Error ? failure : new Error(String(failure))),
        );
        throw error;
      } finally {
        // A connection that cannot even roll back is thrown away.
        client.release(broken);
      }
    });
  }

  /** A connection of its own, to listen on. */
  newClient(): Client {
    return new Client(this.#config);
  }

  async close(): Promise<void> {
    if (!this.#pool.ended) await this.#pool.end();
  }

  async #checked<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof StoreError || error instanceof RangeError) throw error;
      throw new StoreError("unreachable", this.place, messageOf(error), { cause: error });
    }
  }
}

function placeOf(url: string): string {
  const parsed = URL.parse(url);
  return parsed === null ? "PostgreSQL" : `PostgreSQL at ${parsed.host}${parsed.pathname}`;
}
