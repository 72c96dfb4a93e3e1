import { asCount, asList, asObject, asText } from "../../json.ts";
import type { JsonObject } from "../../json.ts";
import type { Citation } from "../../neutral/part.ts";

/** The sources in the `annotations` of a message or a delta: those with an address. */
export function decodeAnnotations(annotations: unknown): readonly Citation[] {
  const citations: Citation[] = [];
  for (const item of asList(annotations) ?? []) {
    const raw = asObject(item);
    const cited = asObject(raw?.url_citation);
    if (raw !== undefined && cited !== undefined) citations.push(decodeCitation(cited, raw));
  }
  return citations;
}

/** Some services give 0 and 0 where they do not know the place. */
function decodeCitation(cited: JsonObject, raw: JsonObject): Citation {
  const [url, title, quote] = [asText(cited.url), asText(cited.title), asText(cited.content)];
  const [start, end] = [asCount(cited.start_index), asCount(cited.end_index)];
  const isPlaced = start !== undefined && end !== undefined && end > start;
  return {
    ...(url !== undefined && { url }),
    ...(title !== undefined && { title }),
    ...(quote !== undefined && { quote }),
    ...(isPlaced && { start, end }),
    raw,
  };
}

/**
 * A source as an annotation, for a text part of which `offset` letters of the whole content stand before it. Undefined without an
 * address: there is no other kind.
 */
export function encodeAnnotation(citation: Citation, offset: number, length: number): JsonObject | undefined {
  const { url, title = "", start = 0, end = length } = citation;
  if (url === undefined) return undefined;
  const place = { start_index: offset + start, end_index: offset + end };
  return { type: "url_citation", url_citation: { ...place, title, url } };
}
