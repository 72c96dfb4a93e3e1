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

/** The format that an `Accept` header prefers among these; JSON when it prefers none. */
export function acceptedFormat(accept: string): Format {
  const ranges = accept.split(",").map((range) => {
    const [type = "", ...parameters] = range.split(";").map((part) => part.trim().toLowerCase());
    const quality = parameters.find((parameter) => parameter.startsWith("q="));
    return { type, quality: quality === undefined ? 1 : Number(quality.slice(2)) };
  });
  const [best] = ranges
    .filter(({ quality }) => quality > 0)
    .toSorted((a, b) => b.quality - a.quality)
    .flatMap(({ type }) => FORMATS.filter((format) => MEDIA_TYPES[format].split(";")[0] === type));
  return best ?? "json";
}

/** Writes pages of rows as they come: CSV of these columns, a line of their names first, or a JSON document a line. */
export async function* written(
  format: "ndjson" | "csv",
  columns: readonly string[],
  pages: AsyncIterable<readonly object[]>,
): AsyncGenerator<string> {
  let withNames = true;
  for await (const page of pages) {
    const items = page.map((row): Item => ({ ...row }));
    yield format === "csv"
      ? csvOf(items, columns, withNames)
      : items.map((item) => `${JSON.stringify(item)}\n`).join("");
    withNames = false;
  }
}

/** Lines end as RFC 4180 says; a text that a spreadsheet would run as a formula is kept from it. */
function csvOf(items: readonly Item[], columns: readonly string[], withNames: boolean): string {
  const rows = items.map((item) =>
    Object.fromEntries(Object.entries(item).map(([name, value]) => [name, cellOf(value)])),
  );
  return stringify(rows, { header: withNames, columns, escape_formulas: true, record_delimiter: "windows" });
}

function cellOf(value: unknown): string | number | null {
  if (value === null || value === undefined) return null;
  if (typeof value === "number" || typeof value === "string") return value;
  return JSON.stringify(value);
}
