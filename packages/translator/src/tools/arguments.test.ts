import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { readArguments, writeArguments } from "./arguments.ts";

describe("reading", () => {
  test.each([
    ["16: none", "", {}, false],
    ["blank", " \n", {}, false],
    ["an empty object", "{}", {}, false],
    ["an object", '{"a":[1]}', { a: [1] }, false],
    ["17: cut off", '{"a":', { _raw_arguments: '{"a":' }, true],
    ["18: a list", "[1]", { _value: [1] }, true],
    ["18: a text", '"x"', { _value: "x" }, true],
    ["null", "null", { _value: null }, true],
  ])("%s", (_, text, input, wrapped) => {
    expect(readArguments(text)).toEqual({ input, wrapped });
  });

  test("a number of many digits is no object", () => {
    const { input, wrapped } = readArguments("12345678901234567890");
    expect(wrapped).toBe(true);
    expect(writeArguments(input)).toBe("12345678901234567890");
  });

  test("a key that would change the object's prototype is a key", () => {
    const { input } = readArguments('{"__proto__":{"a":1}}');
    expect(Object.getPrototypeOf(input)).toBe(Object.prototype);
    expect(writeArguments(input)).toBe('{"__proto__":{"a":1}}');
  });
});

test.each([
  [{ a: 1 }, '{"a":1}'],
  [{}, "{}"],
  [undefined, "{}"],
  [null, "{}"],
  ["text", '"text"'],
  [{ _raw_arguments: '{"a":' }, '{"a":'],
  [{ _raw_arguments: "x", b: 1 }, '{"_raw_arguments":"x","b":1}'],
  [{ _raw_arguments: 1 }, '{"_raw_arguments":1}'],
  [{ _value: [1] }, "[1]"],
  [{ _value: undefined }, "{}"],
])("writing %j", (input, text) => {
  expect(writeArguments(input)).toBe(text);
});

test("whatever was read is written as it was, but for white space", () => {
  fc.assert(
    fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
      const written = writeArguments(readArguments(text).input);
      expect(parsed(written)).toEqual(text.trim() === "" ? {} : parsed(text));
    }),
  );
});

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
