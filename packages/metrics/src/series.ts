import type { Attributes } from "@opentelemetry/api";

const OTHER = "other";

/** The sets of labels that an instrument has, bounded in number: what comes too late is counted under `other`. */
export class BoundedSeries {
  readonly #names: readonly string[];
  readonly #max: number;
  readonly #onOverflow: (label: string) => void;
  /** The labels of each series, made once: records of one series share them. */
  readonly #series = new Map<string, Attributes>();

  /**
   * @param labels their names, the one that gives way first at the end.
   * @param onOverflow hears of each record whose labels had to give way.
   */
  constructor(
    { labels, maxSeries }: { readonly labels: readonly string[]; readonly maxSeries: number },
    onOverflow: (label: string) => void,
  ) {
    this.#names = labels;
    this.#max = maxSeries;
    this.#onOverflow = onOverflow;
  }

  /**
   * The labels of the series that counts these values, in the order of the names; an empty one is left out. Two series are kept for what
   * gives way: with the last label alone as `other`, and with all of them.
   */
  attributes(values: readonly string[]): Attributes {
    const known = this.#series.get(values.join("\n"));
    if (known !== undefined) return known;
    const isOther = values.at(-1) === OTHER;
    if (this.#series.size < this.#max - (isOther ? 1 : 2) || this.#names.length === 1) return this.#add(values);
    this.#onOverflow(this.#names.at(-1) ?? "");
    return isOther ? this.#everythingElse() : this.attributes([...values.slice(0, -1), OTHER]);
  }

  #everythingElse(): Attributes {
    const values = this.#names.map(() => OTHER);
    return this.#series.get(values.join("\n")) ?? this.#add(values);
  }

  #add(values: readonly string[]): Attributes {
    const named = this.#names.map((name, index) => [name, values[index] ?? ""] as const);
    const attributes: Attributes = Object.freeze(Object.fromEntries(named.filter(([, value]) => value !== "")));
    this.#series.set(values.join("\n"), attributes);
    return attributes;
  }
}
