import { asList, asObject, asString, asText } from "../../json.ts";
import type { JsonObject } from "../../json.ts";
import { base64Source, decodeBase64, mediaKindOf, parseMediaUrl } from "../../media.ts";
import type { CacheMark, MediaPart, MediaSource, Part, ReasoningPart, Seal } from "../../neutral/part.ts";
import { reasoningOf } from "../../reasoning/carrier.ts";
import { writeArguments } from "../../tools/arguments.ts";
import { wrongField } from "./fields.ts";
import { WEB_SEARCH_NAME } from "./wire.ts";

/** Reads one block of a client's message and adds what it says. `at` says where it stands, for errors. */
type BlockDecoder = (block: JsonObject, parts: Part[], at: () => string) => void;

const BLOCK_DECODERS: ReadonlyMap<string, BlockDecoder> = new Map<string, BlockDecoder>([
  ["text", decodeText],
  ["image", decodeImage],
  ["document", decodeDocument],
  ["tool_use", decodeToolUse],
  ["tool_result", decodeToolResult],
  ["thinking", decodeThinking],
  ["redacted_thinking", decodeRedacted],
  ["server_tool_use", decodeServerToolUse],
  // What a search found goes with the search, and is said in the text that follows.
  ["web_search_tool_result", () => {}],
]);

/** The content of a message or of a result: text, or a list of blocks. Empty texts say nothing where anything else is said. */
export function decodeContent(content: unknown, at: () => string): readonly Part[] {
  if (typeof content === "string") return [{ type: "text", text: content }];
  if (content === undefined || content === null) return [];
  const list = asList(content);
  if (list === undefined) throw wrongField(at(), "a string or a list of blocks");
  const parts: Part[] = [];
  for (let index = 0; index < list.length; index++) decodeBlock(list[index], parts, () => `${at()}[${index}]`);
  if (parts.length < 2 || !parts.some(isEmpty)) return parts;
  const said = parts.filter((part) => !isEmpty(part));
  return said.length === 0 ? parts.slice(0, 1) : said;
}

function isEmpty(part: Part): boolean {
  return part.type === "text" && part.text === "";
}

/** Blocks of a type that is not known belong to Anthropic alone. */
function decodeBlock(item: unknown, parts: Part[], at: () => string): void {
  if (typeof item === "string") {
    parts.push({ type: "text", text: item });
    return;
  }
  const block = asObject(item);
  const type = asText(block?.type);
  if (block === undefined || type === undefined) throw wrongField(at(), "an object with a `type`");
  const decode = BLOCK_DECODERS.get(type);
  if (decode === undefined) parts.push({ type: "opaque", origin: "anthropic-messages", name: type, raw: block });
  else decode(block, parts, at);
}

function decodeText(block: JsonObject, parts: Part[], at: () => string): void {
  const text = asString(block.text);
  if (text === undefined) throw wrongField(`${at()}.text`, "a string");
  const cache = cacheOf(block);
  parts.push(cache === undefined ? { type: "text", text } : { type: "text", text, cache });
}

function decodeImage(block: JsonObject, parts: Part[], at: () => string): void {
  const source = sourceOf(block, at);
  const cache = cacheOf(block);
  const kind = source.type === "base64" ? (mediaKindOf(source.mime) ?? "image") : "image";
  parts.push({ type: "media", kind, source, ...(cache !== undefined && { cache }) });
}

/** Content of blocks is a document of their text; what else is among them follows it. */
function decodeDocument(block: JsonObject, parts: Part[], at: () => string): void {
  const given = asObject(block.source);
  const inside = given?.type === "content" ? decodeContent(given.content, () => `${at()}.source.content`) : [];
  const source = given?.type === "content" ? textSource(inside) : sourceOf(block, at);
  const [title, context, cache] = [asText(block.title), asText(block.context), cacheOf(block)];
  const isImage = source.type === "base64" && mediaKindOf(source.mime) === "image";
  const document: MediaPart = {
    type: "media",
    kind: isImage ? "image" : "document",
    source,
    ...(title !== undefined && { name: title }),
    ...(context !== undefined && { context }),
    ...(asObject(block.citations)?.enabled === true && { citable: true }),
    ...(cache !== undefined && { cache }),
  };
  parts.push(document, ...inside.filter(({ type }) => type !== "text"));
}

