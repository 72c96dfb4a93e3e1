import type { ErrorKind, NeutralError } from "./neutral/error.ts";

/**
 * The only error this package throws over what it is given: a request that cannot be translated, or an answer that is none.
 * `encodeError` words it for a client. A mistake of the host is a `TypeError`.
 */
export class TranslationError extends Error implements NeutralError {
  override readonly name = "TranslationError";
  readonly kind: ErrorKind;
  /** The field at fault, as the sender's dialect names it; absent when it is the whole. */
  readonly param?: string;
  /** A finer name for the fault, as OpenAI spells such: `unsupported_parameter`, `unsupported_value`. */
  readonly code?: string;

  constructor(kind: ErrorKind, message: string, { param, code }: { param?: string | undefined; code?: string } = {}) {
    super(message);
    this.kind = kind;
    if (param !== undefined) this.param = param;
    if (code !== undefined) this.code = code;
  }
}
