import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { CUSTOM_PARAMETERS, customDescription, unwrapCustom, wrapCustom } from "./custom.ts";

test("the one argument is a text", () => {
  expect(CUSTOM_PARAMETERS).toEqual({
    type: "object",
    properties: { input: { type: "string", description: "Raw input for the tool. Not JSON." } },
    required: ["input"],
    additionalProperties: false,
  });
});

describe("the description says the grammar, as Responses and as Chat Completions word it", () => {
  const rule = 'The input must match this lark grammar:\nstart: "x"';
  const tool = { type: "custom", name: "t" } as const;

  test.each([
    [{ type: "grammar", syntax: "lark", definition: 'start: "x"' }],
    [{ type: "grammar", grammar: { syntax: "lark", definition: 'start: "x"' } }],
  ])("%j", (format) => {
    expect(customDescription({ ...tool, format })).toBe(rule);
    expect(customDescription({ ...tool, description: "Patches.", format })).toBe(`Patches.\n\n${rule}`);
  });

  test("and nothing where there is none", () => {
    expect(customDescription({ ...tool, format: { type: "text" } })).toBeUndefined();
    expect(customDescription({ ...tool, description: "Patches." })).toBe("Patches.");
    expect(customDescription({ ...tool, format: { type: "grammar", definition: "x" } })).toContain(
      "this grammar grammar",
    );
  });
});

describe("38: what models make of it is unwrapped", () => {
  test.each([
    ["as asked", '{"input":"*** Begin"}', "*** Begin"],
    ["with more beside", '{"input":"x","why":"y"}', "x"],
    ["by another name", '{"patch":"x"}', "x"],
    ["a bare string of JSON", '"a\\nb"', "a\nb"],
    ["plain text", "*** Begin Patch", "*** Begin Patch"],
    ["plain text in a quotation mark", '"x" is it', '"x" is it'],
    ["several texts", '{"a":"x","b":"y"}', '{"a":"x","b":"y"}'],
    ["no text", '{"input":{"a":1}}', '{"input":{"a":1}}'],
    ["nothing", "", ""],
  ])("%s", (_, text, unwrapped) => {
    expect(unwrapCustom(text)).toBe(unwrapped);
  });
});

test("any text survives", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(unwrapCustom(wrapCustom(text))).toBe(text);
    }),
  );
});
