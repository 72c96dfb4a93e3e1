import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { asObject } from "../json.ts";
import { anthropicInputSchema, anthropicStrictSchema, isStrictLegal, openaiParameters } from "./schema.ts";

const NONE = { type: "object", properties: {} };
const city = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
const zip = { type: "object", properties: { zip: { type: "integer" } }, required: ["zip"] };

describe("arguments for Anthropic", () => {
  test.each([[undefined], [null], [{}], [true], ["x"], [[]]])("19: %j is no arguments", (parameters) => {
    expect(anthropicInputSchema(parameters)).toEqual({ schema: NONE, adapted: false });
  });

  test("an object stays the very same", () => {
    expect(anthropicInputSchema(city).schema).toBe(city);
  });

  test("names of schemas are left out, which is no change of what they say", () => {
    expect(anthropicInputSchema({ $schema: "https://json-schema.org", $id: "x", ...city })).toEqual({
      schema: city,
      adapted: false,
    });
  });

  test.each([[undefined], [["object", "null"]], ["OBJECT"]])("a root of type %j becomes an object", (type) => {
    expect(anthropicInputSchema({ ...city, type })).toEqual({ schema: city, adapted: true });
  });

  test("20: of a union at the root all properties are taken, and what each variant requires", () => {
    const anyOf = { anyOf: [city, { ...zip, required: ["zip", "city"] }], description: "Where." };
    expect(anthropicInputSchema(anyOf)).toEqual({
      schema: {
        type: "object",
        description: "Where.",
        properties: { city: { type: "string" }, zip: { type: "integer" } },
        required: ["city"],
      },
      adapted: true,
      note: `Arguments must match this JSON Schema: ${JSON.stringify(anyOf)}`,
    });
  });

  test("20: of an `allOf` everything is required; of variants that share nothing, nothing", () => {
    expect(anthropicInputSchema({ allOf: [city, zip] }).schema).toMatchObject({ required: ["city", "zip"] });
    expect(anthropicInputSchema({ oneOf: [city, zip] }).schema).not.toHaveProperty("required");
    expect(anthropicInputSchema({ anyOf: [], required: ["a"] }).schema).toEqual({ ...NONE, required: ["a"] });
  });

  test("a property may have any name", () => {
    const parameters: unknown = JSON.parse('{"anyOf":[{"properties":{"__proto__":{"type":"string"},"anyOf":{}}}]}');
    const { schema } = anthropicInputSchema(parameters);
    expect(JSON.stringify(schema.properties)).toBe('{"__proto__":{"type":"string"},"anyOf":{}}');
  });
});

describe("arguments for OpenAI", () => {
  test.each([
    [undefined, NONE, false],
    [{ type: "object" }, NONE, false],
    [city, city, false],
    [{ properties: { a: {} } }, { type: "object", properties: { a: {} } }, true],
  ])("%j", (parameters, schema, adapted) => {
    expect(openaiParameters(parameters)).toEqual({ schema, adapted });
  });

  test("a union at the root becomes an object, as for Anthropic", () => {
    for (const parameters of [{ anyOf: [city, zip] }, { type: "object", anyOf: [city] }])
      expect(openaiParameters(parameters)).toEqual(anthropicInputSchema(parameters));
  });
});

describe("a schema that Anthropic can hold a model to", () => {
  test("47: what it cannot hold is said in words, and objects are closed", () => {
    expect(
      anthropicStrictSchema({
        $schema: "x",
        type: "object",
        properties: {
          age: { type: "integer", minimum: 0, maximum: 150, description: "In years." },
          code: { type: "string", pattern: "^x$" },
          at: { type: "string", format: "date-time" },
          colour: { type: "string", format: "color" },
          tags: { type: "array", minItems: 1, maxItems: 3, items: { oneOf: [{ type: "string" }, { type: "null" }] } },
          pattern: { type: "string" },
        },
        required: ["age"],
      }),
    ).toEqual({
      adapted: true,
      schema: {
        type: "object",
        properties: {
          age: { type: "integer", description: "In years.\nminimum: 0, maximum: 150" },
          code: { type: "string", description: 'pattern: "^x$"' },
          at: { type: "string", format: "date-time" },
          colour: { type: "string", description: 'format: "color"' },
          tags: {
            type: "array",
            minItems: 1,
            items: { anyOf: [{ type: "string" }, { type: "null" }] },
            description: "maxItems: 3",
          },
          pattern: { type: "string" },
        },
        required: ["age"],
        additionalProperties: false,
      },
    });
  });

  test("one that fits already stays", () => {
    const schema = { ...city, additionalProperties: false };
    expect(anthropicStrictSchema(schema)).toEqual({ schema, adapted: false });
  });

  test("definitions, unions and boolean schemas are gone through", () => {
    const { schema } = anthropicStrictSchema({
      items: true,
      $defs: { a: { type: "object", minProperties: 1 } },
      allOf: [{ properties: { b: true } }],
      definitions: { c: { maxLength: 1 } },
    });
    expect(schema).toEqual({
      items: {},
      $defs: { a: { type: "object", description: "minProperties: 1", additionalProperties: false } },
      allOf: [{ properties: { b: {} }, additionalProperties: false }],
      definitions: { c: { description: "maxLength: 1" } },
    });
  });

  test("one that has been fitted fits, whatever it was", () => {
    const { schema: inner } = fc.letrec((tie) => ({
      leaf: fc.record({ type: fc.constant("string"), minLength: fc.nat() }, { requiredKeys: [] }),
      node: fc.record(
        {
          type: fc.constantFrom("object", "array"),
          properties: fc.dictionary(fc.constantFrom("a", "__proto__", "minimum"), tie("schema"), { maxKeys: 2 }),
          items: tie("schema"),
          anyOf: fc.array(tie("schema"), { maxLength: 2 }),
          minItems: fc.nat(),
          format: fc.constantFrom("date", "color"),
          additionalProperties: fc.boolean(),
        },
        { requiredKeys: [] },
      ),
      schema: fc.oneof({ maxDepth: 2 }, tie("leaf"), tie("node")),
    }));
    fc.assert(
      fc.property(inner, (given) => {
        const once = anthropicStrictSchema(asObject(given) ?? {}).schema;
        const twice = anthropicStrictSchema(once);
        expect(JSON.stringify(twice.schema)).toBe(JSON.stringify(once));
        expect(twice.adapted).toBe(false);
      }),
    );
  });

  test("what nests beyond all measure is left alone", () => {
    let deep = {};
    for (let depth = 0; depth < 5000; depth++) deep = { type: "array", items: deep };
    expect(anthropicStrictSchema(deep).adapted).toBe(false);
    expect(isStrictLegal(deep)).toBe(false);
  });
});

describe("OpenAI's strict mode", () => {
  const closed = { ...city, additionalProperties: false };

  test.each([
    ["closed, all required", closed, true],
    ["not closed", city, false],
    ["not all required", { ...closed, required: [] }, false],
    ["an object without properties", { type: "object" }, false],
    ["a text", { type: "string" }, true],
    ["an open object in a list", { type: "array", items: city }, false],
    ["an open object in a definition", { ...closed, $defs: { a: city } }, false],
    ["an open object in a union", { anyOf: [closed, city] }, false],
    ["an open object in a property", { ...closed, properties: { city } }, false],
  ])("%s", (_, schema, legal) => {
    expect(isStrictLegal(schema)).toBe(legal);
  });
});
