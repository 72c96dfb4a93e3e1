/** What `GET /v1/usage` answers. */
export type UsageAnswer = Readonly<Record<string, number | Readonly<Record<string, number>>>>;

/** One line of the overview: what is counted, and its number as the reader writes numbers. */
export interface UsageRow {
  readonly label: string;
  readonly value: string;
}

/** The totals of a usage answer as lines, in the order of the answer; counts by status or account are lines of their own. */
export function usageRows(usage: UsageAnswer, locale: string): UsageRow[] {
  const format = new Intl.NumberFormat(locale);
  return Object.entries(usage).flatMap(([field, value]) =>
    typeof value === "number"
      ? [{ label: labelOf(field), value: format.format(value) }]
      : Object.entries(value).map(([key, count]) => ({
          label: `${labelOf(field)}: ${key}`,
          value: format.format(count),
        })),
  );
}

function labelOf(field: string): string {
  const words = field
    .replace(/_total$/, "")
    .replace(/_counts$/, "")
    .replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
