import { asObject, asText, parseObject } from "../json.ts";
import type { JsonObject } from "../json.ts";
import type { CustomTool } from "../neutral/request.ts";

/** The only argument of a function that stands in for a tool of plain text. */
const ARGUMENT = "input";

/** JSON Schema of the arguments of such a function. */
export const CUSTOM_PARAMETERS: JsonObject = {
  type: "object",
  properties: { [ARGUMENT]: { type: "string", description: "Raw input for the tool. Not JSON." } },
  required: [ARGUMENT],
  additionalProperties: false,
};

/** The description of such a function: the tool's own, and what its text must look like. */
export function customDescription({ description, format }: CustomTool): string | undefined {
  const grammar = asObject(format?.grammar) ?? format;
  const definition = asText(grammar?.definition);
  if (definition === undefined) return description;
  const syntax = asText(grammar?.syntax) ?? "grammar";
  const rule = `The input must match this ${syntax} grammar:\n${definition}`;
  return description === undefined ? rule : `${description}\n\n${rule}`;
}

/** Plain text as the arguments of such a function. */
export function wrapCustom(text: string): string {
  return JSON.stringify({ [ARGUMENT]: text });
}

/**
 * The plain text in the arguments of such a function. Models name the argument as they please: the value of a single text property is
 * taken, or the text itself when it is a JSON string; anything else stays as it is.
 */
export function unwrapCustom(text: string): string {
  const object = parseObject(text);
  if (object !== undefined) {
    const named = object[ARGUMENT];
    if (typeof named === "string") return named;
    const values = Object.values(object);
    return values.length === 1 && typeof values[0] === "string" ? values[0] : text;
  }
  return text.startsWith('"') ? (parsedString(text) ?? text) : text;
}

function parsedString(text: string): string | undefined {
  const wrapped = parseObject(`{"text":${text}}`);
  return typeof wrapped?.text === "string" ? wrapped.text : undefined;
}
