const SHOWN = "[secret]";

/**
 * A value that must never be seen: it prints as `[secret]` in strings, JSON, logs and errors. `reveal()` is the only way
 * to the text, so a search for `reveal` finds every place where a secret leaves its wrapping.
 */
export class Secret {
  readonly #text: string;

  /** @param text the secret itself; an empty text is a `TypeError`, because an empty secret protects nothing. */
  constructor(text: string) {
    if (text === "") throw new TypeError("a secret must not be empty");
    this.#text = text;
  }

  /** The secret in clear. */
  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return SHOWN;
  }

  toJSON(): string {
    return SHOWN;
  }

  /** What Node's `util.inspect` and `console.log` print. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return SHOWN;
  }
}
