import * as fc from "fast-check";
import { expect, test } from "vitest";

import { spliceModel } from "./splice-model.ts";

const spliced = (text: string, model = "new"): string => spliceModel(Buffer.from(text), model).toString();

test.each([
  ['{"model":"old","n":1}', '{"model":"new","n":1}'],
  ['{ "n" : 1.0 , "model" :\n "old" }', '{ "n" : 1.0 , "model" :\n "new" }'],
  [
    '{"a":{"model":"inner"},"b":["model","x"],"model":"old"}',
    '{"a":{"model":"inner"},"b":["model","x"],"model":"new"}',
  ],
  ['{"x":"\\"model\\":\\"old\\"","model":"o\\"ld"}', '{"x":"\\"model\\":\\"old\\"","model":"new"}'],
  ['{"x":"model","y":"\\\\","model":"old"}', '{"x":"model","y":"\\\\","model":"new"}'],
  ['{"model":"a","model":"b"}', '{"model":"new","model":"new"}'],
  ['{"n":1}', '{"n":1}'],
  ['{"model":7}', '{"model":7}'],
])("%s", (body, expected) => {
  expect(spliced(body)).toBe(expected);
});

test("any name is written as JSON", () => {
  expect(spliced('{"model":"old"}', 'a"b\\c')).toBe('{"model":"a\\"b\\\\c"}');
});

test("whatever the body holds, only its model changes", () => {
  const value = fc.jsonValue();
  fc.assert(
    fc.property(
      fc.dictionary(fc.string(), value),
      fc.string(),
      fc.dictionary(fc.string(), value),
      (before, model, after) => {
        const body = {
          ...before,
          model: "old",
          ...Object.fromEntries(Object.entries(after).filter(([key]) => key !== "model")),
        };
        const text = JSON.stringify(body);
        expect(JSON.parse(spliced(text, model))).toEqual({ ...JSON.parse(text), model });
      },
    ),
  );
});
