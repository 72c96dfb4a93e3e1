import { mkdirSync, renameSync, rmSync, symlinkSync, truncateSync } from "node:fs";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { temporaryDirectory } from "../testing/temporary-directory.ts";
import type { TemporaryDirectory } from "../testing/temporary-directory.ts";
import { watchCredentialsDir } from "./credentials-dir.ts";
import type { Credential } from "./credentials.ts";

const NONE = "holds no token in accessToken, access_token, oauthToken, oauth_token";

let directory: TemporaryDirectory;
/** What the watched directories told, in order. */
let told: string[];
beforeEach(() => {
  vi.useFakeTimers();
  directory = temporaryDirectory();
  told = [];
});
afterEach(() => {
  vi.useRealTimers();
  directory[Symbol.dispose]();
});

function watch(): Credential {
  return watchCredentialsDir({
    directory: directory.path,
    betas: ["beta-1"],
    onChange: () => told.push("changed"),
    onProblem: (reason) => told.push(reason),
  });
}

/** What has changed is told within a second. */
const look = (): unknown => vi.advanceTimersByTime(1000);

function write(name: string, content: unknown): string {
  return directory.write(name, typeof content === "string" ? content : JSON.stringify(content));
}

const header = (token: string): object => ({ name: "authorization", value: `Bearer ${token}` });

describe("a token is found", () => {
  test.each(["credentials.json", ".credentials.json", "auth.json", "oauth.json", "config.json"])("in %s", (name) => {
    write(name, { accessToken: "t" });
    const credential = watch();
    expect(credential.header()).toEqual(header("t"));
    expect(credential.betas).toEqual(["beta-1"]);
    expect(told).toEqual(["changed"]);
  });

  test.each(["accessToken", "access_token", "oauthToken", "oauth_token"])(
    "as %s, also below claudeAiOauth",
    (field) => {
      write("config.json", { other: 1, [field]: "outer" });
      expect(watch().header()).toEqual(header("outer"));
      write("auth.json", { claudeAiOauth: { expiresAt: 1, [field]: "nested" } });
      expect(watch().header()).toEqual(header("nested"));
    },
  );

  test("in the first file that holds one", () => {
    write("credentials.json", { theme: "dark" });
    write(".credentials.json", "not JSON");
    write("auth.json", { accessToken: "in auth.json" });
    mkdirSync(join(directory.path, "oauth.json"));
    write("config.json", { access_token: "in-config.json" });
    expect(watch().header()).toEqual(header("in-config.json"));
    write("auth.json", { accessToken: "in-auth.json" });
    expect(watch().header()).toEqual(header("in-auth.json"));
    write("credentials.json", { claudeAiOauth: { oauth_token: "in-credentials.json" } });
    expect(watch().header()).toEqual(header("in-credentials.json"));
  });

  test("in the first field that holds one, those outside first", () => {
    write("auth.json", { accessToken: "", access_token: 5, claudeAiOauth: { accessToken: "nested" } });
    expect(watch().header()).toEqual(header("nested"));
    write("auth.json", { oauth_token: "d", oauthToken: "c", claudeAiOauth: { accessToken: "nested" } });
    expect(watch().header()).toEqual(header("c"));
  });
});

describe("no token is found, and the reason said once, without a word of the file,", () => {
  test("in an empty directory, or in none", () => {
    expect(watch().header()).toBeUndefined();
    rmSync(directory.path, { recursive: true });
    expect(watch().header()).toBeUndefined();
    const reason = "there is none of credentials.json, .credentials.json, auth.json, oauth.json, config.json";
    expect(told).toEqual([reason, reason]);
  });

  test.each([
    ["other fields", { token: "sk-hidden" }, NONE],
    ["a token that is no text", { accessToken: ["sk-hidden"] }, NONE],
    ["a token with a line end", { accessToken: "sk-hidden\r\nx-evil: 1" }, NONE],
    ["a token with a space", { accessToken: "sk-hidden " }, NONE],
    ["a token of other letters", { accessToken: "sk-hiddén" }, NONE],
    ["an empty token", { claudeAiOauth: { accessToken: "" } }, NONE],
    ["a list", ["sk-hidden"], NONE],
    ["null", null, NONE],
    ["half a file", '{"accessToken": "sk-hidden', "is not JSON"],
    ["nothing", "", "is not JSON"],
  ])("in a file with %s", (_name, content, reason) => {
    write("auth.json", content);
    write("config.json", {});
    expect(watch().header()).toBeUndefined();
    expect(told).toEqual([`auth.json ${reason}`]);
  });

  test("in a file that is too large", () => {
    const path = write("auth.json", { accessToken: "t" });
    truncateSync(path, 1_048_577);
    expect(watch().header()).toBeUndefined();
    expect(told).toEqual(["auth.json is larger than 1048576 bytes"]);
  });

  test("in what is no file, or cannot be read", () => {
    mkdirSync(join(directory.path, "auth.json"));
    symlinkSync("config.json", join(directory.path, "config.json"));
    expect(watch().header()).toBeUndefined();
    rmSync(join(directory.path, "auth.json"), { recursive: true });
    expect(watch().header()).toBeUndefined();
    expect(told).toEqual(["auth.json is not a file", "config.json cannot be read (ELOOP)"]);
  });
});

describe("a change is noticed:", () => {
  test("another token, written or moved into place", () => {
    write("auth.json", { accessToken: "first" });
    const credential = watch();
    write("auth.json", { accessToken: "second" });
    look();
    expect(credential.header()).toEqual(header("second"));
    renameSync(write("new", { accessToken: "third" }), join(directory.path, "auth.json"));
    look();
    expect(credential.header()).toEqual(header("third"));
    expect(told).toEqual(["changed", "changed", "changed"]);
  });

  test("a file that comes before the one in use", () => {
    write("config.json", { accessToken: "first" });
    const credential = watch();
    write(".credentials.json", { claudeAiOauth: { accessToken: "second" } });
    look();
    expect(credential.header()).toEqual(header("second"));
  });

  test("a file that goes and comes back", () => {
    const path = write("auth.json", { accessToken: "first" });
    const credential = watch();
    rmSync(path);
    look();
    expect(credential.header()).toBeUndefined();
    write("auth.json", { accessToken: "first" });
    look();
    expect(credential.header()).toEqual(header("first"));
    rmSync(path);
    look();
    const gone = expect.stringContaining("there is none of");
    expect(told).toEqual(["changed", gone, "changed", gone]);
  });

  test("one reason after another, each once", () => {
    write("auth.json", "{");
    watch();
    look();
    write("auth.json", "{}");
    look();
    look();
    write("auth.json", "{");
    look();
    expect(told).toEqual(["auth.json is not JSON", `auth.json ${NONE}`, "auth.json is not JSON"]);
  });

  test("but not a file written anew with the same token", () => {
    write("auth.json", { accessToken: "same" });
    watch();
    write("auth.json", { accessToken: "same", refreshed: true });
    look();
    expect(told).toEqual(["changed"]);
  });

  test("nor anything after it was closed", () => {
    write("auth.json", { accessToken: "first" });
    const credential = watch();
    credential.close();
    write("auth.json", { accessToken: "second" });
    look();
    expect(credential.header()).toEqual(header("first"));
    expect(vi.getTimerCount()).toBe(0);
  });
});
