import { describe, expect, test } from "vitest";
import { choice, EnvironmentError, firstSetting, keyValuePairs, milliseconds } from "./environment.ts";

test("the first variable that is set counts; a blank one is not set", () => {
  expect(firstSetting({ A: " ", B: " b ", C: "c" }, "A", "B", "C")).toEqual({ variable: "B", value: "b" });
  expect(firstSetting({ A: undefined }, "A", "B")).toBeUndefined();
});

test("milliseconds are whole and can be waited for", () => {
  expect(milliseconds({ A: "2500" }, "A")).toBe(2500);
  expect(milliseconds({}, "A")).toBeUndefined();
  for (const wrong of ["0", "-1", "1.5", "1e3", "3s", "2147483648", "NaN"]) {
    expect(() => milliseconds({ A: wrong }, "A")).toThrow(
      new EnvironmentError("A", "a whole number of milliseconds from 1 to 2147483647"),
    );
  }
});

test("a choice is by name in any case, and never a name that all objects have", () => {
  expect(choice({ A: "Gzip" }, { none: 0, gzip: 1 }, "A")).toBe(1);
  expect(choice({}, { none: 0 }, "A")).toBeUndefined();
  expect(() => choice({ B: "constructor" }, { none: 0, gzip: 1 }, "A", "B")).toThrow("B must be none or gzip");
});

describe("key=value pairs", () => {
  test("are split at the first =, trimmed and percent-decoded", () => {
    expect(keyValuePairs({ A: " authorization = Basic%20YQ== ,b=1,,c=" }, "A")).toEqual({
      authorization: "Basic YQ==",
      b: "1",
      c: "",
    });
    expect(keyValuePairs({}, "A")).toEqual({});
  });

  test.each(["authorization: secret", "=secret", "a=1,secret", "a=%secret"])("%j is refused and not shown", (value) => {
    expect(() => keyValuePairs({ A: value }, "A")).toThrow(
      /^A must be key=value pairs separated by commas, percent-encoded$/,
    );
  });
});

test("the error names its variable", () => {
  expect(new EnvironmentError("A", "b")).toMatchObject({
    name: "EnvironmentError",
    variable: "A",
    message: "A must be b",
  });
});
