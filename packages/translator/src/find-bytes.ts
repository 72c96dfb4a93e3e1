/**
 * Makes a search for whichever of several texts comes first (Horspool's algorithm over a set: it steps on by up to the length
 * of the shortest text). It beats one native `indexOf` per text, in a small chunk by far, and needs no Node.
 *
 * @param texts ASCII, none empty; the longer the shortest of them is, the faster the search.
 * @returns a function that gives the first place at or after `from`, or -1.
 */
export function findBytes(texts: readonly string[]): (bytes: Uint8Array, from: number) => number {
  const needles = texts.map((text) => new TextEncoder().encode(text));
  const span = Math.min(...needles.map((needle) => needle.length));
  const skips = new Uint8Array(256).fill(span);
  const endingIn = Array.from({ length: 256 }, (): Uint8Array[] => []);
  for (const needle of needles) {
    const head = needle.subarray(0, span);
    for (const [at, byte] of head.entries()) skips[byte] = Math.min(skips[byte] ?? span, span - 1 - at);
    endingIn[head.at(-1) ?? 0]?.push(needle);
  }
  return (bytes, from) => {
    let end = from + span - 1;
    while (end < bytes.length) {
      const byte = bytes[end] ?? 0;
      const skip = skips[byte] ?? 0;
      if (skip === 0 && anyStartsAt(bytes, end - span + 1, endingIn[byte] ?? [])) return end - span + 1;
      end += skip || 1;
    }
    return -1;
  };
}

function anyStartsAt(bytes: Uint8Array, start: number, needles: readonly Uint8Array[]): boolean {
  for (const needle of needles) {
    let length = 0;
    while (length < needle.length && bytes[start + length] === needle[length]) length++;
    if (length === needle.length) return true;
  }
  return false;
}
