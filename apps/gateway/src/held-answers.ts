/** Answers and items that upstreams keep are forgotten here, the oldest first, beyond this number. */
const MAX_ANSWERS = 100_000;

/** Which account holds an answer, or an item of one, that later calls build on, by its id. In memory, bounded. */
export class HeldAnswers {
  readonly #accounts = new Map<string, string>();

  /** The account that holds that answer; undefined when it is not known. */
  accountOf(answerId: string): string | undefined {
    return this.#accounts.get(answerId);
  }

  /** Notes that this account holds that answer. */
  note(answerId: string, account: string): void {
    this.#accounts.delete(answerId);
    this.#accounts.set(answerId, account);
    if (this.#accounts.size <= MAX_ANSWERS) return;
    const [oldest] = this.#accounts.keys();
    if (oldest !== undefined) this.#accounts.delete(oldest);
  }
}
