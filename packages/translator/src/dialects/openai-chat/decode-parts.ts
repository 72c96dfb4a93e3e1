import { asList, asObject, asString, asText } from "../../json.ts";
import type { JsonObject } from "../../json.ts";
import { base64Source, mediaKindOf, parseMediaUrl } from "../../media.ts";
import type { CacheMark, MediaPart, MediaSource, Part, TextPart } from "../../neutral/part.ts";
import { TranslationError } from "../../translation-error.ts";
import { wrongField } from "./fields.ts";

/** Reads one part of a message. `at` says where it stands, for errors. */
type PartDecoder = (part: JsonObject, at: () => string) => Part;

const PART_DECODERS: ReadonlyMap<unknown, PartDecoder> = new Map<unknown, PartDecoder>([
  ["text", decodeText],
  ["image_url", decodeImage],
  ["file", decodeFile],
  ["input_audio", decodeAudio],
  ["refusal", decodeRefusal],
  // Mistral's.
  ["document_url", decodeDocumentUrl],
  ["thinking", decodeThinking],
  // Names of the Responses API, which clients of both mix in.
  ["input_text", decodeText],
  ["output_text", decodeText],
  ["input_image", decodeImage],
]);

/** The content of a message: text, or a list of parts. No content is no parts; the empty text is a part where `keepsEmpty`. */
export function decodeContent(content: unknown, at: () => string, keepsEmpty: boolean): readonly Part[] {
  if (typeof content === "string") return content === "" && !keepsEmpty ? [] : [{ type: "text", text: content }];
  if (content === undefined || content === null) return [];
  const list = asList(content);
  if (list === undefined) throw wrongField(at(), "a string or a list of parts");
  const parts: Part[] = [];
  for (const [index, item] of list.entries()) {
    const part = decodePart(item, () => `${at()}[${index}]`);
    if (keepsEmpty || part.type !== "text" || part.text !== "") parts.push(part);
  }
  return parts;
}

function decodePart(item: unknown, at: () => string): Part {
  if (typeof item === "string") return { type: "text", text: item };
  const part = asObject(item);
  if (part === undefined) throw wrongField(at(), "an object with a `type`");
  const decode = PART_DECODERS.get(part.type);
  if (decode !== undefined) return decode(part, at);
  const message = `\`${at()}.type\` is ${JSON.stringify(part.type) ?? "missing"}. Use one of text, image_url, file, input_audio, refusal.`;
  throw new TranslationError("bad_request", message, { param: at(), code: "unsupported_value" });
}

function decodeText(part: JsonObject, at: () => string): TextPart {
  const text = asString(part.text);
  if (text === undefined) throw wrongField(`${at()}.text`, "a string");
  const cache = cacheOf(part);
  return cache === undefined ? { type: "text", text } : { type: "text", text, cache };
}

function decodeRefusal({ refusal }: JsonObject): Part {
  return { type: "refusal", text: asString(refusal) ?? "" };
}

/** The address is an object with a `url`; the text alone is what older clients and the Responses API have. */
function decodeImage(part: JsonObject, at: () => string): MediaPart {
  const given = asObject(part.image_url) ?? { url: part.image_url, detail: part.detail };
  const url = asText(given.url);
  if (url === undefined) throw wrongField(`${at()}.image_url.url`, "an address or a `data:` URL");
  const source = parseMediaUrl(url, `${at()}.image_url`);
  const detail = asText(given.detail);
  const cache = cacheOf(part);
  return {
    type: "media",
    kind: kindOf(source, "image"),
    source,
    ...(detail !== undefined && detail !== "auto" && { detail }),
    ...(cache !== undefined && { cache }),
  };
}

/** A file is kept by an upstream, or stands in the request: as base64, bare or in a `data:` URL, or at OpenRouter as an address. */
function decodeFile(part: JsonObject, at: () => string): MediaPart {
  const file = asObject(part.file) ?? part;
  const [id, data, name] = [asText(file.file_id), asText(file.file_data), asText(file.filename)];
  if (data === undefined && id === undefined) throw wrongField(`${at()}.file.file_data`, "base64 or a `data:` URL");
  const source: MediaSource =
    data === undefined ? { type: "file", id: id ?? "", origin: "openai-chat" } : sourceOf(data, name);
  const cache = cacheOf(part);
  return {
    type: "media",
    kind: kindOf(source, "document"),
    source,
    ...(name !== undefined && { name }),
    ...(cache !== undefined && { cache }),
  };
}

function decodeDocumentUrl(part: JsonObject, at: () => string): MediaPart {
  const url = asText(asObject(part.document_url)?.url) ?? asText(part.document_url);
  if (url === undefined) throw wrongField(`${at()}.document_url`, "an address or a `data:` URL");
  const name = asText(part.document_name);
  const source = parseMediaUrl(url, `${at()}.document_url`);
  return { type: "media", kind: kindOf(source, "document"), source, ...(name !== undefined && { name }) };
}

function sourceOf(data: string, name: string | undefined): MediaSource {
  return data.startsWith("http://") || data.startsWith("https://")
    ? { type: "url", url: data }
    : base64Source(data, name);
}

function kindOf(source: MediaSource, otherwise: MediaPart["kind"]): MediaPart["kind"] {
  return source.type === "base64" ? (mediaKindOf(source.mime) ?? otherwise) : otherwise;
}

function decodeAudio(part: JsonObject, at: () => string): MediaPart {
  const audio = asObject(part.input_audio);
  // Mistral has the data alone.
  const data = asText(audio?.data) ?? asText(part.input_audio);
  if (data === undefined) throw wrongField(`${at()}.input_audio.data`, "base64");
  const cache = cacheOf(part);
  const source = { type: "base64", mime: `audio/${asText(audio?.format) ?? "wav"}`, data } as const;
  return { type: "media", kind: "audio", source, ...(cache !== undefined && { cache }) };
}

/** How Mistral gives reasoning and takes it back. */
function decodeThinking({ thinking }: JsonObject): Part {
  return { type: "reasoning", texts: [thinkingText(thinking)], full: true };
}

/** The text of a `thinking` part: text, or a list of text parts. */
export function thinkingText(thinking: unknown): string {
  if (typeof thinking === "string") return thinking;
  let text = "";
  for (const part of asList(thinking) ?? []) text += asString(asObject(part)?.text) ?? "";
  return text;
}

/** The mark for a prompt cache on a part, a message or a tool: OpenAI's own, or the one that many services have from Anthropic. */
export function cacheOf({
  cache_control: control,
  prompt_cache_breakpoint: breakpoint,
}: JsonObject): CacheMark | undefined {
  if (control === undefined && breakpoint === undefined) return undefined;
  const mark = asObject(control) ?? asObject(breakpoint);
  if (mark === undefined) return undefined;
  const ttl = asText(mark.ttl);
  return ttl === undefined ? {} : { ttl };
}
