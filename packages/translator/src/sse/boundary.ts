const LF = 0x0a;
const CR = 0x0d;

/**
 * A frame ends where one line end follows another: LF LF, LF CR or CR CR (CR LF is a single one). What then remains of the
 * second, the LF of a CR LF, is one more empty line ahead of the next frame and means nothing.
 */
function isBoundary(previous: number, byte: number): boolean {
  return byte === LF ? previous === LF : byte === CR && (previous === LF || previous === CR);
}

/** Index of the line end that makes the first empty line at or after `from`, or -1. `previous` is the byte before `from`, or 0. */
export function firstBoundary(bytes: Uint8Array, from: number, previous: number): number {
  let before = previous;
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte <= CR && isBoundary(before, byte)) return at;
    before = byte;
  }
  return -1;
}

/** Index of the line end that makes the last empty line between `from` and `to`, or -1. */
export function lastBoundary(bytes: Uint8Array, from: number, to: number): number {
  for (let at = to - 1; at > from; at--) {
    const byte = bytes[at] ?? 0;
    if (byte <= CR && isBoundary(bytes[at - 1] ?? 0, byte)) return at;
  }
  return -1;
}

/** Where the frame that starts at `from` ends. */
export function frameEnd(bytes: Uint8Array, from: number): number {
  const at = firstBoundary(bytes, from, 0);
  return at === -1 ? bytes.length : at;
}

/** Where the frame that covers `at` starts; no earlier than `from`. */
export function frameStart(bytes: Uint8Array, from: number, at: number): number {
  const boundary = lastBoundary(bytes, from, at);
  return boundary === -1 ? from : skipLineEnds(bytes, boundary);
}

/** The first place at or after `from` that is no line end. */
export function skipLineEnds(bytes: Uint8Array, from: number): number {
  let at = from;
  while (bytes[at] === LF || bytes[at] === CR) at++;
  return at;
}
