import type { DialectId } from "../dialect.ts";
import { asObject } from "../json.ts";
import type { JsonObject } from "../json.ts";

/**
 * A dialect read the long way, to hold the quick way against: every frame and every field of a whole answer. What it gives
 * is an observation with its usage spread out, and with `cacheWrites` for the sum of all cache writes.
 */
export interface LongWay {
  readonly id: DialectId;
  /** Recorded streams that broke off. */
  readonly unended: ReadonlySet<string>;
  /** How many recorded streams report usage. */
  readonly countedStreams: number;
  /** Where a stream that was cut is first taken for whole: the length of the text up to there. */
  readonly endOf: (sse: string) => number;
  /** Reads a stream from those of its frames that hold objects, and from its text. */
  readonly readStream: (events: readonly JsonObject[], sse: string) => JsonObject;
  readonly readBody: (status: number, body: JsonObject) => JsonObject;
}

/** Those of the values that are objects. */
export function objects(values: readonly unknown[]): readonly JsonObject[] {
  return values.map(asObject).filter((value) => value !== undefined);
}

/** Whether a list has anything in it. */
export function isFilled(list: unknown): boolean {
  return Array.isArray(list) && list.length > 0;
}

/** The number at that path, if there is one. */
export function numberAt(value: unknown, ...path: readonly string[]): number | undefined {
  const found = path.reduce((inner, key) => asObject(inner)?.[key], value);
  return typeof found === "number" ? found : undefined;
}

/** The sum of those counts that were reported, if any was. */
export function sum(counts: readonly (number | undefined)[]): number | undefined {
  const reported = counts.filter((count) => count !== undefined);
  return reported.length === 0 ? undefined : reported.reduce((total, count) => total + count);
}
