import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import {
  asCount,
  asList,
  asNumber,
  asObject,
  asString,
  asText,
  defined,
  parseBody,
  parseExact,
  parseObject,
} from "./json.ts";

describe("numbers that JavaScript cannot hold", () => {
  test.each([
    "12345678901234567890",
    "-12345678901234567890",
    "1e400",
    "-1E+400",
    "1e-400",
    "0.12345678901234567890",
    "123.4567890123456789",
    '{"id":9007199254740993,"list":[1e999,1,{"deep":100000000000000000001}]}',
  ])("%s is written as it was read", (text) => {
    expect(JSON.stringify(parseExact(text))).toBe(text);
  });

  test("others are numbers", () => {
    expect(parseExact('[1,1.5,-0.25,1e3,1234567890123456,0.30000000000000004,"12345678901234567890"]')).toEqual([
      1,
      1.5,
      -0.25,
      1000,
      1_234_567_890_123_456,
      0.1 + 0.2,
      "12345678901234567890",
    ]);
  });

  test("one that is kept is a number to its readers, and no object", () => {
    const big = parseExact("12345678901234567890");
    expect(asObject(big)).toBeUndefined();
    expect(asCount(big)).toBeUndefined();
    expect(asNumber(big)).toBe(Number("12345678901234567890"));
    expect(asNumber(parseExact("0.69999998807907104000"))).toBe(0.699_999_988_079_071_04);
    expect(asCount(parseExact("4096.000000000000000"))).toBe(4096);
    expect(asNumber(parseExact("1e400"))).toBeUndefined();
  });

  test("an object that only looks like one is an object", () => {
    expect(asObject({ rawJSON: "1" })).toEqual({ rawJSON: "1" });
    expect(asObject(Object.create(null))).toEqual({});
  });
});

test("what is broken is undefined, in both ways of parsing", () => {
  for (const text of ["", "{", "{'a':1}", '{"a":12345678901234567890', "[NaN]"]) {
    expect(parseExact(text)).toBeUndefined();
    expect(parseObject(text)).toBeUndefined();
  }
});

test("any JSON that was written by JavaScript is read as JavaScript reads it", () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(JSON.stringify(parseExact(text))).toBe(JSON.stringify(JSON.parse(text)));
    }),
  );
});

test("of a list of bodies the first is the body", () => {
  expect(parseBody('[{"error":{"code":400}}]')).toEqual({ error: { code: 400 } });
  expect(parseBody("[]")).toBeUndefined();
  expect(parseBody("<html>")).toBeUndefined();
});

test("the readers take what they are named after and nothing else", () => {
  expect([asObject([]), asObject(null), asObject("x"), asObject(undefined)]).toEqual(Array(4).fill(undefined));
  expect([asText(""), asText("x"), asText(1)]).toEqual([undefined, "x", undefined]);
  expect([asString(""), asString(1)]).toEqual(["", undefined]);
  expect([asCount(-1), asCount(0.5), asCount(0), asCount(2 ** 53), asCount("1")]).toEqual([
    undefined,
    undefined,
    0,
    undefined,
    undefined,
  ]);
  expect([asNumber(-1.5), asNumber(NaN), asNumber("1")]).toEqual([-1.5, undefined, undefined]);
  expect([asList([1]), asList({ length: 1 })]).toEqual([[1], undefined]);
});

test("a copy without what is undefined keeps null, false and empty text", () => {
  const copy = defined({ a: undefined, b: null, c: false, d: "", e: 0 });
  expect(copy).toStrictEqual({ b: null, c: false, d: "", e: 0 });
});
