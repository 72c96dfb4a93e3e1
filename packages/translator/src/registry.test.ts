import { expect, test } from "vitest";

import { DIALECT_IDS } from "./dialect.ts";
import { dialectOf } from "./registry.ts";

test.each(DIALECT_IDS)("gives %s by its name", (id) => {
  expect(dialectOf(id).id).toBe(id);
});

test("says which dialects there are when it has none of that name", () => {
  expect(() => Reflect.apply(dialectOf, undefined, ["latin"])).toThrow(
    new TypeError(`no dialect "latin"; there is ${DIALECT_IDS.join(", ")}`),
  );
});