function textSource(inside: readonly Part[]): MediaSource {
  const texts = inside.map((part) => (part.type === "text" ? part.text : "")).filter((text) => text !== "");
  return { type: "text", text: texts.join("\n\n") };
}

/** Where the bytes are. */
function sourceOf({ source: given }: JsonObject, at: () => string): MediaSource {
  const source = asObject(given);
  const [data, url, id] = [asText(source?.data), asText(source?.url), asText(source?.file_id)];
  if (id !== undefined) return { type: "file", id, origin: "anthropic-messages" };
  if (url !== undefined) return parseMediaUrl(url, at());
  if (data === undefined) throw wrongField(`${at()}.source`, "base64 `data`, a `url`, a `file_id` or text");
  return source?.type === "text" ? { type: "text", text: data } : bytesOf(data, asText(source?.media_type));
}

/** Text in base64, which no type allows, is read as the text it is. */
function bytesOf(data: string, mime: string | undefined): MediaSource {
  const source = base64Source(data, undefined, mime);
  if (source.type !== "base64" || !source.mime.startsWith("text/")) return source;
  const text = decodeBase64(source.data);
  return text === undefined ? source : { type: "text", text };
}

function decodeToolUse(block: JsonObject, parts: Part[], at: () => string): void {
  const [id, name] = [asText(block.id), asText(block.name)];
  if (id === undefined || name === undefined) throw wrongField(at(), "a `tool_use` with an `id` and a `name`");
  const cache = cacheOf(block);
  const text = writeArguments(block.input);
  parts.push({
    type: "tool_call",
    id,
    name,
    arguments: text,
    kind: "function",
    ...(cache !== undefined && { cache }),
  });
}

function decodeToolResult(block: JsonObject, parts: Part[], at: () => string): void {
  const callId = asText(block.tool_use_id);
  if (callId === undefined) throw wrongField(`${at()}.tool_use_id`, "the id of a call");
  const { is_error: isError } = block;
  const inside = decodeContent(block.content, () => `${at()}.content`);
  const cache = cacheOf(block);
  parts.push({
    type: "tool_result",
    callId,
    kind: "function",
    parts: inside.length === 1 && inside.some(isEmpty) ? [] : inside,
    ...(typeof isError === "boolean" && { isError }),
    ...(cache !== undefined && { cache }),
  });
}

function decodeThinking({ thinking, signature }: JsonObject, parts: Part[]): void {
  parts.push(thinkingPart(asText(thinking), asText(signature)));
}

/** Thinking as a client gives it back: signed by Anthropic, or with a carrier in place of the signature. */
function thinkingPart(text: string | undefined, signature: string | undefined): ReasoningPart {
  return reasoningOf(text === undefined ? [] : [text], signature, signed);
}

function signed(data: string): Seal {
  return { origin: "anthropic-messages", kind: "signature", data };
}

function decodeRedacted({ data }: JsonObject, parts: Part[]): void {
  const text = asText(data);
  if (text !== undefined) parts.push(reasoningOf([], text, redacted));
}

function redacted(data: string): Seal {
  return { origin: "anthropic-messages", kind: "redacted", data };
}

function decodeServerToolUse(block: JsonObject, parts: Part[]): void {
  const [id, query] = [asText(block.id) ?? "", asText(asObject(block.input)?.query)];
  if (block.name !== WEB_SEARCH_NAME) {
    parts.push({ type: "opaque", origin: "anthropic-messages", name: "server_tool_use", raw: block });
    return;
  }
  parts.push({
    type: "web_search",
    id,
    origin: "anthropic-messages",
    ...(query !== undefined && { query }),
  });
}

/** The mark for the prompt cache on a block or a tool. */
export function cacheOf({ cache_control: control }: JsonObject): CacheMark | undefined {
  if (control === undefined) return undefined;
  const mark = asObject(control);
  if (mark === undefined) return undefined;
  const ttl = asText(mark.ttl);
  return ttl === undefined ? {} : { ttl };
}
