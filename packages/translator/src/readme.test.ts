import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

import { describe, expect, test } from "vitest";

const PACKAGE = join(import.meta.dirname, "..");
const readme = readFileSync(join(PACKAGE, "README.md"), "utf8");
/** Code, and the text after it, which is what it prints. */
const blocks = [...readme.matchAll(/```ts\n([^]*?)```(?:\n+```text\n([^]*?)```)?/g)].map(([, code = "", output]) => ({
  code,
  output,
}));
const examples = ["openai-to-anthropic", "anthropic-to-openai"].map((name) => ({
  name,
  code: readFileSync(join(PACKAGE, "../../examples", name, "main.ts"), "utf8"),
}));

test.each(examples)("shows the example $name as it is", ({ code }) => {
  expect(blocks.map((block) => block.code)).toContain(code);
});

const others = blocks.filter(({ code }) => !examples.some((example) => example.code === code));

describe.each(others)("$code", ({ code, output }) => {
  test("runs, and prints what it is said to print", async () => {
    const run = promisify(execFile)(process.execPath, ["--input-type=module-typescript", "--eval", code], {
      cwd: PACKAGE,
      env: {},
    });
    const { stdout, stderr } = await run;
    expect(stderr).toBe("");
    expect(stdout).not.toBe("");
    expect(stdout).toBe(output ?? stdout);
  });
});

test("every link to a file leads somewhere", () => {
  for (const [, path = ""] of readme.matchAll(/\]\((\.\.?\/[^)#]+)/g))
    expect([path, existsSync(join(PACKAGE, path))]).toEqual([path, true]);
});
