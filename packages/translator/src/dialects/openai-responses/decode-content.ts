import { asList, asObject, asString, asText } from "../../json.ts";
import type { JsonObject } from "../../json.ts";
import { base64Source, mediaKindOf, parseMediaUrl } from "../../media.ts";
import type { CacheMark, MediaPart, MediaSource, Part } from "../../neutral/part.ts";
import { TranslationError } from "../../translation-error.ts";
import { wrongField } from "../openai-chat/fields.ts";

/** Reads one part of a message. `at` says where it stands, for errors. */
type PartDecoder = (part: JsonObject, at: () => string) => Part;

const PART_DECODERS: ReadonlyMap<unknown, PartDecoder> = new Map<unknown, PartDecoder>([
  ["input_text", decodeText],
  ["output_text", decodeText],
  ["text", decodeText],
  ["summary_text", decodeText],
  ["refusal", ({ refusal }) => ({ type: "refusal", text: asString(refusal) ?? "" })],
  ["input_image", decodeImage],
  ["image_url", decodeImage],
  ["input_file", decodeFile],
  ["input_audio", decodeAudio],
]);

/** The content of a message: text, or a list of parts. */
export function decodeContent(content: unknown, at: () => string): readonly Part[] {
  if (typeof content === "string") return content === "" ? [] : [{ type: "text", text: content }];
  if (content === undefined || content === null) return [];
  const list = asList(content);
  if (list === undefined) throw wrongField(at(), "a string or a list of parts");
  return list.map((item, index) => decodePart(item, () => `${at()}[${index}]`));
}

/**
 * What a tool gave: text, or a list of parts. Older clients send such a list as text; that is read only when every element of it is a
 * part with an image or a file among them, for tools give lists as well.
 */
export function decodeOutput(output: unknown, at: () => string): readonly Part[] {
  if (typeof output !== "string") {
    return asObject(output) === undefined
      ? decodeContent(output, at)
      : [{ type: "text", text: JSON.stringify(output) }];
  }
  return stringifiedParts(output) ?? (output === "" ? [] : [{ type: "text", text: output }]);
}

function stringifiedParts(text: string): readonly Part[] | undefined {
  if (!text.startsWith("[") || !(text.includes("input_image") || text.includes("input_file"))) return undefined;
  try {
    const list = asList(JSON.parse(text));
    if (list === undefined || !list.every((item) => PART_DECODERS.has(asObject(item)?.type))) return undefined;
    return decodeContent(list, () => "output");
  } catch {
    return undefined;
  }
}

function decodePart(item: unknown, at: () => string): Part {
  if (typeof item === "string") return { type: "text", text: item };
  const part = asObject(item);
  if (part === undefined) throw wrongField(at(), "an object with a `type`");
  const decode = PART_DECODERS.get(part.type);
  if (decode !== undefined) return decode(part, at);
  const message = `\`${at()}.type\` is ${JSON.stringify(part.type) ?? "missing"}. Use one of input_text, input_image, input_file.`;
  throw new TranslationError("bad_request", message, { param: at(), code: "unsupported_value" });
}

function decodeText(part: JsonObject, at: () => string): Part {
  const text = asString(part.text);
  if (text === undefined) throw wrongField(`${at()}.text`, "a string");
  const cached = cacheOf(part);
  return cached === undefined ? { type: "text", text } : { type: "text", text, cache: cached };
}

/** Both of OpenAI's lifetimes, half an hour and half a day, are longer than the shorter one of Anthropic's. */
function cacheOf(part: JsonObject): CacheMark | undefined {
  return asObject(part.prompt_cache_breakpoint) === undefined ? undefined : { ttl: "1h" };
}

function decodeImage(part: JsonObject, at: () => string): MediaPart {
  const [url, id, detail] = [asText(part.image_url), asText(part.file_id), asText(part.detail)];
  if (url === undefined && id === undefined) throw wrongField(`${at()}.image_url`, "an address or a `data:` URL");
  const source = url === undefined ? fileOf(id) : parseMediaUrl(url, `${at()}.image_url`);
  const kind = source.type === "base64" ? (mediaKindOf(source.mime) ?? "image") : "image";
  const cache = cacheOf(part);
  return {
    type: "media",
    kind,
    source,
    ...(detail !== undefined && detail !== "auto" && { detail }),
    ...(cache !== undefined && { cache }),
  };
}

function decodeFile(part: JsonObject, at: () => string): MediaPart {
  const [data, url, id, name] = [
    asText(part.file_data),
    asText(part.file_url),
    asText(part.file_id),
    asText(part.filename),
  ];
  if (data === undefined && url === undefined && id === undefined) {
    throw wrongField(`${at()}.file_data`, "base64 or a `data:` URL");
  }
  const source = data === undefined ? (url === undefined ? fileOf(id) : addressOf(url)) : base64Source(data, name);
  const kind = source.type === "base64" ? (mediaKindOf(source.mime) ?? "document") : "document";
  const cache = cacheOf(part);
  return { type: "media", kind, source, ...(name !== undefined && { name }), ...(cache !== undefined && { cache }) };
}

function addressOf(url: string): MediaSource {
  return { type: "url", url };
}

function fileOf(id: string | undefined): MediaSource {
  return { type: "file", id: id ?? "", origin: "openai-responses" };
}

function decodeAudio(part: JsonObject, at: () => string): MediaPart {
  const audio = asObject(part.input_audio);
  const [data, format] = [asText(audio?.data), asText(audio?.format)];
  if (data === undefined) throw wrongField(`${at()}.input_audio.data`, "base64");
  return { type: "media", kind: "audio", source: { type: "base64", mime: `audio/${format ?? "wav"}`, data } };
}
