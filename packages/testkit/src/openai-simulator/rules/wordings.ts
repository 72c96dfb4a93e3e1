import type { Found } from "../../simulator/rule.ts";
import type { CallRule } from "./call.ts";

/** Makes a rule whose refusal is worded as many others are. */
type Wording = (name: string, on: CallRule["on"], find: CallRule["find"]) => CallRule;

/** Something that must be there is not. */
export const missing: Wording = worded(
  "missing_required_parameter",
  ({ at }) => `Missing required parameter: '${at}'.`,
);

/** Something is there that nobody knows. */
export const unknown: Wording = worded("unknown_parameter", ({ at }) => `Unknown parameter: '${at}'.`);

/** Something is there that the model does not take. */
export const unsupported: Wording = worded(
  "unsupported_parameter",
  ({ at }) => `Unsupported parameter: '${at}' is not supported with this model.`,
);

/** A value is of the wrong type: the fault says what was expected and what was there. */
export const wrongType: Wording = worded(
  "invalid_type",
  ({ at, what }) => `Invalid type for '${at}': ${what} instead.`,
);

/** A value is none of those that there are: the fault says it in full. */
export const wrongValue: Wording = worded("invalid_value", ({ what }) => what);

/** A text does not match a pattern, which the fault names. */
export const wrongPattern: Wording = worded(
  "invalid_value",
  ({ at, what }) =>
    `Invalid '${at}': string does not match pattern. Expected a string that matches the pattern '${what}'.`,
);

/** A text is too long: the fault says how long. */
export const longText: Wording = worded(
  "string_above_max_length",
  ({ at, what }) => `Invalid '${at}': string too long. ${what}`,
);

/** A list is too long: the fault says how long. */
export const longList: Wording = worded(
  "array_above_max_length",
  ({ at, what }) => `Invalid '${at}': array too long. ${what}`,
);

/** A list is empty. */
export const emptyList: Wording = worded(
  "empty_array",
  ({ at }) => `Invalid '${at}': empty array. Expected an array with minimum length 1, but got an empty array instead.`,
);

function worded(code: string, message: (found: Found) => string): Wording {
  return (name, on, find) => ({ name, on, find, message, code });
}
