import * as fc from "fast-check";
import { expect, test } from "vitest";

import { idStem, legalId } from "./ids.ts";

test("an id that is legal stays as it is", () => {
  expect(legalId("toolu_01A-b", 64)).toBe("toolu_01A-b");
  expect(legalId("x".repeat(64), 64)).toBe("x".repeat(64));
});

test("31: letters that the target refuses are replaced, and ids that then look alike stay apart", () => {
  expect(legalId("call.1|x", 64)).toBe("call_1_x_4e413e2e76fd");
  expect(legalId("call:1", 64)).not.toBe(legalId("call.1", 64));
});

test("70: an id that is too long is cut and told apart by its hash", () => {
  const long = "x".repeat(80);
  expect(legalId(long, 64)).toMatch(/^x{51}_[0-9a-f]{12}$/);
  expect(legalId(`${long}a`, 64)).not.toBe(legalId(`${long}b`, 64));
});

test("an empty id becomes one", () => {
  expect(legalId("", 64)).toBe("_e3b0c44298fc");
});

test("any id becomes legal, the same each time, and another one than any other", () => {
  const id = fc.string({ unit: "binary", maxLength: 100 });
  fc.assert(
    fc.property(id, id, fc.constantFrom(40, 64, 256), (one, other, maxLength) => {
      const legal = legalId(one, maxLength);
      expect(legal).toMatch(/^[a-zA-Z0-9_-]+$/);
      expect(legal.length).toBeLessThanOrEqual(maxLength);
      expect(legalId(one, maxLength)).toBe(legal);
      expect(legalId(legal, maxLength)).toBe(legal);
      expect(legal === legalId(other, maxLength)).toBe(one === other);
    }),
  );
});

test.each([
  ["msg_01ABC", "01ABC"],
  ["resp_0f-3", "0f-3"],
  ["chatcmpl-9xyz", "9xyz"],
  ["gen-17", "17"],
  ["cmpl_7", "7"],
  ["0af:31/x", "0af31x"],
  ["msg_", "fallback"],
  ["", "fallback"],
  [undefined, "fallback"],
])("the stem of %j is %j", (id, stem) => {
  expect(idStem(id, "fallback")).toBe(stem);
});
