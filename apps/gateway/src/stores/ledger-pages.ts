import { endedAtMs } from "@link-assistant/core";
import type { ExchangePage, Ledger, LedgerEntry } from "@link-assistant/core";

import { cursorAfter } from "./sql-ledger.ts";

const REPRICED_AT_ONCE = 500;

/** A page of the entries that a question for one more than its limit has found. */
export function pageOf(found: readonly LedgerEntry[], limit: number): ExchangePage {
  const entries = found.slice(0, limit);
  const last = entries.at(-1);
  const next = found.length > limit && last !== undefined ? cursorAfter(endedAtMs(last), last.id) : null;
  return { entries, next };
}

/** An entry whose cost is another one now. */
export interface Repriced {
  readonly entry: LedgerEntry;
  readonly costNanoUsd: number | null;
}

/** Computes the costs of all entries of a time anew, page by page. Returns how many changed. */
export async function repriced(
  ledger: Pick<Ledger, "exchanges">,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  price: (entry: LedgerEntry) => number | null,
  write: (changes: readonly Repriced[]) => Promise<void>,
): Promise<number> {
  let changed = 0;
  let cursor: string | undefined;
  do {
    const page = await ledger.exchanges({ fromMs, toMs, limit: REPRICED_AT_ONCE, cursor });
    const changes = page.entries
      .map((entry) => ({ entry, costNanoUsd: price(entry) }))
      .filter(({ entry, costNanoUsd }) => costNanoUsd !== entry.costNanoUsd);
    if (changes.length > 0) await write(changes);
    changed += changes.length;
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  return changed;
}
