import type { Content } from "./exchange-trace.ts";
import { MAX_TEXT } from "./limits.ts";

/** What a client got, as far as it fits into a span. */
export class Transcript {
  readonly #pieces: Buffer[] = [];
  #bytes = 0;

  /** A piece of the answer goes to the client. */
  sent(piece: Uint8Array | string | undefined): void {
    if (piece === undefined || this.#bytes >= MAX_TEXT) return;
    const bytes = Buffer.from(piece).subarray(0, MAX_TEXT - this.#bytes);
    this.#bytes += bytes.length;
    this.#pieces.push(bytes);
  }

  /** With what the client had sent. */
  texts(request: Buffer | undefined): Content {
    return {
      request: request?.subarray(0, MAX_TEXT).toString() ?? "",
      answer: Buffer.concat(this.#pieces).toString(),
    };
  }
}
