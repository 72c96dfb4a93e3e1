import { asList, asString } from "../../json.ts";
import type { JsonObject } from "../../json.ts";
import { shown, fits, isBlank, listOf, objectOf, words } from "./complaints.ts";
import type { Complaints } from "./complaints.ts";

/*
 * Content blocks as Anthropic takes them. Types of `@anthropic-ai/sdk` 1.12.0, recorded refusals and reports of refusals; read on
 * 2026-11-25.
 */

type BlockLaw = (block: JsonObject, at: string, complaints: Complaints) => void;

export const ID = /^[a-zA-Z0-9_-]+$/;
export const NAME = /^[a-zA-Z0-9_-]{1,128}$/;
const CARRIER = /^tg[AOC]1\./;
const IMAGES = words("image/jpeg image/png image/gif image/webp");

const KEYS: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ["text", words("type text citations cache_control")],
  ["image", words("type source cache_control")],
  ["document", words("type source title context citations cache_control")],
  ["search_result", words("type content source title citations cache_control")],
  ["tool_use", words("type id name input caller cache_control")],
  ["tool_result", words("type tool_use_id content is_error cache_control")],
  ["thinking", words("type thinking signature")],
  ["redacted_thinking", words("type data")],
  ["server_tool_use", words("type id name input caller cache_control")],
  ["web_search_tool_result", words("type tool_use_id content caller cache_control")],
]);

/** Which blocks may stand where. */
export const PLACES = {
  user: words("text image document search_result tool_result"),
  assistant: words("text tool_use thinking redacted_thinking server_tool_use web_search_tool_result"),
  system: words("text"),
  tool_result: words("text image document search_result"),
} as const;

const LAWS: ReadonlyMap<string, BlockLaw> = new Map([
  [
    "text",
    ({ text }, at, complaints) => complaints.need(asString(text) !== "" && text !== undefined, `${at}: empty text`),
  ],
  ["image", (block, at, complaints) => imageLaw(objectOf(block.source), at, complaints)],
  ["document", (block, at, complaints) => documentLaw(objectOf(block.source), at, complaints)],
  ["tool_use", toolUseLaw],
  ["tool_result", toolResultLaw],
  ["thinking", thinkingLaw],
  ["redacted_thinking", ({ data }, at, complaints) => sealLaw(data, `${at}.data`, complaints)],
]);

/** What is wrong with a list of blocks. */
export function blocksLaw(content: unknown, place: keyof typeof PLACES, at: string, complaints: Complaints): void {
  if (typeof content === "string") return complaints.need(content !== "", `${at}: empty text`);
  complaints.need(asList(content) !== undefined, `${at}: neither text nor blocks`);
  for (const [index, block] of listOf(content).entries()) {
    const type = shown(block.type);
    const here = `${at}.${index}(${type})`;
    complaints.need(PLACES[place].has(type), `${here}: not allowed in ${place}`);
    complaints.known(block, KEYS.get(type) ?? new Set(), `${here}.`);
    LAWS.get(type)?.(block, here, complaints);
  }
}

function imageLaw(source: JsonObject, at: string, complaints: Complaints): void {
  if (source.type === "url") return complaints.need(/^https?:\/\//.test(shown(source.url)), `${at}: no http url`);
  if (source.type === "file") return complaints.need(!isBlank(source.file_id), `${at}: no file id`);
  complaints.need(source.type === "base64", `${at}: unknown source`);
  complaints.need(IMAGES.has(shown(source.media_type)), `${at}: ${shown(source.media_type)} is no image`);
  complaints.need(isBase64(source.data), `${at}: no base64 data`);
}

function documentLaw(source: JsonObject, at: string, complaints: Complaints): void {
  if (source.type === "url") return complaints.need(/^https?:\/\//.test(shown(source.url)), `${at}: no http url`);
  if (source.type === "file") return complaints.need(!isBlank(source.file_id), `${at}: no file id`);
  if (source.type === "text") {
    complaints.need(source.media_type === "text/plain", `${at}: text must be text/plain`);
    return complaints.need(!isBlank(source.data), `${at}: empty text`);
  }
  if (source.type === "content") return blocksLaw(source.content, "tool_result", `${at}.content`, complaints);
  complaints.need(source.type === "base64", `${at}: unknown source`);
  complaints.need(source.media_type === "application/pdf", `${at}: ${shown(source.media_type)} is no PDF`);
  complaints.need(isBase64(source.data), `${at}: no base64 data`);
}

function isBase64(data: unknown): boolean {
  return typeof data === "string" && data !== "" && !data.startsWith("data:");
}

function toolUseLaw({ id, name, input }: JsonObject, at: string, complaints: Complaints): void {
  complaints.need(fits(ID, id), `${at}: id ${shown(id)} is not legal`);
  complaints.need(fits(NAME, name), `${at}: name ${shown(name)} is not legal`);
  complaints.need(typeof input === "object" && input !== null && !Array.isArray(input), `${at}: input is no object`);
}

function toolResultLaw(
  { tool_use_id: id, content, is_error: isError }: JsonObject,
  at: string,
  complaints: Complaints,
): void {
  complaints.need(fits(ID, id), `${at}: id ${shown(id)} is not legal`);
  complaints.need(isError === undefined || typeof isError === "boolean", `${at}: is_error is no boolean`);
  if (content !== undefined && content !== "") blocksLaw(content, "tool_result", `${at}.content`, complaints);
}

function thinkingLaw({ thinking, signature }: JsonObject, at: string, complaints: Complaints): void {
  complaints.need(typeof thinking === "string", `${at}: no thinking text`);
  sealLaw(signature, `${at}.signature`, complaints);
}

function sealLaw(seal: unknown, at: string, complaints: Complaints): void {
  complaints.need(!isBlank(seal), `${at}: missing`);
  complaints.need(!CARRIER.test(shown(seal)), `${at}: a carrier of ours`);
}
