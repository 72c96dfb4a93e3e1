import { configJsonSchema } from "@link-assistant/core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { runCommand } from "../testing/command-line.ts";
import type { Outcome } from "../testing/command-line.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import type { TemporaryDirectory } from "../testing/temporary-directory.ts";

let directory: TemporaryDirectory;
beforeEach(() => {
  directory = temporaryDirectory();
});
afterEach(() => directory[Symbol.dispose]());

function run(...args: readonly string[]): Promise<Outcome> {
  return runCommand(directory.path, args);
}

describe("help and version", () => {
  test("the version", async () => {
    expect(await run("--version")).toEqual({ code: 0, out: "1.2.3\n", err: "" });
  });

  test.each([[["--help"]], [["-h"]], [["help"]]])("%j lists commands and options", async (args) => {
    const { code, out, err } = await run(...args);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    for (const word of ["serve", "tokens", "accounts", "config", "doctor", "--config", "--data-dir", "--json"])
      expect(out).toMatch(new RegExp(`^ +${word}\\b`, "m"));
  });

  test.each([
    ["serve", ["--demo", "--host", "--port", "--public-metrics", "--verbose"]],
    ["tokens", ["issue", "list", "show", "revoke", "expire", "import"]],
    ["accounts", ["list", "test"]],
    ["config", ["check", "schema"]],
  ])("%s --help", async (command, words) => {
    const { code, out } = await run(command, "--help");
    expect(code).toBe(0);
    for (const word of words) expect(out).toMatch(new RegExp(`^ +${word}\\b`, "m"));
  });
});

describe("wrong usage is exit code 2, and says where help is:", () => {
  test.each([
    [["nonsense"], "unknown command 'nonsense'"],
    [["token", "list", "--json"], "unknown command 'token'"],
    [["--nonsense"], "unknown option '--nonsense'"],
    [["tokens", "nonsense"], "unknown command 'nonsense'"],
    [["tokens", "list", "--nonsense"], "unknown option '--nonsense'"],
    [["config", "check", "more"], "too many arguments"],
    [["--config"], "option '--config <file>' argument missing"],
    [
      ["--port", "abc"],
      "option '--port <number>' argument 'abc' is invalid. It must be a whole number from 0 to 65535.",
    ],
    [["serve", "--port", ""], "It must be a whole number from 0 to 65535."],
    [["serve", "--port", "65536"], "It must be a whole number from 0 to 65535."],
    [["serve", "--port", "0x50"], "It must be a whole number from 0 to 65535."],
    [["serve", "--port=-1"], "It must be a whole number from 0 to 65535."],
  ])("%j", async (args, message) => {
    const { code, out, err } = await run(...args);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(message);
    expect(err).toContain("(--help shows what there is)");
  });

  test.each(["tokens", "accounts", "config"])("%s alone", async (command) => {
    const { code, out, err } = await run(command);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(`Usage: link-assistant-router ${command} [options] [command]`);
  });
});

describe("serve", () => {
  test("without an account says what to set", async () => {
    const { code, out, err } = await run();
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain("ANTHROPIC_API_KEY=");
    expect(err).toContain("serve --demo");
  });

  test.each([
    [{ ANTHROPIC_API_KEY: "sk hidden" }, "accounts[0].key: expected visible ASCII characters"],
    [{ CLAUDE_CODE_HOME: "/nowhere" }, "accounts.primary: its credential cannot be read: there is none of"],
    [{ ANTHROPIC_API_KEY: "sk", OTEL_METRICS_EXPORTER: "console" }, "OTEL_METRICS_EXPORTER must be a list of"],
  ])("with %j says what is wrong", async (env, message) => {
    const { code, out, err } = await runCommand(directory.path, ["--port", "0"], env);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(`The configuration cannot be used:\n  ${message}`);
    expect(err).not.toContain("sk hidden");
  });

  test("with a damaged database says what to do", async () => {
    directory.write("router.sqlite", "this is no database, but it is long enough to be looked at".repeat(50));
    const env = { ANTHROPIC_API_KEY: "sk", DATA_DIR: directory.path };
    const { code, out, err } = await runCommand(directory.path, ["--port", "0"], env);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(/router\.sqlite is damaged.*Move it away together with its -wal and -shm files/);
  });
});

describe("config", () => {
  test("check accepts what can be used", async () => {
    expect(await run("config", "check")).toEqual({
      code: 0,
      out: "The configuration is valid. Accounts: none.\n",
      err: "",
    });
    directory.write("router.config.yaml", "accounts: [{ name: a, kind: api-key, key: k }]");
    expect((await run("config", "check")).out).toBe("The configuration is valid. Accounts: a.\n");
    expect(JSON.parse((await run("--json", "config", "check")).out)).toEqual({ valid: true, accounts: ["a"] });
  });

  test("check names what cannot be used", async () => {
    const file = directory.write("other.json", '{"server":{"prot":1},"verbose":"loud"}');
    const { code, out, err } = await run("config", "check", "--config", file);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toBe(
      'The configuration cannot be used:\n  server: Unrecognized key: "prot"\n  verbose: Invalid input: expected boolean, received string\n',
    );
  });

  test("schema prints the JSON Schema, for people and for programs alike", async () => {
    const forPeople = await run("config", "schema");
    const forPrograms = await run("config", "schema", "--json");
    expect(JSON.parse(forPeople.out)).toEqual(JSON.parse(JSON.stringify(configJsonSchema())));
    expect(JSON.parse(forPrograms.out)).toEqual(JSON.parse(forPeople.out));
    expect(JSON.parse(forPeople.out)).toMatchObject({
      $schema: "https://json-schema.org/draft/2020-12/schema",
      type: "object",
      additionalProperties: false,
      properties: { server: { properties: { port: { type: "integer", minimum: 0, maximum: 65_535, default: 8080 } } } },
    });
  });
});

test("an admin key that no header can carry would lock everybody out: it is refused by its field, unseen", async () => {
  const { code, err } = await runCommand(directory.path, ["tokens", "list"], { TOKEN_ADMIN_KEY: "pass word" });
  expect(code).toBe(2);
  expect(err).toContain("tokens.adminKey: expected visible ASCII characters");
  expect(err).not.toContain("pass word");
});
