import type { DialectId } from "./dialect.ts";
import { LOSSES } from "./loss-table.ts";
import type { LossCode, LossRow } from "./loss-table.ts";
import { TranslationError } from "./translation-error.ts";

/** Something that the target dialect, or the model behind it, cannot say as the source said it. */
export interface Loss {
  readonly code: LossCode;
  /** The field as the source dialect spells it, without positions: one of a closed set, fit for a metric's label. */
  readonly field: string;
  /** `adapted`: something else was said in its place. `dropped`: nothing was. */
  readonly outcome: "adapted" | "dropped";
  /** What happened, in words for people. */
  readonly reason: string;
  /** What exactly, where that helps: a name or a value of the client's. */
  readonly detail?: string;
}

/** Whether a field that would be dropped is dropped and noted, or refused. */
export type LossMode = "lenient" | "strict";

/** Collects the losses of one translation, each code once. */
export class LossLog {
  readonly from: DialectId;
  readonly to: DialectId;
  readonly #strict: boolean;
  readonly #losses = new Map<LossCode, Loss>();

  constructor(from: DialectId, to: DialectId, mode: LossMode = "lenient") {
    this.from = from;
    this.to = to;
    this.#strict = mode === "strict";
  }

  /** What was lost so far. */
  get list(): readonly Loss[] {
    return [...this.#losses.values()];
  }

  /**
   * Notes a loss. Throws a `TranslationError` where the table says that the field is refused, or in strict mode where it would be
   * dropped and is no mere hint.
   */
  note(code: LossCode, detail?: string): void {
    const row: LossRow = LOSSES[code];
    const field = row.fields[this.from] ?? code;
    if (row.outcome === "rejected" || (this.#strict && row.outcome === "dropped" && row.hint !== true)) {
      const what = detail === undefined ? "" : ` (${detail})`;
      throw new TranslationError("bad_request", `${field}${what}: ${row.reason}`, {
        param: field,
        code: "unsupported_parameter",
      });
    }
    if (this.#losses.has(code)) return;
    const loss = { code, field, outcome: row.outcome, reason: row.reason };
    this.#losses.set(code, detail === undefined ? loss : { ...loss, detail });
  }
}
