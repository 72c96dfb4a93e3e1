import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { DIALECT_IDS } from "../dialect.ts";
import type { Seal } from "../neutral/part.ts";
import { isCarrier, packSeal, reasoningOf, unpackSeal } from "./carrier.ts";

const seal: Seal = { origin: "anthropic-messages", kind: "signature", data: "EqQB+/=" };

test.each([
  ["anthropic-messages", "tgA1."],
  ["openai-responses", "tgO1."],
  ["openai-chat", "tgC1."],
] as const)("a carrier of %s begins with %s and fits any field", (origin, prefix) => {
  const packed = packSeal({ ...seal, origin });
  expect(packed.startsWith(prefix)).toBe(true);
  expect(packed).toMatch(/^[\w.-]+$/);
  expect([isCarrier(packed), isCarrier("EqQB"), isCarrier("")]).toEqual([true, false, false]);
});

test("what is packed is unpacked, with the texts that the client did not see", () => {
  const seals = fc.record({
    origin: fc.constantFrom(...DIALECT_IDS),
    kind: fc.constantFrom("signature", "redacted", "encrypted", "details"),
    data: fc.string({ unit: "grapheme", minLength: 1 }),
  } as const);
  fc.assert(
    fc.property(seals, fc.array(fc.string({ unit: "grapheme" }), { maxLength: 3 }), (given, texts) => {
      const expected = texts.length === 0 ? { seal: given } : { seal: given, texts };
      expect(unpackSeal(packSeal(given, texts))).toEqual(expected);
    }),
  );
});

test.each(["", "EqQB", "tgA1.", "tgA1.§", "tgA1.e30", `tgX1.${packSeal(seal).slice(5)}`, packSeal(seal).slice(0, -9)])(
  "%j is no carrier, or a damaged one",
  (text) => {
    expect(unpackSeal(text)).toBeUndefined();
  },
);

test("any change to a carrier is harmless", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(() => unpackSeal(`tgA1.${text}`)).not.toThrow();
    }),
  );
});

describe("reasoning from a client", () => {
  const own = (data: string): Seal => ({ origin: "openai-responses", kind: "encrypted", data });
  const packed = packSeal(seal);

  test.each([
    ["without a proof", ["a"], undefined, { texts: ["a"] }],
    ["with an empty one", ["a"], "", { texts: ["a"] }],
    ["with one of its own dialect", ["a"], "gAAA", { texts: ["a"], seal: own("gAAA") }],
    ["with a carrier", ["a"], packed, { texts: ["a"], seal }],
    ["with a carrier of hidden texts", [], packSeal(seal, ["x", "y"]), { texts: ["x", "y"], seal }],
    ["with a damaged carrier", ["a"], "tgA1.x", { texts: ["a"] }],
  ])("%s", (_, texts, opaque, expected) => {
    expect(reasoningOf(texts, opaque, own)).toEqual({ type: "reasoning", ...expected });
  });
});
