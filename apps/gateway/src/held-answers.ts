import type { BindingStore } from "@link-assistant/core";

/** Answers and items that upstreams keep are forgotten here, the oldest first, beyond this number. */
const MAX_ANSWERS = 100_000;
/** As long as OpenAI keeps a response. */
const KEPT_MS = 30 * 86_400_000;
/** Tells answers from sessions among the bindings. */
const PREFIX = "a:";

/** Which account holds an answer, or an item of one, that later calls build on, by its id. In memory, bounded, and among the shared bindings. */
export class HeldAnswers {
  readonly #accounts = new Map<string, string>();
  readonly #bindings: BindingStore;

  constructor(bindings: BindingStore) {
    this.#bindings = bindings;
  }

  /** The account that holds that answer; undefined when it is not known. */
  async accountOf(answerId: string): Promise<string | undefined> {
    return this.#accounts.get(answerId) ?? (await this.#bindings.find(PREFIX + answerId));
  }

  /** Notes that this account holds that answer. */
  note(answerId: string, account: string): void {
    this.#bindings.bind(PREFIX + answerId, account, KEPT_MS);
    this.#accounts.delete(answerId);
    this.#accounts.set(answerId, account);
    if (this.#accounts.size <= MAX_ANSWERS) return;
    const [oldest] = this.#accounts.keys();
    if (oldest !== undefined) this.#accounts.delete(oldest);
  }
}
