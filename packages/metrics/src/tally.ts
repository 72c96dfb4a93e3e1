import { createLabelRules, type LabelRules } from "./labels.ts";
import { METRICS, type LabelKey, type LabelValues, type MetricId, type MetricRow } from "./names.ts";
import { labelsText, type Point } from "./shown.ts";

/** No label value is empty or holds a control character (see `labels.ts`), so joined values stay apart. */
const SEPARATOR = "\u0000";
const NO_LABELS: Point["labels"] = Object.freeze({});

/** The count of a metric without labels: a plain number, so that counting costs an exchange next to nothing. */
export class Tally {
  readonly row: MetricRow;
  #total = 0;

  constructor(row: MetricRow) {
    this.row = row;
  }

  /** Adds the whole part of `amount`; what is negative, not a number or beyond a safe integer adds nothing. */
  add(amount: number): void {
    this.#total += countable(amount);
  }

  /** The count so far. */
  get total(): number {
    return this.#total;
  }

  /** Its one series, there from the start. */
  readonly points = (): readonly Point[] => [{ labels: NO_LABELS, text: "", count: this.#total }];
}

/** The counts of a metric with labels: one for each set of label values that has occurred. */
export class LabelledTally<K extends LabelKey> {
  readonly row: MetricRow & { readonly labels: readonly K[] };
  readonly #rules: LabelRules;
  readonly #points = new Map<string, { readonly labels: Point["labels"]; readonly text: string; count: number }>();

  constructor(row: MetricRow & { readonly labels: readonly K[] }, rules: LabelRules) {
    this.row = row;
    this.#rules = rules;
  }

  /**
   * Like `Tally.add`, on the series of these labels; each value is first brought within the bounds of its label. Of a sum that falls
   * again `amount` may be negative.
   */
  add(amount: number, given: Pick<LabelValues, K>): void {
    const id = this.#idOf(given);
    const counted = this.#countable(amount);
    const point = this.#points.get(id);
    if (point === undefined) this.#addSeries(id, given, counted);
    else point.count += counted;
  }

  /** The counts by label value; the values of several labels are joined by NUL. */
  totals(): Record<string, number> {
    return Object.fromEntries(Array.from(this.#points, ([id, { count }]): [string, number] => [id, count]));
  }

  /** Its series so far. */
  readonly points = (): readonly Point[] => [...this.#points.values()];

  #countable(amount: number): number {
    if (this.row.kind === "up_down") return Number.isSafeInteger(amount) ? amount : 0;
    if (this.row.isFractional === true) return Number.isFinite(amount) && amount > 0 ? amount : 0;
    return countable(amount);
  }

  /** Joined by hand, and one value alone is its own id: an array here would treble the cost of `add`. */
  #idOf(given: Pick<LabelValues, K>): string {
    let id = "";
    for (const key of this.row.labels) {
      const value = this.#rules[key](given[key]);
      id = id === "" ? value : `${id}${SEPARATOR}${value}`;
    }
    return id;
  }

  #addSeries(id: string, given: Pick<LabelValues, K>, count: number): void {
    const labels: Record<string, string> = {};
    for (const key of this.row.labels) labels[key] = this.#rules[key](given[key]);
    this.#points.set(id, { labels, text: labelsText(labels), count });
  }
}

type TallyOf<Labels extends readonly LabelKey[]> = Labels extends readonly [] ? Tally : LabelledTally<Labels[number]>;

/** The counts behind all metrics: what is recorded is counted here once, and every view reads it from here. */
export type Tallies = { readonly [Id in MetricId]: TallyOf<(typeof METRICS)[Id]["labels"]> };

/** All counts at their start. @param maxAccounts see `createLabelRules`. */
export function createTallies(maxAccounts: number): Tallies;
// `Object.fromEntries` forgets which key got which value, so the signature above says it: both come from the same row.
export function createTallies(maxAccounts: number): Record<string, Tally | LabelledTally<LabelKey>> {
  const rules = createLabelRules(maxAccounts, (label) => overflow.add(1, { label }));
  const overflow = new LabelledTally<"label">(METRICS.label_overflow, rules);
  return Object.fromEntries(
    Object.entries(METRICS).map(([id, row]): [string, Tally | LabelledTally<LabelKey>] => {
      if (row === METRICS.label_overflow) return [id, overflow];
      return [id, row.labels.length === 0 ? new Tally(row) : new LabelledTally(row, rules)];
    }),
  );
}

function countable(amount: number): number {
  const whole = Math.floor(amount);
  return Number.isSafeInteger(whole) && whole > 0 ? whole : 0;
}
