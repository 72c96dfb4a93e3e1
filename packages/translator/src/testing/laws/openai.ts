import { asList } from "../../json.ts";
import type { JsonObject } from "../../json.ts";
import { shown, fits, isBlank, isClosed, listOf, objectOf, words } from "./complaints.ts";
import type { Complaints } from "./complaints.ts";

/* What both of OpenAI's dialects refuse. Types of `openai` 7.57.0, recorded refusals and reports of refusals; read on 2026-11-25. */

export const NAME = /^[a-zA-Z0-9_-]{1,64}$/;
export const EFFORTS = words("none minimal low medium high xhigh max");
const TIERS = words("auto default flex scale priority fast");
const CARRIER = /^tg[AOC]1\./;

/** Whether a text is something of this package's own that no upstream understands. */
export function isCarrier(text: unknown): boolean {
  return CARRIER.test(shown(text));
}

/** What is wrong with numbers and names that both dialects have. */
export function settingsLaw(body: JsonObject, complaints: Complaints): void {
  complaints.need(!isBlank(body.model), "model: missing");
  within(body, "temperature", [0, 2], complaints);
  within(body, "top_p", [0, 1], complaints);
  within(body, "top_logprobs", [0, 20], complaints);
  for (const key of ["stream", "store", "parallel_tool_calls"])
    complaints.need(body[key] === undefined || typeof body[key] === "boolean", `${key}: no boolean`);
  for (const key of ["user", "safety_identifier", "prompt_cache_key"])
    complaints.need(shown(body[key] ?? "").length <= 64, `${key}: too long`);
  complaints.need(body.service_tier === undefined || TIERS.has(shown(body.service_tier)), "service_tier: unknown");
  const metadata = Object.entries(objectOf(body.metadata));
  complaints.need(metadata.length <= 16, "metadata: more than 16");
  complaints.need(
    metadata.every(([key, value]) => key.length <= 64 && typeof value === "string" && value.length <= 512),
    "metadata: too long",
  );
  complaints.need(body.tools === undefined || (asList(body.tools)?.length ?? 0) > 0, "tools: an empty list");
  const hasTools = body.tools !== undefined;
  complaints.need(hasTools || body.tool_choice === undefined, "tool_choice: there are no tools");
  complaints.need(hasTools || body.parallel_tool_calls === undefined, "parallel_tool_calls: there are no tools");
}

export function within(
  body: JsonObject,
  key: string,
  [least, most]: readonly [least: number, most: number],
  complaints: Complaints,
): void {
  const value = body[key];
  complaints.need(
    value === undefined || (typeof value === "number" && value >= least && value <= most),
    `${key}: ${shown(value)}`,
  );
}

/** A function as `tools[].function` or as a flat tool. */
export function functionLaw(
  { name, description, parameters, strict }: JsonObject,
  at: string,
  complaints: Complaints,
): void {
  complaints.need(fits(NAME, name), `${at}: name ${shown(name)} is not legal`);
  complaints.need(description === undefined || typeof description === "string", `${at}: description is no text`);
  const schema = objectOf(parameters);
  const isUnion = ["anyOf", "oneOf", "allOf"].some((key) => key in schema);
  if (parameters !== undefined && parameters !== null) {
    complaints.need(schema.type === "object", `${at}: the schema must be of an object`);
    complaints.need(!isUnion, `${at}: a union at the root of the schema`);
    complaints.need(schema.properties !== undefined, `${at}: an object schema without properties`);
  }
  complaints.need(strict !== true || isClosed(schema), `${at}: strict, but the schema is open`);
}

/** A JSON schema that the answer must fit. */
export function formatLaw({ name, schema, strict }: JsonObject, at: string, complaints: Complaints): void {
  complaints.need(fits(NAME, name), `${at}: name ${shown(name)} is not legal`);
  complaints.need(typeof schema === "object" && schema !== null, `${at}: no schema`);
  complaints.need(strict !== true || isClosed(schema), `${at}: strict, but the schema is open`);
}

/** An address of an image: of the web, or with its bytes. */
export function imageUrlLaw(url: unknown, at: string, complaints: Complaints): void {
  complaints.need(
    /^(?:https?:\/\/.|data:image\/(?:png|jpeg|gif|webp);base64,.)/.test(shown(url)),
    `${at}: ${shown(url).slice(0, 40)}`,
  );
}

/** A file with its bytes, or one that OpenAI keeps, as both dialects word it. */
export function fileLaw(
  { file_data: bytes, filename, file_id: id }: JsonObject,
  at: string,
  complaints: Complaints,
): void {
  if (id !== undefined) return complaints.need(fits(/^file-/, id), `${at}: file_id ${shown(id)}`);
  complaints.need(fits(/^data:[\w.+-]+\/[\w.+-]+;base64,./, bytes), `${at}: file_data is no data URL`);
  complaints.need(!isBlank(filename), `${at}: a file needs a name`);
}

/** The values of a key in the objects of a list. */
export function valuesOf(list: unknown, key: string): readonly unknown[] {
  return listOf(list).map((object) => object[key]);
}
