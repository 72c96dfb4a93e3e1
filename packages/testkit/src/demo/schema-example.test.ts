import { expect, it } from "vitest";

import { schemaExample } from "./schema-example.ts";

it.each([
  [{ type: "string" }, "demo"],
  [{ type: "string", minLength: 6 }, "demo.."],
  [{ type: "string", maxLength: 2 }, "de"],
  [{ type: ["null", "string"] }, null],
  [{ type: "integer", minimum: 1.5 }, 2],
  [{ type: "number", exclusiveMinimum: 3 }, 4],
  [{ type: "boolean" }, false],
  [{ enum: ["b", "a"] }, "b"],
  [{ const: 7 }, 7],
  [{ type: "string", default: "x" }, "x"],
  [{ anyOf: [{ type: "integer" }, { type: "null" }] }, 0],
  [{ type: "array", items: { type: "boolean" }, minItems: 2 }, [false, false]],
  [{ type: "array", items: { type: "boolean" } }, []],
  [{ properties: { a: {}, b: {} }, required: ["b"] }, { b: "demo" }],
  [
    {
      type: "object",
      properties: { point: { $ref: "#/$defs/point" } },
      required: ["point"],
      $defs: { point: { type: "object", properties: { x: { type: "number" } }, required: ["x"] } },
    },
    { point: { x: 0 } },
  ],
  [true, "demo"],
  [undefined, "demo"],
])("gives a value that %j accepts", (schema, value) => {
  expect(schemaExample(schema, "demo")).toEqual(value);
});

it("ends on a schema that refers to itself", () => {
  const node = { type: "object", properties: { next: { $ref: "#" } }, required: ["next"] };

  expect(JSON.stringify(schemaExample(node, "demo"))).toContain("null");
});
