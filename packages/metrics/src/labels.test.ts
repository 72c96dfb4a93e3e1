import { expect, test } from "vitest";
import { createLabelRules } from "./labels.ts";

test("a status is its digits, and other outside 100 to 599", () => {
  const { code } = createLabelRules(1);
  expect([100, 200, 499, 599].map(code)).toEqual(["100", "200", "499", "599"]);
  expect([99, 600, 0, -200, 200.5, Number.NaN, Number.POSITIVE_INFINITY].map(code)).toEqual(Array(7).fill("other"));
});

test("accounts beyond the bound are other, those within it stay", () => {
  const { account } = createLabelRules(2);
  expect(["a", "b", "c", "a", "d", "b"].map(account)).toEqual(["a", "b", "other", "a", "other", "b"]);
});

test("a name is cut to 128 characters, and what is cut alike counts alike", () => {
  const { account } = createLabelRules(1);
  expect(account(`${"x".repeat(128)}one`)).toBe("x".repeat(128));
  expect(account(`${"x".repeat(128)}two`)).toBe("x".repeat(128));
});

test("a name is never empty, ill-formed or more than a line", () => {
  const { account } = createLabelRules(10);
  expect(account("")).toBe("other");
  expect(account("a\nb\u0000c\u001B")).toBe("a\u{FFFD}b\u{FFFD}c\u{FFFD}");
  expect(account("half \uD83D")).toBe("half \u{FFFD}");
});

test.each([0, -1, 1.5, 1999, Number.NaN])("maxAccounts %d is refused", (maxAccounts) => {
  expect(() => createLabelRules(maxAccounts)).toThrow(
    new TypeError(`maxAccounts must be a whole number from 1 to 1998, but is ${maxAccounts}`),
  );
});

test("what comes too late to be told apart is heard of, and what is other anyway is not", () => {
  const heard: string[] = [];
  const { account, model } = createLabelRules(1, (label) => heard.push(label));
  for (const name of ["a", "other", "", "b", "a", "c"]) account(name);
  for (let index = 0; index < 1_000_000; index += 1) model(`model-${index}`);
  expect(heard.filter((label) => label === "account")).toHaveLength(2);
  expect(heard.filter((label) => label === "model")).toHaveLength(1_000_000 - 100);
});
