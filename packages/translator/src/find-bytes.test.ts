import * as fc from "fast-check";
import { expect, test } from "vitest";

import { findBytes } from "./find-bytes.ts";

const utf8 = new TextEncoder();

test("finds whichever text comes first", () => {
  const find = findBytes(["late", "soonest"]);
  const bytes = utf8.encode("the soonest, then the late one, then late again");
  expect(find(bytes, 0)).toBe(4);
  expect(find(bytes, 5)).toBe(22);
  expect(find(bytes, 23)).toBe(37);
  expect(find(bytes, 38)).toBe(-1);
});

test("agrees with a search for each text alone", () => {
  const letters = fc.string({ unit: fc.constantFrom("a", "b", "c"), minLength: 1, maxLength: 5 });
  const text = fc.string({ unit: fc.constantFrom("a", "b", "c", "d"), maxLength: 60 });
  fc.assert(
    fc.property(fc.array(letters, { minLength: 1, maxLength: 4 }), text, fc.nat(60), (needles, text, from) => {
      const places = needles.map((needle) => text.indexOf(needle, from)).filter((place) => place !== -1);
      expect(findBytes(needles)(utf8.encode(text), from)).toBe(places.length === 0 ? -1 : Math.min(...places));
    }),
    { numRuns: 500 },
  );
});

test("is not disturbed by bytes beyond ASCII", () => {
  const bytes = new Uint8Array([0xff, 0xfe, 0x80, ...utf8.encode("münd"), 0xff, ...utf8.encode("mark")]);
  expect(findBytes(["mark"])(bytes, 0)).toBe(bytes.length - 4);
});
