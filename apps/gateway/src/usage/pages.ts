import type { ExchangeQuery, Ledger, LedgerEntry } from "@link-assistant/core";

const PAGE_ENTRIES = 500;

/** All entries that a question is about, page by page, so that they are never in memory together. */
export async function* allPages(
  ledger: Pick<Ledger, "exchanges">,
  query: ExchangeQuery,
): AsyncGenerator<readonly LedgerEntry[]> {
  let cursor = query.cursor;
  do {
    const { entries, next } = await ledger.exchanges({ ...query, limit: PAGE_ENTRIES, cursor });
    yield entries;
    cursor = next ?? undefined;
  } while (cursor !== undefined);
}
