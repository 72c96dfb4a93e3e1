import { asObject } from "../../json.ts";
import type { JsonObject } from "../../json.ts";

/** Gathers what a service would refuse a request for, or a client would stumble over in an answer. */
export class Complaints {
  readonly list: string[] = [];

  /** Complains unless it holds. */
  need(holds: boolean, complaint: string): void {
    if (!holds) this.list.push(complaint);
  }

  /** Complains of keys that are not known. */
  known(object: JsonObject, keys: ReadonlySet<string>, at: string): void {
    for (const key of Object.keys(object)) this.need(keys.has(key), `${at}${key}: unknown key`);
  }
}

/** What a request may know of its model: the services refuse more with some models than with others. */
export interface ModelRules {
  /** Whether the conversation may end with the assistant. Default true. */
  readonly prefill?: boolean;
  /** Whether there may be system turns among the messages. Default true. */
  readonly systemTurns?: boolean;
  /** Default `all`. */
  readonly sampling?: "all" | "one" | "none";
  /** The ways to think that are known. Default all. */
  readonly thinking?: readonly string[];
  readonly maxOutputTokens?: number;
  /** Where media may be in tool messages, in Chat Completions. Default false. */
  readonly toolMedia?: boolean;
  /** Whether tools of plain text are known. Default true. */
  readonly customTools?: boolean;
}

/** The words of a text. */
export const words = (text: string): ReadonlySet<string> => new Set(text.split(" "));

/** The value as an object; the empty one when it is none. */
export function objectOf(value: unknown): JsonObject {
  return asObject(value) ?? {};
}

/** The value as a list of objects. */
export function listOf(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.map(objectOf) : [];
}

export function isBlank(text: unknown): boolean {
  return typeof text !== "string" || text.trim() === "";
}

/** What is there more than once. */
export function repeated(values: readonly unknown[]): readonly unknown[] {
  return values.filter((value, index) => values.indexOf(value) !== index);
}

/** Calls `visit` for every node of a JSON Schema. */
export function walkSchema(schema: unknown, visit: (node: JsonObject) => void): void {
  const node = asObject(schema);
  if (node === undefined) return;
  visit(node);
  for (const key of ["properties", "$defs", "definitions"]) {
    for (const child of Object.values(objectOf(node[key]))) walkSchema(child, visit);
  }
  for (const key of ["anyOf", "oneOf", "allOf"]) for (const child of listOf(node[key])) walkSchema(child, visit);
  walkSchema(node.items, visit);
}

/** Whether OpenAI could hold a model to the schema: closed objects, every property required. */
export function isClosed(schema: unknown): boolean {
  let closed = true;
  walkSchema(schema, (node) => {
    const names = Object.keys(objectOf(node.properties));
    const isObjectSchema = node.type === "object" || node.properties !== undefined;
    const required = Array.isArray(node.required) ? node.required : [];
    if (isObjectSchema && (node.additionalProperties !== false || names.some((name) => !required.includes(name))))
      closed = false;
  });
  return closed;
}

/** Whether it is text of that form. */
export function fits(pattern: RegExp, value: unknown): boolean {
  return typeof value === "string" && pattern.test(value);
}

/** A value as it reads in a complaint: text as it is, anything else as JSON. */
export function shown(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "undefined");
}
