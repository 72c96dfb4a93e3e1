/*
 * SHA-256 (FIPS 180-4) without a platform: Node's is not in browsers, and that of browsers is asynchronous. It is used for short
 * names and ids only.
 */

const [ROUND_CONSTANTS, START] = constants();

/** The first letters of the SHA-256 of a text's UTF-8, in lower-case hexadecimal. `length` is at most 64. */
export function shortHash(text: string, length: number): string {
  return [...sha256(new TextEncoder().encode(text))]
    .map((word) => word.toString(16).padStart(8, "0"))
    .join("")
    .slice(0, length);
}

function sha256(message: Uint8Array): Uint32Array {
  const blocks = new Uint8Array(Math.ceil((message.length + 9) / 64) * 64);
  blocks.set(message);
  blocks[message.length] = 0x80;
  const view = new DataView(blocks.buffer);
  view.setUint32(blocks.length - 8, Math.floor(message.length / 0x2000_0000));
  view.setUint32(blocks.length - 4, message.length << 3);
  const hash = START.slice();
  const schedule = new Uint32Array(64);
  for (let at = 0; at < blocks.length; at += 64) {
    fillSchedule(schedule, view, at);
    compress(hash, schedule);
  }
  return hash;
}

function fillSchedule(schedule: Uint32Array, view: DataView, at: number): void {
  for (let i = 0; i < 16; i++) schedule[i] = view.getUint32(at + i * 4);
  for (let i = 16; i < 64; i++) {
    const [far, near] = [word(schedule, i - 15), word(schedule, i - 2)];
    const low = rotate(far, 7) ^ rotate(far, 18) ^ (far >>> 3);
    const high = rotate(near, 17) ^ rotate(near, 19) ^ (near >>> 10);
    schedule[i] = word(schedule, i - 16) + low + word(schedule, i - 7) + high;
  }
}

function compress(hash: Uint32Array, schedule: Uint32Array): void {
  const state = hash.slice();
  for (let i = 0; i < 64; i++) {
    const [a, b, c, e] = [word(state, 0), word(state, 1), word(state, 2), word(state, 4)];
    const choice = (e & word(state, 5)) ^ (~e & word(state, 6));
    const high = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const first = (word(state, 7) + high + choice + word(ROUND_CONSTANTS, i) + word(schedule, i)) | 0;
    const low = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const second = (low + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    state.copyWithin(1, 0, 7);
    state[4] = word(state, 4) + first;
    state[0] = first + second;
  }
  for (let i = 0; i < 8; i++) hash[i] = word(hash, i) + word(state, i);
}

function word(words: Uint32Array, at: number): number {
  return words[at] ?? 0;
}

function rotate(value: number, by: number): number {
  return (value >>> by) | (value << (32 - by));
}

/** The first 32 bits of the fractional parts of the cube roots of the first 64 primes, and of the square roots of the first 8. */
function constants(): readonly [Uint32Array, Uint32Array] {
  const primes: number[] = [];
  for (let n = 2; primes.length < 64; n++) if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  return [
    Uint32Array.from(primes, (prime) => fraction(Math.cbrt(prime))),
    Uint32Array.from(primes.slice(0, 8), (prime) => fraction(Math.sqrt(prime))),
  ];
}

function fraction(root: number): number {
  return Math.floor((root - Math.floor(root)) * 0x1_0000_0000);
}
