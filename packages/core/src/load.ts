/** Attempts are half forgotten after this time: a load tells of the last minutes. */
const HALF_LIFE_MS = 300_000;

/** A count that fades: attempts of the last minutes, the newest in full. */
export class Load {
  #value = 0;
  #atMs = 0;

  /** The count as it is at this time. */
  at(nowMs: number): number {
    if (this.#value === 0 || nowMs <= this.#atMs) return this.#value;
    return this.#value * 2 ** ((this.#atMs - nowMs) / HALF_LIFE_MS);
  }

  /** Adds so much, which may be negative; never falls below 0. */
  add(amount: number, nowMs: number): void {
    this.#value = Math.max(0, this.at(nowMs) + amount);
    this.#atMs = Math.max(this.#atMs, nowMs);
  }
}
