import { found, type Found } from "../../simulator/rule.ts";

/** A value that is none of those that there are; one that is absent is no fault. */
export function valueFault(value: unknown, at: string, values: readonly string[]): Found | undefined {
  if (value == null || (typeof value === "string" && values.includes(value))) return undefined;
  return found(at, `Invalid value: '${shown(value)}'. Supported values are: ${listed(values)}.`);
}

/** The values there are, as a refusal lists them. */
export function listed(values: readonly string[]): string {
  const names = values.map((name) => `'${name}'`);
  if (names.length < 3) return names.join(" and ");
  return `${names.slice(0, -1).join(", ")}, and ${names.at(-1)}`;
}

/** A text that is too long. */
export function lengthFault(value: unknown, at: string, max: number): Found | undefined {
  return typeof value === "string" ? sizeFault(value.length, at, max, "a string") : undefined;
}

/** How the names of tools are made, also in calls of long ago. */
export const TOOL_NAME = /^[a-zA-Z0-9_-]+$/;

/** A name that is not made of the letters of tool names. */
export function nameFault(value: unknown, at: string): Found | undefined {
  return typeof value === "string" && !TOOL_NAME.test(value) ? found(at, TOOL_NAME.source) : undefined;
}

/** A list that is too long. */
export function listFault(value: unknown, at: string, max: number): Found | undefined {
  return Array.isArray(value) ? sizeFault(value.length, at, max, "an array") : undefined;
}

/** A value of the wrong type; one that is absent is no fault. */
export function typeFault(
  value: unknown,
  at: string,
  is: (value: unknown) => boolean,
  words: string,
): Found | undefined {
  return value == null || is(value) ? undefined : found(at, `expected ${words}, but got ${typeWords(value)}`);
}

/** Whether a value is a text. */
export function isText(value: unknown): boolean {
  return typeof value === "string";
}

/** Whether a value is a list without members. */
export function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

/** What a value is, in the words of a refusal. */
export function typeWords(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object") return "an object";
  if (typeof value === "number") return Number.isInteger(value) ? "an integer" : "a decimal";
  return `a ${typeof value}`;
}

/** A value as a refusal shows it. */
export function shown(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function sizeFault(length: number, at: string, max: number, what: string): Found | undefined {
  if (length <= max) return undefined;
  return found(at, `Expected ${what} with maximum length ${max}, but got ${what} with length ${length} instead.`);
}
