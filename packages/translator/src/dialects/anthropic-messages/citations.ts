import { asList, asObject, asText } from "../../json.ts";
import type { JsonObject } from "../../json.ts";
import type { Citation } from "../../neutral/part.ts";

/** The sources of a text: pages that were searched, results that the client gave, documents. They are of the whole text. */
export function decodeCitations(citations: unknown): readonly Citation[] {
  const list = asList(citations);
  if (list === undefined) return NONE;
  return list
    .map(asObject)
    .filter((raw) => raw !== undefined)
    .map(decodeCitation);
}

const NONE: readonly Citation[] = [];

/** One source. The `source` of a search result of the client's own is an address, or any other name. */
export function decodeCitation(raw: JsonObject): Citation {
  const [said, source] = [asText(raw.url), asText(raw.source)];
  const url = said ?? (source?.startsWith("http") === true ? source : undefined);
  const [title, quote] = [asText(raw.title) ?? asText(raw.document_title), asText(raw.cited_text)];
  return {
    ...(url !== undefined && { url }),
    ...(title !== undefined && { title }),
    ...(quote !== undefined && { quote }),
    raw,
  };
}
