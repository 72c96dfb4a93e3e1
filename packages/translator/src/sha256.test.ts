import { createHash } from "node:crypto";

import * as fc from "fast-check";
import { expect, test } from "vitest";

import { shortHash } from "./sha256.ts";

const byNode = (text: string): string => createHash("sha256").update(text).digest("hex");

test("the hash of nothing, and of a word", () => {
  expect(shortHash("", 64)).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  expect(shortHash("abc", 12)).toBe("ba7816bf8f01");
});

test("every length around the ends of blocks hashes as Node does", () => {
  for (let length = 0; length <= 200; length++) {
    const text = "x".repeat(length);
    expect(shortHash(text, 64)).toBe(byNode(text));
  }
});

test("any text hashes as Node does", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 300 }), fc.integer({ min: 0, max: 64 }), (text, length) => {
      expect(shortHash(text, length)).toBe(byNode(text).slice(0, length));
    }),
  );
});
