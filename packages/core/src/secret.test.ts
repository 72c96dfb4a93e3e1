import { Console } from "node:console";
import { PassThrough } from "node:stream";
import { format, inspect } from "node:util";
import { deserialize, serialize } from "node:v8";

import { expect, test } from "vitest";

import { Secret } from "./secret.ts";

const TEXT = "sk-ant-very-secret";
const secret = new Secret(TEXT);

test("reveals its text, and only when asked", () => {
  expect(secret.reveal()).toBe(TEXT);
});

test("refuses an empty text", () => {
  expect(() => new Secret("")).toThrow(new TypeError("a secret must not be empty"));
});

const SHOWN: Readonly<Record<string, (secret: Secret) => string>> = {
  "String()": (it) => String(it),
  "a template": (it) => String.raw`${it}`,
  "join of an array": (it) => [it].join(),
  "toLocaleString()": (it) => it.toLocaleString(),
  "util.inspect": (it) => inspect(it),
  "util.inspect with everything": (it) => inspect(it, { showHidden: true, depth: null, getters: true }),
  "format %s": (it) => format("%s", it),
  "format %o": (it) => format("%o", it),
  "format %O": (it) => format("%O", it),
};

test.each(Object.entries(SHOWN))("shows [secret] in %s", (_, show) => {
  expect(show(secret)).toBe("[secret]");
});

const HIDDEN: Readonly<Record<string, (secret: Secret) => unknown>> = {
  "JSON.stringify": (it) => JSON.stringify({ it }),
  "format %j": (it) => format("%j", it),
  "util.inspect within another object": (it) => inspect({ deep: { deeper: [it] }, map: new Map([["key", it]]) }),
  "util.inspect without custom inspection": (it) =>
    inspect(it, { customInspect: false, showHidden: true, depth: null }),
  "the cause of an error": (it) => inspect(new Error("failed", { cause: it })),
  "Object.keys, values and entries": (it) => [Object.keys(it), Object.values(it), Object.entries(it)],
  "its own names and symbols": (it) => Reflect.ownKeys(it).map((key) => Reflect.get(it, key)),
  "a for-in loop": (it) => {
    const seen: string[] = [];
    for (const key in it) seen.push(key);
    return seen;
  },
  "a spread": (it: object) => ({ ...it }),
  "Object.assign": (it) => Object.assign({}, it),
  structuredClone: (it) => structuredClone(it),
  "serialisation for another thread": (it) => deserialize(serialize(it)),
};

test.each(Object.entries(HIDDEN))("does not leak through %s", (_, show) => {
  const shown = inspect(show(secret), { customInspect: false, showHidden: true, depth: null });
  expect(shown).not.toContain(TEXT);
});

test.each(["log", "error", "dir", "table"] as const)("console.%s does not leak it", (method) => {
  const output = new PassThrough({ encoding: "utf8" });
  new Console(output)[method]({ secret });
  const written = String(output.read());
  expect(written).toContain("secret");
  expect(written).not.toContain(TEXT);
});

test("stays hidden in JSON beside what is not secret", () => {
  expect(JSON.stringify({ name: "primary", key: secret })).toBe('{"name":"primary","key":"[secret]"}');
});
