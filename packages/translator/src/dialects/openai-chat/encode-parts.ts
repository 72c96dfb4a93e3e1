import type { RequestScope } from "../../context.ts";
import type { JsonObject } from "../../json.ts";
import { dataUrl, decodeBase64 } from "../../media.ts";
import type { CacheMark, MediaPart, Part, TextPart } from "../../neutral/part.ts";
import { opaqueText } from "../../opaque-text.ts";

/** Parts of a message as the wire has them. */
export type WirePart = Record<string, unknown>;

/** Writes the parts of a user's or an operator's turn; those that cannot be said are noted and left out. */
export function encodeParts(parts: readonly Part[], scope: RequestScope): WirePart[] {
  const encoded: WirePart[] = [];
  for (const part of parts) {
    if (part.type === "text") encoded.push(encodeText(part, scope));
    else if (part.type === "media") encoded.push(...encodeMedia(part, scope));
    else if (part.type === "refusal") encoded.push({ type: "text", text: part.text });
    else if (part.type === "opaque") {
      const text = opaqueText(part, scope.losses);
      if (text !== undefined) encoded.push({ type: "text", text });
    } else if (part.type === "web_search") scope.losses.note("hosted_history");
  }
  return encoded;
}

/** Content as short as it can be said: text where there is nothing else, or where nothing else is taken. */
export function contentOf(
  parts: readonly WirePart[],
  scope: RequestScope,
  separator = "\n\n",
): string | readonly WirePart[] {
  const [first] = parts;
  if (first === undefined) return "";
  if (parts.length === 1 && isPlainText(first)) return textOf(first);
  if (scope.capability.stringContentOnly && parts.every(isText)) return parts.map(textOf).join(separator);
  return parts;
}

function isText({ type }: WirePart): boolean {
  return type === "text";
}

/** Whether a part says nothing but its text. */
function isPlainText(part: WirePart): boolean {
  return isText(part) && Object.keys(part).length === 2;
}

function textOf({ text }: WirePart): string {
  return typeof text === "string" ? text : "";
}

function encodeText({ text, cache }: TextPart, scope: RequestScope): WirePart {
  return marked({ type: "text", text }, cache, scope);
}

/** The part with its mark for the prompt cache: OpenAI's own, or the one that other services have from Anthropic. */
export function marked(part: WirePart, cache: CacheMark | undefined, { capability, losses }: RequestScope): WirePart {
  if (cache === undefined) return part;
  if (!capability.cacheMarks) losses.note("cache_marks");
  else if (capability.openaiFields) part.prompt_cache_breakpoint = { mode: "explicit", ...ttlOf(cache) };
  else part.cache_control = { type: "ephemeral", ...(cache.ttl !== undefined && { ttl: cache.ttl }) };
  return part;
}

/** OpenAI keeps a cache for 30 minutes or 12 hours. */
function ttlOf({ ttl }: CacheMark): JsonObject {
  if (ttl === undefined) return {};
  return { ttl: ttl === "5m" || ttl === "30m" ? "30m" : "12h" };
}

type MediaEncoder = (part: MediaPart, scope: RequestScope) => readonly WirePart[];

const MEDIA_ENCODERS: Readonly<Record<MediaPart["kind"], MediaEncoder>> = {
  image: encodeImage,
  document: encodeDocument,
  audio: encodeAudio,
};

function encodeMedia(part: MediaPart, scope: RequestScope): readonly WirePart[] {
  return MEDIA_ENCODERS[part.kind](part, scope);
}

function encodeImage({ source, detail, cache }: MediaPart, scope: RequestScope): readonly WirePart[] {
  const { capability, losses } = scope;
  if (source.type === "file") losses.note("file_id", source.id);
  if (!capability.images || source.type === "file" || source.type === "text") {
    losses.note("media_type", "image");
    return [];
  }
  if (source.type === "base64" && !source.mime.startsWith("image/")) losses.note("media_type", source.mime);
  const url = source.type === "url" ? source.url : dataUrl(source.mime, source.data);
  return [marked({ type: "image_url", image_url: { url, ...(detail !== undefined && { detail }) } }, cache, scope)];
}

/** Documents of text become text; others go as files, and what is said about them before them. */
function encodeDocument(part: MediaPart, scope: RequestScope): readonly WirePart[] {
  const { source, name, context, citable, cache } = part;
  const { capability, losses } = scope;
  if (citable === true) losses.note("citations_wish");
  const text = documentText(part);
  if (text !== undefined) {
    losses.note("document_text");
    return [marked({ type: "text", text: [titleOf(part), context, text].filter(isSaid).join("\n\n") }, cache, scope)];
  }
  if (source.type === "file") losses.note("file_id", source.id);
  else if (source.type === "url") losses.note("document_url");
  if (source.type !== "base64") return [];
  if (!capability.files) losses.note("document", source.mime);
  const filename = name === undefined ? "document.pdf" : fileName(name);
  const file = marked({ type: "file", file: { filename, file_data: dataUrl(source.mime, source.data) } }, cache, scope);
  return context === undefined ? [file] : [{ type: "text", text: context }, file];
}

/** Whether a medium is but text, whichever way it came. */
export function isTextDocument({ source }: MediaPart): boolean {
  return source.type === "text" || (source.type === "base64" && source.mime.startsWith("text/"));
}

function documentText({ source }: MediaPart): string | undefined {
  if (source.type === "text") return source.text;
  return source.type === "base64" && source.mime.startsWith("text/") ? decodeBase64(source.data) : undefined;
}

function titleOf({ name }: MediaPart): string | undefined {
  return name === undefined ? undefined : `Document: ${name}`;
}

/** A title as a file name, from which the type is read. */
function fileName(title: string): string {
  return title.includes(".") ? title : `${title}.pdf`;
}

function isSaid(text: string | undefined): text is string {
  return text !== undefined && text !== "";
}

function encodeAudio({ source, cache }: MediaPart, scope: RequestScope): readonly WirePart[] {
  if (!scope.capability.audio || source.type !== "base64") {
    scope.losses.note("audio_input");
    return [];
  }
  const subtype = source.mime.slice("audio/".length);
  const format = subtype === "mpeg" ? "mp3" : subtype;
  return [marked({ type: "input_audio", input_audio: { data: source.data, format } }, cache, scope)];
}
