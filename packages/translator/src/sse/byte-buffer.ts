const EMPTY = new Uint8Array(0);
const FIRST_BYTES = 1024;
/** An emptied buffer that had grown beyond this gives its memory back. */
const KEPT_BYTES = 65_536;

/** Bytes put together from pieces. It doubles when full, so that each byte is copied a bounded number of times. */
export class ByteBuffer {
  #bytes: Uint8Array = EMPTY;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** The bytes so far; valid until the next change. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  append(piece: Uint8Array): void {
    const length = this.#length + piece.length;
    if (length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(length, 2 * this.#bytes.length, FIRST_BYTES));
      grown.set(this.bytes);
      this.#bytes = grown;
    }
    this.#bytes.set(piece, this.#length);
    this.#length = length;
  }

  clear(): void {
    this.#length = 0;
    if (this.#bytes.length > KEPT_BYTES) this.#bytes = EMPTY;
  }
}
