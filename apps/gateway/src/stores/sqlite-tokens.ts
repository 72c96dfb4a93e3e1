import type { DatabaseSync } from "node:sqlite";

import type { TokenRecord, TokenStore } from "@link-assistant/core";
import { z } from "zod";

import { TOKEN_COLUMNS, parseTokenRow, tokenParameters } from "./sqlite-rows.ts";
import type { TokenWatch } from "./sqlite-watch.ts";
import { withStoreErrors } from "./store-error.ts";

const COLUMNS = TOKEN_COLUMNS.join(", ");
const revisionRow = z.object({ revision: z.number() });

/** The token records in an open database. */
export class SqliteTokens implements TokenStore {
  readonly #path: string;
  readonly #watch: TokenWatch;
  readonly #all;
  readonly #one;
  readonly #put;

  constructor(db: DatabaseSync, path: string, watch: TokenWatch) {
    this.#path = path;
    this.#watch = watch;
    this.#all = db.prepare(`SELECT ${COLUMNS} FROM tokens ORDER BY issuedAtMs, id`);
    this.#one = db.prepare(`SELECT ${COLUMNS} FROM tokens WHERE id = ?`);
    this.#put = db.prepare(
      `INSERT OR REPLACE INTO tokens (${COLUMNS}, revision)
       VALUES (${TOKEN_COLUMNS.map((name) => `:${name}`).join(", ")}, (SELECT coalesce(max(revision), 0) + 1 FROM tokens))
       RETURNING revision`,
    );
  }

  async list(): Promise<TokenRecord[]> {
    const rows = withStoreErrors(this.#path, () => this.#all.all());
    return rows.map((row) => parseTokenRow(row, this.#path));
  }

  async get(id: string): Promise<TokenRecord | undefined> {
    const row = withStoreErrors(this.#path, () => this.#one.get(id));
    return row === undefined ? undefined : parseTokenRow(row, this.#path);
  }

  async put(record: TokenRecord): Promise<void> {
    // Not `get`: it takes the first row and lets an error of the commit, which comes after the rows, go by unseen.
    const [row] = withStoreErrors(this.#path, () => this.#put.all(tokenParameters(record)));
    this.#watch.noteOwn(revisionRow.parse(row).revision);
  }

  watch(listener: (record: TokenRecord) => void): () => void {
    return withStoreErrors(this.#path, () => this.#watch.add(listener));
  }
}
