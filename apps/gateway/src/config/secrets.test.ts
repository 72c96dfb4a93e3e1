import { chmodSync, mkdirSync, readFileSync, readdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { join } from "node:path";
import { Worker } from "node:worker_threads";

import { ConfigError } from "@link-assistant/core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { temporaryDirectory } from "../testing/temporary-directory.ts";
import type { TemporaryDirectory } from "../testing/temporary-directory.ts";
import { defaultDataDir, keptSecret, openDataDir, resolveSecret } from "./secrets.ts";
import type { KeepSecretsOrder } from "./testing/keep-secrets.ts";

let directory: TemporaryDirectory;
beforeEach(() => {
  directory = temporaryDirectory();
});
afterEach(() => directory[Symbol.dispose]());

const modeOf = (path: string): number => statSync(path).mode & 0o777;

describe("a secret", () => {
  test("is given as it is, in a variable or in a file, whose end is trimmed", () => {
    const file = directory.write("secret", "  in the file\r\n\n");
    expect(resolveSecret("plain", "f", {}).reveal()).toBe("plain");
    expect(resolveSecret({ env: "NAME" }, "f", { NAME: " in the variable " }).reveal()).toBe(" in the variable ");
    expect(resolveSecret({ file }, "f", {}).reveal()).toBe("in the file");
  });

  test.each([
    [{ env: "NAME" }, "tokens.secret: the environment variable NAME is not set"],
    [{ env: "EMPTY" }, "tokens.secret: the environment variable EMPTY is not set"],
    [{ file: "/nowhere/secret" }, "tokens.secret: the file /nowhere/secret cannot be read (ENOENT)"],
    [{ file: "/" }, "tokens.secret: the file / cannot be read (EISDIR)"],
    [{ file: "/dev/null" }, "tokens.secret: the file /dev/null is empty"],
  ])("that cannot be read is named by its field: %j", (source, problem) => {
    expect(() => resolveSecret(source, "tokens.secret", { EMPTY: "" })).toThrow(new ConfigError([problem]));
  });
});

describe("the data directory", () => {
  test("is made for its owner alone, and so are those above it", () => {
    const umask = process.umask(0);
    const path = join(directory.path, "a", "b");
    expect(openDataDir(path)).toBe(path);
    process.umask(umask);
    expect([modeOf(path), modeOf(join(directory.path, "a"))]).toEqual([0o700, 0o700]);
  });

  test("that is there is left as it is", () => {
    chmodSync(directory.path, 0o755);
    openDataDir(directory.path);
    expect(modeOf(directory.path)).toBe(0o755);
  });

  test.each(["file", "file/below"])("cannot be %s", (name) => {
    directory.write("file", "");
    const path = join(directory.path, name);
    expect(() => openDataDir(path)).toThrow(
      new RegExp(`^dataDir: the directory ${path} cannot be made \\((EEXIST|ENOTDIR)\\); set DATA_DIR to one`),
    );
  });

  test("is by default where such data belongs", () => {
    expect(defaultDataDir({ XDG_DATA_HOME: "/data", HOME: "/home" })).toBe("/data/link-assistant-router");
    expect(defaultDataDir({ HOME: "/home" })).toBe("/home/.local/share/link-assistant-router");
    expect(defaultDataDir({ XDG_DATA_HOME: "", HOME: "/home" })).toBe("/home/.local/share/link-assistant-router");
    expect(defaultDataDir({})).toMatch(/\/\.local\/share\/link-assistant-router$/);
  });
});

describe("a kept secret", () => {
  test("is made once, long and random, and nothing is left beside it", () => {
    const first = keptSecret(directory.path, "token-secret");
    const second = keptSecret(directory.path, "token-secret");
    const other = keptSecret(directory.path, "admin-key");
    expect([first.made, second.made, other.made]).toEqual([true, false, true]);
    expect(first.secret.reveal()).toMatch(/^[\w-]{43}$/);
    expect(second.secret.reveal()).toBe(first.secret.reveal());
    expect(other.secret.reveal()).not.toBe(first.secret.reveal());
    expect(readdirSync(directory.path).toSorted()).toEqual(["admin-key", "token-secret"]);
    expect(readFileSync(join(directory.path, "token-secret"), "utf8")).toBe(`${first.secret.reveal()}\n`);
  });

  test("can be read by its owner alone, whatever the umask", () => {
    const umask = process.umask(0);
    keptSecret(directory.path, "token-secret");
    process.umask(umask);
    expect(modeOf(join(directory.path, "token-secret"))).toBe(0o600);
  });

  test.each([
    [0o644, 0o600],
    [0o620, 0o600],
    [0o400, 0o400],
  ])("of mode %o is brought to %o", (before, after) => {
    const path = directory.write("token-secret", "given\n");
    chmodSync(path, before);
    expect(keptSecret(directory.path, "token-secret").secret.reveal()).toBe("given");
    expect(modeOf(path)).toBe(after);
  });

  test.each([
    ["empty", (path: string) => writeFileSync(path, "\n"), "token-secret: the file PATH is empty"],
    ["a directory", (path: string) => mkdirSync(path), "token-secret: the file PATH cannot be read (EISDIR)"],
    ["a link to nothing", (path: string) => symlinkSync("nothing", path), "dataDir: PATH cannot be written (ENOENT)"],
  ])("that is %s stops the start", (_name, make, problem) => {
    const path = join(directory.path, "token-secret");
    make(path);
    expect(() => keptSecret(directory.path, "token-secret")).toThrow(problem.replace("PATH", path));
  });

  test("in a directory that cannot be written says what to do", () => {
    const path = directory.write("file", "");
    expect(() => keptSecret(path, "token-secret")).toThrow(
      `dataDir: ${path}/token-secret cannot be written (ENOTDIR); set DATA_DIR to a directory the gateway may write to`,
    );
  });

  test("is one, however many start at once", async () => {
    const workers = 2;
    const directories = Array.from({ length: 50 }, (_, index) => openDataDir(join(directory.path, String(index))));
    const arrivals = new Int32Array(new SharedArrayBuffer(4 * directories.length));
    const order: KeepSecretsOrder = { directories, arrivals, workers };
    const program = new URL("testing/keep-secrets.ts", import.meta.url);
    const [first, second] = await Promise.all(
      Array.from({ length: workers }, async () => {
        const [kept]: { text: string; made: boolean }[][] = await once(
          new Worker(program, { workerData: order }),
          "message",
        );
        return kept ?? [];
      }),
    );
    expect(first?.map(({ text }) => text)).toEqual(second?.map(({ text }) => text));
    expect(first?.map(({ made }) => !made)).toEqual(second?.map(({ made }) => made));
  });
});
