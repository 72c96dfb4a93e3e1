import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { ConfigError } from "@link-assistant/core";
import { describe, expect, test } from "vitest";

import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { readConfigFile } from "./file.ts";

async function problemsOf(reading: Promise<unknown>): Promise<readonly string[]> {
  const error: unknown = await reading.catch((thrown: unknown) => thrown);
  if (error instanceof ConfigError) return error.problems;
  throw new Error("expected a refusal", { cause: error });
}

describe("a configuration file", () => {
  test.each([
    ["router.config.yaml", "server:\n  port: 1 # one\n"],
    ["router.config.yml", "server: { port: 1 }"],
    ["router.config.json", '{\n\t"server": {\n\t\t"port": 1\n\t}\n}\n'],
    ["router.config.json", '\uFEFF{"server":{"port":1}}'],
    ["router.config.ts", "const port: number = 1;\nexport default { server: { port } };\n"],
  ])("%s is found in the directory, and any file by its name", async (name, text) => {
    using directory = temporaryDirectory();
    directory.write(name, text);
    directory.write(`other-${name}`, text);
    expect(await readConfigFile(directory.path)).toEqual({ server: { port: 1 } });
    expect(await readConfigFile("/", join(directory.path, `other-${name}`))).toEqual({ server: { port: 1 } });
    expect(await readConfigFile(directory.path, `other-${name}`)).toEqual({ server: { port: 1 } });
  });

  test("need not be there", async () => {
    using directory = temporaryDirectory();
    directory.write("router.config.toml", "port = 1");
    expect(await readConfigFile(directory.path)).toEqual({});
  });

  test.each(["", "# nothing\n", "---\n", "null"])("may say nothing: %j", async (text) => {
    using directory = temporaryDirectory();
    directory.write("router.config.yaml", text);
    expect(await readConfigFile(directory.path)).toEqual({});
  });
});

describe("is refused:", () => {
  test("one of two", async () => {
    using directory = temporaryDirectory();
    const paths = [directory.write("router.config.yml", ""), directory.write("router.config.json", "{}")];
    const [problem] = await problemsOf(readConfigFile(directory.path));
    expect(problem).toBe(`There are 2 configuration files: ${paths.join(", ")}. Keep one, or name one with --config.`);
    expect(await readConfigFile(directory.path, "router.config.json")).toEqual({});
  });

  test("one that is named and cannot be read", async () => {
    using directory = temporaryDirectory();
    mkdirSync(join(directory.path, "router.config.yaml"));
    const missing = join(directory.path, "missing.yaml");
    expect(await problemsOf(readConfigFile(directory.path, "missing.yaml"))).toEqual([
      `${missing}: it cannot be read (ENOENT)`,
    ]);
    expect(await problemsOf(readConfigFile(directory.path))).toEqual([
      `${directory.path}/router.config.yaml: it cannot be read (EISDIR)`,
    ]);
  });

  test("one of another kind", async () => {
    expect(await problemsOf(readConfigFile("/", "router.toml"))).toEqual([
      "/router.toml: a configuration file ends in .yaml, .yml, .json, .ts",
    ]);
  });

  test.each([
    ["a.yaml", 'accounts:\n  - key: "sk-hidden\n', ", line 3, column 1: it cannot be read (MISSING_CHAR)"],
    ["a.yaml", "key: sk-hidden: 1", ", line 1, column 6: it cannot be read (BLOCK_AS_IMPLICIT_KEY)"],
    ["a.yaml", "key: !sk-hidden 1", ", line 1, column 6: it cannot be read (TAG_RESOLVE_FAILED)"],
    ["a.yaml", "key: *sk-hidden", ": it has an alias (`*…`) that cannot be resolved"],
    ["a.yaml", "a: 1\na: sk-hidden", ", line 2, column 1: it cannot be read (DUPLICATE_KEY)"],
    ["a.json", '{\n  "key": "sk-hidden" "b"\n}', ", line 2, column 22: it cannot be read (UNEXPECTED_TOKEN)"],
    ["a.json", '{"key": "sk-hidden"', ", line 1, column 20: it cannot be read (MISSING_CHAR)"],
    ["b.ts", "export default { key: sk-hidden };", ": it cannot be run: sk is not defined"],
    ["c.ts", "export const key = 1;", ": it has no default export"],
    ["d.ts", 'throw "sk-hidden";', ": it cannot be run: unknown reason"],
    ["e.ts", 'throw new Error("set FOO first");', ": it cannot be run: set FOO first"],
    ["f.ts", 'import "./nowhere.ts";', ": it cannot be run: Cannot find module"],
  ])("%s that says %j, without a word of it", async (name, text, expected) => {
    using directory = temporaryDirectory();
    const path = directory.write(name, text);
    const problems = (await problemsOf(readConfigFile(directory.path, name))).join("\n");
    expect(problems.startsWith(path)).toBe(true);
    expect(problems).toContain(expected);
    expect(problems).not.toContain("sk-hidden");
  });
});
