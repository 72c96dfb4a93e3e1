import { stringify } from "csv-stringify/sync";

/** The ways in which usage can be had. */
export const FORMATS = ["json", "ndjson", "csv"] as const;

/** A way in which usage can be had. */
export type Format = (typeof FORMATS)[number];

/** The media type of each. */
export const MEDIA_TYPES: Readonly<Record<Format, string>> = {
  json: "application/json",
  ndjson: "application/x-ndjson",
  csv: "text/csv; charset=utf-8",
};

type Item = Readonly<Record<string, unknown>>;

/** Writes pages of rows as they come: CSV with a line of names first, or a JSON document a line. */
export async function* written(
  format: "ndjson" | "csv",
  pages: AsyncIterable<readonly object[]>,
): AsyncGenerator<string> {
  let isFirst = true;
  for await (const page of pages) {
    const items = page.map((row): Item => ({ ...row }));
    yield format === "csv" ? csvOf(items, isFirst) : items.map((item) => `${JSON.stringify(item)}\n`).join("");
    if (items.length > 0) isFirst = false;
  }
}

/** Lines end as RFC 4180 says; a text that a spreadsheet would run as a formula is kept from it. */
function csvOf(items: readonly Item[], withNames: boolean): string {
  const rows = items.map((item) =>
    Object.fromEntries(Object.entries(item).map(([name, value]) => [name, cellOf(value)])),
  );
  return stringify(rows, { header: withNames && rows.length > 0, escape_formulas: true, record_delimiter: "windows" });
}

function cellOf(value: unknown): string | number | null {
  if (value === null || value === undefined) return null;
  if (typeof value === "number" || typeof value === "string") return value;
  return JSON.stringify(value);
}
