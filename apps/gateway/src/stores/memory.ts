import type { Ledger, LedgerEntry, Store, TokenRecord, TokenStore } from "@link-assistant/core";

import { checkRecentLimit } from "./recent-limit.ts";

/** Ten times what `recent` can ask for. */
const MAX_ENTRIES = 10_000;

/** A store that ends with the process. It keeps all token records and the newest 10,000 ledger entries. */
export function createMemoryStore(): Store {
  return { tokens: createTokens(), ledger: createLedger(), close: async () => {} };
}

function createTokens(): TokenStore {
  const records = new Map<string, TokenRecord>();
  return {
    list: async () => [...records.values()].toSorted(byAge),
    get: async (id) => records.get(id),
    put: async (record) => void records.set(record.id, record),
    // No other process sees this store.
    watch: () => () => {},
  };
}

function byAge(a: TokenRecord, b: TokenRecord): number {
  return a.issuedAtMs - b.issuedAtMs || (a.id < b.id ? -1 : 1);
}

function createLedger(): Ledger {
  const entries: LedgerEntry[] = [];
  return {
    append(entry) {
      entries.push(entry);
      if (entries.length > MAX_ENTRIES) entries.shift();
    },
    flush: async () => {},
    async recent(limit) {
      checkRecentLimit(limit);
      return entries.slice(-limit).toReversed();
    },
  };
}
