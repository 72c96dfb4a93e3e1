/** Gives the next id that begins with a prefix. */
export type Ids = (prefix: string) => string;

/**
 * Numbered ids, the same in every run: `msg_sim_000001` is the first for the prefix `msg_`.
 * @param name stands in the middle of each id, so that several simulators give different ones.
 */
export function createIds(name: string): Ids {
  const last = new Map<string, number>();
  return (prefix) => {
    const number = (last.get(prefix) ?? 0) + 1;
    last.set(prefix, number);
    return `${prefix}${name}_${String(number).padStart(6, "0")}`;
  };
}
