/** Throws a `RangeError` unless the limit of `Ledger.recent` is a whole number from 1 to 1,000. */
export function checkRecentLimit(limit: number): void {
  if (Number.isInteger(limit) && limit >= 1 && limit <= 1000) return;
  throw new RangeError(`limit: expected a whole number from 1 to 1,000, got ${limit}`);
}
