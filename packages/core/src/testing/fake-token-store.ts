import type { TokenRecord, TokenStore } from "../store.ts";

/** A store that fails on demand, and that another process can write to. */
export class FakeTokenStore implements TokenStore {
  readonly records: Map<string, TokenRecord>;
  /** While it is set, nothing can be written. */
  problem: Error | undefined;
  readonly #listeners = new Set<(record: TokenRecord) => void>();

  constructor(records: readonly TokenRecord[] = []) {
    this.records = new Map(records.map((record) => [record.id, record]));
  }

  async list(): Promise<TokenRecord[]> {
    return [...this.records.values()];
  }

  async get(id: string): Promise<TokenRecord | undefined> {
    return this.records.get(id);
  }

  async put(record: TokenRecord): Promise<void> {
    await Promise.resolve();
    if (this.problem !== undefined) throw this.problem;
    this.records.set(record.id, record);
  }

  watch(listener: (record: TokenRecord) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Another process writes the record; it is reported at once, or never when `reported` is false. */
  putElsewhere(record: TokenRecord, { reported = true }: { readonly reported?: boolean } = {}): void {
    this.records.set(record.id, record);
    if (reported) for (const listener of this.#listeners) listener(record);
  }
}
