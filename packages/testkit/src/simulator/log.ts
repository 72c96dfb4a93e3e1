/** A list that forgets its oldest entries. */
export interface Log<T> {
  readonly entries: readonly T[];
  add(entry: T): void;
}

/** @param keep how many entries are kept; may be `Infinity`. */
export function createLog<T>(keep: number): Log<T> {
  const entries: T[] = [];
  return {
    entries,
    add(entry) {
      entries.push(entry);
      if (entries.length > keep) entries.shift();
    },
  };
}
