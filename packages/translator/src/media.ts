import type { MediaPart, MediaSource } from "./neutral/part.ts";
import { TranslationError } from "./translation-error.ts";

/** How the first bytes of a medium look in base64. */
const MAGIC: readonly (readonly [start: string, mime: string])[] = [
  ["iVBORw0KGgo", "image/png"],
  ["/9j/", "image/jpeg"],
  ["R0lGOD", "image/gif"],
  ["UklGR", "image/webp"],
  ["JVBERi", "application/pdf"],
];

/** WebP and WAV begin alike; this is what the latter goes on with, and where. */
const WAVE = "QVZF";
const WAVE_AT = 12;

const EXTENSIONS: Readonly<Record<string, string>> = {
  pdf: "application/pdf",
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  gif: "image/gif",
  webp: "image/webp",
  txt: "text/plain",
  md: "text/plain",
  csv: "text/plain",
  json: "text/plain",
};

/** Other names of the same type. */
const MIME_NAMES: Readonly<Record<string, string>> = { "image/jpg": "image/jpeg", "image/pjpeg": "image/jpeg" };

// Codex knows this sentence: it leaves the image out and goes on.
const BROKEN_IMAGE = "The image data you provided does not represent a valid image. Send a non-empty `data:` URL.";

/** Where the bytes behind an address are: in the address itself when it is a `data:` URL. An empty or broken one throws a `TranslationError`. */
export function parseMediaUrl(url: string, param?: string): MediaSource {
  if (!url.toLowerCase().startsWith("data:")) return { type: "url", url };
  const comma = url.indexOf(",");
  const [mime = "", ...parameters] = url.slice("data:".length, Math.max(comma, 0)).split(";");
  const payload = comma === -1 ? "" : url.slice(comma + 1);
  const data = parameters.some((each) => each.trim().toLowerCase() === "base64") ? payload : encodePercent(payload);
  if (data === undefined || data === "")
    throw new TranslationError("bad_request", BROKEN_IMAGE, { param, code: "invalid_value" });
  return { type: "base64", mime: mimeOf(data, mime), data };
}

function encodePercent(payload: string): string | undefined {
  try {
    return encodeBase64(decodeURIComponent(payload));
  } catch {
    return undefined;
  }
}

/** The source of a file that came as bare base64 or as a `data:` URL; its type by its first bytes, its name or `mime`. */
export function base64Source(data: string, name = "", mime = ""): MediaSource {
  if (data.startsWith("data:")) {
    const source = parseMediaUrl(data);
    const isVague = source.type === "base64" && (source.mime === "" || source.mime === "application/octet-stream");
    return isVague ? base64Source(source.data, name, mime) : source;
  }
  const extension = name.slice(name.lastIndexOf(".") + 1).toLowerCase();
  const byName = Object.hasOwn(EXTENSIONS, extension) ? EXTENSIONS[extension] : undefined;
  return { type: "base64", mime: mimeOf(data, mime || byName || "application/pdf"), data };
}

/** The type of a medium: by its first bytes where they are known, for labels are often wrong. */
function mimeOf(data: string, label: string): string {
  const found = MAGIC.find(([start]) => data.startsWith(start));
  if (found !== undefined) return data.startsWith(WAVE, WAVE_AT) && data.startsWith("UklGR") ? "audio/wav" : found[1];
  const mime = label.trim().toLowerCase();
  return (Object.hasOwn(MIME_NAMES, mime) ? MIME_NAMES[mime] : undefined) ?? mime;
}

/** What kind of medium a type is; undefined when no dialect takes it. */
export function mediaKindOf(mime: string): MediaPart["kind"] | undefined {
  if (["image/jpeg", "image/png", "image/gif", "image/webp"].includes(mime)) return "image";
  if (mime === "application/pdf" || mime.startsWith("text/")) return "document";
  return mime.startsWith("audio/") ? "audio" : undefined;
}

/** A `data:` URL. */
export function dataUrl(mime: string, data: string): string {
  return `data:${mime};base64,${data}`;
}

/** Text as base64 of its UTF-8. */
export function encodeBase64(text: string): string {
  let binary = "";
  for (const byte of new TextEncoder().encode(text)) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/** The text whose UTF-8 a base64 text holds; undefined when it is none. */
export function decodeBase64(base64: string): string | undefined {
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)));
  } catch {
    return undefined;
  }
}
