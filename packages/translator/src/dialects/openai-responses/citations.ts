import { asCount, asList, asObject, asText } from "../../json.ts";
import type { JsonObject } from "../../json.ts";
import type { Citation } from "../../neutral/part.ts";

/** The sources of a text: those of its annotations that have an address. */
export function decodeAnnotations(annotations: unknown): readonly Citation[] {
  return (asList(annotations) ?? []).flatMap((item) => decodeAnnotation(item) ?? []);
}

/** One annotation; undefined when it names no address. */
export function decodeAnnotation(item: unknown): Citation | undefined {
  const raw = asObject(item);
  const url = asText(raw?.url);
  if (raw === undefined || url === undefined) return undefined;
  const [title, start, end] = [asText(raw.title), asCount(raw.start_index), asCount(raw.end_index)];
  const isPlaced = start !== undefined && end !== undefined && end > start;
  return { url, raw, ...(title !== undefined && { title }), ...(isPlaced && { start, end }) };
}

/** A source as an annotation of a text of that length; undefined without an address. */
export function encodeAnnotation(
  { url, title = "", start = 0, end }: Citation,
  length: number,
): JsonObject | undefined {
  if (url === undefined) return undefined;
  return { type: "url_citation", start_index: start, end_index: end ?? length, title, url };
}
