import * as fc from "fast-check";

/** Places to cut at, as parts of a thousand of the length. */
export const cuts: fc.Arbitrary<readonly number[]> = fc.array(fc.nat({ max: 1000 }), { maxLength: 12 });

/** Cuts bytes into chunks, empty ones included. */
export function chunksOf(bytes: Uint8Array, cuts: readonly number[]): readonly Uint8Array[] {
  const places = cuts.map((cut) => Math.floor((cut * bytes.length) / 1000)).toSorted((a, b) => a - b);
  return [0, ...places].map((from, index) => bytes.subarray(from, places[index] ?? bytes.length));
}

/** Cuts bytes into chunks of one size; the last may be shorter. */
export function chunksOfSize(bytes: Uint8Array, size: number): readonly Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
}

/** A chunk that tells of every byte read from it, to scan or to copy. */
export function watched(bytes: Uint8Array, onRead: () => void): Uint8Array {
  return new Proxy(bytes, {
    get(target, key) {
      if (typeof key === "string" && /^\d+$/.test(key)) onRead();
      if (key === "subarray") return (from: number, to?: number) => watched(target.subarray(from, to), onRead);
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
